import path from "node:path";
import type { RomFile } from "../hardware/rom/romFile.js";
import { type LanePacking, wordUnpacker } from "../hardware/rom/lanePacking.js";
import { gateHistogram, romWeights, signed, wordInIntegers } from "../hardware/rom/weights.js";
import { digitsOf, wordsByAddress } from "../hardware/rom/wordsByAddress.js";
import type { Report } from "./command.js";

/** A person reads so many; with --json come all. */
const mostInWords = 16;
const mostBins = 8;

/** Format, size, histogram, words by address and, beside a manifest, the weights of each gate. @throws for a file without words */
export function showReport(rom: RomFile): Report {
  const { file, format, findings, packing } = rom;
  const words = readableWords(rom);
  const depth = rom.depth ?? words.at(-1)!.address + 1;
  const bits = rom.width ?? words.reduce((most, word) => Math.max(most, word.bits), 1);
  const digits = digitsOf(words, bits);
  const histogram = histogramOf(words, packing, digits);
  const gates = gatesOf(rom);
  const unpack = packing && wordUnpacker(packing);
  const rows = words.map(({ address, value }) => ({
    address,
    word: digits(value),
    ...(unpack && { integers: unpack(value).map((integer) => integer ?? null) }),
  }));
  const shown = words.slice(0, mostInWords).map(({ address, value }) => {
    const integers = packing === undefined ? "" : `  ${wordInIntegers(value, packing)}`;
    return `  ${String(address).padStart(String(depth - 1).length)}  ${digits(value)}${integers}`;
  });
  const text = [
    `${path.basename(file)}: ${format}, ${depth} words of ${bits} bits${findings.length === 0 ? "" : `; ${findings.length} findings, see tritloom rom lint`}`,
    `${packing === undefined ? "words" : "integers"}: ${inWords(histogram)}`,
    ...gates.map(({ gate, counts }) => `gate ${gate}: ${inWords(counts)}`),
    ...shown,
    ...(words.length > mostInWords ? [`  and ${words.length - mostInWords} words more`] : []),
  ].join("\n");
  return { text, json: { file, format, width: bits, depth, histogram, ...(gates.length > 0 && { gates }), words: rows, findings } };
}

function readableWords(rom: RomFile): RomFile["words"] {
  const words = wordsByAddress(rom);
  if (words.length === 0) {
    const error = rom.findings.find(({ severity }) => severity === "error");
    throw new Error(`${rom.file}: ${error?.message ?? "The file holds no word."}`);
  }
  return words;
}

type Histogram = readonly { readonly value: string; readonly count: number }[];

/** Counts the integers where the layout is known, else the words; the most frequent come first. */
function histogramOf(words: RomFile["words"], packing: LanePacking | undefined, digits: (value: bigint) => string): Histogram {
  const counts = new Map<bigint | number | undefined, number>();
  const count = (value: bigint | number | undefined): void => void counts.set(value, (counts.get(value) ?? 0) + 1);
  if (packing === undefined) {
    words.forEach(({ value }) => count(value));
  } else {
    const unpack = wordUnpacker(packing);
    words.forEach(({ value }) => unpack(value).forEach(count));
  }
  const inText = (value: bigint | number | undefined): string => (typeof value === "bigint" ? digits(value) : signed(value));
  return [...counts].map(([value, times]) => ({ value: inText(value), count: times })).toSorted((one, other) => other.count - one.count);
}

function gatesOf(rom: RomFile): { gate: string; counts: Histogram }[] {
  const weights = romWeights(rom);
  return (weights === undefined ? [] : gateHistogram(weights)).map(({ gate, counts }) => ({
    gate,
    counts: [...counts].map(([value, count]) => ({ value: signed(value), count })),
  }));
}

function inWords(histogram: Histogram): string {
  const bins = histogram.slice(0, mostBins).map(({ value, count }) => `${value} ${count} times`);
  return [...bins, ...(histogram.length > mostBins ? [`${histogram.length - mostBins} more values`] : [])].join(", ");
}
