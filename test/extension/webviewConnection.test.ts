import type * as vscode from "vscode";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Listeners } from "../../src/extension/listeners.js";
import { type ViewMemory, WebviewConnection } from "../../src/extension/webviews/webviewConnection.js";
import type { FromWebview, KeptView, ToWebview } from "../../webview/contract.js";
import { EventEmitter } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const snapshot: ToWebview = { type: "runs", version: 1, number: 1, after: null, rows: [], gone: [], curves: [], withoutCurves: [], selected: [], isSearching: false };

function connected(memory?: ViewMemory) {
  const received = new EventEmitter<unknown>();
  const posted: unknown[] = [];
  const webview = {
    options: {} as { enableScripts?: boolean; localResourceRoots?: { path: string }[] },
    html: "",
    cspSource: "https://files.example",
    asWebviewUri: (uri: { path: string }) => `https://files.example${uri.path}`,
    onDidReceiveMessage: received.event,
    postMessage: async (message: unknown) => void posted.push(message),
  };
  const host = { webview: webview as unknown as vscode.Webview, visible: true };
  const change = new Listeners();
  const messages: FromWebview[] = [];
  const problems: unknown[] = [];
  const connection = new WebviewConnection(
    host,
    {
      name: "curves",
      title: "Training Curves",
      memory,
      sources: () => [{ message: async () => snapshot, onChange: change.on }],
      onMessage: (message) => messages.push(message),
      onProblem: (problem) => problems.push(problem),
    },
    "/extension/dist/webview",
  );
  return { received, posted, webview, host, change, messages, problems, connection };
}

test("a page may read the built webviews only, and gets its script and styles from there", () => {
  const { webview } = connected();
  expect(webview.options.localResourceRoots?.map(({ path }) => path)).toEqual(["/extension/dist/webview"]);
  expect(webview.html).toContain('src="https://files.example/extension/dist/webview/curves.js"');
  expect(webview.html).toContain('href="https://files.example/extension/dist/webview/curves.css"');
});

test("a page that is ready gets a whole snapshot", async () => {
  const { received, posted } = connected();
  received.fire({ type: "ready", version: 1 });
  await vi.dynamicImportSettled();
  await vi.runAllTimersAsync();
  expect(posted).toEqual([snapshot]);
});

test("changes are sent at most four times a second, the last one always, and none while hidden", async () => {
  const { change, posted, host } = connected();
  for (let step = 0; step < 100; step += 1) {
    change.fire();
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(250);
  expect(posted.length).toBeGreaterThan(1);
  expect(posted.length).toBeLessThanOrEqual(6);
  const before = posted.length;
  host.visible = false;
  change.fire();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(posted).toHaveLength(before);
});

test("messages that fit the contract are obeyed, others are told and dropped", async () => {
  const { received, messages, problems } = connected();
  received.fire({ type: "select", version: 1, dirs: ["/runs/a"] });
  received.fire({ type: "select", version: 2, dirs: [] });
  received.fire({ type: "save", version: 1, suggestedName: "x", encoding: "rot13", data: "" });
  received.fire("ready");
  await vi.dynamicImportSettled();
  expect(messages).toEqual([{ type: "select", version: 1, dirs: ["/runs/a"] }]);
  expect(problems).toHaveLength(3);
});

test("a disposed connection sends nothing and holds no timer", async () => {
  const { connection, change, received, posted } = connected();
  change.fire();
  change.fire();
  await vi.advanceTimersByTimeAsync(0);
  const before = posted.length;
  connection.dispose();
  change.fire();
  received.fire({ type: "ready", version: 1 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(posted).toHaveLength(before);
  expect(vi.getTimerCount()).toBe(0);
});

test("how a page is looked at is kept, and is in the page when it opens again", async () => {
  let kept: KeptView | undefined;
  const memory: ViewMemory = { get: () => kept, set: (now) => (kept = now) };
  const { received, messages, webview } = connected(memory);
  expect(webview.html).toContain("<body>");
  received.fire({ type: "keep-view", version: 1, at: 17, view: { smoothing: 0.5 } });
  await vi.dynamicImportSettled();
  expect(kept).toEqual({ at: 17, view: { smoothing: 0.5 } });
  expect(messages).toEqual([]);
  expect(connected(memory).webview.html).toContain('<body data-view="{&quot;at&quot;:17,&quot;view&quot;:{&quot;smoothing&quot;:0.5}}">');
});
