import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { pipelineMessage, randomSnapshot } from "./pipelineSnapshot.js";
import { launchChromium, serveWebview, WebviewPage, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let view: WebviewPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("pipeline", "webview/pipeline/main.ts")]);
  view = await WebviewPage.open(browser, server, { viewport: { width: 700, height: 700 } });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A timestep of 295 cycles, of which the close-up shows a part. */
const lastCycle = 294;

beforeEach(async () => {
  await view.reset();
  await view.send(pipelineMessage(randomSnapshot()));
  await view.page.locator("#schedule").waitFor();
});

const frames = () => view.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
const description = async () => (await view.page.locator("#schedule-description").textContent()) ?? "";

async function shownCycles(): Promise<[number, number]> {
  const [, from, to] = /cycles ([\d,]+) to ([\d,]+) of/.exec(await description())!;
  return [Number(from!.replace(",", "")), Number(to!.replace(",", ""))];
}

it("shows the cycle that playback is at, also when the view is drawn again without a step", async () => {
  await expect.poll(description).toMatch(/cycles/);
  expect((await shownCycles())[1]).toBeLessThan(lastCycle);
  await view.page.keyboard.press("End");
  await expect.poll(async () => (await shownCycles())[1]).toBe(lastCycle);
  await view.page.setViewportSize({ width: 600, height: 700 });
  await frames();
  await frames();
  const [from, to] = await shownCycles();
  expect(from).toBeGreaterThan(0);
  expect(to).toBe(lastCycle);
  await view.page.setViewportSize({ width: 700, height: 700 });
});

it("leaves the wheel to the page, zooms with Ctrl and says so", async () => {
  const canvas = view.page.locator("#schedule > canvas");
  await canvas.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox())!;
  await view.page.mouse.move(box.x + box.width / 2, box.y + 40);
  const before = await description();
  const scrolled = () => view.page.evaluate(() => document.scrollingElement!.scrollTop + document.body.scrollTop);
  const top = await scrolled();
  await view.page.mouse.wheel(0, 120);
  await expect.poll(scrolled).toBeGreaterThan(top);
  expect(await description()).toBe(before);
  await view.page.keyboard.down("Control");
  await view.page.mouse.wheel(0, -200);
  await view.page.keyboard.up("Control");
  await expect.poll(description).not.toBe(before);
  expect(await view.page.locator(".hint").textContent()).toContain("Ctrl or ⌘ and wheel to zoom");
});
