/**
 * A condition on runs, as it was written.
 *
 *     filter     = [ either ]
 *     either     = both { "or" both }
 *     both       = negation { [ "and" ] negation }
 *     negation   = "not" negation | "(" either ")" | "is" word | comparison | text
 *     comparison = name ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~" ) text
 *     name       = up to eight words of a column's title, or a quoted text
 *     text       = word | '"' … '"', in which \" and \\ stand for " and \
 *
 * A number with a blank before its unit ("10 min") is one text. Upper and lower case are the same.
 */
export type Filter =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly kind: "not"; readonly part: Filter }
  /** A state, or a mark of the user: "is running", "is starred". */
  | { readonly kind: "is"; readonly word: string; readonly at: Place }
  | { readonly kind: "comparison"; readonly name: string; readonly operator: Operator; readonly value: string; readonly at: Place }
  /** A text anywhere in the run: its name, state, tags, note or hyper-parameters. */
  | { readonly kind: "text"; readonly text: string };

export const operators = ["=", "!=", "<", "<=", ">", ">=", "~", "!~"] as const;
export type Operator = (typeof operators)[number];

/** Characters of the filter from 0, the end not included. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A filter that says nothing that can be tested; the message tells the place, what is wrong and the remedy. */
export class FilterError extends Error {
  override readonly name = "FilterError";

  constructor(
    problem: string,
    readonly at: Place,
  ) {
    super(`The filter is wrong at character ${at.start + 1}: ${problem}`);
  }
}

/** Words that mean something else than themselves, so that a text of that name is quoted. */
export const keywords: readonly string[] = ["and", "or", "not", "is"];

/** A text that needs no quotes. */
const bare = /^[^\s()"<>=~!]+$/u;

/** The filter as text; `parseFilter` reads the same filter out of it. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case "all":
      return "";
    case "or":
      return filter.parts.map((part) => (part.kind === "or" ? enclosed(part) : printFilter(part))).join(" or ");
    case "and":
      return filter.parts.map(operand).join(" and ");
    case "not":
      return `not ${operand(filter.part)}`;
    case "is":
      return `is ${quoted(filter.word)}`;
    case "comparison":
      return `${quoted(filter.name)} ${filter.operator} ${quoted(filter.value)}`;
    case "text":
      return quoted(filter.text);
  }
}

function operand(part: Filter): string {
  return part.kind === "and" || part.kind === "or" ? enclosed(part) : printFilter(part);
}

function enclosed(part: Filter): string {
  return `(${printFilter(part)})`;
}

function quoted(text: string): string {
  return bare.test(text) && !keywords.includes(text.toLowerCase()) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}
