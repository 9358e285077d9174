import type { FrameLocator, Locator } from "playwright-core";
import { expect } from "vitest";
import type { Workbench } from "./window.js";

/** Pixels from the window's top; undefined for what is not drawn. */
async function topOf(target: Locator): Promise<number | undefined> {
  return (await target.count()) > 0 ? (await target.boundingBox())?.y : undefined;
}

/** The editor scrolls by so many pixels for one event of the wheel, whatever the event says. */
const notch = 50;
/** A test scrolls by so many pixels at a time. It is less than what a window shows, so that nothing is passed unseen. */
const stride = 9 * notch;

function distanceTo(y: number | undefined): number | undefined {
  return y === undefined ? undefined : Math.max(-stride, Math.min(stride, y - 400));
}

/** The notebook editor that is on top. */
export class NotebookPage {
  constructor(private readonly workbench: Workbench) {}

  private get page() {
    return this.workbench.page;
  }

  async pickKernel(kernel: string): Promise<void> {
    const label = this.page.locator(".kernel-label:visible").first();
    await label.filter({ hasNotText: "Detecting" }).waitFor();
    if ((await label.innerText()) === kernel) {
      return;
    }
    await label.click();
    const rows = this.workbench.quickRows();
    await rows.first().waitFor();
    const wanted = rows.filter({ hasText: kernel });
    if ((await wanted.count()) === 0) {
      await rows.filter({ hasText: /Tritloom|Select Another Kernel/ }).first().click();
    }
    await wanted.first().click();
    await label.filter({ hasText: kernel }).waitFor();
  }

  /** Chooses a kernel beside the one that the editor suggests. */
  async pickAnotherKernel(kernel: string): Promise<void> {
    const label = this.page.locator(".kernel-label:visible").first();
    await label.click();
    await this.workbench.pick("Select Another Kernel");
    await this.workbench.pick(kernel);
    await label.filter({ hasText: kernel }).waitFor();
  }

  async runAll(): Promise<void> {
    await this.page.locator('.notebook-toolbar-container:visible a.action-label[aria-label^="Run All"]').click();
  }

  /** Presses the stop button of a running cell. */
  async stopCell(index: number): Promise<void> {
    await this.cell(index).hover();
    await this.cell(index).locator(".run-button-container .codicon-notebook-stop").click();
  }

  /** A code cell by its place among the code cells that are on screen. */
  cell(index: number): Locator {
    return this.page.locator(".notebookOverlay:visible .code-cell-row").nth(index);
  }

  async runCell(index: number): Promise<void> {
    const button = this.cell(index).locator(".run-button-container .codicon-notebook-execute");
    // An output that appears above moves the cell from under the pointer, and the button goes.
    await expect.poll(() => this.cell(index).hover().then(() => button.click({ timeout: 2_000 })).then(() => "run", () => "moved")).toBe("run");
  }

  failed(): Locator {
    return this.page.locator(".notebookOverlay:visible .codicon-notebook-state-error");
  }

  /** All outputs of a notebook share one frame. */
  outputs(): FrameLocator {
    return this.page
      .frameLocator('iframe.webview.ready[src*="purpose=notebookRenderer"]:visible')
      .frameLocator("iframe#active-frame");
  }

  output(text: string | RegExp): Locator {
    return this.outputs().locator(".output_container", { hasText: text }).first();
  }

  /**
   * Scrolls until something is there, down and at the end up again: the editor only keeps cells near the visible part
   * in the document, and a cell may come to its label after it was passed.
   */
  async scrollUntil(target: Locator): Promise<void> {
    const notebook = this.page.locator(".notebookOverlay:visible .cell-list-container");
    const place = () => topOf(notebook.locator(".monaco-list-rows").first());
    await this.holdScrollbar(notebook);
    let direction = stride;
    const until = Date.now() + 300_000;
    while (Date.now() < until) {
      const y = await topOf(target);
      if (y !== undefined && y > 150 && y < 700) {
        return;
      }
      const before = await place();
      await this.scroll(distanceTo(y) ?? direction);
      if (y === undefined && (await place()) === before) {
        direction = -direction;
      }
    }
    throw new Error(`Nothing like ${target} came into view`);
  }

  /** @param distance in pixels, of whole notches */
  private async scroll(distance: number): Promise<void> {
    for (let turned = 0; turned < Math.abs(distance); turned += notch) {
      await this.page.mouse.wheel(0, Math.sign(distance) * notch);
    }
    await this.page.waitForTimeout(500);
  }

  /** Scrolls something that is there to just below the toolbar, for a picture of it. */
  async scrollToTop(target: Locator): Promise<void> {
    await this.scrollUntil(target);
    for (let turn = 0; turn < 10 && ((await topOf(target)) ?? 0) > 250; turn++) {
      await this.scroll(notch);
    }
  }

  /** Puts the mouse where the wheel turns the notebook whatever is in it: outputs keep some turns for themselves. */
  private async holdScrollbar(notebook: Locator): Promise<void> {
    const box = await notebook.boundingBox();
    if (box) {
      await this.page.mouse.move(box.x + box.width - 6, box.y + box.height / 2);
    }
  }

  /** Waits until the code cell of this execution count has ended well; scrolls to it. */
  async finished(executionCount: number): Promise<void> {
    const label = this.page.locator(".execution-count-label", { hasText: `[${executionCount}]` });
    const cell = this.page.locator(".notebookOverlay:visible .code-cell-row").filter({ has: label });
    await this.scrollUntil(cell);
    await cell.locator(".codicon-notebook-state-success").waitFor();
  }
}
