import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { notebookHtml } from "../notebooks/html/notebookHtml.js";
import { codeCells, checkLanguage, formatNotebook, type Notebook, NotebookError, withoutOutputs } from "../notebooks/notebookFile.js";
import { notebookMarkdown } from "../notebooks/notebookMarkdown.js";
import { openNotebookFile, parseNotebookText } from "../notebooks/openNotebookFile.js";
import { formatScript } from "../notebooks/percentScript.js";
import { isScriptName } from "../notebooks/scriptName.js";
import { type Command, type CommandLine, oneOf, type Report, UsageError } from "./command.js";
import { MarkdownPictures, saveConverted } from "./convertedFile.js";
import { picturesBeside } from "./picturesBeside.js";

const forms = ["ts", "html", "md", "ipynb"] as const;
type Form = (typeof forms)[number];

/** Options that some forms alone have. */
const formsOf: Readonly<Record<string, readonly Form[]>> = {
  "hide-code": ["html", "md"],
  "hide-output": ["html", "md"],
  "embed-images": ["md"],
  "no-outputs": ["ipynb"],
};

export const convertCommand: Command = {
  summary: "Writes a notebook as TypeScript with // %% marks, HTML or Markdown, and TypeScript with such marks as a notebook.",
  guide: "jupyter",
  operands: [{ name: "NOTEBOOK", description: "an .ipynb file, or a .ts file whose cells begin at // %% marks; - reads standard input" }],
  options: {
    to: { value: "FORM", description: `${forms.join(", ")}; default by the ending of --out. A .ts file has no outputs, but all else of a notebook` },
    out: { value: "FILE", short: "o", description: "the file to write, also -o; default NOTEBOOK with the ending of the form; - prints it" },
    "hide-code": { description: "of html and md: leave out the code" },
    "hide-output": { description: "of html and md: leave out the outputs" },
    "embed-images": { description: "of md: pictures in the file itself, in place of a folder NAME_files beside it" },
    "no-outputs": { description: "of ipynb: leave out outputs and execution counts, as for version control" },
    overwrite: { description: "replace an existing file" },
  },
  work: convert,
};

async function convert(line: CommandLine): Promise<Report> {
  const operand = line.operands[0]!;
  const { form, out } = target(operand, line);
  const source = operand === "-" ? "standard input" : path.resolve(operand);
  const notebook = await readSource(operand, source, form);
  const folder = operand === "-" ? process.cwd() : path.dirname(source);
  const title = operand === "-" ? "Notebook" : path.parse(source).name;
  const pictures = new MarkdownPictures(out === "-" || line.switches.has("embed-images") ? undefined : `${path.parse(out).name}_files`);
  const content = written(notebook, form, { line, folder, title, pictures });
  if (out === "-") {
    return { text: content, exact: content, json: {} };
  }
  await saveConverted(out, content, pictures.files, line.switches.has("overwrite"));
  const lost = form === "ts" && codeCells(notebook).some(({ outputs = [] }) => outputs.length > 0) ? ["Outputs are left out: a .ts file has none."] : [];
  const cells = notebook.cells.length;
  return { text: [`Wrote ${out}: ${cells} ${cells === 1 ? "cell" : "cells"}.`, ...lost].join("\n"), json: { file: out, to: form, cells, pictures: pictures.paths(out) } };
}

/** @throws UsageError */
function target(operand: string, { values, switches }: CommandLine): { form: Form; out: string } {
  const { to, out } = values;
  const named = formOfName(out);
  const form = to === undefined ? named : oneOf("to", to, forms);
  if (form === undefined) {
    throw new UsageError(`convert needs --to FORM: ${forms.join(", ")}.`);
  }
  if (named !== undefined && named !== form) {
    // Also what keeps the notebook itself from being replaced by its page.
    throw new UsageError(`--out ${out} is the name of a file of the form ${named}, and --to says ${form}: name one that ends in .${form}.`);
  }
  checkSwitches(form, out, switches);
  if (out === "-" || (out === undefined && operand === "-")) {
    return { form, out: "-" };
  }
  const { dir, name } = path.parse(path.resolve(operand));
  return { form, out: path.resolve(out ?? path.join(dir, `${name}.${form}`)) };
}

/** @throws UsageError */
function checkSwitches(form: Form, out: string | undefined, switches: ReadonlySet<string>): void {
  const stray = Object.keys(formsOf).find((option) => switches.has(option) && !formsOf[option]!.includes(form));
  if (stray !== undefined) {
    throw new UsageError(`--${stray} is an option of ${formsOf[stray]!.join(" and ")}, not of ${form}.`);
  }
  if (out !== undefined && /[\\/]$/.test(out)) {
    throw new UsageError(`--out ${out} names a folder; name a file.`);
  }
  if (out === "-" && switches.has("json")) {
    throw new UsageError("--out - prints the file itself: leave out --json.");
  }
}

/** The form that a name's ending tells; undefined for any other ending. */
function formOfName(out = ""): Form | undefined {
  const ending = path.extname(out).slice(1).toLowerCase();
  return isScriptName(out) ? "ts" : forms.find((each) => each === ending);
}

/** @throws UsageError for a file that is not there, or no notebook that has this form */
async function readSource(operand: string, source: string, form: Form): Promise<Notebook> {
  try {
    const notebook = await (operand === "-" ? fromStandardInput() : openNotebookFile(source));
    if (form === "ts") {
      checkLanguage(notebook, source);
    }
    return notebook;
  } catch (error) {
    throw error instanceof NotebookError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** @throws NotebookError */
async function fromStandardInput(): Promise<Notebook> {
  const text = await textOf(process.stdin);
  return parseNotebookText(text, "standard input", /^[\s\uFEFF]*\{/.test(text) ? "notebook" : "script");
}

interface Surroundings {
  readonly line: CommandLine;
  /** Where the pictures that Markdown names are. */
  readonly folder: string;
  readonly title: string;
  readonly pictures: MarkdownPictures;
}

function written(notebook: Notebook, form: Form, { line: { switches }, folder, title, pictures }: Surroundings): string {
  const parts = { code: !switches.has("hide-code"), outputs: !switches.has("hide-output") };
  switch (form) {
    case "ts":
      return formatScript(notebook);
    case "html":
      return notebookHtml(notebook, title, parts, picturesBeside(folder));
    case "md":
      return notebookMarkdown(notebook, parts, pictures.place);
    case "ipynb":
      return formatNotebook(switches.has("no-outputs") ? withoutOutputs(notebook) : notebook);
  }
}
