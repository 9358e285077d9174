import type { RomFindings } from "../findings.js";
import { bitsOfDigits, parseDigits } from "./readRom.js";
import type { Radix, ReadOptions, ReadRom, ReadWord, RomSource } from "./readRom.js";

const keywords = { radix: "memory_initialization_radix", vector: "memory_initialization_vector" } as const;

const statementStart = /^\s*memory_initialization_\w+\s*=/i;

interface Statement {
  readonly line: number;
  readonly text: string;
  readonly isEnded: boolean;
}

/**
 * A COE file of Vivado's memory generators (UG896): `keyword = value;`, keywords in any case, the vector last and its
 * values separated by commas or white space; what follows a `;` on its line is a comment.
 */
export function readCoe({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  let radix: Radix | undefined;
  let words: ReadWord[] | undefined;
  for (const statement of statementsOf(text)) {
    if (words !== undefined) {
      findings.add("data-after-end", statement.line, `${JSON.stringify(statement.text.trim().slice(0, 30))} follows the vector.`);
      break;
    }
    const { keyword, value, line } = partsOf(statement, findings);
    if (keyword === keywords.radix) {
      radix = readRadix(value.trim(), line, findings);
    } else if (keyword === keywords.vector) {
      words = readVector(value, line, radix ?? missingRadix(line, findings), findings);
    } else {
      findings.add("bad-field", line, `${JSON.stringify(keyword.slice(0, 40))} is no keyword of a COE file.`);
    }
  }
  if (words === undefined) {
    findings.add("missing-field", 1, `There is no ${keywords.vector}.`);
  }
  return { words: words ?? [] };
}

/** Keyword in lower case, value, and the line where the value begins. */
function partsOf({ text, line, isEnded }: Statement, findings: RomFindings): { keyword: string; value: string; line: number } {
  const equals = text.includes("=") ? text.indexOf("=") : text.length;
  const keyword = text.slice(0, equals);
  const name = keyword.trim().toLowerCase();
  if (!isEnded) {
    findings.add("missing-semicolon", line, `The value of ${name} does not end.`);
  }
  return { keyword: name, value: text.slice(equals + 1), line: line + newlines(keyword) };
}

/** Texts up to each `;`, without comments, each with the line of its first character that is not white space. */
function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  let pending = "";
  let begin = 1;
  text.split("\n").forEach((content, index) => {
    const parts = withoutComment(content);
    parts.forEach((part, place) => {
      if (pending.trim() !== "" && statementStart.test(part)) {
        statements.push({ line: begin, text: pending, isEnded: false });
        pending = "";
      }
      if (pending.trim() === "") {
        pending = "";
        begin = index + 1;
      }
      pending += part;
      if (place < parts.length - 1) {
        if (pending.trim() !== "") {
          statements.push({ line: begin, text: pending, isEnded: true });
        }
        pending = "";
      }
    });
    pending += "\n";
  });
  return pending.trim() === "" ? statements : [...statements, { line: begin, text: pending, isEnded: false }];
}

/** A line cut at each `;`. What follows one is a comment, unless it is plainly the next statement. */
function withoutComment(line: string): string[] {
  const [first = "", ...others] = line.split(";");
  if (others.length === 0) {
    return [first];
  }
  const rest = others.join(";");
  return statementStart.test(rest) ? [first, ...withoutComment(rest)] : [first, ""];
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}

function missingRadix(line: number, findings: RomFindings): Radix {
  findings.add("missing-field", line, `There is no ${keywords.radix} before the vector.`);
  return 16;
}

function readRadix(value: string, line: number, findings: RomFindings): Radix {
  if (value === "2" || value === "10" || value === "16") {
    return Number(value) as Radix;
  }
  findings.add("bad-field", line, `The radix is ${JSON.stringify(value)}; a COE file has 2, 10 or 16.`);
  return 16;
}

function readVector(vector: string, firstLine: number, radix: Radix, findings: RomFindings): ReadWord[] {
  const words: ReadWord[] = [];
  vector.split("\n").forEach((content, index) => {
    const line = firstLine + index;
    for (const token of content.split(/[\s,]+/).filter((part) => part !== "")) {
      words.push(readWord(token, words.length, line, radix, findings));
    }
  });
  if (words.length === 0) {
    findings.add("no-words", firstLine, "The vector is empty.");
  }
  return words;
}

function readWord(token: string, address: number, line: number, radix: Radix, findings: RomFindings): ReadWord {
  const value = parseDigits(token, radix);
  if (value !== undefined) {
    return { address, value, bits: bitsOfDigits(token, radix, value), line };
  }
  const negative = token.startsWith("-");
  findings.add(negative ? "sign" : "illegal-character", line, `${JSON.stringify(token)} is not a number of radix ${radix}.`);
  return { address, value: 0n, bits: 1, line };
}
