import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Ajv } from "ajv";
import { beforeEach, describe, expect, it } from "vitest";
import { readCommandLine, UsageError } from "../../src/cli/command.js";
import { convertCommand } from "../../src/cli/convert.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { type Ended, program, reported, tritloomIn } from "./program.js";

const root = temporaryFolder();
const tritloom = (...args: string[]): Promise<Ended> => tritloomIn(root.path, args);
const inFolder = (name: string) => path.join(root.path, name);
const textOf = (name: string) => readFile(inFolder(name), "utf8");
const jsonOf = async (name: string) => JSON.parse(await textOf(name));

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const metadata = { kernelspec: { name: "tritloom", display_name: "Tritloom (TypeScript)", language: "typescript" }, language_info: { name: "typescript" } };
const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata,
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: ["# Title\n", "text"] },
    {
      cell_type: "code",
      id: "b",
      metadata: { tags: ["parameters"] },
      execution_count: 1,
      source: ["const steps = 4;\n", "`\n", "```` // %%\n", "`"],
      outputs: [
        { output_type: "stream", name: "stdout", text: ["four\n"] },
        { output_type: "display_data", data: { "image/png": png, "text/plain": ["a picture"] }, metadata: {} },
      ],
    },
    { cell_type: "code", id: "c", metadata: { vscode: { languageId: "javascript" } }, execution_count: null, source: [], outputs: [] },
  ],
};

beforeEach(async () => {
  await writeFile(inFolder("my notes.ipynb"), JSON.stringify(notebook));
});

/** Jupyter's own schema of nbformat 4.5, from the Python package nbformat 5.11.1. */
async function checkSchema(json: unknown): Promise<void> {
  const schema = JSON.parse(await readFile(new URL("../notebooks/fixtures/nbformat.v4.5.schema.json", import.meta.url), "utf8"));
  delete schema.$schema;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  expect(ajv.validate(schema, json), JSON.stringify(ajv.errors)).toBe(true);
}

