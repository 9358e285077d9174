import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { summarise } from "../../src/hardware/schedule/schedule.js";
import type { PipelineSnapshot } from "../../webview/contract.js";
import { pipelineMessage, randomSnapshot, shapeIn, stateMessage, twoRuns, valuesIn, withoutValues } from "./pipelineSnapshot.js";
import { launchChromium, serveWebview, WebviewPage, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let view: WebviewPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("pipeline", "webview/pipeline/main.ts")]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(async () => {
  view = await WebviewPage.open(browser, server, { viewport: { width: 1280, height: 1000 } });
});

afterEach(async () => {
  expect({ violations: await view.violations(), errors: view.errors }).toEqual({ violations: [], errors: [] });
  await view.close();
});

const text = (selector: string): Promise<string> => view.page.locator(selector).innerText();

async function show(snapshot: PipelineSnapshot): Promise<void> {
  await view.send(pipelineMessage(snapshot));
  await view.page.waitForFunction((title) => document.querySelector("main")?.ariaLabel?.includes(title), snapshot.title);
}

describe("run and chip in the panel", () => {
  it("names the run and its chip, and asks for another one of the same run", async () => {
    await show(randomSnapshot());
    expect(await text("#chip-words")).toMatch(
      /^16 MAC units; delta updates off; hidden states of 12 bits; cell states of 16 bits in \[-\d+, \d+\), calibrated on data; .* Ranges .* seen in 9 timesteps of the validation part\. Shown: timestep 9/,
    );
    expect(await text("#chip-name")).toBe("moby ternary");
    const pick = async (list: string, option: string): Promise<void> => {
      await view.page.getByRole("combobox", { name: list }).click();
      await view.page.getByRole("option", { name: option }).click();
    };
    await pick("MAC units", "P = 64 MAC units");
    await pick("Columns a cycle", "N = 4 columns a cycle");
    await pick("Delta updates", "delta 8");
    await pick("Run", "other");
    await pick("Run", "preset, no run");
    const asked = (await view.posted("choose-chip")).map(({ type: _type, version: _version, ...chip }) => chip);
    expect(asked).toEqual([
      { dir: "/runs/moby ternary", options: { macUnits: 64 } },
      { dir: "/runs/moby ternary", options: { columnsPerCycle: 4 } },
      { dir: "/runs/moby ternary", options: { deltaThreshold: 8 } },
      { dir: "/runs/other" },
      { dir: null },
    ]);
    await show(randomSnapshot({ macUnits: 64 }));
    await expect.poll(() => text("#place")).toContain(`cycle 0 of ${summarise(shapeIn(randomSnapshot({ macUnits: 64 }))).cyclesPerTimestep}`);
  });

  it("shows the pickers and what is wrong while there is no chip, then the chip", async () => {
    await show(randomSnapshot());
    const choice = { runs: twoRuns("moby ternary"), dir: "/runs/moby ternary", options: { macUnits: 8, deltaThreshold: 5 } };
    for (const kind of ["working", "problem"] as const) {
      await view.send(stateMessage({ choice, shown: { kind, text: `a ${kind}, and its remedy` } }));
      await expect.poll(() => text("#notice")).toBe(`a ${kind}, and its remedy`);
      expect(await view.page.locator("main").isVisible()).toBe(false);
      expect([await text("#chip-name"), await text("#chip-words")]).toEqual(["moby ternary", ""]);
      const delta = view.page.getByRole("combobox", { name: "Delta updates" });
      expect(await delta.evaluate((list: HTMLSelectElement) => list.value)).toBe("5");
    }
    await show(randomSnapshot());
    expect(await view.page.locator("#notice").isVisible()).toBe(false);
  });

  it("says that a preset is nobody's run", async () => {
    await show(withoutValues(randomSnapshot({ title: "preset" })));
    expect(await text("#chip-words")).toMatch(/^This is a preset, not a run of yours: .*without weights/);
    expect(await view.page.getByRole("combobox", { name: "Delta updates" }).count()).toBe(0);
  });

  it("says how many columns a timestep with delta updates reads", async () => {
    const snapshot = randomSnapshot({ deltaThreshold: 300 });
    const { columns, cycles } = valuesIn(snapshot).delta!;
    expect(columns).toBeLessThan(32);
    await show(snapshot);
    expect(await text("#chip-words")).toContain(`reads ${columns} of 32 recurrent columns in ${cycles} cycles`);
  });
});
