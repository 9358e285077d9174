import { describe, expect, it } from "vitest";
import { curves, useCurvesPage } from "./curvesSession.js";
import { runsMessage, sixRuns, snapshot } from "./snapshots.js";

useCurvesPage();

const runs = sixRuns();
const [ternary] = runs;

describe("the panel of curves", () => {
  it("has the words of the shown runs' tasks on its axes and lists", async () => {
    const classes = snapshot({ name: "digits", task: "classification" });
    await curves.view.send(runsMessage([ternary, classes], [classes.dir]));
    await expect.poll(async () => (await curves.chart())?.layout.yaxis.title.text).toBe("accuracy");
    await curves.choose("x axis", "sequences");
    await expect.poll(async () => (await curves.chart())?.layout.xaxis.title.text).toBe("sequences trained on");
    expect(await curves.page.locator(".main-chart .ytick text").first().textContent()).toMatch(/%$/);
    expect(await curves.page.locator(".run-metric").nth(1).textContent()).toMatch(/^\d\d\.\d %$/);
    await curves.choose("y axis", "loss");
    await curves.choose("y axis", "accuracy");
    await expect.poll(async () => (await curves.trace("digits, validation")).y).toEqual(classes.validation.figure);
    await expect.poll(() => curves.page.locator(".small-multiples h3").allTextContents()).toContain("sequences per second");
  });

  it("gives each measure an axis of its own", async () => {
    const classes = snapshot({ name: "digits", task: "classification" });
    await curves.view.send(runsMessage([ternary, classes], [ternary.dir, classes.dir]));
    const title = async () => (await curves.chart())?.layout.yaxis.title.text;
    const lines = async () => new Set((await curves.traceNames()).map((name) => name.split(",")[0]));
    await expect.poll(title).toBe("bits per character");
    expect(await lines()).toEqual(new Set([ternary.name]));
    expect(await curves.page.locator(".note").textContent()).toBe("1 checked run is judged by accuracy: choose that as y to see it.");
    await curves.choose("y axis", "accuracy");
    await expect.poll(title).toBe("accuracy");
    expect(await lines()).toEqual(new Set(["digits"]));
    await curves.choose("y axis", "loss per character");
    await expect.poll(title).toBe("cross-entropy, nats per character");
    expect(await lines()).toEqual(new Set([ternary.name]));
    await curves.box(ternary.name).click();
    await expect.poll(title).toBe("cross-entropy, nats per sequence");
    expect(await curves.page.locator(".note").isVisible()).toBe(false);
  });

  it("shows no small chart of which there are no values, and zeros on an axis from 0", async () => {
    const plain = snapshot({ name: "full precision" });
    const none = { step: [], minus: [], zero: [], plus: [], flips: [], saturation: [] };
    await curves.view.send(runsMessage([{ ...plain, weights: none }]));
    const headings = () => curves.page.locator(".small-multiples h3:visible").allTextContents();
    await expect.poll(headings).toEqual(["gradient norm", "learning rate", "characters per second"]);
    const still = { ...plain, name: "still", weights: { ...plain.weights, flips: plain.weights.flips.map(() => 0) } };
    await curves.view.send(runsMessage([still]));
    await expect.poll(headings).toContain("weight flips");
    const range = () => curves.page.locator(".small-chart[aria-label='weight flips']").evaluate((chart) => (chart as HTMLElement & { layout?: { yaxis: { range: number[] } } }).layout?.yaxis.range);
    await expect.poll(range).toEqual([0, 1]);
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
    expect(widths[1]! / widths[0]!).toBeCloseTo(0.49 / 0.26, 0);
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
