import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { prepareGeometry } from "./geometry.js";
import { launchChromium } from "./webviewPage.js";

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 400, height: 300 } });
  await page.goto("about:blank");
  await prepareGeometry(page);
});

afterAll(async () => browser?.close());

async function problemsOf(body: string, draw = "", graphics = ""): Promise<string[]> {
  await page.evaluate((html) => {
    document.documentElement.style.background = "#ffffff";
    document.body.style.cssText = "margin: 8px; color: #000000; font: 14px sans-serif";
    document.body.innerHTML = html;
  }, body);
  await page.evaluate(draw);
  return page.evaluate((selector) => window.geometryProblems(selector), graphics);
}

const long = "a name that is far too long for its place";
const canvas = '<canvas width="100" height="40" style="width: 100px; height: 40px"></canvas>';
const pen = 'const pen = document.querySelector("canvas").getContext("2d"); pen.clearRect(0, 0, 100, 40); pen.font = "12px sans-serif";';

it.each([
  ["cut by its box", `<div style="width: 60px; overflow: hidden; white-space: nowrap">${long}</div>`, /^cut: <div> "a name/],
  ["cut with an ellipsis that nothing explains", `<div style="width: 60px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">${long}</div>`, /^cut:/],
  ["cut in a field", '<input placeholder="filter: ternary units>256" style="width: 60px">', /^cut: "filter/],
  ["a page that scrolls sideways", '<div style="width: 500px">wide</div>', /^sideways: the page is 508 px wide, the view 400 px/],
  ["text over text", '<div>below</div><div style="margin-top: -12px">above</div>', /^overlap: <div> "below" and <div> "above"/],
  ["text over a control", '<button>Save</button><span style="margin-left: -20px">x axis</span>', /^overlap: <span> "x axis" and <button> "Save"/],
  ["a control over a control", '<button>Save</button><button style="margin-left: -20px">Copy</button>', /^overlap: <button> "Save" and <button> "Copy"/],
  ["pale text", '<p style="color: #999999">pale</p>', /^contrast: <p> "pale" has 2.85, needs 4.5/],
  ["pale text on its own background", '<p style="background: #333333"><b style="color: #777777">pale</b></p>', /^contrast: <b> "pale" has 2.82/],
  ["text that is pale through opacity", '<p style="opacity: 0.3">faint</p>', /^contrast: <p> "faint"/],
  ["pale text on a shape", '<svg width="100" height="40"><rect width="100" height="40" fill="#222222"/><text x="9" y="25" fill="#555555">low</text></svg>', /^contrast: <text> "low"/],
  ["a drawing's text that its scale makes small", '<svg width="40" viewBox="0 0 400 100"><text x="9" y="50">tiny</text></svg>', /^small: <text> "tiny" has a font of 1.4 px/],
])("finds %s", async (_name, body, problem) => {
  expect(await problemsOf(body)).toContainEqual(expect.stringMatching(problem));
});

it.each([
  ["an ellipsis with a title", `<div title="${long}" style="width: 60px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">${long}</div>`],
  ["what scrolls", `<div style="width: 60px; overflow: auto; white-space: nowrap">${long}</div>`],
  ["text for screen readers only", `<div style="position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)">${long}</div>`],
  ["a hidden part", `<div style="visibility: hidden; color: #fefefe">${long}</div>`],
  ["large text of contrast 3", '<p style="color: #8a8a8a; font-size: 26px">large</p>'],
  ["a control that cannot be used", '<button disabled style="color: #cccccc; background: #ffffff">Stop</button>'],
  ["text below the viewport", '<div style="height: 2000px"></div><p>low</p>'],
])("lets pass %s", async (_name, body) => {
  expect(await problemsOf(body)).toEqual([]);
});

it("finds what is wrong with a canvas's text", async () => {
  expect(await problemsOf(canvas, `${pen} pen.fillText("good", 5, 20)`)).toEqual([]);
  expect(await problemsOf(canvas, `${pen} pen.fillText("over the edge", 60, 20)`)).toEqual([expect.stringMatching(/^cut: "over the edge" on <canvas>/)]);
  expect(await problemsOf(canvas, `${pen} pen.fillText("one", 5, 20); pen.fillText("two", 9, 22)`)).toEqual([expect.stringMatching(/^overlap: "one"/)]);
  expect(await problemsOf(canvas, `${pen} pen.fillStyle = "#aaaaaa"; pen.fillText("pale", 5, 20)`)).toEqual([expect.stringMatching(/^contrast: "pale"/)]);
  expect(await problemsOf(canvas, `${pen} pen.fillRect(0, 0, 100, 40); pen.fillText("black", 5, 20)`)).toEqual([expect.stringMatching(/^contrast: "black" .* has 1.00/)]);
  expect(await problemsOf(canvas, `${pen} pen.scale(0.5, 0.5); pen.fillText("small", 5, 20)`)).toEqual([expect.stringMatching(/^small: "small" .* 6.0 px/)]);
});

it("finds marks that do not stand out", async () => {
  const mark = (colour: string): string => `<svg width="28" height="12"><path d="M0 6H28" stroke="${colour}"/></svg>`;
  expect(await problemsOf(mark("#0063d3"), "", "path")).toEqual([]);
  expect(await problemsOf(mark("#eeeeee"), "", "path")).toEqual([expect.stringMatching(/^contrast: the mark <path>/)]);
  expect(await problemsOf(canvas, `${pen} pen.fillStyle = "#0063d3"; pen.fillRect(0, 0, 100, 40)`, "canvas")).toEqual([]);
  expect(await problemsOf(canvas, `${pen} pen.fillStyle = "#ffffff"; pen.fillRect(0, 0, 100, 40)`, "canvas")).toHaveLength(1);
});
