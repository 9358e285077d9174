import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { Workbench } from "./window.js";

/** VS Code's debugger, as a person uses it with a notebook: breakpoints, toolbar, and the views of the side bar. */
export class DebuggerPage {
  constructor(private readonly workbench: Workbench) {}

  private get page() {
    return this.workbench.page;
  }

  /** Clicks into a line of an editor, counted from 1, and presses F9. */
  async toggleBreakpoint(editor: Locator, line: number): Promise<void> {
    await this.placeCursor(editor, line);
    await this.page.keyboard.press("F9");
  }

  async placeCursor(editor: Locator, line: number): Promise<void> {
    await editor.locator(".view-lines").click();
    await this.page.keyboard.press("Control+Home");
    for (let at = 1; at < line; at++) {
      await this.page.keyboard.press("ArrowDown");
    }
  }

  /** A button of the toolbar, by the icon that it has. */
  async press(icon: "continue" | "step-over" | "step-into" | "step-out" | "disconnect"): Promise<void> {
    await this.page.locator(`.debug-toolbar .codicon-debug-${icon}`).click();
  }

  /** Ends what is debugged still, after a test that failed in the midst of it. */
  async disconnect(): Promise<void> {
    if (await this.page.locator(".debug-toolbar").isVisible()) {
      await this.press("disconnect");
      await this.ended();
    }
  }

  /** Waits until nothing is debugged. */
  async ended(): Promise<void> {
    await this.page.locator(".debug-toolbar").waitFor({ state: "hidden" });
  }

  /** Waits until the program has stopped in a function and a line of a source, as the call stack says. */
  async stoppedAt(frame: string, source: string, line: number): Promise<void> {
    const first = this.page.locator(".debug-call-stack .monaco-list-row .stack-frame").first();
    await expect.poll(async () => ((await first.count()) > 0 ? (await first.innerText()).replace(/\s+/g, " ") : "")).toMatch(new RegExp(`${frame} .*${source} ?${line}:`));
  }

  frames(): Locator {
    return this.page.locator(".debug-call-stack .monaco-list-row .stack-frame");
  }

  variable(text: string | RegExp): Locator {
    return this.page.locator(".debug-variables .monaco-list-row", { hasText: text }).first();
  }

  /** Opens what is folded below a variable or a scope, unless the editor has done so. */
  async unfold(text: string): Promise<void> {
    const folded = this.variable(text);
    await folded.waitFor();
    if ((await folded.getAttribute("aria-expanded")) !== "true") {
      await folded.locator(".monaco-tl-twistie").click();
    }
  }

  /** The line at which the program has stopped, in an editor. */
  markedLine(editor: Locator): Locator {
    return editor.locator(".debug-top-stack-frame-line");
  }

  /** Ticks or unticks one of the kinds of exceptions at which the debugger stops. */
  async toggleExceptions(kind: "Uncaught Exceptions" | "Caught Exceptions"): Promise<void> {
    await this.page.locator(".debug-breakpoints .monaco-list-row", { hasText: kind }).getByRole("checkbox").click();
  }
}
