import { compileCell, type CellContext } from "../compileCell.js";
import { type Position, SourceSyntaxError } from "../transpile.js";
import type { CodeAnswer } from "./contract.js";

type Completeness = Extract<CodeAnswer, { kind: "completeness" }>;

/** Code that stops short can be gone on with: its first fault lies where the text ends. */
export function completeness(code: string, context: CellContext): Completeness {
  const fault = faultOf(code, context);
  if (fault === undefined) {
    return answer("complete");
  }
  // The beginning of an object literal reads as a block, whose faults lie elsewhere.
  const asObject = code.trimStart().startsWith("{") ? faultOf(`(${code}`, context) : undefined;
  const goesOn = endsIn(code, fault) || (asObject !== undefined && endsIn(`(${code}`, asObject));
  return goesOn ? answer("incomplete", indentAfter(code)) : answer("invalid");
}

function answer(status: Completeness["status"], indent = ""): Completeness {
  return { kind: "completeness", status, indent };
}

function faultOf(code: string, context: CellContext): SourceSyntaxError | undefined {
  try {
    compileCell(code, context);
    return undefined;
  } catch (error) {
    if (error instanceof SourceSyntaxError) {
      return error;
    }
    throw error;
  }
}

/** Strings and regular expressions end with their line; templates and comments may go on in the next one. */
function endsIn(code: string, { message, position }: SourceSyntaxError): boolean {
  return offsetOf(code, position) >= code.trimEnd().length && !/^Unterminated (string|regular)/.test(message);
}

function offsetOf(code: string, { line, column }: Position): number {
  const before = code.split("\n").slice(0, line - 1);
  return before.reduce((offset, { length }) => offset + length + 1, column - 1);
}

/** The last line's own indentation, two blanks more behind something that was opened. */
function indentAfter(code: string): string {
  const last = code.trimEnd().split("\n").at(-1)!;
  const [own] = /^\s*/.exec(last)!;
  return /(?:[{([,:?]|=>)$/.test(last) && !last.endsWith(",") ? `${own}  ` : own;
}
