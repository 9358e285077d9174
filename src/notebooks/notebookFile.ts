import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { skipTag } from "../../kernel/skippedCell.js";
import { wellFormedJson } from "../../kernel/wellFormed.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import { isOurLanguage, languageOf, languageOfNotebook } from "./notebookLanguage.js";

/**
 * Jupyter's notebook format, version 4 (https://nbformat.readthedocs.io). Read leniently in what this program does
 * not touch, which is kept as it is; written as 4.5.
 */
const multilineSchema = z.union([z.string(), z.array(z.string())]);

const outputSchema = z.looseObject({ output_type: z.string() });

const metadataSchema = z.looseObject({
  tags: z.array(z.string()).optional(),
  vscode: z.looseObject({ languageId: z.string().optional() }).optional(),
});

const cellSchema = z.looseObject({
  id: z.string().optional(),
  cell_type: z.enum(["code", "markdown", "raw"]),
  metadata: metadataSchema.default({}),
  source: multilineSchema,
  execution_count: z.number().int().nullable().optional(),
  outputs: z.array(outputSchema).optional(),
});

const notebookMetadataSchema = z.looseObject({
  kernelspec: z.looseObject({ language: z.string().optional(), name: z.string().optional() }).optional(),
  language_info: z.looseObject({ name: z.string() }).optional(),
});

const notebookSchema = z.looseObject({
  nbformat: z.literal(4, { error: ({ input }) => wrongFormat(input) }),
  nbformat_minor: z.number().int().min(0),
  metadata: notebookMetadataSchema.default({}),
  cells: z.array(cellSchema),
});

function wrongFormat(version: unknown): string {
  return typeof version === "number" && version > 4
    ? `is ${version}, newer than this program knows; save it as nbformat 4 in the program that wrote it`
    : "is not 4; open it in a current Jupyter and save it, or run `jupyter nbconvert --to notebook --inplace` on it";
}

export type Notebook = z.infer<typeof notebookSchema>;
export type NotebookCell = Notebook["cells"][number];
export type NotebookOutput = z.infer<typeof outputSchema>;

/** A file that is no notebook of ours; the message names the file, the place and the remedy. */
export class NotebookError extends Error {
  override name = "NotebookError";
}

/** @throws NotebookError when the file is missing, no JSON, no notebook of version 4, or in another language */
export async function readNotebook(path: string): Promise<Notebook> {
  const notebook = await readAnyNotebook(path);
  checkLanguage(notebook, path);
  return notebook;
}

/** A notebook in any language. @throws NotebookError when the file is missing, no JSON, or no notebook of version 4 */
export async function readAnyNotebook(path: string): Promise<Notebook> {
  return parseAnyNotebook(await readText(path), path);
}

const readFaults: Readonly<Record<string, string>> = { ENOENT: "does not exist", EISDIR: "is a folder", EACCES: "may not be read" };

/** The text of a file. @param kind what the file should be @throws NotebookError */
export async function readText(path: string, kind = "notebook"): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new NotebookError(`${path}: ${readFaults[code] ?? message}; name an existing ${kind}.`, { cause: error });
  }
}

/** @param path for messages only @throws NotebookError, also for another language */
export function parseNotebook(text: string, path: string): Notebook {
  const notebook = parseAnyNotebook(text, path);
  checkLanguage(notebook, path);
  return notebook;
}

/** A notebook in any language. @param path for messages only @throws NotebookError */
export function parseAnyNotebook(text: string, path: string): Notebook {
  const content = text.replace(/^\uFEFF/, "");
  if (content.trim() === "") {
    throw new NotebookError(`${path} is empty; a notebook is JSON: open the file in the editor, add a cell and save it.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new NotebookError(`${path} is not JSON (${(error as Error).message}); name an .ipynb file, or a .ts file with // %% marks.`, {
      cause: error,
    });
  }
  const parsed = notebookSchema.safeParse(json);
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0] as z.core.$ZodIssue;
    throw new NotebookError(`${path} is no notebook of nbformat 4: ${place.join(".") || "the file"}: ${message}.`);
  }
  return parsed.data;
}

