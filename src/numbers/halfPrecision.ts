/** The value of an IEEE 754 half-precision number by its 16 bits. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  return exponent === 0x1f ? (fraction === 0 ? sign * Infinity : NaN) : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const shared = new DataView(new ArrayBuffer(4));

/** The value of a bfloat16 number by its 16 bits, which are the upper half of a single-precision number. */
export function fromBfloat16(bits: number): number {
  shared.setUint32(0, bits << 16);
  return shared.getFloat32(0);
}
