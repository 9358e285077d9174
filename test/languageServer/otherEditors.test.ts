import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { FoldingRange, SemanticTokens } from "vscode-languageserver/node";
import { semanticTokensLegend } from "../../src/languageServer/features/semanticTokens.js";
import { Editor } from "./editor.js";

/** What only editors ask for that know no TypeScript themselves: VS Code colours and folds cells with its own. */
let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({}, tmpdir());
});
afterAll(async () => {
  await editor.closeAll();
  editor.connection.dispose();
});

/** Tokens as "kind text modifier …", by the protocol's encoding (LSP 3.17, Semantic Tokens). */
function tokensOf(text: string, data: readonly number[]): string[] {
  const lines = text.split("\n");
  const { tokenTypes, tokenModifiers } = semanticTokensLegend;
  let [line, character] = [0, 0];
  return Array.from({ length: data.length / 5 }, (_, index) => {
    const [down, right, length, type, modifiers] = data.slice(index * 5) as [number, number, number, number, number];
    line += down;
    character = down > 0 ? right : character + right;
    const set = tokenModifiers.filter((__, bit) => ((modifiers >> bit) & 1) === 1);
    return [tokenTypes[type], lines[line]!.slice(character, character + length), ...set].join(" ");
  });
}

it("names of a cell have their kinds, also where another cell or a library declares them", async () => {
  const text = 'const text = `\n${tensor}`;\nclass Layer {\n  units = 1;\n}\nfor (const each of tensor) { Math.max(each, scale(new Layer().units)); }';
  const notebook = await editor.open(path.join(tmpdir(), "a.ipynb"), ["const tensor = [1];\nfunction scale(by: number) { return by; }", text]);
  const named = async (method: string, more = {}) => {
    const { data } = await notebook.askCell<SemanticTokens>(method, 1, more);
    return tokensOf(text, data);
  };
  const all = await named("textDocument/semanticTokens/full");
  expect(all).toEqual([
    "variable text declaration readonly",
    "variable tensor readonly",
    "class Layer declaration",
    "property units declaration",
    "variable each declaration readonly",
    "variable tensor readonly",
    "variable Math defaultLibrary",
    "method max defaultLibrary",
    "variable each readonly",
    "function scale",
    "class Layer",
    "property units",
  ]);
  const range = { start: { line: 2, character: 0 }, end: { line: 4, character: 0 } };
  expect(await named("textDocument/semanticTokens/range", { range })).toEqual(all.slice(2, 4));
});

it("blocks, imports and comments fold, and closing brackets stay in sight", async () => {
  const text = 'import fs from "node:fs";\nimport os from "node:os";\n/**\n * Why.\n */\nfunction f() {\n  return [\n    fs, os,\n  ];\n}\n// #region end\nf();\n// #endregion\nif (f()) { f(); }';
  const notebook = await editor.open(path.join(tmpdir(), "b.ipynb"), ["const other = {\n  a: 1,\n};", text]);
  const found = await notebook.askCell<FoldingRange[]>("textDocument/foldingRange", 1);
  expect(found.sort((a, b) => a.startLine - b.startLine)).toEqual([
    { startLine: 0, endLine: 1, kind: "imports" },
    { startLine: 2, endLine: 4, kind: "comment" },
    { startLine: 5, endLine: 8 },
    { startLine: 6, endLine: 7 },
    { startLine: 10, endLine: 12, kind: "region" },
  ]);
});
