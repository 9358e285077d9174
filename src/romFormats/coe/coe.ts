import { bitsOfDigits, parseDigits, quoted, type Radix } from "../reading/digits.js";
import type { RomFindings } from "../reading/findings.js";
import { romLimits } from "../reading/limits.js";
import { LineCounter } from "../reading/lines.js";
import { PlacedWords } from "../reading/placedWords.js";
import { hasLineLike, type ReadOptions, type ReadRom, type RomFormatModule, type RomSource } from "../romFormat.js";
import { hexWords, type RomImage } from "../romImage.js";
import { isOfFilter, readFilter } from "./filter.js";
import { keywordOf, partsOf, readRadix, type Statement, statementsOf } from "./statements.js";

export const coe = {
  name: "coe",
  extension: "coe",
  title: "COE (Vivado memory generators)",
  isText: true,
  hasEditor: true,
  comment: /;[^\n]*/g,
  content: { rank: 20, isLike: hasLineLike(/\bmemory_initialization_(radix|vector)\s{0,9}=|^coefdata\s{0,9}=/i) },
  write: writeCoe,
  read: readCoe,
  tools: {
    "filter-coefficients": "Vivado's FIR Compiler reads them; its memory generators want memory_initialization_radix and memory_initialization_vector (UG896).",
    "data-after-end": "Vivado wants the vector last (UG896) and ignores what follows.",
  },
  onlyWarnings: ["data-after-end"],
  howToLoad: ({ width, depth }, file) => `## Vivado (.coe)

Block Memory Generator: single port ROM, width ${width}, depth ${depth}, "Load Init File" ${file}.
`,
} as const satisfies RomFormatModule;

/** For the Block and Distributed Memory Generators of Vivado (UG896, "COE file syntax"): radix 16, word 0 first. */
function writeCoe(image: RomImage): string {
  const words = hexWords(image).join(",\n");
  return `memory_initialization_radix=16;\nmemory_initialization_vector=\n${words};\n`;
}

const keywords = { radix: "memory_initialization_radix", vector: "memory_initialization_vector" } as const;

/**
 * A COE file of Vivado's memory generators (UG896): `keyword = value;`, keywords in any case, the vector last and its
 * values separated by commas or white space; what follows a `;` on its line is a comment, and what follows the vector is
 * ignored. The coefficients of a filter are read too, and told to be none of a memory.
 */
function readCoe({ text }: RomSource, options: ReadOptions, findings: RomFindings): ReadRom {
  const statements = statementsOf(text);
  if (statements.some((statement) => isOfFilter(keywordOf(statement.text)))) {
    return readFilter(statements.map((statement) => partsOf(statement, findings)), options, findings);
  }
  let radix: Radix | undefined;
  for (const [index, statement] of statements.entries()) {
    const { keyword, value, line } = partsOf(statement, findings);
    if (keyword === keywords.radix) {
      radix = readRadix(value.trim(), line, findings);
    } else if (keyword === keywords.vector) {
      tellRest(statements[index + 1], findings);
      return { words: readVector(value, line, radix ?? missingRadix(line, findings), findings) };
    } else {
      findings.add("bad-field", line, `${quoted(keyword)} is no keyword of a COE file.`);
    }
  }
  findings.add("missing-field", 1, `There is no ${keywords.vector}.`);
  return { words: [] };
}

function tellRest(statement: Statement | undefined, findings: RomFindings): void {
  if (statement !== undefined) {
    findings.add("data-after-end", statement.line, `${JSON.stringify(statement.text.trim().slice(0, 30))} follows the vector.`);
  }
}

function missingRadix(line: number, findings: RomFindings): Radix {
  findings.add("missing-field", line, `There is no ${keywords.radix} before the vector.`);
  return 16;
}

function readVector(vector: string, firstLine: number, radix: Radix, findings: RomFindings): ReadRom["words"] {
  const placed = new PlacedWords(findings);
  const lines = new LineCounter(vector, firstLine);
  for (const { 0: token, index } of vector.matchAll(/[^\s,]+/g)) {
    readWord(token, placed, lines.at(index), radix, findings);
  }
  if (placed.words.length === 0) {
    findings.add("no-words", firstLine, "The vector is empty.");
  }
  return placed.words;
}

function readWord(token: string, placed: PlacedWords, line: number, radix: Radix, findings: RomFindings): void {
  const value = parseDigits(token, radix);
  if (value === undefined) {
    const negative = token.startsWith("-");
    findings.add(negative ? "sign" : "illegal-character", line, `${quoted(token)} is not a number of radix ${radix}.`);
  }
  const bits = value === undefined ? 1 : Math.min(romLimits.wordBits, bitsOfDigits(token, radix, value));
  placed.add({ address: placed.next, value: value ?? 0n, bits, line });
}
