import path from "node:path";
import type { RomPicture, RomSnapshot } from "../../../webview/contract.js";
import type { RomFile } from "../../hardware/rom/romFile.js";
import { type LanePacking, wordUnpacker } from "../../hardware/rom/lanePacking.js";
import { digitsOf, wordsByAddress } from "../../hardware/rom/wordsByAddress.js";
import { romWeights } from "../../hardware/rom/weights.js";

/** Words that the page gets; it turns pages within them. */
const mostWords = 65_536;

/** Cells of a picture; more would only be a grey square. */
const mostCells = 4_194_304;

/** What the page shows where there is no value. */
const missing = -(2 ** 31);

/** What the editor shows of a ROM file. */
export function romSnapshot(rom: RomFile): RomSnapshot {
  const { file, words, findings } = rom;
  const bits = bitsOf(rom);
  const shown = words.slice(0, mostWords);
  const digits = digitsOf(shown, bits);
  return {
    title: path.basename(file),
    summary: summaryOf(rom, bits),
    findings: findings.map(({ line, rule, severity, message }) => ({ line, rule, severity, message })),
    picture: pictureOf(rom, bits),
    words: {
      total: words.length,
      shown: shown.map(({ address, value, line }) => ({ address, digits: digits(value), line })),
    },
  };
}

function bitsOf({ width, words }: RomFile): number {
  return width ?? words.reduce((most, word) => Math.max(most, word.bits), 1);
}

function summaryOf({ format, words, manifest }: RomFile, bits: number): string {
  if (format === undefined) {
    return "not a known ROM format";
  }
  const meaning = manifest === undefined ? "; without the manifest of an export beside it, bits are shown as they are" : "";
  return `${format}, ${words.length.toLocaleString("en-US")} words of ${bits} bits${meaning}`;
}

/** Gates of a weight matrix, else the integers or bits of each word. */
function pictureOf(rom: RomFile, bits: number): RomPicture | null {
  const weights = romWeights(rom);
  if (weights !== undefined) {
    const { inputs, units, gates, values } = weights;
    const blocks = gates.map((gate) => ({ label: `gate ${gate}`, columns: units, columnName: "unit" }));
    return values.length > mostCells ? null : picture("input", inputs, blocks, Int32Array.from(values, (value) => value ?? missing));
  }
  const words = wordsByAddress(rom);
  const { packing } = rom;
  const columns = packing?.lanes ?? bits;
  if (words.length === 0 || words.length * columns > mostCells) {
    return null;
  }
  const values = new Int32Array(words.length * columns);
  const putWord = packing === undefined ? putBits(values, bits) : putIntegers(values, packing);
  words.forEach(({ value }, row) => putWord(value, row * columns));
  const block = packing === undefined ? { label: "bits, the most significant first", columnName: "place" } : { label: "lanes", columnName: "lane" };
  return picture("word", words.length, [{ ...block, columns }], values);
}

type PutWord = (word: bigint, at: number) => void;

/** The bits of a word, the most significant on the left. */
function putBits(values: Int32Array, bits: number): PutWord {
  return (word, at) => {
    const digits = word.toString(2).padStart(bits, "0").slice(-bits);
    for (let place = 0; place < bits; place++) {
      values[at + place] = digits.charCodeAt(place) - "0".charCodeAt(0);
    }
  };
}

function putIntegers(values: Int32Array, packing: LanePacking): PutWord {
  const unpack = wordUnpacker(packing);
  return (word, at) => unpack(word).forEach((integer, lane) => (values[at + lane] = integer ?? missing));
}

function picture(rowName: string, rows: number, blocks: RomPicture["blocks"], values: Int32Array): RomPicture {
  return { rowName, rows, blocks, values: Buffer.from(values.buffer).toString("base64") };
}
