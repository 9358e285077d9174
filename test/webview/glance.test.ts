import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pipelineMessage, randomSnapshot, stateMessage, twoRuns } from "./pipelineSnapshot.js";
import { runsMessage, sixRuns, snapshot } from "./snapshots.js";
import { launchChromium, serveWebview, WebviewPage, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let glance: WebviewPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("glance", "webview/glance/main.ts")]);
  glance = await WebviewPage.open(browser, server, { viewport: { width: 300, height: 520 } });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(() => glance.reset());

afterEach(async () => {
  expect({ violations: await glance.violations(), errors: glance.errors }).toEqual({ violations: [], errors: [] });
});

const curveCard = () => glance.page.getByRole("button", { name: /^Open the training curves/ });
const pipelineCard = () => glance.page.getByRole("button", { name: /^Open the accelerator pipeline/ });
const canvasPixels = () => glance.page.evaluate(() => document.querySelector("canvas")?.toDataURL());

describe("the side view", () => {
  it("says in words what will be there", async () => {
    expect(await curveCard().textContent()).toContain("Looking for runs");
    await glance.send(runsMessage([]));
    expect(await curveCard().textContent()).toContain("No runs yet.");
    expect(await pipelineCard().textContent()).toContain("Train a run");
  });

  it("shows the running run, else the selected one, else the first", async () => {
    const heading = () => curveCard().locator(".heading").textContent();
    const finished = sixRuns().map((run) => ({ ...run, state: "finished" as const }));
    await glance.send(runsMessage(finished, [finished[2]!.dir]));
    await expect.poll(heading).toBe(finished[2]!.name);
    await glance.send(runsMessage(finished));
    await expect.poll(heading).toBe(finished[0]!.name);
    await glance.send(runsMessage([...finished, snapshot({ name: "training now" })], [finished[2]!.dir]));
    await expect.poll(heading).toBe("training now");
    expect(await curveCard().locator("svg title").textContent()).toBe("Training curve of training now: running, step 1200 of 3000");
    expect(await curveCard().getAttribute("aria-label")).toMatch(/training now, running, step 1.200 of 3.000 .*validation BPC 2\.3/);
  });

  it("opens the panels by click and by keyboard", async () => {
    await glance.send(runsMessage([snapshot()]));
    await curveCard().click();
    await glance.waitForPosted("open-curves");
    await pipelineCard().focus();
    await glance.page.keyboard.press("Enter");
    await glance.waitForPosted("open-pipeline");
  });

  it("draws a frame of the pipeline, plays it under the pointer and rests otherwise", async () => {
    await glance.send(pipelineMessage(randomSnapshot()));
    await expect.poll(() => pipelineCard().getAttribute("aria-label")).toMatch(/moby ternary, LSTM, ternary weights · 32 units on 16 MAC units.*cycle 0 of/);
    await pipelineCard().hover();
    await expect.poll(() => pipelineCard().getAttribute("aria-label")).toMatch(/cycle [1-9]/);
    await glance.page.mouse.move(150, 515);
    const [resting, name] = [await canvasPixels(), await pipelineCard().getAttribute("aria-label")];
    await glance.page.waitForTimeout(400);
    expect(await pipelineCard().getAttribute("aria-label")).toBe(name);
    expect(await canvasPixels()).toBe(resting);
    await glance.setTheme("light");
    await expect.poll(canvasPixels).not.toBe(resting);
  });

  it("says that a chip is being made, or what is wrong, under the name of its run", async () => {
    const choice = { runs: twoRuns("moby"), dir: "/runs/moby", options: {} };
    await glance.send(stateMessage({ choice, shown: { kind: "problem", text: "its data is gone: put it back" } }));
    await expect.poll(() => pipelineCard().getAttribute("aria-label")).toBe("Open the accelerator pipeline: moby, its data is gone: put it back");
    expect(await pipelineCard().locator("canvas").isVisible()).toBe(false);
  });

  it("does not move under reduced motion", async () => {
    await glance.page.emulateMedia({ reducedMotion: "reduce" });
    await glance.send(pipelineMessage(randomSnapshot()));
    await pipelineCard().hover();
    await glance.page.waitForTimeout(400);
    expect(await pipelineCard().getAttribute("aria-label")).toContain("cycle 0 of");
  });

  it("names a wrong message", async () => {
    await glance.send({ ...pipelineMessage(randomSnapshot()), shown: { kind: "pipeline", pipeline: { title: 3 } } });
    await expect.poll(() => glance.page.getByRole("alert").textContent()).toContain("pipeline.shown.pipeline.title");
  });
});
