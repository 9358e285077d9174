import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FromKernel } from "../../kernel/contract.js";
import { cellSource, codeCells, formatNotebook, parseNotebook, toLines } from "../../src/notebooks/notebookFile.js";
import { NotebookOutputs, toNotebookData } from "../../src/notebooks/notebookOutputs.js";

const text = fc.string({ unit: fc.constantFrom("a", "\n", "\r", "é", "🎉", " ", "\\", '"', "\u2028") });
const source = fc.oneof(text, fc.array(text));
const id = fc.option(fc.stringMatching(/^[\w-]{1,64}$/), { nil: undefined });
const metadata = fc.record({ custom: fc.jsonValue(), tags: fc.array(fc.string()) }, { requiredKeys: [] });
const cell = fc.oneof(
  fc.record({ cell_type: fc.constantFrom("markdown", "raw"), id, metadata, source }),
  fc.record({
    cell_type: fc.constant("code"),
    id,
    metadata,
    source,
    execution_count: fc.option(fc.nat()),
    outputs: fc.array(fc.record({ output_type: fc.constant("stream"), name: fc.constant("stdout"), text })),
  }),
);
const notebook = fc.record({
  nbformat: fc.constant(4),
  nbformat_minor: fc.nat({ max: 6 }),
  metadata: fc.record({ title: fc.string(), other: fc.jsonValue() }, { requiredKeys: [] }),
  cells: fc.array(cell),
});

/** What nbformat 4.5 asks of a file, written down from its schema and apart from the code under test. */
function check45(json: unknown): void {
  const file = json as { nbformat: number; nbformat_minor: number; metadata: object; cells: Record<string, unknown>[] };
  expect(file.nbformat).toBe(4);
  expect(file.nbformat_minor).toBeGreaterThanOrEqual(5);
  expect(new Set(file.cells.map((one) => one.id)).size).toBe(file.cells.length);
  for (const one of file.cells) {
    expect(one.id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(Array.isArray(one.source)).toBe(true);
    expect(typeof one.metadata).toBe("object");
    expect("outputs" in one && "execution_count" in one).toBe(one.cell_type === "code");
  }
}

describe("notebook files", () => {
  it("hold U+FFFD for halves of surrogate pairs, which Python could not save, and leave everything else", () => {
    const strings = ["\ud800", "a\udfffb", "\u{1f600}", "\\ud800", "\\\ud800", "\\\\udc00 \ud83d"];
    const right = ["\ufffd", "a\ufffdb", "\u{1f600}", "\\ud800", "\\\ufffd", "\\\\udc00 \ufffd"];
    const output = { output_type: "display_data", metadata: {}, data: { "application/json": { "k\ud800": strings } } };
    const cell = { cell_type: "code", metadata: { title: strings }, source: strings, outputs: [output] };
    const written = formatNotebook(parseNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] }), "a.ipynb"));
    expect(Buffer.from(written, "utf8").toString("utf8")).toBe(written);
    const [read] = (JSON.parse(written) as { cells: Record<string, unknown>[] }).cells;
    expect(read).toMatchObject({ source: right, metadata: { title: right }, outputs: [{ data: { "application/json": { "k\ufffd": right } } }] });
  });

  it("are read and written without loss of sources, ids and metadata", () => {
    fc.assert(
      fc.property(notebook, (original) => {
        const read = parseNotebook(JSON.stringify(original), "a.ipynb");
        const written = formatNotebook(read);
        check45(JSON.parse(written));
        const again = parseNotebook(written, "a.ipynb");
        const used = new Set<string>();
        original.cells.forEach((before, index) => {
          const after = again.cells[index] as (typeof again.cells)[number];
          expect(cellSource(after)).toBe(typeof before.source === "string" ? before.source : before.source.join(""));
          // JSON has no negative zero.
          expect(after.metadata).toEqual(JSON.parse(JSON.stringify(before.metadata)));
          if (before.id !== undefined && !used.has(before.id)) {
            expect(after.id).toBe(before.id);
            used.add(before.id);
          }
        });
        expect(again.metadata).toEqual(JSON.parse(JSON.stringify(original.metadata)));
        expect(formatNotebook(again)).toBe(written);
      }),
    );
  });

  it("store text as lines that join to the text", () => {
    fc.assert(
      fc.property(text, (whole) => {
        const lines = toLines(whole);
        expect(lines.join("")).toBe(whole);
        expect(lines.slice(0, -1).every((line) => line.endsWith("\n"))).toBe(true);
        expect(lines.every((line) => line !== "" && !line.slice(0, -1).includes("\n"))).toBe(true);
      }),
    );
  });

  it("hold MIME bundles: JSON as values, text as lines, bytes as base64", () => {
    expect(
      toNotebookData({
        "text/plain": "a\nb",
        "application/json": '{"a":[1]}',
        "application/vnd.x+json": "null",
        "image/svg+xml": "<svg>\n</svg>",
        "image/png": "iVBO\nRw==",
      }),
    ).toEqual({
      "text/plain": ["a\n", "b"],
      "application/json": { a: [1] },
      "application/vnd.x+json": null,
      "image/svg+xml": ["<svg>\n", "</svg>"],
      "image/png": "iVBO\nRw==",
    });
  });

  const base = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };
  const code = { cell_type: "code", metadata: {}, source: "", outputs: [], execution_count: null };
  it.each([
    ["no JSON", "{", /n\.ipynb is not JSON/],
    ["an empty file", " \n", /n\.ipynb is empty; /],
    ["an array", "[]", /no notebook of nbformat 4: the file/],
    ["version 3", JSON.stringify({ ...base, nbformat: 3 }), /nbformat: is not 4; open it in a current Jupyter/],
    ["no cells", JSON.stringify({ ...base, cells: undefined }), /cells/],
    ["a cell without source", JSON.stringify({ ...base, cells: [{ ...code, source: 5 }] }), /cells\.0\.source/],
    ["an unknown cell type", JSON.stringify({ ...base, cells: [{ ...code, cell_type: "sql" }] }), /cells\.0\.cell_type/],
    ["Python", JSON.stringify({ ...base, metadata: { language_info: { name: "python" } } }), /a notebook in python/],
    [
      "a Python cell",
      JSON.stringify({ ...base, cells: [code, { ...code, metadata: { vscode: { languageId: "python" } } }] }),
      /cell 2 is in python/,
    ],
  ])("are refused with the place and the remedy: %s", (_what, file, message) => {
    expect(() => parseNotebook(file, "n.ipynb")).toThrow(message);
  });

  it("may be marked for TypeScript in any usual way", () => {
    for (const name of ["typescript", "TypeScript", "javascript"]) {
      const marked = { ...base, metadata: { language_info: { name } }, cells: [code] };
      expect(codeCells(parseNotebook(`\uFEFF${JSON.stringify(marked)}`, "n.ipynb"))).toHaveLength(1);
    }
  });
});

