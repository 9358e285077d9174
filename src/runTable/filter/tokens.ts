import { FilterError, type Operator, type Place } from "./filter.js";

export type Token =
  | { readonly kind: "word" | "quoted"; readonly text: string; readonly at: Place }
  | { readonly kind: "operator"; readonly operator: Operator; readonly at: Place }
  | { readonly kind: "open" | "close" | "end"; readonly at: Place };

const tokenPattern = /\s*(?:(?<sign>[()])|(?<operator><=|>=|!=|!~|==|<|>|=|~)|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s()"<>=~!]+)|(?<wrong>.))/gsu;

/** @returns the tokens of a filter, "end" last. @throws FilterError for a quote without an end and a sign that means nothing */
export function tokensOf(filter: string): Token[] {
  const { length } = filter;
  return [...[...filter.trimEnd().matchAll(tokenPattern)].map(tokenOf), { kind: "end", at: { start: length, end: length } }];
}

function tokenOf(match: RegExpExecArray): Token {
  const { sign, operator, quoted, word, wrong } = match.groups!;
  const end = match.index + match[0].length;
  const at = { start: end - match[0].trimStart().length, end };
  if (sign !== undefined) {
    return { kind: sign === "(" ? "open" : "close", at };
  }
  if (operator !== undefined) {
    return { kind: "operator", operator: operator === "==" ? "=" : (operator as Operator), at };
  }
  if (quoted !== undefined) {
    return { kind: "quoted", text: quoted.replaceAll(/\\(.)/gsu, "$1"), at };
  }
  if (word !== undefined) {
    return { kind: "word", text: word, at };
  }
  throw new FilterError(wrong === '"' ? 'this quote has no end: add ".' : `${wrong} means nothing here: write "not" before a condition, or != between name and value.`, at);
}
