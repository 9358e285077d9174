import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CurvesPage } from "./curvesPage.js";
import { runsMessage, sixRuns, snapshot } from "./snapshots.js";
import { launchChromium, serveWebview, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let curves: CurvesPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("curves", "webview/curves/main.ts")]);
  curves = await CurvesPage.open(browser, server);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(() => curves.view.reset());

afterEach(async () => {
  const [violations, errors] = [await curves.view.violations(), curves.view.errors];
  expect({ violations, errors }).toEqual({ violations: [], errors: [] });
});

const runs = sixRuns();
const [ternary] = runs;

describe("the panel of curves", () => {
  it("has the words of the shown runs' tasks on its axes and lists", async () => {
    const classes = snapshot({ name: "digits", task: "classification" });
    const references = [{ label: "4-gram", bpc: 3.25, source: "absolute discounting" }];
    await curves.view.send({ ...runsMessage([ternary, classes], [classes.dir]), references });
    await expect.poll(async () => (await curves.chart())?.layout.yaxis.title.text).toBe("accuracy");
    await curves.choose("x axis", "sequences");
    await expect.poll(async () => (await curves.chart())?.layout.xaxis.title.text).toBe("sequences trained on");
    expect(await curves.page.locator(".main-chart .ytick text").first().textContent()).toMatch(/%$/);
    expect(await curves.page.locator(".main-chart .annotation-text").count()).toBe(0);
    expect(await curves.page.locator(".run-metric").nth(1).textContent()).toMatch(/^\d\d\.\d %$/);
    await curves.choose("y axis", "loss");
    await curves.choose("y axis", "accuracy");
    await expect.poll(async () => (await curves.trace("digits, validation")).y).toEqual(classes.validation.figure);
    await expect.poll(() => curves.page.locator(".small-multiples h3").allTextContents()).toContain("sequences per second");
    await curves.box(ternary.name).click();
    await expect.poll(async () => (await curves.chart())?.layout.yaxis.title.text).toBe("bits per character, accuracy");
  });

  it("has a row for each matrix: shares of codes, flips, saturation and the latent weights", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    const rows = curves.page.locator(".matrices tbody tr");
    await expect.poll(() => rows.count()).toBe(3);
    expect(await curves.page.locator(".matrices h3").textContent()).toMatch(new RegExp(`^Weights of ${ternary.name}, step 1.800$`));
    const recurrent = rows.nth(1);
    expect(await recurrent.locator("th").textContent()).toBe("layer 1 recurrent");
    expect(await recurrent.locator(".number").allTextContents()).toEqual(["4.3 %", "41.0 %"]);
    const bars = recurrent.getByRole("img", { name: "−1 26.0 %, 0 49.0 %, +1 25.0 %" }).locator("rect");
    const widths = await bars.evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    expect(widths[1] / widths[0]).toBeCloseTo(0.49 / 0.26, 0);
    const histogram = recurrent.getByRole("img", { name: "Latent weights from −0.048 to 0.048, W0 is 0.024" });
    expect([await histogram.locator("rect").count(), await histogram.locator("line").count()]).toEqual([32, 2]);
    expect(await rows.nth(2).locator(".number").allTextContents()).toEqual(["0.2 %", "–"]);
    expect(await rows.nth(2).locator("line").count()).toBe(0);
    await expect.poll(() => curves.page.locator(".small-multiples h3").allTextContents()).toContain("saturated weights");

    const empty = snapshot({ name: "new", reports: 0 });
    await curves.view.send(runsMessage([empty], [empty.dir]));
    await expect.poll(() => curves.page.locator(".matrices").isVisible()).toBe(false);
  });
});