describe("outputs", () => {
  function collect(messages: FromKernel[]): unknown[] {
    const outputs: { output_type: string }[] = [];
    const collector = new NotebookOutputs();
    messages.forEach((message) => collector.add(message, outputs, 3));
    return outputs;
  }

  it("join what one stream prints, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: fc.constantFrom("stdout", "stderr"), text })), (pieces) => {
        const outputs = collect(pieces.map((piece) => ({ type: "stream", id: "1", ...piece }) as FromKernel));
        const runs: { name: string; text: string }[] = [];
        for (const { name, text: piece } of pieces) {
          if (runs.at(-1)?.name === name) {
            (runs.at(-1) as { text: string }).text += piece;
          } else {
            runs.push({ name, text: piece });
          }
        }
        expect(outputs).toEqual(
          runs.map((one) => ({ output_type: "stream", name: one.name, text: toLines(one.text) })),
        );
      }),
    );
  });

  it("keep the last state of a display, in its first place", () => {
    const display = (displayId: string, update: boolean, plain: string): FromKernel => ({
      type: "display",
      id: "1",
      displayId,
      update,
      data: { "text/plain": plain },
    });
    expect(
      collect([display("a", false, "1"), display("b", false, "2"), display("a", true, "3"), display("a", true, "4")]),
    ).toEqual([
      { output_type: "display_data", data: { "text/plain": ["4"] }, metadata: {} },
      { output_type: "display_data", data: { "text/plain": ["2"] }, metadata: {} },
    ]);
  });

  it("show results with their count and errors with their stack", () => {
    expect(
      collect([
        { type: "result", id: "1", data: { "text/plain": "5" } },
        { type: "error", id: "1", error: { name: "TypeError", message: "no", stack: "    at cell 1, line 2, column 3" } },
        { type: "done", id: "1", status: "error" },
      ]),
    ).toEqual([
      { output_type: "execute_result", execution_count: 3, data: { "text/plain": ["5"] }, metadata: {} },
      {
        output_type: "error",
        ename: "TypeError",
        evalue: "no",
        traceback: ["TypeError: no", "    at cell 1, line 2, column 3"],
      },
    ]);
  });
});
