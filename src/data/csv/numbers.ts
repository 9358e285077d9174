import { decimalNumber } from "../../text/csv.js";

/** What stands between the whole and the fraction of a number. */
export type DecimalMark = "." | ",";

/** Digits with an optional sign, fraction and exponent: of what `Number` takes, what a table of numbers has. */
const patterns: Readonly<Record<DecimalMark, RegExp>> = {
  ".": decimalNumber,
  ",": /^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$/,
};

/** The number of a trimmed field; NaN where it is none. */
export function readNumber(field: string, mark: DecimalMark): number {
  if (!patterns[mark].test(field)) {
    return NaN;
  }
  return Number(mark === "," ? field.replace(",", ".") : field);
}

/** Whether a field is a number, written with a decimal point or a decimal comma. */
export function isNumber(field: string): boolean {
  return patterns["."].test(field) || patterns[","].test(field);
}

/** How tables write that there is no number: R, pandas, databases and Weka. */
const missingWords = /^(|nan|na|n\/a|null|none|\?|-)$/i;

/** Whether a field says that there is no number. */
export function isMissing(field: string): boolean {
  return missingWords.test(field);
}

export interface GuessedMark {
  readonly mark: DecimalMark;
  /** A field whose comma may also separate thousands; absent where nothing is in doubt. */
  readonly doubtful?: string;
}

/**
 * The decimal mark of some fields: a comma where numbers have commas and none has a point.
 * @param fields trimmed
 */
export function guessMark(fields: Iterable<string>): GuessedMark {
  let [commas, onlyThousands] = [0, true];
  let doubtful: string | undefined;
  for (const field of fields) {
    if (field.includes(".") && isNumber(field)) {
      return { mark: "." };
    }
    if (field.includes(",") && isNumber(field)) {
      commas++;
      doubtful ??= field;
      onlyThousands &&= /^[+-]?[1-9]\d{0,2},\d{3}$/.test(field);
    }
  }
  return commas === 0 ? { mark: "." } : { mark: ",", ...(onlyThousands && { doubtful: doubtful! }) };
}
