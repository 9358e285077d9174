import { quoted, type Radix } from "../reading/digits.js";
import type { RomFindings } from "../reading/findings.js";
import { numberedLines } from "../reading/lines.js";

const statementStart = /^\s*memory_initialization_\w+\s*=/i;

export interface Statement {
  readonly line: number;
  readonly text: string;
  readonly isEnded: boolean;
}

/** `keyword = value`, the keyword in lower case, and the line where the value begins. */
export interface Assignment {
  readonly keyword: string;
  readonly value: string;
  readonly line: number;
}

/** Texts up to each `;`, without comments, each with the line of its first character that is not white space. */
export function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  let pending: string[] = [];
  let begin = 1;
  const close = (isEnded: boolean): void => {
    if (pending.length > 0) {
      statements.push({ line: begin, text: pending.join(""), isEnded });
    }
    pending = [];
  };
  for (const { line, text: content } of numberedLines(text)) {
    withoutComment(content).forEach((part, place, parts) => {
      const isBlank = part.trim() === "";
      if (!isBlank && statementStart.test(part)) {
        close(false);
      }
      if (pending.length === 0) {
        begin = line;
      }
      if (!isBlank || pending.length > 0) {
        pending.push(part);
      }
      if (place < parts.length - 1) {
        close(true);
      }
    });
    if (pending.length > 0) {
      pending.push("\n");
    }
  }
  close(false);
  return statements;
}

/** The next statement of the same line begins with one of these. */
const nextStatement = /^\s*(memory_initialization_\w{1,20}|radix|coefdata|coefficient_width)\s*=/i;

/** A line cut at each `;`. What follows one is a comment, unless it is plainly the next statement. */
function withoutComment(line: string): string[] {
  const parts: string[] = [];
  let rest = line;
  for (let end = rest.indexOf(";"); end >= 0; end = rest.indexOf(";")) {
    parts.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
    if (!nextStatement.test(rest.slice(0, 99))) {
      return [...parts, ""];
    }
  }
  return [...parts, rest];
}

/** In lower case. */
export function keywordOf(text: string): string {
  const equals = text.indexOf("=");
  return (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
}

/** Tells a statement that does not end. */
export function partsOf({ text, line, isEnded }: Statement, findings: RomFindings): Assignment {
  const keyword = keywordOf(text);
  const equals = text.includes("=") ? text.indexOf("=") : text.length;
  if (!isEnded) {
    findings.add("missing-semicolon", line, `The value of ${keyword.slice(0, 40)} does not end.`);
  }
  return { keyword, value: text.slice(equals + 1), line: line + newlines(text.slice(0, equals)) };
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}

/** The radix of a COE file; a finding where it is none. */
export function readRadix(value: string, line: number, findings: RomFindings): Radix {
  if (value === "2" || value === "10" || value === "16") {
    return Number(value) as Radix;
  }
  findings.add("bad-field", line, `The radix is ${quoted(value)}; a COE file has 2, 10 or 16.`);
  return 16;
}
