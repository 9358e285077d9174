import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { summarise } from "../../src/hardware/schedule/schedule.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { openChipSchema } from "../../webview/contract.js";
import { randomSnapshot } from "./pipelineSnapshot.js";
import { snapshot, type SnapshotOptions } from "./snapshots.js";
import { launchChromium, serveWebview, WebviewPage, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let notebook: WebviewPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("renderer", "test/webview/rendererPage.ts")]);
  notebook = await WebviewPage.open(browser, server);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(() => notebook.reset());

afterEach(async () => {
  expect({ violations: await notebook.violations(), errors: notebook.errors }).toEqual({ violations: [], errors: [] });
});

/** The extension's answer about a run. */
async function tell(run: RunSnapshot): Promise<void> {
  const message = { type: "run-evidence", dir: run.dir, run };
  await notebook.page.evaluate((text) => window.notebook.receive(JSON.parse(text)), JSON.stringify(message));
}

async function renderText(id: string, elementId: string, text: string): Promise<void> {
  await notebook.page.evaluate(([item, place, data]) => window.notebook.render(item, place, data), [id, elementId, text] as const);
}

async function render(id: string, elementId: string, options?: SnapshotOptions): Promise<void> {
  await renderText(id, elementId, JSON.stringify(snapshot(options)));
}

const output = (elementId: string) => notebook.page.locator(`#${elementId} .tritloom-training`);

describe("the training output of a cell", () => {
  it("shows progress, figures and a named curve", async () => {
    await render("a", "one", { reports: 120 });
    const run = snapshot({ reports: 120 });
    await tell(run);
    const words = await output("one").textContent();
    expect(words).toMatch(/ternary● runningstep 1.200 of 3.000 · 17\.1.k characters\/s · 4.min left/);
    expect(words).toContain(`loss ${run.train.loss[119]!.toFixed(3)} · BPC ${run.train.figure[119]!.toFixed(3)}`);
    const bar = notebook.page.getByRole("progressbar", { name: "Training progress" });
    expect(await bar.evaluate((element: HTMLProgressElement) => [element.value, element.max])).toEqual([1200, 3000]);
    await expect.poll(() => notebook.page.getByRole("img", { name: /^Training curve of ternary: running/ }).count()).toBe(1);
    expect(await output("one").locator("polyline").count()).toBe(2);
  });

  it.each([
    ["classification", /sequences\/s.*accuracy \d\d\.\d\d % · validation accuracy \d\d\.\d\d %/],
    ["word-model", /words\/s.*perplexity \d+\.\d · validation perplexity \d+\.\d/],
  ] as const)("has the words of its task: %s", async (task, words) => {
    await render("a", "one", { task });
    await tell(snapshot({ task }));
    expect(await output("one").textContent()).toMatch(words);
    expect(await output("one").textContent()).not.toMatch(/BPC|characters/);
  });

  it("never claims by itself that a training runs, and asks what became of it", async () => {
    for (const [name, state] of [["now", "unsettled"], ["earlier-version", "running"]]) {
      await renderText("a", "one", JSON.stringify({ ...snapshot({ name }), state }));
      expect(await output("one").textContent()).toMatch(/◌ was training when this was savedstep 1.200 of 3.000(?! ·)/);
      expect(await output("one").textContent()).not.toMatch(/running|left|\/s/);
      expect(await notebook.posted("ask-run" as "ready")).toContainEqual({ type: "ask-run", dir: `/project/runs/${name}` });
    }
  });

  it("shows what the run's directory tells, also when that is further on, and asks again while it trains", async () => {
    const written = JSON.stringify({ ...snapshot({ name: "again", reports: 60 }), state: "unsettled" });
    await renderText("a", "one", written);
    await tell(snapshot({ name: "again", reports: 50 }));
    expect(await output("one").textContent()).toMatch(/● runningstep 600 of/);
    const asked = async () => (await notebook.posted("ask-run" as "ready")).length;
    await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(1);
    await tell(snapshot({ name: "again", reports: 90, state: "crashed", ending: "error: Training diverged at step 901" }));
    const words = await output("one").textContent();
    expect(words).toMatch(/⚠ crashed · errorstep 900 of/);
    expect(words).toContain("error: Training diverged at step 901. Train on with the command Resume Run, or await run.resume() in a cell.");
    await renderText("a", "one", written);
    expect(await output("one").textContent()).toMatch(/⚠ crashed · errorstep 900 of/);
  });

  it("forgets that a run trained when its output is told its end", async () => {
    await renderText("a", "one", JSON.stringify({ ...snapshot({ name: "told" }), state: "unsettled" }));
    await tell(snapshot({ name: "told" }));
    await render("a", "one", { name: "told", reports: 300, state: "finished" });
    expect(await output("one").textContent()).toContain("✓ finished");
  });

  it("updates in place and leaves its neighbours alone", async () => {
    await render("a", "one", { reports: 10 });
    await render("b", "two", { name: "other", reports: 20 });
    await notebook.page.evaluate(() => {
      const mark = (id: string) => document.getElementById(id)?.firstElementChild?.shadowRoot?.firstElementChild?.setAttribute("data-kept", id);
      mark("one");
      mark("two");
    });
    await render("a", "one", { reports: 300, state: "finished" });
    expect(await output("one").getAttribute("data-kept")).toBe("one");
    expect(await output("one").textContent()).toContain("✓ finished");
    expect(await output("one").locator("progress").isVisible()).toBe(false);
    expect(await output("two").getAttribute("data-kept")).toBe("two");
    expect(await output("two").textContent()).toContain("step 200 of");
  });

  it.each(["interrupted", "crashed"] as const)("says when a run is %s", async (state) => {
    await render("a", "one", { state, reports: 0 });
    expect(await output("one").locator(".state").textContent()).toContain(state);
    expect(await output("one").textContent()).toContain("No step reported yet.");
  });

  it("follows the theme without drawing again", async () => {
    await render("a", "one");
    const stroke = () => output("one").locator("polyline").first().evaluate((line) => getComputedStyle(line).stroke);
    expect(await stroke()).toBe("rgb(89, 164, 249)");
    await notebook.setTheme("light");
    expect(await stroke()).toBe("rgb(0, 99, 211)");
  });

  it("draws the validation line opaque though the theme's orange lets the background through", async () => {
    await render("a", "one", { reports: 50 });
    const colour = await output("one").locator("polyline").nth(1).evaluate((line) => {
      const canvas = document.createElement("canvas").getContext("2d")!;
      canvas.fillStyle = getComputedStyle(line).stroke;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    });
    expect(colour).toEqual([0xea, 0x5c, 0x00, 0xff]);
  });

  it("keeps its styles to itself", async () => {
    await render("a", "one");
    const before = await notebook.page.evaluate(() => [document.styleSheets.length, document.adoptedStyleSheets.length]);
    expect(before).toEqual([2, 0]);
  });

  it.each([
    ["{", "not JSON"],
    [JSON.stringify({ ...snapshot(), state: "sleeping" }), "wrong value at state"],
    ["null", "wrong value at its root"],
  ])("shows one clear line for a wrong value: %#", async (text, words) => {
    await renderText("a", "one", text);
    const alert = notebook.page.getByRole("alert");
    expect(await alert.textContent()).toContain(words);
    await render("a", "one");
    expect(await alert.count()).toBe(0);
    expect(await output("one").count()).toBe(1);
  });

  it("draws afresh after it was disposed, alone or with all", async () => {
    await render("a", "one");
    await notebook.page.evaluate(() => {
      window.notebook.dispose("a");
      window.notebook.dispose("never rendered");
      window.notebook.element("one").replaceChildren();
    });
    await render("a", "one");
    expect(await output("one").count()).toBe(1);
    await notebook.page.evaluate(() => {
      window.notebook.dispose();
      window.notebook.element("one").replaceChildren();
    });
    await render("a", "one");
    expect(await output("one").count()).toBe(1);
  });
});

