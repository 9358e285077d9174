import { parse as parseYaml } from "yaml";
import { jsonLine } from "../text/printable.js";
import { isJsonObject } from "./jsonPrefix.js";
import { cellSource, checkedCell, checkedMetadata, type Notebook, type NotebookCell, NotebookError } from "./notebookFile.js";
import { isOurLanguage, languageOf, ownMetadata } from "./notebookLanguage.js";
import { formatMark, isMark, type PercentMark, PercentMarkError, readMark } from "./percentMark.js";

/**
 * A notebook as a TypeScript file whose cells begin at marks, `// %%`: the percent format of Jupytext 1.3
 * (https://jupytext.readthedocs.io/en/latest/formats-scripts.html), with what a notebook has beyond it in the same words.
 * Markdown, raw text and code in other languages are line comments. Outputs are left out. Everything else reads back as it
 * was: these names in a mark are no metadata of the cell,
 *
 * - `id`: the cell's id;
 * - `attachments`: the pictures of a Markdown cell;
 * - `ending`: the line breaks that end the cell, since blank lines between cells belong to none;
 * - `metadata`: all metadata of a cell that has metadata of one of these names.
 */
const ownNames = ["id", "attachments", "ending", "metadata"] as const;

/** Names that need no quotes in YAML. */
const plainKeys: ReadonlySet<string> = new Set(["jupytext", "kernelspec", "language_info", "title", "authors", "vscode"]);

const header = { extension: ".ts", format_name: "percent", format_version: "1.3" } as const;

/** Text that would begin a cell, in a cell: it gets slashes more, which `unescaped` takes off. */
const wouldMark = /^(\s*)(?=\/\/(?:\s*\/\/)*\s*%%)/;
const escapedMark = /^(\s*)\/\/ (?=\/\/(?:\s*\/\/)*\s*%%)/;

/** The file's text; it ends with a line break. */
export function formatScript(notebook: Notebook): string {
  return `${[formatHeader(notebook.metadata), ...notebook.cells.map(formatCell)].join("\n\n")}\n`;
}

function formatHeader({ jupytext, ...metadata }: Notebook["metadata"]): string {
  const kept = isJsonObject(jupytext) ? jupytext : {};
  const entries = Object.entries({ jupytext: { ...kept, text_representation: header }, ...metadata });
  // JSON is YAML: each value on a line of its own.
  const lines = entries.map(([key, value]) => `  ${plainKeys.has(key) ? key : jsonLine(key)}: ${jsonLine(value)}`);
  return ["---", "jupyter:", ...lines, "---"].map((line) => `// ${line}`).join("\n");
}

function formatCell(cell: NotebookCell): string {
  const source = cellSource(cell);
  const ending = /[\r\n]*$/.exec(source)![0];
  const text = source.slice(0, source.length - ending.length);
  const clashes = ownNames.some((name) => Object.hasOwn(cell.metadata, name));
  const mark: PercentMark = {
    cellType: cell.cell_type,
    metadata: {
      ...(clashes ? { metadata: cell.metadata } : cell.metadata),
      ...(cell.id !== undefined && { id: cell.id }),
      ...(cell.attachments !== undefined && { attachments: cell.attachments }),
      ...(ending !== "" && { ending }),
    },
  };
  const body = isOurCode(cell) ? text : commented(text);
  return source === ending ? formatMark(mark) : `${formatMark(mark)}\n${escaped(body)}`;
}

/** Everything that ends a line comment of TypeScript (https://tc39.es/ecma262/#sec-line-terminators). */
const lineEnds = /(\r\n|[\n\r\u2028\u2029])/;

/** Each line as a comment; an empty one has no blank at its end. */
function commented(text: string): string {
  return text
    .split(lineEnds)
    .map((piece, index) => (index % 2 === 1 ? piece : piece === "" ? "//" : `// ${piece}`))
    .join("");
}

/** The text of lines that are all comments; any other text as it is. */
function uncommented(text: string): string {
  const pieces = text.split(lineEnds);
  if (pieces.some((piece, index) => index % 2 === 0 && piece !== "" && !piece.startsWith("//"))) {
    return text;
  }
  return pieces.map((piece, index) => (index % 2 === 1 ? piece : piece.replace(/^\/\/ ?/, ""))).join("");
}

