import { readFileSync } from "node:fs";
import fc from "fast-check";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { formatScript, parseScript } from "../../src/notebooks/percentScript.js";
import type { Notebook } from "../../src/notebooks/notebookFile.js";
import { anyNotebook } from "./notebookArbitrary.js";

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const cellsOf = (text: string) => parseScript(text, "x.ts").cells.map(({ cell_type, metadata, source }) => ({ cell_type, metadata, source }));

describe("a notebook as a script", () => {
  it("reads back as it was: cells, languages, ids, tags and metadata", () => {
    fc.assert(
      fc.property(anyNotebook, (notebook) => {
        expect(parseScript(formatScript(notebook), "x.ts")).toEqual(notebook);
      }),
      { numRuns: 500 },
    );
  });

  it("reads back also where its lines have got Windows' ends", () => {
    const notebook = parseScript(fixture("jupytext.ts"), "x.ts");
    expect(parseScript(formatScript(notebook).replaceAll("\n", "\r\n"), "x.ts")).toEqual(notebook);
  });

  it("is TypeScript that the compiler reads, with the code of all cells and nothing else but comments", () => {
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [
        { cell_type: "markdown", metadata: {}, source: "# Title */ \u2028 `${\r\nend" },
        { cell_type: "code", metadata: { tags: ["parameters"] }, source: "const a: number = 1;", execution_count: null, outputs: [] },
        { cell_type: "raw", metadata: {}, source: "}}}" },
        { cell_type: "code", metadata: { vscode: { languageId: "python" } }, source: "print(1)\n", execution_count: null, outputs: [] },
      ],
    } as Notebook;
    const { statements, parseDiagnostics } = ts.createSourceFile("x.ts", formatScript(notebook), ts.ScriptTarget.ES2022) as ts.SourceFile & { parseDiagnostics: unknown[] };
    expect(parseDiagnostics).toEqual([]);
    expect(statements).toHaveLength(1);
  });
});

describe("scripts for and of other programs", () => {
  // jupytext.ts: jupytext.writes(new_notebook(...), "ts:percent") with Jupytext 1.19.6, of the cells in jupytext.json
  it("are read as Jupytext reads them", () => {
    expect(cellsOf(fixture("jupytext.ts"))).toEqual(JSON.parse(fixture("jupytext.json")));
    expect(parseScript(fixture("jupytext.ts"), "x.ts").metadata).toEqual({ kernelspec: { display_name: "Tritloom (TypeScript)", language: "typescript", name: "tritloom" } });
  });

  // oursAsRead.json: python3 -c 'import jupytext, json, sys; nb = jupytext.reads(open("ours.ts").read(), "ts:percent"); del nb.metadata["jupytext"];
  // json.dump({ "metadata": nb.metadata, "cells": [{ k: c[k] for k in ("cell_type", "metadata", "source") } for c in nb.cells] }, sys.stdout)' with Jupytext 1.19.6
  it("are read by Jupytext as they are meant, the ids among the metadata", () => {
    const notebook = JSON.parse(fixture("ours.json")) as Notebook;
    expect(formatScript(notebook)).toBe(fixture("ours.ts"));
    const cells = notebook.cells.map(({ cell_type, id, metadata, source }) => ({ cell_type, metadata: { ...metadata, id }, source }));
    expect(JSON.parse(fixture("oursAsRead.json"))).toEqual({ metadata: notebook.metadata, cells });
  });

  it("may have no header, no marks, blank lines between cells, and text before the first mark", () => {
    expect(cellsOf("")).toEqual([]);
    expect(cellsOf("const a = 1;\n\n\n//%%\n\n\nb\n\n\n\n  // %% [md]\n//# T\n//\n// x")).toEqual([
      { cell_type: "code", metadata: {}, source: "const a = 1;" },
      { cell_type: "code", metadata: {}, source: "\n\nb" },
      { cell_type: "markdown", metadata: {}, source: "# T\n\nx" },
    ]);
    expect(parseScript("a", "x.ts").metadata.kernelspec?.name).toBe("tritloom");
  });

  it("have titles, levels and metadata in marks", () => {
    expect(cellsOf('// %% Load the text tags=["parameters"]\n// %%% Sub [markdown] {"my key": [1]}\n// %% y=x^2 plots')).toEqual([
      { cell_type: "code", metadata: { title: "Load the text", tags: ["parameters"] }, source: "" },
      { cell_type: "markdown", metadata: { title: "Sub", cell_depth: 1, "my key": [1] }, source: "" },
      { cell_type: "code", metadata: { title: "y=x^2 plots" }, source: "" },
    ]);
    // As Jupytext 1.19.6 reads them.
    expect(cellsOf('// %% [markdown] Hello there\n// hi\n// %% A [md] b {"a": 1}\n// %% title="a [markdown] b"\n// %% [markdown] [raw] c')).toEqual([
      { cell_type: "markdown", metadata: { title: "Hello there" }, source: "hi" },
      { cell_type: "markdown", metadata: { title: "A b", a: 1 }, source: "" },
      { cell_type: "code", metadata: { title: "a [markdown] b" }, source: "" },
      { cell_type: "markdown", metadata: { title: "[raw] c" }, source: "" },
    ]);
  });

  it.each([
    ["// %% tags=[parameters]", /^x\.ts:1: tags=\[parameters\] is not JSON; write the tags as tags=\["parameters"\]\.$/],
    ['a\n\n// %% tags="parameters"', /^x\.ts:3: metadata\.tags: .*; write the tags as tags=\["parameters"\]\.$/],
    ["// %% id=4", /^x\.ts:1: id: /],
    ["// ---\n// jupyter: [\n// ---", /^x\.ts: the header .* is not YAML: /],
    ['// ---\n// jupyter:\n//   kernelspec: "x"\n// ---', /^x\.ts: kernelspec: /],
  ])("that are wrong are told where: %j", (text, message) => {
    expect(() => parseScript(text, "x.ts")).toThrow(message);
  });
});