describe("convert", () => {
  it("writes a notebook as TypeScript, and that as a notebook of the same cells", async () => {
    const there = await tritloom("convert", "my notes.ipynb", "--to", "ts", "--json");
    expect(reported(there)).toEqual({ ok: true, file: inFolder("my notes.ts"), to: "ts", cells: 3, pictures: [] });
    expect(await textOf("my notes.ts")).toContain('// %% tags=["parameters"] id="b"\nconst steps = 4;\n');
    expect((await tritloom("convert", "my notes.ts", "-o", "back.ipynb")).stdout).toBe(`Wrote ${inFolder("back.ipynb")}: 3 cells.\n`);
    const back = await jsonOf("back.ipynb");
    await checkSchema(back);
    const withoutOutputs = notebook.cells.map((cell) => (cell.cell_type === "code" ? { ...cell, execution_count: null, outputs: [] } : cell));
    expect(back).toEqual({ ...notebook, cells: withoutOutputs });
  });

  it("says that a .ts file has no outputs", async () => {
    expect((await tritloom("convert", "my notes.ipynb", "--to", "ts")).stdout).toContain("Outputs are left out");
  });

  it("writes one HTML page", async () => {
    await mkdir(inFolder("pages"));
    expect((await tritloom("convert", "my notes.ipynb", "--out", "pages/page.html")).code).toBe(0);
    const page = await textOf("pages/page.html");
    expect(page).toMatch(/^<!DOCTYPE html>/);
    expect(page).toContain("<h1>Title</h1>");
    expect(page).toContain(`src="data:image/png;base64,${png}"`);
    expect(await readdir(inFolder("pages"))).toEqual(["page.html"]);
    await tritloom("convert", "my notes.ipynb", "--to", "html", "-o", "bare.html", "--hide-code", "--hide-output");
    expect(await textOf("bare.html")).not.toMatch(/steps|four|data:image/);
  });

  it("writes Markdown with its pictures beside it, or in it", async () => {
    const { pictures } = reported(await tritloom("convert", "my notes.ipynb", "--to", "md", "--json"));
    expect(pictures).toEqual([path.join(root.path, "my notes_files", "cell-2-output-2.png")]);
    expect((await readFile(pictures[0])).toString("base64")).toBe(png);
    expect(await textOf("my notes.md")).toBe(
      "# Title\ntext\n\n`````typescript\nconst steps = 4;\n`\n```` // %%\n`\n`````\n\n```text\nfour\n```\n\n![a picture](my%20notes_files/cell-2-output-2.png)\n",
    );
    await tritloom("convert", "my notes.ipynb", "-o", "one.md", "--embed-images");
    expect(await textOf("one.md")).toContain(`![a picture](data:image/png;base64,${png})`);
    expect((await readdir(root.path)).sort()).toEqual(["my notes.ipynb", "my notes.md", "my notes_files", "one.md"]);
  });

  it("leaves out outputs of a notebook, also between standard input and output as a filter of git", async () => {
    await tritloom("convert", "my notes.ipynb", "-o", "clean.ipynb", "--no-outputs");
    const clean = await textOf("clean.ipynb");
    await checkSchema(JSON.parse(clean));
    expect(JSON.parse(clean).cells[1]).toMatchObject({ execution_count: null, outputs: [], metadata: { tags: ["parameters"] } });
    const filter = (text: string) => spawnSync(process.execPath, [program, "convert", "-", "--to", "ipynb", "--no-outputs", "--out", "-"], { input: text, encoding: "utf8" }).stdout;
    expect(filter(await textOf("my notes.ipynb"))).toBe(clean);
    expect(filter(clean)).toBe(clean);
  });

  it("replaces a file only when told to, and pictures of another program never", async () => {
    await writeFile(inFolder("my notes.md"), "mine");
    const refused = await tritloom("convert", "my notes.ipynb", "--to", "md");
    expect([refused.code, refused.stderr]).toEqual([1, `tritloom convert: ${inFolder("my notes.md")} exists; name another file with --out FILE, or add --overwrite.\n`]);
    expect(await textOf("my notes.md")).toBe("mine");
    expect((await tritloom("convert", "my notes.ipynb", "--to", "md", "--overwrite")).code).toBe(0);
    expect((await tritloom("convert", "my notes.ipynb", "--to", "md", "--overwrite")).code).toBe(0);
    await writeFile(inFolder("my notes_files/holiday.png"), "mine");
    await writeFile(inFolder("my notes.md"), "mine");
    expect((await tritloom("convert", "my notes.ipynb", "--to", "md", "--overwrite")).stderr).toMatch(/already holds files .*Name another file/);
    expect([await textOf("my notes.md"), await textOf("my notes_files/holiday.png")]).toEqual(["mine", "mine"]);
  });

  it.each([
    ["gone.ipynb", ["--to", "ts"], UsageError, /gone\.ipynb: does not exist; name an existing notebook/],
    ["folder", ["--to", "ts"], UsageError, /folder: is a folder; name an existing notebook/],
    ["broken.ipynb", ["--to", "html"], UsageError, /broken\.ipynb is not JSON/],
    ["list.ipynb", ["--to", "html"], UsageError, /list\.ipynb is no notebook of nbformat 4/],
    ["new.ipynb", ["--to", "html"], UsageError, /nbformat: is 5, newer than this program knows/],
    ["python.ipynb", ["--to", "ts"], UsageError, /is a notebook in python/],
    ["bad.ts", ["--to", "ipynb"], UsageError, /bad\.ts:1: tags=\[x\] is not JSON/],
    ["my notes.ipynb", ["--to", "pdf"], UsageError, /--to pdf: choose from ts, html, md, ipynb/],
    ["my notes.ipynb", ["--to", "ts", "--out", "{}/my notes.ipynb", "--overwrite"], UsageError, /my notes\.ipynb is the name of a file of the form ipynb, and --to says ts/],
    ["my notes.ipynb", [], UsageError, /convert needs --to FORM: ts, html, md, ipynb/],
    ["my notes.ipynb", ["--to", "ts", "--hide-code"], UsageError, /--hide-code is an option of html and md, not of ts/],
    ["my notes.ipynb", ["--to", "ts", "--out", "pages/"], UsageError, /--out pages\/ names a folder; name a file/],
    ["my notes.ipynb", ["--to", "html", "--out", "-", "--json"], UsageError, /leave out --json/],
    ["my notes.ipynb", ["--to", "html", "--out", "{}/folder"], Error, /folder is a folder; name a file/],
    ["my notes.ipynb", ["--to", "html", "--out", "{}/broken.ipynb/x.html"], Error, /Cannot write .*A part of the path is a file/],
  ])("of %s with %j is told in one line, and leaves no file", async (name, args, kind, message) => {
    await Promise.all([
      mkdir(inFolder("folder")),
      writeFile(inFolder("broken.ipynb"), "{"),
      writeFile(inFolder("list.ipynb"), "[]"),
      writeFile(inFolder("new.ipynb"), JSON.stringify({ ...notebook, nbformat: 5 })),
      writeFile(inFolder("python.ipynb"), JSON.stringify({ ...notebook, metadata: { language_info: { name: "python" } } })),
      writeFile(inFolder("bad.ts"), "// %% tags=[x]\n"),
    ]);
    const before = (await readdir(root.path)).sort();
    const line = readCommandLine("convert", convertCommand, [inFolder(name), ...args.map((arg) => arg.replace("{}", root.path))]);
    const error: unknown = await convertCommand.work(line).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
    expect((await readdir(root.path)).sort()).toEqual(before);
  });
});