/** A cell that another text than a notebook file tells of. @param place for messages @throws NotebookError */
export function checkedCell(cell: unknown, place: string): NotebookCell {
  return checked(cellSchema, cell, place);
}

/** Metadata of a notebook that another text than a notebook file tells of. @param place for messages @throws NotebookError */
export function checkedMetadata(metadata: unknown, place: string): Notebook["metadata"] {
  return checked(notebookMetadataSchema, metadata, place);
}

function checked<Value>(schema: z.ZodType<Value>, value: unknown, place: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    return parsed.data;
  }
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  const remedy = path[1] === "tags" ? '; write the tags as tags=["parameters"]' : "";
  throw new NotebookError(`${place}: ${path.join(".")}: ${message}${remedy}.`);
}

/** @throws NotebookError where the notebook, or a cell that is run, is in a language that the kernel does not run */
export function checkLanguage(notebook: Notebook, path: string): void {
  const language = languageOfNotebook(notebook);
  if (!isOurLanguage(language)) {
    throw new NotebookError(
      `${path} is a notebook in ${language}; its code cells must be TypeScript or JavaScript. Run it with Jupyter (jupyter execute), or, where its cells are TypeScript, choose the kernel "Tritloom (TypeScript)" in the editor, run a cell and save it.`,
    );
  }
  codeCells(notebook).forEach((cell, index) => {
    const own = languageOf(cell);
    const isRun = !cell.metadata.tags?.includes(skipTag);
    if (isRun && !isOurLanguage(own)) {
      throw new NotebookError(
        `${path}: cell ${index + 1} is in ${own}; code cells must be TypeScript or JavaScript: set the cell's language in the editor, or tag it skip-execution.`,
      );
    }
  });
}

/** The cells with code, in order. */
export function codeCells(notebook: Notebook): NotebookCell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

/** A cell's source as one text; the file format also allows a list of lines. */
export function cellSource(cell: NotebookCell): string {
  return typeof cell.source === "string" ? cell.source : cell.source.join("");
}

/** Text as Jupyter stores it: one string a line, line breaks kept. */
export function toLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * The notebook as the text of an .ipynb file, version 4.5: every cell has an id, code cells all their fields, and every
 * string is well-formed Unicode. The same notebook always gives the same text.
 */
export function formatNotebook(notebook: Notebook): string {
  const used = new Set<string>();
  const cells = notebook.cells.map(({ cell_type, id, metadata, source, ...rest }) => ({
    cell_type,
    id: uniqueId(id, source, used),
    metadata,
    source: typeof source === "string" ? toLines(source) : source,
    ...(cell_type === "code" ? { ...rest, execution_count: rest.execution_count ?? null, outputs: rest.outputs ?? [] } : rest),
  }));
  const minor = Math.max(5, notebook.nbformat_minor);
  return `${wellFormedJson(JSON.stringify({ ...notebook, cells, nbformat: 4, nbformat_minor: minor }, null, 1))}\n`;
}

/** The cell's own id, or one that follows from its source. */
function uniqueId(id: string | undefined, source: NotebookCell["source"], used: Set<string>): string {
  let kept = id;
  for (let attempt = 0; kept === undefined || !/^[\w-]{1,64}$/.test(kept) || used.has(kept); attempt++) {
    kept = createHash("sha256").update(`${attempt}\n${[source].flat().join("")}`).digest("hex").slice(0, 8);
  }
  used.add(kept);
  return kept;
}

/** Writes a notebook whole or not at all. */
export function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  return writeFileAtomically(path, formatNotebook(notebook));
}

/** The same cells as if none had run. */
export function withoutOutputs(notebook: Notebook): Notebook {
  return { ...notebook, cells: notebook.cells.map((cell) => (cell.cell_type === "code" ? { ...cell, execution_count: null, outputs: [] } : cell)) };
}
