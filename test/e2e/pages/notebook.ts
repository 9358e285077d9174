import type { FrameLocator, Locator } from "playwright-core";
import type { Workbench } from "./window.js";

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
    await this.cell(index).hover();
    await this.cell(index).locator(".run-button-container .codicon-notebook-execute").click();
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

  /** Scrolls down until something is there: the editor only keeps cells near the visible part in the document. */
  async scrollUntil(target: Locator): Promise<void> {
    await this.page.locator(".notebookOverlay:visible .cell-list-container").hover();
    const until = Date.now() + 300_000;
    while (Date.now() < until) {
      const box = (await target.count()) > 0 ? await target.boundingBox() : null;
      if (box && box.y > 150 && box.y < 700) {
        return;
      }
      await this.page.mouse.wheel(0, box && box.y < 150 ? -150 : 200);
      await this.page.waitForTimeout(500);
    }
    throw new Error(`Nothing like ${target} came into view`);
  }

  /** Waits until the code cell of this execution count has ended well; scrolls to it. */
  async finished(executionCount: number): Promise<void> {
    const label = this.page.locator(".execution-count-label", { hasText: `[${executionCount}]` });
    const cell = this.page.locator(".notebookOverlay:visible .code-cell-row").filter({ has: label });
    await this.scrollUntil(cell);
    await cell.locator(".codicon-notebook-state-success").waitFor();
  }
}
