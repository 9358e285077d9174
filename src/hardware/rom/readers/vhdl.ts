import type { RomFindings } from "../findings.js";
import { parseDigits, PlacedWords } from "./readRom.js";
import type { Radix, ReadOptions, ReadRom, RomSource } from "./readRom.js";

interface Element {
  /** Undefined for the next index. */
  readonly choice: { readonly first: number; readonly last: number } | "others" | undefined;
  readonly value: bigint;
  readonly bits: number;
  readonly line: number;
}

/** A literal of `std_logic_vector`: `"01"`, `b"01"`, `o"17"`, `x"AF"`, VHDL-2008 `12x"0AF"`. */
const literalPattern = /^(\d*)([uUsS]?[bBoOxXdD])?"([^"]*)"$/;
const radixOf: Readonly<Record<string, Radix>> = { b: 2, o: 8, x: 16, d: 10 };

/**
 * The first constant array of a VHDL package: an aggregate of string or bit-string literals, by position, by index
 * `3 =>`, by range `0 to 7 =>` or `others =>`. Width and depth are those of the types before it, or of the literals.
 */
export function readVhdl({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  const plain = text.replace(/--[^\n]*/g, "");
  const constant = /\bconstant\s+\w+\s*:[^;:]*:=\s*\(/i.exec(plain);
  if (constant === null) {
    findings.add("missing-field", 1, "There is no constant array.");
    return { words: [] };
  }
  const start = constant.index + constant[0].length;
  const firstLine = plain.slice(0, start).split("\n").length;
  const depth = rangeLength(/\barray\s*\(\s*(\d+)\s+(to|downto)\s+(\d+)\s*\)/i.exec(plain.slice(0, start)));
  const stated = rangeLength(/\b(?:std_u?logic_vector|bit_vector|unsigned|signed)\s*\(\s*(\d+)\s+(to|downto)\s+(\d+)\s*\)/i.exec(plain.slice(0, start)));
  const elements = readAggregate(plain.slice(start), firstLine, findings);
  const width = stated ?? elements[0]?.bits;
  for (const { bits, line } of elements.filter((element) => element.bits !== width)) {
    findings.add("ragged-vector", line, `The literal has ${bits} bits; the words have ${width}.`);
  }
  return { ...(width && { width }), ...(depth && { depth }), words: place(elements, depth, findings) };
}

function rangeLength(range: RegExpExecArray | null): number | undefined {
  return range === null ? undefined : Math.abs(Number(range[1]) - Number(range[3])) + 1;
}

/** Elements up to the parenthesis that closes the aggregate, and the semicolon after it. */
function readAggregate(text: string, firstLine: number, findings: RomFindings): Element[] {
  const elements: Element[] = [];
  let line = firstLine;
  let pending: string[] = [];
  let pendingLine = firstLine;
  const close = (): void => {
    if (pending.length > 0) {
      elements.push(...readElement(pending.join(" "), pendingLine, findings));
    }
    pending = [];
  };
  for (const { 0: token, index } of text.matchAll(/\n|\w*"[^"\n]*"|=>|[(),;]|[^\s(),;"=]+|["=]/g)) {
    if (token === "\n") {
      line++;
    } else if (token === ",") {
      close();
    } else if (token === ")" || token === ";") {
      close();
      if (token === ";" || !/^\s*;/.test(text.slice(index + 1))) {
        findings.add("missing-semicolon", line, "The aggregate does not end with );.");
      }
      return elements;
    } else {
      pendingLine = pending.length === 0 ? line : pendingLine;
      pending.push(token);
    }
  }
  close();
  findings.add("missing-end", line, "The aggregate does not end.");
  return elements;
}

function readElement(text: string, line: number, findings: RomFindings): Element[] {
  const [, choiceText, literal] = /^(?:(.*?)\s*=>\s*)?(.*)$/.exec(text)!;
  const choice = choiceText === undefined ? undefined : readChoice(choiceText);
  const value = readLiteral(literal!);
  if (choice === null || value === undefined) {
    findings.add("illegal-character", line, `${JSON.stringify(text.slice(0, 40))} is not an element "index => literal".`);
    return [];
  }
  if (value.hasUnknown) {
    findings.add("unknown-digits", line, `${literal} has digits that are not 0 or 1.`);
  }
  return [{ choice, value: value.value, bits: value.bits, line }];
}

/** Null for what is no choice. */
function readChoice(text: string): Exclude<Element["choice"], undefined> | null {
  if (/^others$/i.test(text)) {
    return "others";
  }
  const [, first, direction, last] = /^(\d+)(?:\s+(to|downto)\s+(\d+))?$/i.exec(text) ?? [];
  if (first === undefined) {
    return null;
  }
  const ends = [Number(first), Number(direction === undefined ? first : last)];
  return { first: Math.min(...ends), last: Math.max(...ends) };
}

function readLiteral(literal: string): { value: bigint; bits: number; hasUnknown: boolean } | undefined {
  const [, size, base = "b", body] = literalPattern.exec(literal) ?? [];
  if (body === undefined) {
    return undefined;
  }
  const radix = radixOf[base.at(-1)!.toLowerCase()]!;
  const digits = body.replaceAll("_", "");
  const known = digits.replace(/[uxzwlh-]/gi, "0");
  const value = parseDigits(known, radix);
  const bits = Number(size) || known.length * { 2: 1, 8: 3, 10: 0, 16: 4 }[radix];
  return value === undefined ? undefined : { value, bits, hasUnknown: known !== digits };
}

function place(elements: readonly Element[], depth: number | undefined, findings: RomFindings): ReadRom["words"] {
  const placed = new PlacedWords(findings);
  let next = 0;
  for (const { choice = { first: next, last: next }, ...word } of elements) {
    if (choice === "others") {
      fillOthers(placed, word, depth ?? 0);
      continue;
    }
    for (let address = choice.first; address <= Math.min(choice.last, choice.first + 2 ** 24); address++) {
      placed.add({ address, ...word });
    }
    next = choice.last + 1;
  }
  return placed.words;
}

function fillOthers(placed: PlacedWords, word: Omit<Element, "choice">, depth: number): void {
  const given = new Set(placed.words.map(({ address }) => address));
  for (let address = 0; address < depth; address++) {
    if (!given.has(address)) {
      placed.add({ address, ...word });
    }
  }
}
