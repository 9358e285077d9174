import { describe, expect, it } from "vitest";
import type { Notebook } from "../../src/notebooks/notebookFile.js";
import { notebookMarkdown } from "../../src/notebooks/notebookMarkdown.js";
import { scheduleMime, trainingMime } from "../../webview/protocol.js";
import { randomSnapshot } from "../webview/pipelineSnapshot.js";
import { snapshot } from "../webview/snapshots.js";

const rich = (data: Record<string, unknown>) => ({ output_type: "display_data", data, metadata: {} });

function written(...outputs: { output_type: string }[]): { text: string; pictures: Map<string, string> } {
  const pictures = new Map<string, string>();
  const cells = [{ cell_type: "code" as const, metadata: {}, source: "run", execution_count: 1, outputs }];
  const notebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
  const text = notebookMarkdown(notebook, { code: false, outputs: true }, (name, { type, base64 }) => {
    pictures.set(name, `${type} ${Buffer.from(base64, "base64").toString()}`);
    return `place/${name}`;
  });
  return { text, pictures };
}

describe("outputs in Markdown", () => {
  it("of a training are its curve, and what the cell told", () => {
    const { text, pictures } = written(rich({ [trainingMime]: snapshot({ reports: 120 }), "text/plain": "finished 120/120" }));
    expect(text).toBe("![Training curve of ternary](place/cell-1-output-1)\n\n```text\nfinished 120/120\n```\n");
    expect(pictures.get("cell-1-output-1")).toMatch(/^image\/svg\+xml <svg xmlns.*<polyline/s);
  });

  it("of a schedule are a picture and figures of each layer, in colours of their own", () => {
    const { layers } = randomSnapshot({ macUnits: 16 });
    const { text, pictures } = written(rich({ [scheduleMime]: { dir: "/r", name: "moby", options: {}, shapes: layers.map(({ shape }) => shape) } }));
    expect(text).toMatch(/^!\[Schedule of moby, layer 0\]\(place\/cell-1-output-1-layer-0\)\n\n```text\nnetwork +LSTM/);
    expect(pictures.get("cell-1-output-1-layer-0")).not.toContain("currentColor");
  });

  it("are the next best where our own kinds are damaged, text where they are text, and nothing where nothing can be shown", () => {
    expect(written(rich({ [trainingMime]: { version: 9 }, "text/plain": "plain" })).text).toBe("```text\nplain\n```\n");
    expect(written(rich({ [scheduleMime]: { dir: "/r", name: "x", options: {}, shapes: [] }, "text/markdown": ["# A\n", "b"] })).text).toBe("# A\nb\n");
    expect(written(rich({ "text/html": "<b>x</b>", "text/plain": ["a\n", "b"] })).text).toBe("```text\na\nb\n```\n");
    expect(written(rich({ "text/html": "<b>x</b>" })).text).toBe("```html\n<b>x</b>\n```\n");
    expect(written(rich({ "application/vnd.other+json": {} }), rich({ "application/json": { a: [1] } })).text).toBe('```text\n{\n  "a": [\n    1\n  ]\n}\n```\n');
    expect(written({ output_type: "error", ename: "E", evalue: "\u001b[31mm\u001b[0m", traceback: ["at a"] } as never).text).toBe("```text\nE: m\nat a\n```\n");
  });
});
