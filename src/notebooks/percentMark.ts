import { isJsonObject, jsonPrefix } from "./jsonPrefix.js";
import { jsonLine } from "../text/printable.js";

/**
 * The line that begins a cell of a script, in the percent format of Jupytext 1.3
 * (https://jupytext.readthedocs.io/en/latest/formats-scripts.html): `// %% title [markdown] tags=["a"] key="value"`.
 */
export interface PercentMark {
  readonly cellType: "code" | "markdown" | "raw";
  /** In the order of the line; `title` and `cell_depth` have places of their own in it. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A mark that cannot be what its writer means. */
export class PercentMarkError extends Error {
  override readonly name = "PercentMarkError";
}

/** What Jupytext takes for the beginning of a cell: `//%%` and marks with blanks before them too. */
const markLine = /^\s*\/\/\s*%%(%*)(?:\s(.*))?$/;
const typeWords = { "[markdown]": "markdown", "[md]": "markdown", "[raw]": "raw" } as const;
const typeWord = /(?:^|\s)(\[(?:markdown|md|raw)\])(?=\s|$)/;
/** A key that needs no JSON around it. */
const plainKey = /^[A-Za-z_][\w.-]*$/;

/** Whether a line begins a cell. */
export function isMark(line: string): boolean {
  return markLine.test(line.trimEnd());
}

/**
 * Reads the line that begins a cell.
 * @throws PercentMarkError where tags are no list in JSON
 */
export function readMark(line: string): PercentMark {
  const [, depth = "", rest = ""] = markLine.exec(line.trimEnd())!;
  const { title, word, options } = partsOf(rest.trim());
  const metadata = {
    ...(title !== "" && { title }),
    ...(depth !== "" && { cell_depth: depth.length }),
    ...options,
  };
  return { cellType: word === undefined ? "code" : typeWords[word], metadata };
}

/** The line that reads back as this mark. */
export function formatMark({ cellType, metadata }: PercentMark): string {
  const { title, ...untitled } = metadata;
  const word = cellType === "code" ? [] : [`[${cellType}]`];
  const { depth, options } = splitDepth(untitled);
  const titled = [`// %%${depth}`, String(title), ...word, ...formatOptions(options)].join(" ");
  if (typeof title === "string" && readsAs(titled, title)) {
    return titled;
  }
  return [`// %%${depth}`, ...word, ...formatOptions(title === undefined ? options : { title, ...options })].join(" ");
}

/** The level of a cell below others, 1 to 8, as signs of its mark; any other value is an option. */
function splitDepth(metadata: Readonly<Record<string, unknown>>): { depth: string; options: Readonly<Record<string, unknown>> } {
  const { cell_depth: depth, ...others } = metadata;
  return Number.isInteger(depth) && (depth as number) > 0 && (depth as number) <= 8
    ? { depth: "%".repeat(depth as number), options: others }
    : { depth: "", options: metadata };
}

/** A title with words of the mark's own would be read as those. */
function readsAs(line: string, title: string): boolean {
  return jsonLine(title) === JSON.stringify(title) && !/(?:^|\s)tags=/.test(title) && readMark(line).metadata.title === title;
}

function formatOptions(options: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(options);
  if (entries.every(([key]) => plainKey.test(key))) {
    return entries.map(([key, value]) => `${key}=${jsonLine(value)}`);
  }
  return [jsonLine(options)];
}

interface Parts {
  readonly title: string;
  readonly word: keyof typeof typeWords | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A title may stand before and behind the word of the type. */
function partsOf(text: string): Parts {
  const { title, options } = untyped(text);
  const typed = typeWord.exec(title);
  if (typed === null) {
    return { title, word: undefined, options };
  }
  const around = [title.slice(0, typed.index), title.slice(typed.index + typed[0].length)].map((part) => part.trim());
  return { title: around.filter((part) => part !== "").join(" "), word: typed[1] as keyof typeof typeWords, options };
}

/** The options are the longest end of the text that reads as such: what stands before them is the title. */
function untyped(text: string): Pick<Parts, "title" | "options"> {
  const starts = [...text.matchAll(/(?<=^|\s)(?:[A-Za-z_][\w.-]*=|\{)/g)].map(({ index }) => index);
  for (const start of starts) {
    const options = readOptions(text.slice(start));
    if (options !== undefined) {
      return { title: text.slice(0, start).trim(), options };
    }
  }
  const tags = /(?:^|\s)(tags=.*)/.exec(text);
  if (tags !== null) {
    throw new PercentMarkError(`${tags[1]} is not JSON; write the tags as tags=["parameters"].`);
  }
  return { title: text, options: {} };
}

/** `key=JSON key=JSON`, or one JSON object; undefined for any other text. */
function readOptions(text: string): Record<string, unknown> | undefined {
  const options: Record<string, unknown> = {};
  let rest = text;
  if (rest.startsWith("{")) {
    const whole = jsonPrefix(rest);
    return whole?.rest.trim() === "" && isJsonObject(whole.value) ? whole.value : undefined;
  }
  while (rest !== "") {
    const key = /^([A-Za-z_][\w.-]*)=/.exec(rest);
    const found = key === null ? undefined : jsonPrefix(rest.slice(key[0].length));
    if (found === undefined || /^\S/.test(found.rest)) {
      return undefined;
    }
    define(options, key![1]!, found.value);
    rest = found.rest.trimStart();
  }
  return options;
}

/** An assignment to `__proto__` would change what the object is. */
function define(options: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(options, key, { value, enumerable: true, writable: true, configurable: true });
}
