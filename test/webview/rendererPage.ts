import { activate } from "../../webview/renderer/main.js";
import type { OutputItem, RendererApi } from "vscode-notebook-renderer";
import { scheduleMime, trainingMime } from "../../webview/protocol.js";

/** Stands in for the notebook's output page, which loads a renderer and hands it output items. */
declare global {
  interface Window {
    notebook: {
      element(id: string): HTMLElement;
      render(id: string, elementId: string, text: string, mime?: "schedule"): void;
      dispose(id?: string): void;
      /** A message of the extension. */
      receive(message: unknown): void;
    };
  }
}
declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();
const listeners = new Set<(message: unknown) => void>();
const renderer = (await activate({
  workspace: { isTrusted: true },
  setState() {},
  getState: () => undefined,
  getRenderer: async () => undefined,
  postMessage: (message) => api.postMessage(message),
  onDidReceiveMessage: (listener) => {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  },
})) as RendererApi;

window.notebook = {
  element(id) {
    const known = document.getElementById(id);
    if (known) {
      return known;
    }
    const created = document.createElement("div");
    created.id = id;
    document.body.append(created);
    return created;
  },
  render(id, elementId, text, mime) {
    const item = { id, mime: mime === "schedule" ? scheduleMime : trainingMime, text: () => text } as OutputItem;
    void renderer.renderOutputItem(item, window.notebook.element(elementId), new AbortController().signal);
  },
  receive(message) {
    listeners.forEach((listener) => listener(message));
  },
  dispose(id) {
    renderer.disposeOutputItem?.(id);
  },
};
api.postMessage({ type: "ready", version: 1 });
