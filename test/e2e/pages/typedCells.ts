import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { NotebookPage } from "./notebook.js";
import type { Workbench } from "./window.js";

/** The editor writes blanks as no-break spaces. */
function plain(text: string): string {
  return text.replaceAll("\u00a0", " ");
}

async function textOf(element: Locator): Promise<string> {
  return plain(await element.innerText());
}

/** What the editor knows about the text of cells: completions, hovers, problems, definitions, names. */
export class TypedCells {
  constructor(
    private readonly workbench: Workbench,
    private readonly notebook: NotebookPage,
  ) {}

  private get page() {
    return this.workbench.page;
  }

  private lines(cell: number): Locator {
    return this.notebook.cell(cell).locator(".monaco-editor .view-lines");
  }

  /** The text of a code cell, line by line. */
  async text(cell: number): Promise<string> {
    return textOf(this.lines(cell));
  }

  /** Puts the cursor in front of the first place of a word. */
  async goTo(cell: number, word: string): Promise<void> {
    await this.lines(cell).locator(".view-line").first().click();
    const text = await this.text(cell);
    const before = text.slice(0, text.indexOf(word)).split("\n");
    await this.page.keyboard.press("Control+Home");
    for (let line = 1; line < before.length; line++) {
      await this.page.keyboard.press("ArrowDown");
    }
    for (let column = 0; column < before.at(-1)!.length; column++) {
      await this.page.keyboard.press("ArrowRight");
    }
  }

  /** Replaces the text of a cell as a person would, key by key. */
  async type(cell: number, text: string): Promise<void> {
    await this.lines(cell).click();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text);
  }

  /** The completions on screen, by their labels; asked for again until there is the wanted one. */
  async completions(wanted: string): Promise<string[]> {
    const labels = async () => Promise.all((await this.suggestions().locator(".monaco-list-row .label-name").all()).map(textOf));
    await expect
      .poll(async () => {
        if (!(await labels()).includes(wanted)) {
          await this.closeCompletions();
          await this.page.keyboard.press("Control+Space");
          await this.page.waitForTimeout(500);
        }
        return labels();
      })
      .toContain(wanted);
    return labels();
  }

  /** What is said about the completion that is chosen. */
  async completionDetails(): Promise<string> {
    const details = this.page.locator(".suggest-details .docs");
    await expect
      .poll(async () => {
        if (!(await details.isVisible())) {
          await this.page.keyboard.press("Control+Space");
          await this.page.waitForTimeout(700);
        }
        return details.isVisible();
      })
      .toBe(true);
    return textOf(details);
  }

  async closeCompletions(): Promise<void> {
    // Where there are none, Escape would leave the cell.
    if (await this.suggestions().isVisible()) {
      await this.page.keyboard.press("Escape");
      await this.suggestions().waitFor({ state: "hidden" });
    }
  }

  private suggestions(): Locator {
    return this.page.locator(".suggest-widget.visible");
  }

  /** What is shown of a word at its place, once that has the wanted words in it. */
  async hover(cell: number, word: string, wanted: string): Promise<string> {
    await this.goTo(cell, word);
    const rows = this.page.locator(".monaco-hover:visible .hover-row");
    const shown = async () => plain((await rows.allInnerTexts()).join("\n"));
    await expect
      .poll(async () => {
        await this.page.keyboard.press("Control+K");
        await this.page.keyboard.press("Control+I");
        await this.page.waitForTimeout(500);
        return shown();
      })
      .toContain(wanted);
    const text = await shown();
    await this.page.keyboard.press("Escape");
    return text;
  }

  /** The rows of the Problems view that speak of something. */
  problem(text: string | RegExp): Locator {
    return this.page.locator(".markers-panel .monaco-list-row", { hasText: text });
  }

  async showProblems(): Promise<void> {
    await this.workbench.command("Problems: Focus on Problems View");
    await this.page.locator(".markers-panel").waitFor();
  }

  async hidePanel(): Promise<void> {
    await this.workbench.command("View: Hide Panel");
  }

  /** Parts of a cell's text that the editor greys since nobody uses them. */
  greyed(cell: number, text: string): Locator {
    return this.notebook.cell(cell).locator(".squiggly-inline-unnecessary", { hasText: text });
  }

  async rename(cell: number, name: string, newName: string): Promise<void> {
    await this.goTo(cell, name);
    await this.page.keyboard.press("F2");
    const input = this.page.locator(".rename-box .rename-input");
    await input.waitFor();
    await input.fill(newName);
    await this.page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  async goToDefinition(cell: number, word: string): Promise<void> {
    await this.goTo(cell, word);
    await this.page.keyboard.press("F12");
  }

  /** The code cell that has the cursor. */
  focused(): Locator {
    return this.page.locator(".notebookOverlay:visible .code-cell-row.focused");
  }
}
