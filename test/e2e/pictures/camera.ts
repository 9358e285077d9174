import { statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { Workbench } from "../pages/window.js";

const folder = fileURLToPath(new URL("../../../docs/guide/pictures", import.meta.url));

/** Pictures travel in the repository and in the VSIX. */
const mostBytes = 200_000;

/** Takes the pictures of the guide: of parts of the window, without a hover or a pointer in them. */
export class Camera {
  constructor(private readonly workbench: Workbench) {}

  private get page() {
    return this.workbench.page;
  }

  readonly part = (name: "activitybar" | "sidebar" | "editor"): Locator => this.page.locator(`.part.${name}`);

  async size(width: number, height: number): Promise<void> {
    await this.page.setViewportSize({ width, height });
    // Editors and charts fit themselves to the new size a moment later.
    await this.page.waitForTimeout(1_500);
  }

  /** Makes the side bar so wide that its rows end in it. */
  async widenSideBar(width: number): Promise<void> {
    const { x, y, width: from, height } = (await this.part("sidebar").boundingBox())!;
    await this.page.mouse.move(x + from, y + height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width, y + height / 2, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Writes what is within the box around all parts; of the whole window without any. */
  async take(name: string, ...parts: Locator[]): Promise<void> {
    await this.page.mouse.move(this.page.viewportSize()!.width / 2, 12);
    await this.page.waitForTimeout(1_200);
    const file = path.join(folder, name);
    await this.page.screenshot({ path: file, animations: "disabled", ...(parts.length > 0 && { clip: await this.around(parts) }) });
    expect(statSync(file).size, `${name} is too large for the repository: take less of the window`).toBeLessThanOrEqual(mostBytes);
  }

  private async around(parts: readonly Locator[]) {
    const boxes = await Promise.all(parts.map(async (part) => (await part.first().boundingBox())!));
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    const right = Math.max(...boxes.map((box) => box.x + box.width));
    const bottom = Math.max(...boxes.map((box) => box.y + box.height));
    return { x, y, width: right - x, height: bottom - y };
  }
}
