import { Random } from "./random.js";

/** A longer case would only be slower. */
const mostBytes = 65_536;

/** What readers trip over: extreme numbers, and beginnings and ends of their languages. */
const tokens = [
  "999999999", "4294967296", "9007199254740993", "1e9", "-1", "0", "FFFFFFFF", "FFFFFFFFFFFFFFFFFFFF", "0x", "NaN",
  "/*", "*/", "//", "--", "%", "#", "@", "@FFFFFFFF", ";", "{", "}", "(", ")", "[", "]", "[0..FFFFFFFF]", "=>", "others", " to ", " downto ", "=", ",", ":", "\"", "'", "\\",
  "\0", "\x7f", "\r\n", "\n\n\n\n", "\ufeff", "\ud83d\ude00", "$end", "$var", "#0", "b", "x", "z", "null", "true", "constructor", "__proto__",
].map((text) => Buffer.from(text));

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

function cut(bytes: Buffer, random: Random): [number, number] {
  const ends = [random.below(bytes.length + 1), random.below(bytes.length + 1)];
  return [Math.min(...ends), Math.max(...ends)];
}

function inserted(bytes: Buffer, at: number, what: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    changed[random.below(bytes.length)]! ^= 1 << random.below(8);
    return changed;
  },
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    changed[random.below(bytes.length)] = random.below(256);
    return changed;
  },
  (bytes, random) => inserted(bytes, random.below(bytes.length + 1), random.pick(tokens)),
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.min(to, from + 1 + random.below(32)))]);
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return inserted(bytes, random.below(bytes.length + 1), bytes.subarray(from, to));
  },
  (bytes, random) => {
    const times = 1 + random.below(4096);
    return inserted(bytes, random.below(bytes.length + 1), Buffer.concat(Array.from({ length: times }, () => tokens[times % tokens.length]!)));
  },
  (bytes, random, others) => {
    const other = random.pick(others);
    const [from, to] = cut(other, random);
    return inserted(bytes, random.below(bytes.length + 1), other.subarray(from, to));
  },
  (bytes, random) => {
    const numbers = [...bytes.toString("latin1").matchAll(/[0-9A-Fa-f]+/g)];
    if (numbers.length === 0) {
      return bytes;
    }
    const { 0: text, index } = random.pick(numbers);
    return Buffer.concat([bytes.subarray(0, index), random.pick(tokens), bytes.subarray(index + text.length)]);
  },
];

/** A file made wrong in one to eight ways, the same for the same seed. */
export function mutated(seed: number, files: readonly Buffer[]): Buffer {
  const random = new Random(seed);
  let bytes = random.pick(files);
  for (let left = 1 + random.below(8); left > 0; left--) {
    const source = bytes.length === 0 ? random.pick(files) : bytes;
    bytes = random.pick(mutations)(source, random, files).subarray(0, mostBytes);
  }
  return bytes;
}
