/** Indices that fit beside 31 bits of a magnitude into the 53 exact bits of a double. */
const mostPacked = 2 ** 22;

/** The indices of `sizes`, which are 0 or more, from the largest down. O(n log n). */
export function descending(sizes: Float32Array): Uint32Array {
  return sizes.length <= mostPacked ? packedOrder(sizes) : comparedOrder(sizes);
}

/**
 * The bits of a float that is not negative grow with it; with the index below them one key holds both, and plain numbers sort
 * several times faster than with a comparison function.
 */
function packedOrder(sizes: Float32Array): Uint32Array {
  const bits = new Uint32Array(sizes.buffer, sizes.byteOffset, sizes.length);
  const keys = Float64Array.from(bits, (magnitude, index) => magnitude * mostPacked + index).sort();
  const last = keys.length - 1;
  return Uint32Array.from(keys, (_, place) => keys[last - place]! % mostPacked);
}

function comparedOrder(sizes: Float32Array): Uint32Array {
  return Uint32Array.from(sizes.keys()).sort((one, other) => sizes[other]! - sizes[one]!);
}