function escaped(text: string): string {
  return text.split("\n").map((line) => line.replace(wouldMark, "$1// ")).join("\n");
}

function unescaped(line: string): string {
  return line.replace(escapedMark, "$1");
}

/**
 * The notebook of a script. Text before the first mark is a cell too; a file without a header gets the language TypeScript.
 * @param path for messages only
 * @throws NotebookError that names the line
 */
export function parseScript(text: string, path: string): Notebook {
  const lines = linesOf(text.replace(/^\uFEFF/, ""));
  const { metadata, length } = readHeader(lines, path);
  const marks = lines.flatMap((line, index) => (index >= length && isMark(line) ? [index] : []));
  const before = lines.slice(length, marks[0]).some((line) => line.trim() !== "") ? [length] : [];
  const starts = [...before, ...marks];
  const cells = starts.map((start, index) => readCell(lines.slice(start, starts[index + 1]), `${path}:${start + 1}`));
  return { nbformat: 4, nbformat_minor: 5, metadata, cells };
}

/** A file whose lines all end in CRLF came through Windows: its cells had none. Where some do, those are of the cells. */
function linesOf(text: string): string[] {
  const isWindows = text.includes("\r\n") && !/(?<!\r)\n/.test(text);
  return (isWindows ? text.replaceAll("\r\n", "\n") : text).split("\n");
}

function readCell(lines: readonly string[], place: string): NotebookCell {
  const isMarked = isMark(lines[0]!);
  const { cellType, metadata: options } = isMarked ? markAt(lines[0]!, place) : ({ cellType: "code", metadata: {} } as const);
  const body = lines.slice(isMarked ? 1 : 0).map(unescaped).join("\n").replace(/[\r\n]+$/, "");
  const { id, attachments, ending, metadata: all, ...others } = options;
  const cell = checkedCell(
    {
      cell_type: cellType,
      ...(id !== undefined && { id }),
      metadata: { ...others, ...(isJsonObject(all) ? all : all !== undefined && { metadata: all }) },
      ...(attachments !== undefined && { attachments }),
      source: body,
      ...(cellType === "code" && { execution_count: null, outputs: [] }),
    },
    place,
  );
  return { ...cell, source: `${isOurCode(cell) ? body : uncommented(body)}${textIn(ending)}` };
}

/** Code that stands in the script as it is; all else is comments there. */
function isOurCode(cell: NotebookCell): boolean {
  return cell.cell_type === "code" && isOurLanguage(languageOf(cell));
}

function textIn(ending: unknown): string {
  return typeof ending === "string" ? ending : "";
}

function markAt(line: string, place: string): PercentMark {
  try {
    return readMark(line);
  } catch (error) {
    throw error instanceof PercentMarkError ? new NotebookError(`${place}: ${error.message}`, { cause: error }) : error;
  }
}

/** The notebook's metadata, and how many lines they take. */
function readHeader(lines: readonly string[], path: string): { metadata: Notebook["metadata"]; length: number } {
  const fence = /^\/\/\s*---\s*$/;
  const end = fence.test(lines[0]!) ? lines.findIndex((line, index) => index > 0 && fence.test(line)) : -1;
  const inside = lines.slice(1, Math.max(end, 0));
  if (end < 0 || !inside.some((line) => /^\/\/\s*jupyter\s*:/.test(line))) {
    return { metadata: ownMetadata, length: 0 };
  }
  const { jupytext, ...metadata } = headerValues(inside, path);
  const { text_representation: _, ...kept } = isJsonObject(jupytext) ? jupytext : {};
  const isKept = Object.keys(kept).length > 0;
  return { metadata: checkedMetadata({ ...(isKept && { jupytext: kept }), ...metadata }, path), length: end + 1 };
}

function headerValues(lines: readonly string[], path: string): Record<string, unknown> {
  let yaml: unknown;
  try {
    yaml = parseYaml(lines.map((line) => line.replace(/^\/\/ ?/, "").trimEnd()).join("\n"));
  } catch (error) {
    throw new NotebookError(`${path}: the header between the lines "// ---" is not YAML: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
  const values = isJsonObject(yaml) ? yaml.jupyter : undefined;
  return isJsonObject(values) ? values : {};
}
