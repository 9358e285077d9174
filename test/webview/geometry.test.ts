import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { geometryProblems, prepareGeometry } from "./geometry.js";
import { pipelineMessage, randomSnapshot, stateMessage, twoRuns, withoutValues } from "./pipelineSnapshot.js";
import { runsMessage, sixRuns, snapshot } from "./snapshots.js";
import { shownValues, variableMessage } from "./variableMessages.js";
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

describe("at every width in every theme nothing is cut, overlaps or is too pale", { timeout: 180_000 }, () => {
  it("the curves of many runs", async () => {
    const { view, close } = await opened("curves", "webview/curves/main.ts");
    const runs = [
      ...sixRuns(),
      snapshot({ name: "ternary, 512 units, one cycle to 0.014, a name as long as a sweep makes it", colour: 6 }),
      snapshot({ name: "digits", task: "classification", colour: 7, reports: 300 }),
    ];
    const checked = [runs[0], runs[2], runs[6], runs[7]];
    await view.send(runsMessage(runs, checked.map((run) => run!.dir)));
    const problems = await geometryProblems(view, { settled: plotted, graphics: `.swatch path, .scatterlayer .trace:not([style*="opacity: 0"]) .js-line` });
    await close();
    expect(problems).toEqual([]);
  });

  const chips = { ternary: randomSnapshot(), preset: withoutValues(randomSnapshot({ cell: "gru", units: 300, macUnits: 100 })) };

  it.each(Object.keys(chips) as (keyof typeof chips)[])("the pipeline of a chip: %s", async (chip) => {
    const { view, close } = await opened("pipeline", "webview/pipeline/main.ts");
    await view.send(pipelineMessage(chips[chip]));
    await view.page.locator("#schedule").waitFor();
    const problems = await geometryProblems(view, { graphics: ".legend li:not([hidden]) canvas, .bar" });
    await close();
    expect(problems).toEqual([]);
  });

  it("a variable as a table, a histogram and a heat map", async () => {
    const { view, close } = await opened("variable", "webview/variable/main.ts");
    const found = [];
    for (const shown of Object.values(shownValues)) {
      await view.send(variableMessage(shown));
      await view.page.locator(".value > *").first().waitFor();
      found.push(...(await geometryProblems(view, { widths: [420, 800], graphics: ".bar > span" })));
    }
    await close();
    expect(found).toEqual([]);
  });

  it("a view that has nothing to show yet, or only words", async () => {
    const curves = await opened("curves", "webview/curves/main.ts");
    const pipeline = await opened("pipeline", "webview/pipeline/main.ts");
    await curves.view.send(runsMessage([]));
    const text = "The run moby ternary has no checkpoint that fits its model: train it again, or choose another run above.";
    const choice = { runs: twoRuns("moby ternary"), dir: "/runs/moby ternary", options: {} };
    await pipeline.view.send(stateMessage({ choice, shown: { kind: "problem", text } }));
    await pipeline.view.page.locator(".problem").waitFor();
    const problems = [await geometryProblems(curves.view, { widths: [420] }), await geometryProblems(pipeline.view, { widths: [420] })];
    await curves.close();
    await pipeline.close();
    expect(problems.flat()).toEqual([]);
  });

  it("the side view", async () => {
    const { view, close } = await opened("glance", "webview/glance/main.ts");
    await view.send(runsMessage([snapshot()]));
    await view.send(pipelineMessage(randomSnapshot()));
    await view.page.locator("canvas").waitFor();
    const problems = await geometryProblems(view, { widths: [300, 420, 600] });
    await close();
    expect(problems).toEqual([]);
  });

  it("the outputs of cells", async () => {
    const { view, close } = await opened("renderer", "test/webview/rendererPage.ts");
    const shapes = randomSnapshot().layers.map(({ shape }) => shape);
    const outputs = {
      training: ["training", JSON.stringify(snapshot({ state: "crashed" }))],
      classes: ["training", JSON.stringify(snapshot({ task: "classification" }))],
      schedule: ["schedule", JSON.stringify({ dir: "/runs/a", name: "moby ternary", options: {}, shapes })],
    } as const;
    await view.page.evaluate((all) => {
      for (const [id, [kind, text]] of Object.entries(all)) {
        window.notebook.render(id, id, text, kind === "schedule" ? kind : undefined);
      }
    }, outputs);
    const problems = await geometryProblems(view);
    await close();
    expect(problems).toEqual([]);
  });

  const media = ["media/walkthrough-run.svg", "media/walkthrough-train.svg", "media/walkthrough-hardware.svg"];

  it("the walkthrough's pictures", async () => {
    const { view, close } = await opened("glance", "webview/glance/main.ts");
    const pictures = await Promise.all(media.map((file) => readFile(new URL(`../../${file}`, import.meta.url), "utf8")));
    await view.page.evaluate((all) => (document.body.innerHTML = all.map((svg) => `<div>${svg}</div>`).join("")), pictures);
    const problems = await geometryProblems(view, { widths: [420, 800], graphics: "[stroke], [fill]:not([fill=none])" });
    await close();
    expect(problems).toEqual([]);
  });
});
