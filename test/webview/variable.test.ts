import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { webviewProtocolVersion as version } from "../../webview/protocol.js";
import { base64, heatMap, look, table, variableMessage } from "./variableMessages.js";
import { launchChromium, serveWebview, WebviewPage, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let variable: WebviewPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("variable", "webview/variable/main.ts")]);
  variable = await WebviewPage.open(browser, server, { viewport: { width: 900, height: 700 } });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(() => variable.reset());

afterEach(async () => {
  expect({ violations: await variable.violations(), errors: variable.errors }).toEqual({ violations: [], errors: [] });
});

const page = () => variable.page;
const text = (selector: string) => page().locator(selector).textContent();
const lastLook = async () => (await variable.posted("look")).at(-1)?.look;

describe("the page of a variable", () => {
  it("says what it is, with its statistics, and whether a cell runs that may change it", async () => {
    await variable.send(variableMessage(table, { facts: [{ name: "mean", value: "0.5" }] }, 4));
    await expect.poll(() => text("h1")).toBe("model");
    expect(await text(".summary")).toBe("Sequential · 3 layers · 1.2 kB");
    expect(await text(".facts")).toBe("mean0.5");
    expect(await page().getByRole("status").textContent()).toBe("Cell [4] is running: this is the value before it.");
    await variable.send(variableMessage(table));
    await expect.poll(() => page().getByRole("status").count()).toBe(0);
  });

  it("turns the pages of a table, and opens what a row stands for by pointer and keyboard", async () => {
    await variable.send(variableMessage(table));
    await expect.poll(() => page().locator("tbody tr").allTextContents()).toEqual(['50"a"1.5', '51"b"2']);
    expect(await page().locator(".pages:visible").textContent()).toContain("rows 51 to 52 of 120");
    await page().getByRole("button", { name: "Next rows" }).click();
    await expect.poll(lastLook).toEqual({ ...look, first: 52 });
    await page().getByRole("button", { name: "Previous rows" }).click();
    await expect.poll(lastLook).toEqual({ ...look, first: 48 });
    await page().getByRole("button", { name: "Open 50" }).focus();
    await page().keyboard.press("Enter");
    await expect.poll(lastLook).toEqual({ ...look, path: [50], way: null });
    expect(await page().getByRole("button", { name: "Open 51" }).count()).toBe(0);
  });

  it("leads back from a part", async () => {
    await variable.send(variableMessage(table, { look: { ...look, path: [1, 7] }, trail: ["layers", "7"] }));
    await expect.poll(() => text("h1")).toBe("model › layers › 7");
    await page().getByRole("button", { name: "Back to layers" }).click();
    await expect.poll(lastLook).toEqual({ ...look, path: [1], way: null });
  });

  it("offers the ways that fit, and tells which is shown", async () => {
    await variable.send(variableMessage(heatMap([1], 1, 1), { ways: ["heat map", "table"] }));
    const chosen = page().getByRole("button", { name: "Heat map" });
    await expect.poll(() => chosen.getAttribute("aria-pressed")).toBe("true");
    await page().getByRole("button", { name: "Table" }).click();
    await expect.poll(lastLook).toEqual({ ...look, way: "table" });
  });

  it("reads bars of a histogram by pointer and arrow keys, and gives screen readers all of them", async () => {
    const bars = [{ from: -1, to: -1, count: 25 }, { from: 0, to: 0, count: 50 }, { from: 1, to: 1, count: 0 }];
    await variable.send(variableMessage({ kind: "histogram", isDiscrete: true, bars }));
    const heights = () => page().locator(".bar > span").evaluateAll((spans) => spans.map((span) => Math.round(span.getBoundingClientRect().height)));
    await expect.poll(heights).toEqual([100, 199, 0]);
    await page().locator(".bar").nth(2).hover();
    await expect.poll(() => text(".told")).toBe("1: 0");
    await page().getByRole("img").focus();
    await page().keyboard.press("ArrowLeft");
    await expect.poll(() => text(".told")).toBe("0: 50");
    expect(await page().getByRole("table", { name: "Bars of the histogram" }).textContent()).toContain("-1: 25");
  });

  it("draws a heat map in the colours of the theme, and reads its cells", async () => {
    await variable.send(variableMessage(heatMap([2, -2, 0, NaN, 1, 2], 2, 3)));
    const colour = (column: number, row: number) =>
      page().evaluate(([x, y]) => [...document.querySelector<HTMLCanvasElement>("canvas.heat-map")!.getContext("2d")!.getImageData(x!, y!, 1, 1).data].join(), [24 * column + 12, 24 * row + 12]);
    await expect.poll(() => page().locator("canvas.heat-map").evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height])).toEqual([72, 48]);
    const [most, least, zero, none, half] = await Promise.all([colour(0, 0), colour(1, 0), colour(2, 0), colour(0, 1), colour(1, 1)]);
    expect(new Set([most, least, zero, none, half]).size).toBe(5);
    expect(await colour(2, 1)).toBe(most);
    await page().getByRole("img").hover({ position: { x: 30, y: 12 } });
    await expect.poll(() => text(".told")).toBe("row 0, column 1: -2");
    await page().getByRole("img").focus();
    await page().keyboard.press("ArrowDown");
    await page().keyboard.press("ArrowLeft");
    await expect.poll(() => text(".told")).toBe("row 1, column 0: no number");
    await variable.setTheme("light");
    await expect.poll(() => colour(2, 0)).not.toBe(zero);
    expect(await page().getByRole("group", { name: "Legend" }).textContent()).toBe("down to -20up to 2no number");
  });

  it("shows an image as its pixels are", async () => {
    const pixels = base64(Uint8Array.from([255, 0, 0, 255, 0, 255, 0, 255]));
    await variable.send(variableMessage({ kind: "image", width: 2, height: 1, pixels, reducedBy: 1, image: { first: 3, shown: 1, total: 10 } }));
    await expect.poll(() => page().getByRole("img").getAttribute("aria-label")).toBe("Image of 2 x 1 pixels");
    const data = await page().locator("canvas.image").evaluate((canvas: HTMLCanvasElement) => [...canvas.getContext("2d")!.getImageData(0, 0, 2, 1).data]);
    expect(data).toEqual([255, 0, 0, 255, 0, 255, 0, 255]);
    await page().getByRole("button", { name: "Next images" }).click();
    await expect.poll(lastLook).toEqual({ ...look, way: "image", first: 4 });
  });

  it("draws nothing anew where nothing changed", async () => {
    await variable.send(variableMessage(table));
    await expect.poll(() => text("h1")).toBe("model");
    await page().locator("tbody").evaluate((body) => (body.dataset.mark = "same"));
    await variable.send(variableMessage(table, {}, 2));
    await expect.poll(() => page().getByRole("status").count()).toBe(1);
    expect(await page().locator("tbody").getAttribute("data-mark")).toBe("same");
  });

  it("says why there is no value, and takes text of the user's as text", async () => {
    await variable.send({ type: "variable", version, look, runningCell: null, shown: { kind: "problem", text: "The value of model is gone." } });
    await expect.poll(() => text("main")).toContain("The value of model is gone.");
    await variable.send(variableMessage({ kind: "text", text: "<img src=x onerror=alert(1)>", range: { first: 0, shown: 28, total: 28 } }));
    await expect.poll(() => text("pre")).toBe("<img src=x onerror=alert(1)>");
  });

  it("names a wrong message, and values that do not fill their picture", async () => {
    await variable.send({ ...variableMessage(table), look: { name: 3 } });
    await expect.poll(() => page().getByRole("alert").textContent()).toContain("variable.look.name");
    await variable.send(variableMessage(heatMap([1], 2, 3)));
    await expect.poll(() => page().getByRole("alert").textContent()).toBe("The heat map has 1 values for 2 x 3 cells. Open the variable again.");
  });
});
