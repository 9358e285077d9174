import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { fromWebviewSchema } from "../../webview/contract.js";
import { pipelineMessage, randomSnapshot } from "./pipelineSnapshot.js";
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

async function open(title: string, options: OpenOptions = {}): Promise<void> {
  view = await WebviewPage.open(browser, server, { viewport: { width: 1280, height: 1000 }, ...options });
  await view.send(pipelineMessage(randomSnapshot({ title })));
  await view.page.waitForFunction((wanted) => document.querySelector("main")?.ariaLabel?.includes(wanted), title);
}

const chart = () => view.page.locator("#schedule > canvas");
const saveButton = () => view.page.getByRole("button", { name: "Save picture of the schedule as PNG" });

async function saved(press: () => Promise<void> = () => saveButton().click()) {
  const before = (await view.posted("save")).length;
  await press();
  await view.waitForPosted("save", before + 1);
  const message = (await view.posted("save")).at(-1)!;
  expect(fromWebviewSchema.safeParse(message).success).toBe(true);
  return message;
}

interface Picture {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel. */
  pixels: Buffer;
}

/** What Chromium reads from a PNG file. */
async function decoded(base64: string): Promise<Picture> {
  const reader = await browser.newPage();
  const { width, height, data } = await reader.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    const letters = Array.from(pixels, (value) => String.fromCharCode(value)).join("");
    return { width: bitmap.width, height: bitmap.height, data: btoa(letters) };
  }, base64);
  await reader.close();
  return { width, height, pixels: Buffer.from(data, "base64") };
}

const at = ({ width, pixels }: Picture, x: number, y: number): number[] => [...pixels.subarray((y * width + x) * 4, (y * width + x + 1) * 4)];

function onScreen(x: number, y: number): Promise<number[]> {
  return chart().evaluate(
    (canvas, place) => [...(canvas as HTMLCanvasElement).getContext("2d")!.getImageData(place[0]!, place[1]!, 1, 1).data],
    [x, y],
  );
}

function rgba(hex: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16)).concat(255);
}

const background = (theme: ThemeName): number[] => rgba(themes[theme].variables["--vscode-editor-background"]);

test("Save picture sends the chart's device pixels as a PNG, named after the run", async () => {
  await open("moby/dick: ternary 32", { pixelRatio: 2 });
  const { suggestedName, encoding, data } = await saved();
  expect([suggestedName, encoding]).toEqual(["moby-dick-ternary-32-schedule.png", "base64"]);
  const picture = await decoded(data);
  const box = (await chart().boundingBox())!;
  expect([picture.width, picture.height]).toEqual([Math.round(box.width * 2), Math.round(box.height * 2)]);
  const stages = new Set<string>();
  for (let x = 120; x < picture.width; x += 97) {
    const colour = await onScreen(x, 60);
    if (colour[3] === 0 || colour[3] === 255) {
      expect(at(picture, x, 60)).toEqual(colour[3] === 0 ? background("dark") : colour);
      stages.add(String(colour));
    }
  }
  expect(stages.size).toBeGreaterThan(1);
});

test("the picture is opaque, on the background of the theme", async () => {
  await open("moby");
  for (const theme of ["dark", "light"] satisfies ThemeName[]) {
    await view.setTheme(theme);
    await expect.poll(async () => at(await decoded((await saved()).data), 0, 0)).toEqual(background(theme));
    const { pixels } = await decoded((await saved()).data);
    expect(pixels.filter((_, index) => index % 4 === 3).every((opacity) => opacity === 255)).toBe(true);
  }
});

test("Enter presses it", async () => {
  await open("moby");
  const { data } = await saved(() => saveButton().press("Enter"));
  expect((await decoded(data)).height).toBe(290);
});
