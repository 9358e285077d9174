import type { ExtensionContext } from "vscode";
import { Tritloom } from "./extension/tritloom.js";

/** Called by VS Code when the extension starts. */
export function activate(context: ExtensionContext): void {
  context.subscriptions.push(new Tritloom(context));
}

/** Nothing of its own: VS Code disposes what `activate` subscribed. Kernels go on without the window. */
export function deactivate(): void {}
