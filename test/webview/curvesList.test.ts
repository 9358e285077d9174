import { describe, expect, it } from "vitest";
import { curves, useCurvesPage } from "./curvesSession.js";
import { runsMessage, sixRuns, snapshot } from "./snapshots.js";

useCurvesPage();

const runs = sixRuns();
const [ternary, binary] = runs;

describe("the list of runs", () => {
  it("says in words that there is none", async () => {
    const words = () => curves.page.locator(".empty").textContent();
    await expect.poll(words).toContain("Looking for runs");
    await curves.view.send({ ...runsMessage([]), isSearching: true });
    expect(await words()).toContain("Looking for runs");
    await curves.view.send(runsMessage([]));
    await expect.poll(words).toContain("No runs yet.");
    expect(await curves.page.locator(".main-chart").isVisible()).toBe(false);
  });

  it("shows state in words and the best figure, and overlays what is checked", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    await expect.poll(() => curves.listedRuns()).toEqual(runs.map(({ name }) => name));
    expect(await curves.page.locator(".run-state").allTextContents()).toEqual([
      "● running",
      "✓ finished",
      "✓ finished",
      "‖ interrupted",
      "⚠ crashed",
      "● running",
    ]);
    expect(await curves.page.locator(".run-metric").nth(1).textContent()).toBe(binary.metric?.value.toFixed(2));
    await expect.poll(() => curves.traceNames()).toHaveLength(3);

    await curves.box(binary.name).click();
    await expect.poll(() => curves.traceNames()).toEqual([
      `${ternary.name}, training, raw`,
      `${ternary.name}, training`,
      `${ternary.name}, validation`,
      `${binary.name}, training, raw`,
      `${binary.name}, training`,
      `${binary.name}, validation`,
    ]);
    const lines = [await curves.trace(`${ternary.name}, training`), await curves.trace(`${binary.name}, training`)];
    expect(lines[0]!.line.color).not.toBe(lines[1]!.line.color);
    expect(lines[0]!.line.dash).not.toBe(lines[1]!.line.dash);
    expect((await curves.view.posted("select")).at(-1)?.dirs).toEqual([ternary.dir, binary.dir]);
  });

  it("is worked by keyboard alone", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    await curves.box(binary.name).focus();
    await curves.page.keyboard.press("Space");
    await expect.poll(() => curves.traceNames()).toHaveLength(6);
    expect(await curves.box(binary.name).evaluate((box) => box === document.activeElement)).toBe(true);
  });

  it("keeps the focus when new data comes", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    await curves.box(binary.name).focus();
    await curves.view.send(runsMessage([snapshot({ name: "newest", colour: 6 }), ...runs], [ternary.dir]));
    await expect.poll(() => curves.listedRuns()).toHaveLength(7);
    expect(await curves.box(binary.name).evaluate((box) => box === document.activeElement)).toBe(true);
  });

  it("filters by words and comparisons", async () => {
    await curves.view.send(runsMessage(runs));
    await curves.page.getByRole("textbox", { name: "Filter runs" }).fill("units>256");
    await expect.poll(() => curves.listedRuns()).toEqual(["ternary · 512 units"]);
    await curves.page.getByRole("textbox", { name: "Filter runs" }).fill("nothing like it");
    await expect.poll(() => curves.page.locator(".none-fits").isVisible()).toBe(true);
  });

  it("draws only what fits the filter, and gives the others back with their boxes", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir, binary.dir]));
    await expect.poll(() => curves.traceNames()).toHaveLength(6);
    const filter = curves.page.getByRole("textbox", { name: "Filter runs" });
    await filter.fill("quantiser=binary");
    await expect.poll(() => curves.traceNames()).toEqual([`${binary.name}, training, raw`, `${binary.name}, training`, `${binary.name}, validation`]);
    await curves.box(binary.name).click();
    await expect.poll(() => curves.page.locator(".main-chart").isVisible()).toBe(false);
    expect((await curves.view.posted("select")).at(-1)?.dirs).toEqual([ternary.dir]);
    await filter.fill("");
    await expect.poll(() => curves.traceNames()).toEqual([`${ternary.name}, training, raw`, `${ternary.name}, training`, `${ternary.name}, validation`]);
  });

  it("checks all, none or only one of what it lists", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    await curves.page.getByRole("textbox", { name: "Filter runs" }).fill("batch");
    await curves.page.getByRole("button", { name: "Show all listed runs" }).click();
    const chosen = async () => (await curves.view.posted("select")).at(-1)?.dirs;
    await expect.poll(chosen).toEqual([ternary.dir, binary.dir]);
    await curves.page.getByRole("button", { name: "Show none of the listed runs" }).click();
    await expect.poll(chosen).toEqual([]);
    await curves.page.locator(".run", { hasText: binary.name }).hover();
    await curves.page.getByRole("button", { name: `Show only ${binary.name}` }).click();
    await expect.poll(chosen).toEqual([binary.dir]);
    await expect.poll(() => curves.page.locator(".run.checked .run-name").allTextContents()).toEqual([binary.name]);
  });

  it("is in the order that was chosen, also after a reload", async () => {
    await curves.view.send(runsMessage(runs));
    await curves.choose("Order of the runs", "best first");
    const best = [...runs].sort((one, other) => (one.metric?.value ?? Infinity) - (other.metric?.value ?? Infinity)).map(({ name }) => name);
    await expect.poll(() => curves.listedRuns()).toEqual(best);
    await curves.view.reload();
    await curves.view.send(runsMessage(runs));
    await expect.poll(() => curves.listedRuns()).toEqual(best);
    await curves.choose("Order of the runs", "by name");
    await expect.poll(() => curves.listedRuns()).toEqual(runs.map(({ name }) => name).sort());
  });

  it("tells runs of the same name apart by their folders", async () => {
    const twin = { ...binary, name: ternary.name, dir: "/project/runs/ternary-2" };
    await curves.view.send(runsMessage([ternary, twin, runs[2]!]));
    await expect.poll(() => curves.page.locator(".run-state").allTextContents()).toEqual(["● running · ternary · batch norm", "✓ finished · ternary-2", "✓ finished"]);
  });

  it("says which part of the data a figure is of", async () => {
    const tested = { ...binary, metric: { label: "test BPC", value: 2.115 } };
    await curves.view.send(runsMessage([ternary, tested]));
    await expect.poll(() => curves.page.locator(".run-part").allTextContents()).toEqual(["validation", "test"]);
  });

  it("tabulates what differs between the checked runs and nothing else", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir, binary.dir]));
    await expect.poll(() => curves.page.locator(".differences tbody tr").allTextContents()).toEqual([
      "quantiserternary, stochasticbinary, stochastic",
      "learning rate–0.002",
    ]);
    await curves.box(binary.name).click();
    await expect.poll(() => curves.page.locator(".differences").isVisible()).toBe(false);
  });
});