describe("the schedule of a chip in a cell", () => {
  const chip = { dir: "/runs/moby", options: { macUnits: 16, columnsPerCycle: 2 } };
  const shapes = randomSnapshot({ units: [32, 8], columnsPerCycle: 2 }).layers.map(({ shape }) => shape);
  const draw = (value: unknown) =>
    notebook.page.evaluate((text) => window.notebook.render("s", "schedule-place", text, "schedule"), typeof value === "string" ? value : JSON.stringify(value));

  it("has picture and figures of each layer, and a button that opens exactly that chip", async () => {
    await draw({ ...chip, name: "moby", shapes });
    const output = notebook.page.locator("#schedule-place .tritloom-schedule");
    expect(await output.locator("svg").count()).toBe(2);
    const cycles = summarise(shapes[0]!).cyclesPerTimestep;
    expect(await output.textContent()).toMatch(new RegExp(`cycles per timestep  ${cycles}[^]*operations a cycle[^]*none given: a report finds the highest`));
    expect(await output.textContent()).not.toMatch(/GOPS|MHz/);
    await notebook.page.getByRole("button", { name: "Open the chip of moby in Accelerator Pipeline" }).click();
    expect(openChipSchema.parse((await notebook.posted("open-chip" as "ready"))[0])).toEqual({ type: "open-chip", ...chip });
  });

  it("names what is wrong in an output that fits no schema", async () => {
    await draw({ ...chip, name: "moby", shapes: [{ ...shapes[0], units: "many" }] });
    await expect.poll(() => notebook.page.locator("#schedule-place").getByRole("alert").textContent()).toMatch(/^This schedule output has a wrong value at shapes\.0\.units: .*Run the cell again\.$/);
  });
});
