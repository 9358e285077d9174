import { readdirSync, readlinkSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseNotebook } from "../../src/notebooks/notebookFile.js";
import { isForTritloom, withKernelspec } from "../../src/extension/notebook/notebookMetadata.js";
import { type Jupyter, prepareJupyter } from "./jupyter.js";

let jupyter: Jupyter;
beforeAll(async () => {
  jupyter = await prepareJupyter();
  // pip installs where PIP_TARGET says, and Python looks there too.
  const site = path.join(jupyter.folder, "site");
  jupyter.env.PYTHONPATH = `${site}:${jupyter.env.PYTHONPATH}`;
  const { code, stderr } = await jupyter.tritloom(["jupyter", "install", "--papermill", "python3"], { PIP_TARGET: site });
  expect(code, stderr).toBe(0);
});
afterAll(() => jupyter.remove());

interface Cell {
  readonly cell_type: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: string | readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

interface Output {
  readonly output_type: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly ename?: string;
}

const joined = (text: unknown): string => (Array.isArray(text) ? text.join("") : String(text));

async function notebook(name: string, cells: readonly (string | { source: string; tags: string[] })[]): Promise<string> {
  const file = path.join(jupyter.folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  const whole = cells.map((cell, index) => {
    const { source, tags } = typeof cell === "string" ? { source: cell, tags: [] } : cell;
    return { cell_type: "code", id: `cell-${index}`, metadata: { tags }, source, execution_count: null, outputs: [] };
  });
  const metadata = { kernelspec: { name: "tritloom", display_name: "Tritloom (TypeScript)", language: "typescript" }, language_info: { name: "typescript" } };
  await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: whole }));
  return file;
}

async function cellsOf(file: string): Promise<readonly Cell[]> {
  return (JSON.parse(await readFile(file, "utf8")) as { cells: Cell[] }).cells;
}

const plain = ({ outputs = [] }: Cell): string[] =>
  outputs.map((output) => (output.text === undefined ? joined(output.data?.["text/plain"] ?? output.ename) : joined(output.text)));

it("the quickstart runs with papermill and other parameters, and what Jupyter saved is a notebook of ours", { timeout: 180_000 }, async () => {
  const folder = path.join(jupyter.folder, "quickstart");
  await mkdir(folder);
  const out = path.join(folder, "out.ipynb");
  const parameters = ["-p", "steps", "20", "-p", "units", "16"];
  const { code, stderr } = await jupyter.python(["-m", "papermill", "--cwd", folder, ...parameters, path.resolve("examples/quickstart.ipynb"), out]);
  expect(code, stderr).toBe(0);
  const cells = await cellsOf(out);
  const injected = cells.find(({ metadata }) => metadata.tags?.includes("injected-parameters"));
  expect(joined(injected?.source)).toBe("// Parameters\nlet steps = 20;\nlet units = 16;\n");
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  expect(outputs.filter(({ output_type }) => output_type === "error")).toEqual([]);
  // Hosts that do not know the type of a training's display show the picture or the text beside it.
  const training = outputs.filter(({ data }) => data?.["application/vnd.tritloom.training+json"] !== undefined);
  expect(training).toHaveLength(1);
  expect(Object.keys(training[0]!.data!)).toEqual(expect.arrayContaining(["image/svg+xml", "text/plain"]));
  expect(joined(training[0]!.data!["text/plain"])).toContain("20");
  const text = await readFile(out, "utf8");
  const { metadata } = JSON.parse(text) as { metadata: Record<string, unknown> };
  expect(parseNotebook(text, out).cells.length).toBe(cells.length);
  expect(isForTritloom({ metadata })).toBe(true);
  expect(withKernelspec({ metadata })).toBeUndefined();
});

describe("papermill", () => {
  it("writes every kind of value", async () => {
    const file = await notebook("values.ipynb", [
      { source: "let a: number = 1; // the first\nlet b = 0;\nlet c = 0, d, e, f, g, h;", tags: ["parameters"] },
      "JSON.stringify([a, b, c, d, e, f, g, h])",
      "Object.getPrototypeOf(g) === Object.prototype",
    ]);
    const parameters = path.join(jupyter.folder, "values.yaml");
    await writeFile(parameters, 'a: -3\nb: 1.5e-7\nc: true\nd: null\ne: "quote \\" back \\\\ line\\n ${x} ü \\U0001F600"\nf: [1, [two], {}]\ng: {"__proto__": {x: 1}, "b c": 2}\nh: ""\n');
    const out = path.join(jupyter.folder, "values.out.ipynb");
    const { code, stderr } = await jupyter.python(["-m", "papermill", "-f", parameters, file, out]);
    expect(code, stderr).toBe(0);
    const cells = await cellsOf(out);
    const shown = plain(cells[2]!)[0]!;
    const values: unknown = JSON.parse((0, eval)(shown) as string);
    expect(values).toEqual([-3, 1.5e-7, true, null, 'quote " back \\ line\n ${x} ü 😀', [1, ["two"], {}], JSON.parse('{"__proto__":{"x":1},"b c":2}'), ""]);
    expect(plain(cells[3]!)).toEqual(["true"]);
  });

  it("tells the parameters of a notebook, and refuses an integer that a number cannot hold", async () => {
    const file = await notebook("help.ipynb", [{ source: "let steps: number = 40; // of training\nconst name = 'x';", tags: ["parameters"] }]);
    const help = await jupyter.python(["-m", "papermill", "--help-notebook", file]);
    expect(help.stdout).toMatch(/steps: number \(default 40\)\s+of training/);
    expect(help.stdout).toMatch(/name: Unknown type \(default 'x'\)/);
    const refused = await jupyter.python(["-m", "papermill", "-p", "steps", "9007199254740993", file, path.join(jupyter.folder, "help.out.ipynb")]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("give it as text");
  });
});

describe("nbconvert --execute", () => {
  it("runs cells in the notebook's folder, with files beside it, and saves all that they show", async () => {
    const file = await notebook("executed/notebook.ipynb", [
      'import { readFileSync } from "node:fs";\nimport { twice } from "./twice.ts";\nconst shown = display({ "text/html": "<b>0</b>" });',
      'shown.update({ "text/html": "<b>1</b>" });\ntwice(Number(readFileSync("value.txt", "utf8")))',
    ]);
    await writeFile(path.join(path.dirname(file), "twice.ts"), "export const twice = (value: number): number => 2 * value;\n");
    await writeFile(path.join(path.dirname(file), "value.txt"), "21");
    const { code, stderr } = await jupyter.python(["-m", "nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb", file]);
    expect(code, stderr).toBe(0);
    const [first, second] = await cellsOf(path.join(path.dirname(file), "out.ipynb"));
    expect(joined(first!.outputs![0]!.data!["text/html"])).toBe("<b>1</b>");
    expect(plain(second!)).toEqual(["42"]);
    expect(second!.execution_count).toBe(2);
  });

  it("stops at a cell that fails, whose traceback names cell and line", async () => {
    const file = await notebook("failing/notebook.ipynb", ["console.log('before')", "const a = 1;\nthrow new RangeError('too far')", "console.log('after')"]);
    const { code, stderr } = await jupyter.python(["-m", "nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb", file]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("RangeError: too far");
    expect(stderr).toContain("cell 2, line 2");
  });

  it("leaves no process behind", () => {
    // Programs and kernels work in the notebook's folder.
    const folders = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(workingFolder);
    expect(folders).toContain(process.cwd());
    expect(folders.filter((folder) => folder.startsWith(jupyter.folder))).toEqual([]);
  });
});

function workingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
