import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { geometryProblems, prepareGeometry } from "./geometry.js";
import { runsMessage, sixRuns } from "./snapshots.js";
import { launchChromium, serveWebview, WebviewPage } from "./webviewPage.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => browser?.close());

async function opened(name: string, entry: string): Promise<{ view: WebviewPage; close(): Promise<void> }> {
  const server = await serveWebview(name, entry);
  const view = await WebviewPage.open(browser, server);
  await prepareGeometry(view.page);
  return {
    view,
    async close() {
      await view.close();
      await server.close();
    },
  };
}

interface Plot extends HTMLElement {
  layout?: { font: { color: string }; width?: number };
}

/** Charts in sight have followed the size of their place and the theme; each takes a frame of its own. */
async function plotted({ page }: WebviewPage): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForFunction(() => {
    const foreground = document.body.appendChild(document.createElement("span"));
    foreground.style.color = "var(--vscode-editor-foreground)";
    const colour = getComputedStyle(foreground).color;
    foreground.remove();
    const isFitting = (plot: Plot): boolean => Math.abs(Number(plot.querySelector(".main-svg")?.getAttribute("width")) - plot.clientWidth) < 2;
    return [...document.querySelectorAll<Plot>(".js-plotly-plot")]
      .filter((plot) => plot.checkVisibility() && plot.getBoundingClientRect().top < window.innerHeight)
      .every((plot) => isFitting(plot) && plot.layout?.font.color === colour);
  });
}

describe("at every width in every theme nothing is cut, overlaps or is too pale", () => {
  it("the curves of six runs", async () => {
    const { view, close } = await opened("curves", "webview/curves/main.ts");
    const runs = sixRuns();
    await view.send(runsMessage(runs, runs.map(({ dir }) => dir)));
    const problems = await geometryProblems(view, { settled: plotted, graphics: `.swatch path, .scatterlayer .trace:not([style*="opacity: 0"]) .js-line` });
    await close();
    expect(problems).toEqual([]);
  });
});
