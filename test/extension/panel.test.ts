import * as vscode from "vscode";
import { expect, test, vi } from "vitest";
import { Panel } from "../../src/extension/webviews/panel.js";
import { fake } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

/** The column in which a panel opens while there are groups of tabs. */
function columnBeside(groups: readonly { viewColumn: number; tabs: { input: unknown }[] }[]): unknown {
  Object.assign(fake.window.tabGroups, { all: groups });
  const create = vi.spyOn(fake.window, "createWebviewPanel");
  const setup = { name: "pipeline" as const, title: "Accelerator Pipeline", sources: () => [], onMessage: () => {}, onProblem: () => {} };
  const panel = new Panel("tritloom.pipeline", setup, "/extension/dist/webview", vscode.Uri.file("/icon.svg"), () => {});
  panel.show();
  panel.dispose();
  return (create.mock.lastCall as unknown as [string, string, { viewColumn: number }])[2].viewColumn;
}

test("a panel opens beside the notebook, and where another panel is open already, so that there is no third column", () => {
  const notebook = { viewColumn: 1, tabs: [{ input: { uri: "notebook" } }, { input: new fake.TabInputWebview("mainThreadWebview-markdown.preview") }] };
  const curves = { viewColumn: 2, tabs: [{ input: { uri: "text" } }, { input: new fake.TabInputWebview("mainThreadWebview-tritloom.curves") }] };
  expect(columnBeside([notebook])).toBe(vscode.ViewColumn.Beside);
  expect(columnBeside([notebook, curves])).toBe(2);
});
