/** How the integers of weights become fields of bits. Tools disagree on -1, so every image names its encoding. */
export interface Encoding {
  readonly name: TritEncodingName | BitEncodingName;
  /** Width of a field; 1 to 32. */
  readonly bits: number;
  /** Integers in one field, where it is not one. */
  readonly valuesPerField?: number;
}

/** Encodings of -1, 0 and +1. */
export const tritEncodings = {
  /** 00 = 0, 01 = +1, 11 = -1; 10 never occurs. Also of any wider integer. */
  "twos-complement": { name: "twos-complement", bits: 2 },
  /** Upper bit: is it nonzero; lower bit: is it negative. 00 = 0, 10 = +1, 11 = -1; 01 never occurs. */
  "sign-nonzero": { name: "sign-nonzero", bits: 2 },
  /** A bit for each sign: 00 = 0, 01 = +1, 10 = -1; 11 never occurs. */
  "one-hot": { name: "one-hot", bits: 2 },
  /** Five trits t0..t4 in eight bits: the sum of (t + 1) 3^k, 0 to 242; 243 to 255 never occur. */
  "base3": { name: "base3", bits: 8, valuesPerField: 5 },
} as const;

/** Encodings of -1 and +1. */
export const bitEncodings = {
  /** 0 = -1, 1 = +1. */
  "sign-bit": { name: "sign-bit", bits: 1 },
  /** 0 = +1, 1 = -1. */
  "sign-bit-inverted": { name: "sign-bit-inverted", bits: 1 },
} as const;

export type TritEncodingName = keyof typeof tritEncodings;
export type BitEncodingName = keyof typeof bitEncodings;
export type EncodingName = TritEncodingName | BitEncodingName;

export const encodingNames = [...Object.keys(tritEncodings), ...Object.keys(bitEncodings)] as EncodingName[];

/** Codes that do not occur have no integer. */
const codes: Readonly<Record<"sign-nonzero" | "one-hot" | BitEncodingName, readonly (number | undefined)[]>> = {
  "sign-nonzero": [0, undefined, 1, -1],
  "one-hot": [0, 1, -1, undefined],
  "sign-bit": [-1, 1],
  "sign-bit-inverted": [1, -1],
};

/** How many weights share one field of a word. */
export function valuesPerField({ valuesPerField: values = 1 }: Encoding): number {
  return values;
}

/**
 * The field of `valuesPerField` integers as an unsigned number below 2^bits. Missing ones are padding: 0 in base 3, else
 * they leave the field 0.
 */
export function encodeField(values: readonly (number | undefined)[], { name, bits }: Encoding): number {
  if (name === "base3") {
    return values.reduceRight<number>((sum, value = 0) => 3 * sum + value + 1, 0);
  }
  const [value] = values;
  if (value === undefined) {
    return 0;
  }
  return name === "twos-complement" ? lowBits(value, bits) : codes[name].indexOf(value);
}

/** The integers of a field; undefined for a code that does not occur. A two's complement of two bits is a trit. */
export function decodeField(field: number, { name, bits, valuesPerField: count = 1 }: Encoding): number[] | undefined {
  if (name === "base3") {
    return field < 3 ** count ? Array.from({ length: count }, (_, k) => (Math.floor(field / 3 ** k) % 3) - 1) : undefined;
  }
  if (name === "twos-complement") {
    const signed = field >= 2 ** (bits - 1) ? field - 2 ** bits : field;
    return bits === 2 && signed === -2 ? undefined : [signed];
  }
  const value = codes[name][field];
  return value === undefined ? undefined : [value];
}

function lowBits(value: number, bits: number): number {
  return bits === 32 ? value >>> 0 : value & (2 ** bits - 1);
}
