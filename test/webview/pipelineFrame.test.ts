import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PipelineSnapshot } from "../../webview/contract.js";
import { timing } from "../../src/hardware/schedule/timing.js";
import { randomSnapshot, shapeIn, withoutValues } from "./pipelineSnapshot.js";
import { launchChromium, serveWebview, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  server = await serveWebview("frame", "test/webview/pipelineFramePage.ts");
  page = await browser.newPage({ viewport: { width: 300, height: 200 } });
  await page.goto(server.origin);
  await page.waitForFunction(() => "drawFrame" in globalThis);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

interface Frame {
  text: string;
  picture: string;
  height: number;
}

function draw(snapshot: PipelineSnapshot, cycle: number): Promise<Frame> {
  return page.evaluate(
    ([pipeline, at]) => {
      const canvas = document.createElement("canvas");
      canvas.style.setProperty("width", "100%");
      document.body.replaceChildren(canvas);
      const { drawFrame } = globalThis as unknown as { drawFrame: (...all: unknown[]) => string };
      const text = drawFrame(canvas, pipeline, at);
      return { text, picture: canvas.toDataURL(), height: canvas.clientHeight };
    },
    [snapshot, cycle] as const,
  );
}

describe("the palette", () => {
  it("is opaque though a theme's orange lets the background through", async () => {
    const palette = await page.evaluate(() => {
      document.documentElement.style.setProperty("--vscode-charts-orange", "#ea5c0055");
      const { readTheme } = globalThis as unknown as { readTheme: () => { palette: string[] } };
      const read = readTheme().palette;
      document.documentElement.style.removeProperty("--vscode-charts-orange");
      return read;
    });
    expect(palette[5]).toBe("rgb(234, 92, 0)");
  });
});

describe("the small frame", () => {
  it("shows and says what the cycle does", async () => {
    const busy = await draw(randomSnapshot(), 39);
    expect(busy.text).toBe("cycle 39 of 295 · 16 of 16 MAC units busy");
    expect(busy.height).toBe(104);
    const idle = await draw(randomSnapshot(), 294);
    expect(idle.text).toBe("cycle 294 of 295 · idle: recurrence");
    expect(idle.picture).not.toBe(busy.picture);
  });

  it("wraps around at the end of the timestep and repeats itself exactly", async () => {
    expect(await draw(randomSnapshot(), 295 + 39)).toEqual(await draw(randomSnapshot(), 39));
  });

  it("shows a GRU's wait for the reset gate", async () => {
    const gru = randomSnapshot({ cell: "gru", reset: "before" });
    const { phases } = timing(shapeIn(gru));
    expect((await draw(gru, phases[1]!.start)).text).toMatch(/idle: reset-gate$/);
  });

  it("shows the values of the run: other weights give another picture", async () => {
    const snapshot = randomSnapshot();
    const without = await draw(withoutValues(snapshot), 39);
    const withValues = await draw(snapshot, 39);
    expect(without.text).toBe(withValues.text);
    expect(without.picture).not.toBe(withValues.picture);
  });
});
