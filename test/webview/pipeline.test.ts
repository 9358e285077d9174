import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stateAt, summarise } from "../../src/hardware/schedule/schedule.js";
import { timing } from "../../src/hardware/schedule/timing.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import type { PipelineSnapshot } from "../../webview/contract.js";
import { pipelineMessage, randomSnapshot, shapeIn, valuesIn } from "./pipelineSnapshot.js";
import { themes, type ThemeName } from "./themes.js";
import { launchChromium, serveWebview, WebviewPage, type OpenOptions, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let view: WebviewPage;

beforeAll(async () => {
  browser = await launchChromium();
  server = await serveWebview("pipeline", "webview/pipeline/main.ts");
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

afterEach(async () => {
  expect(await view.violations()).toEqual([]);
  expect(view.errors).toEqual([]);
  await view.close();
});

async function open(snapshot: PipelineSnapshot | null = randomSnapshot(), options: OpenOptions = {}): Promise<void> {
  view = await WebviewPage.open(browser, server, { viewport: { width: 1280, height: 1000 }, ...options });
  if (snapshot) {
    await show(snapshot);
  }
}

async function show(snapshot: PipelineSnapshot): Promise<void> {
  await view.send(pipelineMessage(snapshot));
  await view.page.waitForFunction((title) => document.querySelector("main")?.ariaLabel?.includes(title), snapshot.title);
}

const cyclesOf = (snapshot: PipelineSnapshot): number => summarise(shapeIn(snapshot)).cyclesPerTimestep;
const text = (selector: string): Promise<string> => view.page.locator(selector).innerText();
const count = (value: number): string => value.toLocaleString("en-US");

async function expectCycle(cycle: number, snapshot = randomSnapshot()): Promise<void> {
  const place = `cycle ${count(cycle)} of ${count(cyclesOf(snapshot))}`;
  await view.page.waitForFunction((wanted) => document.querySelector("#place")?.textContent?.includes(wanted), place);
}

/** The cycle shown after the frame that is drawn next. */
async function shownCycle(): Promise<number> {
  await view.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const place = await text("#place");
  return Number(/cycle ([\d,]+) of/.exec(place)![1]!.replaceAll(",", ""));
}

const pressButton = (label: RegExp): Promise<void> => view.page.getByRole("button", { name: label }).click();

/** Colour of a canvas pixel; x and y are shares of its size. */
function pixel(selector: string, x: number, y: number): Promise<number[]> {
  return view.page.evaluate(
    ([css, px, py]) => {
      const canvas = document.querySelector(css as string) as HTMLCanvasElement;
      const at = [Math.floor(canvas.width * Number(px)), Math.floor(canvas.height * Number(py))] as const;
      return [...canvas.getContext("2d")!.getImageData(at[0], at[1], 1, 1).data];
    },
    [selector, x, y] as const,
  );
}

function rgba(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).concat(255);
}

describe("moving in time", () => {
  it("asks for a snapshot, waits for it and starts at the first cycle, paused", async () => {
    await open(null);
    expect(await view.posted("ready")).toHaveLength(1);
    expect(await text("#waiting")).toMatch(/Waiting for an accelerator/);
    await show(randomSnapshot());
    await expectCycle(0);
    expect(await view.page.getByRole("button", { name: "Play (Space)" }).count()).toBe(1);
  });

  it("steps by buttons and by keys, forward and back", async () => {
    await open();
    await pressButton(/^Forward one cycle/);
    await expectCycle(1);
    await view.page.keyboard.press("ArrowRight");
    await expectCycle(2);
    await pressButton(/^Back one cycle/);
    await view.page.keyboard.press("ArrowLeft");
    await expectCycle(0);
    await view.page.keyboard.press("End");
    await expectCycle(cyclesOf(randomSnapshot()) - 1);
    await pressButton(/^First cycle/);
    await expectCycle(0);
    await pressButton(/^Last cycle/);
    await view.page.keyboard.press("Home");
    await expectCycle(0);
  });

  it("plays until it is paused, and stops by itself at the end", async () => {
    await open();
    await pressButton(/^Play/);
    await view.page.waitForFunction(() => /cycle (?!0 )/.test(document.querySelector("#place")?.textContent ?? ""));
    await pressButton(/^Pause/);
    const paused = await shownCycle();
    expect(paused).toBeGreaterThan(0);
    expect(await shownCycle()).toBe(paused);
    await view.page.getByRole("slider", { name: "Speed" }).fill("14");
    await expect.poll(() => text(".speed-text")).toBe("200,000 cycles/s");
    await view.page.locator("#time-strip canvas").focus();
    await view.page.keyboard.press("Space");
    await expectCycle(cyclesOf(randomSnapshot()) - 1);
    await view.page.getByRole("button", { name: "Play (Space)" }).waitFor();
  });

  it("is dragged along the time strip, which is a slider to assistive technology", async () => {
    await open();
    const strip = view.page.getByRole("slider", { name: "Cycle of the timestep" });
    const box = (await strip.boundingBox())!;
    const cycles = cyclesOf(randomSnapshot());
    await view.page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await view.page.mouse.down();
    await view.page.mouse.move(box.x + box.width * 0.5 + 0.5, box.y + 20, { steps: 4 });
    await view.page.mouse.up();
    await expectCycle(Math.floor(cycles / 2));
    expect(await strip.getAttribute("aria-valuenow")).toBe(String(Math.floor(cycles / 2)));
  });

  it("leaves the keys to controls that need them", async () => {
    await open();
    await view.page.getByRole("slider", { name: "Speed" }).press("ArrowRight");
    await expect.poll(() => text(".speed-text")).toBe("50 cycles/s");
    expect(await shownCycle()).toBe(0);
  });
});

describe("what is shown", () => {
  it("says why the array rests on hover, until Escape", async () => {
    await open();
    const box = (await view.page.locator("#time-strip canvas").boundingBox())!;
    await view.page.mouse.move(box.x + box.width - 3, box.y + 20);
    expect(await text("#tooltip")).toMatch(/no MAC unit busy. recurrence: the next timestep needs all/);
    await view.page.keyboard.press("Escape");
    expect(await view.page.locator("#tooltip").isHidden()).toBe(true);
  });

  it("computes the exact sum of a MAC unit from codes and 12-bit h", async () => {
    const snapshot = randomSnapshot();
    const { recurrentWeights, hidden } = valuesIn(snapshot);
    const cycle = 60;
    const { accumulate } = stateAt(shapeIn(snapshot), cycle);
    const unit = 3;
    const row = accumulate!.firstRow + unit;
    const codes = Buffer.from(recurrentWeights.base64, "base64");
    let sum = 0;
    for (let column = 0; column <= accumulate!.column; column++) {
      sum += codes.readInt8(column * 4 * 32 + row) * hidden[column]!;
    }
    await open(snapshot);
    for (let step = 0; step < cycle / 10; step++) {
      await view.page.keyboard.press("PageDown");
    }
    await expectCycle(cycle);
    await view.page.getByRole("spinbutton", { name: "MAC unit" }).fill(String(unit));
    await view.page.waitForFunction(() => document.querySelector("#work")?.textContent?.startsWith("MAC unit 3"));
    const shown = /= (−?\d+) after (\d+) of 32/.exec(await text("#work"))!;
    expect(Number(shown[1]!.replace("−", "-"))).toBe(sum);
    expect(Number(shown[2])).toBe(accumulate!.column + 1);
  });

  it("spells out a unit that is clicked and a block's equation", async () => {
    await open();
    await view.page.keyboard.press("PageDown");
    const array = view.page.getByRole("button", { name: "Accumulate array" });
    const box = (await array.boundingBox())!;
    await view.page.mouse.click(box.x + box.width - 30, box.y + 68);
    await view.page.waitForFunction(() => document.querySelector("#work")?.textContent?.startsWith("MAC unit 7,"));
    await view.page.getByRole("button", { name: "Scale · shift" }).focus();
    await view.page.keyboard.press("Enter");
    await view.page.waitForFunction(() => document.querySelector("#equation")?.textContent?.startsWith("p = scale_h"));
  });

  it("shows structure without values for another precision, and says so", async () => {
    await open();
    expect(await view.page.locator("#values-note").isHidden()).toBe(true);
    await view.page.getByRole("radio", { name: "binary" }).focus();
    await view.page.keyboard.press("Space");
    await view.page.locator("#values-note").waitFor();
    expect(await text("#values-note")).toMatch(/This run has ternary weights: with binary ones/);
    expect(await text("#cycle-table")).not.toMatch(/12 bit:/);
  });

  it("races three accelerators in step and names the source of their sizes", async () => {
    await open(randomSnapshot({ units: 256, macUnits: 100 }));
    expect(await text("#race")).toMatch(/remembered from Ardakani .*not verified/);
    await view.page.keyboard.press("End");
    const lanes = view.page.getByRole("progressbar");
    await view.page.waitForFunction(() => document.querySelector(".track")?.getAttribute("aria-valuenow") === "100");
    expect(await lanes.count()).toBe(3);
    expect(await lanes.nth(2).getAttribute("aria-valuetext")).toMatch(/done at cycle 1,295 ✓ · 2.2× faster/);
  });

  it("names a GRU's gates and its wait for the reset gate, which an LSTM has not", async () => {
    const gru = randomSnapshot({ cell: "gru", reset: "before", title: "moby gru" });
    await open();
    const legend = view.page.locator(".legend li:visible");
    expect(await legend.count()).toBe(7);
    await show(gru);
    await expect.poll(() => legend.allInnerTexts()).toContain("wait for the reset gate");
    expect(await text("#transport")).toContain("GRU, h = 32");
    const strip = view.page.getByRole("slider", { name: "Cycle of the timestep" });
    const box = (await strip.boundingBox())!;
    const candidate = timing(shapeIn(gru)).phases[1]!.start;
    await view.page.mouse.click(box.x + (box.width * (candidate + 0.5)) / cyclesOf(gru), box.y + 20);
    await expectCycle(candidate, gru);
    expect(await text("#tooltip")).toMatch(/reset gate: the candidate needs r/);
    await view.page.keyboard.press("ArrowRight");
    await expect.poll(() => text("#cycle-table")).toMatch(/rows n\[0\] to n\[15\], broadcast r·h\[0\]/);
    await view.page.getByRole("button", { name: "Element-wise" }).click();
    await expect.poll(() => text("#equation")).toMatch(/^First r·h of every unit. Then h = n \+ z·\(h − n\)/);
  });

  it("shows any of stacked layers, each with its own input", async () => {
    const stack = randomSnapshot({ units: [32, 8], title: "two layers" });
    await open(stack);
    expect(await text("#place")).toMatch(/^input ".*" · cycle 0/);
    await view.page.getByRole("combobox", { name: "Layer" }).click();
    await view.page.getByRole("option", { name: "layer 1" }).click();
    await expect.poll(() => text("#place")).toBe(`input h of layer 0 · cycle 0 of ${summarise(shapeIn(stack, 1)).cyclesPerTimestep}`);
    expect(await text("#transport")).toContain("LSTM, h = 8");
  });

  it("zooms, pans and fits the chart", async () => {
    await open();
    const shown = (): Promise<string> => text("#schedule-description");
    await view.page.getByRole("button", { name: "Show the whole timestep" }).click();
    await view.page.waitForFunction(() => document.querySelector("#schedule-description")?.textContent?.includes("cycles 0 to 294 of 295"));
    await view.page.locator("#schedule > canvas").focus();
    await view.page.keyboard.press("+");
    await view.page.waitForFunction(() => !document.querySelector("#schedule-description")?.textContent?.includes("to 294"));
    const zoomedIn = await shown();
    await view.page.keyboard.press("Shift+ArrowRight");
    await view.page.waitForFunction((before) => document.querySelector("#schedule-description")?.textContent !== before, zoomedIn);
    expect(await shownCycle()).toBe(0);
  });

  it("stays quick with 1,000 units and a million cycles", async () => {
    const shape: AcceleratorShape = { ...shapeIn(randomSnapshot()), units: 1000, inputs: 50, macUnits: 1 };
    const large: PipelineSnapshot = { title: "large", chip: null, layers: [{ shape, values: null }] };
    expect(cyclesOf(large)).toBeGreaterThan(1e6);
    await open(large);
    await pressButton(/^Show the whole timestep/);
    await view.page.keyboard.press("End");
    await expectCycle(cyclesOf(large) - 1, large);
    expect(await text("#cycle-table")).toMatch(/writes c and h of unit 999/);
    await view.page.keyboard.press("ArrowLeft");
    await expectCycle(cyclesOf(large) - 2, large);
  });

  it("refuses a snapshot whose weights do not fit its shape, in words", async () => {
    await open();
    const snapshot = randomSnapshot();
    const shape: AcceleratorShape = { ...shapeIn(snapshot), units: 33 };
    await view.send(pipelineMessage({ ...snapshot, layers: [{ shape, values: valuesIn(snapshot) }] }));
    await view.page.locator("#problem").waitFor();
    expect(await text("#problem")).toMatch(/input weights hold 3712 weights instead of 3828; reopen the panel/);
  });
});

describe("coming back", () => {
  it("restores cycle and choices after a reload, but never plays", async () => {
    await open();
    await view.page.keyboard.press("PageDown");
    await view.page.keyboard.press("PageDown");
    await expectCycle(20);
    await view.page.keyboard.press("Space");
    await view.page.getByRole("button", { name: /^Pause/ }).waitFor();
    await view.page.keyboard.press("Space");
    const before = await shownCycle();
    await view.reload();
    await show(randomSnapshot());
    await expectCycle(before);
    expect(await view.page.getByRole("button", { name: "Play (Space)" }).count()).toBe(1);
    await show(randomSnapshot({ title: "another run" }));
    await expectCycle(0);
  });

  it("asks again when it becomes visible and takes the new snapshot in place", async () => {
    await open();
    await view.page.keyboard.press("PageDown");
    await expectCycle(10);
    await view.setHidden(true);
    await view.setHidden(false);
    await view.waitForPosted("ready", 2);
    await show(randomSnapshot());
    await expectCycle(10);
  });
});

describe("for everyone", () => {
  it("does not move by itself where motion is reduced: play steps", async () => {
    await open(randomSnapshot(), { reducedMotion: true });
    await pressButton(/^Step one cycle/);
    await expectCycle(1);
    await view.page.locator("#time-strip canvas").focus();
    await view.page.keyboard.press("Space");
    await expectCycle(2);
    expect(await shownCycle()).toBe(2);
  });

  it("says the cycle in a table that only screen-reader mode shows", async () => {
    await open(randomSnapshot(), { screenReader: true });
    await view.page.keyboard.press("ArrowRight");
    await expectCycle(1);
    expect((await view.page.locator("#cycle-table").boundingBox())!.height).toBeGreaterThan(80);
    const rows = await view.page.locator("#cycle-table tr").allInnerTexts();
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatch(/Weight ROM\s+reads word 0x0001 of the recurrent weights, group 0/);
    expect(rows[1]).toMatch(/16 of 16 units on rows g\[0\] to g\[15\], broadcast h\[0\] = .* add, .* subtract, .* skip/);
    expect(await view.page.locator("[aria-live=polite]").innerText()).toMatch(/cycle 1 of 295/);
    await view.page.evaluate(() => document.body.classList.remove("vscode-using-screen-reader"));
    expect((await view.page.locator("#cycle-table").boundingBox())!.height).toBeLessThanOrEqual(1);
  });

  it("gives every control a name", async () => {
    await open();
    for (const role of ["button", "radio", "slider", "combobox", "spinbutton"] as const) {
      const all = view.page.getByRole(role);
      expect(await all.count()).toBeGreaterThan(0);
      expect(await view.page.getByRole(role, { name: /\S/ }).count()).toBe(await all.count());
    }
  });

  it("draws in the colours of each theme, and again when the theme changes", async () => {
    await open();
    await view.page.keyboard.press("End");
    for (const name of ["dark", "light", "highContrast"] satisfies ThemeName[]) {
      await view.setTheme(name);
      const green = rgba(themes[name].variables["--vscode-charts-green"]);
      await expect.poll(() => pixel("#time-strip canvas", 60.4 / cyclesOf(randomSnapshot()), 0.4)).toEqual(green);
    }
  });

  it("works in forced colours: stages differ by pattern where colours do not", async () => {
    const gru = randomSnapshot({ cell: "gru" });
    await open(gru);
    await view.page.emulateMedia({ forcedColors: "active" });
    const swatches = view.page.locator(".legend canvas");
    await view.page.keyboard.press("ArrowRight");
    await expectCycle(1, gru);
    const pictures = await swatches.evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
    expect(pictures).toHaveLength(8);
    expect(new Set(pictures).size).toBe(8);
  });
});
