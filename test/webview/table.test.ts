import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runsMessage, sixRuns, snapshot } from "./snapshots.js";
import { launchChromium, serveWebview, WebviewPage, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let view: WebviewPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("table", "webview/table/main.ts")]);
  // Parallel coordinates are drawn by software here, pixel by pixel.
  view = await WebviewPage.open(browser, server, { viewport: { width: 900, height: 600 } });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(async () => {
  expect({ violations: await view.violations(), errors: view.errors }).toEqual({ violations: [], errors: [] });
});

const runs = sixRuns();
const names = (): Promise<string[]> => view.page.locator(".run-row .cell:nth-child(3)").allTextContents();
const head = (title: string) => view.page.getByRole("columnheader", { name: title, exact: true });
const filterField = () => view.page.getByRole("textbox", { name: "Filter runs" });
const status = () => view.page.locator(".table-bar [role=status]").textContent();
const tab = (title: string) => view.page.getByRole("tab", { name: title });

describe("the table of experiments", () => {
  beforeEach(() => view.reset());

  it("has a row for each run with what differs, and says what is equal in all", async () => {
    await view.send(runsMessage(runs));
    await expect.poll(names).toHaveLength(6);
    expect(await view.page.getByRole("columnheader").allTextContents()).toEqual(["", "★", "name", "state", "metric", "step", "time", "units", "quantiser", "seed", "learning rate"]);
    expect(await view.page.locator(".folded").textContent()).toBe("Equal in all: cell LSTM");
    const lefts = (row: string) => view.page.locator(`${row} .cell`).evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().left)));
    expect(await lefts(".run-row:first-child")).toEqual(await lefts(".grid-head"));
    expect(await status()).toBe("6 runs");
  });

  it("filters while one types, and tells what is wrong with a filter, where, and the remedy", async () => {
    await view.send(runsMessage(runs));
    await filterField().fill("quantiser = ternary and seed = 2");
    await expect.poll(names).toEqual(["ternary · seed 2"]);
    expect(await status()).toBe("1 of 6 runs");
    await filterField().fill("untis > 3");
    await expect.poll(() => view.page.getByRole("alert").textContent()).toBe('The filter is wrong at character 1: there is no column "untis": did you mean units?');
    expect(await names()).toHaveLength(6);
    await filterField().fill("learning rate < 0.01");
    await expect.poll(names).toEqual(["binary · batch norm"]);
  });

  it("sorts by a click on a column, then the other way, and by further columns with Shift", async () => {
    await view.send(runsMessage(runs));
    await head("metric").click();
    const best = runs.filter(({ metric }) => metric !== null).sort((one, other) => one.metric!.value - other.metric!.value).map(({ name }) => name);
    await expect.poll(names).toEqual([...best, "ternary · 512 units"]);
    expect(await head("metric").getAttribute("aria-sort")).toBe("ascending");
    await head("metric").click();
    await expect.poll(names).toEqual([...best.toReversed(), "ternary · 512 units"]);
    await view.reload();
    await view.send(runsMessage(runs));
    await expect.poll(names).toEqual([...best.toReversed(), "ternary · 512 units"]);
  });

  it("is one stop of the keyboard, whose cells the arrows reach", async () => {
    await view.send(runsMessage(runs));
    await expect.poll(names).toHaveLength(6);
    await view.page.locator(".run-row .cell").first().focus();
    await view.page.keyboard.press("ArrowDown");
    await view.page.keyboard.press("Space");
    await view.waitForPosted("select");
    expect((await view.posted("select")).at(-1)?.dirs).toEqual([runs[1].dir]);
    await view.page.keyboard.press("s");
    await view.waitForPosted("mark-runs");
    expect((await view.posted("mark-runs"))[0]).toMatchObject({ dirs: [runs[1].dir], change: { starred: true } });
    await view.page.keyboard.press("F2");
    await view.page.keyboard.press("Delete");
    await view.waitForPosted("delete-runs");
    expect((await view.posted("edit-marks"))[0]).toMatchObject({ dirs: [runs[1].dir], field: "name" });
    await view.page.keyboard.press("Control+End");
    expect(await view.page.evaluate(() => document.activeElement?.getAttribute("aria-colindex"))).toBe("11");
    await view.page.keyboard.press("Home");
    await view.page.keyboard.press("Control+Home");
    await view.page.keyboard.press("ArrowUp");
    expect(await view.page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("columnheader");
    expect(await view.page.locator('.grid [tabindex="0"]').count()).toBe(1);
  });

  it("shows stars, and does with checked runs what the buttons say", async () => {
    const starred = { ...runs[1], marks: { starred: true, tags: ["paper"], note: "first\nsecond" } };
    await view.send(runsMessage([runs[0], starred, runs[2]], [starred.dir]));
    await expect.poll(names).toHaveLength(3);
    expect(await view.page.getByRole("button", { name: `Star ${starred.name}` }).getAttribute("aria-pressed")).toBe("true");
    expect(await view.page.locator('.run-row[aria-selected="true"]').allTextContents()).toEqual([expect.stringContaining("paperfirst second")]);
    await view.page.getByRole("button", { name: "Tag the checked runs" }).click();
    await view.page.getByRole("button", { name: "Star the checked runs" }).click();
    await view.waitForPosted("mark-runs");
    expect([(await view.posted("edit-marks"))[0], (await view.posted("mark-runs"))[0]]).toMatchObject([{ dirs: [starred.dir], field: "tags" }, { dirs: [starred.dir], change: { starred: false } }]);
  });

  it("leaves hidden runs out until they are asked for", async () => {
    await view.send(runsMessage([runs[0], { ...runs[1], marks: { hidden: true } }]));
    await expect.poll(names).toEqual([runs[0].name]);
    expect(await status()).toBe("1 of 2 runs · 1 hidden");
    await view.page.getByRole("checkbox", { name: "hidden" }).click();
    await expect.poll(names).toHaveLength(2);
  });

  it("shows a column that is chosen, and not one that is taken away", async () => {
    await view.send(runsMessage(runs));
    await view.page.locator(".column-picker summary").click();
    await view.page.getByRole("checkbox", { name: "cell", exact: true }).click();
    await expect.poll(() => head("cell").count()).toBe(1);
    await view.page.getByRole("checkbox", { name: "seed", exact: true }).click();
    await expect.poll(() => head("seed").count()).toBe(0);
  });

  it("groups runs, with mean and spread", async () => {
    await view.send(runsMessage(runs));
    await view.page.getByRole("combobox", { name: "Groups" }).click();
    await view.page.getByRole("option", { name: "by seed" }).click();
    await expect.poll(() => view.page.locator(".group-row").allTextContents()).toEqual([expect.stringMatching(/^seed 1 · 5 runs · BPC best 2\.\d{3}, \d\.\d{3} ± /), expect.stringMatching(/^seed 2 · 1 run · BPC \d\.\d{3}$/)]);
  });

  it("keeps few of many rows in the page, and all of them within reach", async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ ...snapshot({ name: `run ${index}`, reports: 0, colour: index }), startedAt: 2_000 - index }));
    await view.send(runsMessage(many));
    await expect.poll(status).toBe("1000 runs");
    expect(await view.page.locator(".run-row").count()).toBeLessThan(120);
    expect(await view.page.getByRole("grid").getAttribute("aria-rowcount")).toBe("1001");
    await view.page.locator(".run-row .cell").first().focus();
    await view.page.keyboard.press("Control+End");
    await expect.poll(async () => (await names()).at(-1)).toBe("run 999");
    expect(await view.page.evaluate(() => document.activeElement?.parentElement?.getAttribute("aria-rowindex"))).toBe("1001");
  });

  it("changes the row of a run that changed, and no other", async () => {
    await view.send(runsMessage(runs));
    await expect.poll(names).toHaveLength(6);
    await view.page.evaluate(() => document.querySelectorAll(".run-row").forEach((row) => row.setAttribute("data-before", "")));
    const [row] = runsMessage([{ ...runs[0], step: 1801 }]).rows;
    await view.send({ ...runsMessage([]), number: 2, after: 1, rows: [row!] });
    await expect.poll(() => view.page.locator(".run-row:not([data-before])").count()).toBe(1);
    expect(await view.page.locator(".run-row:not([data-before])").textContent()).toContain("1801");
  });

  it("exports what it shows", async () => {
    await view.send(runsMessage(runs));
    await filterField().fill("units > 256");
    await expect.poll(names).toHaveLength(1);
    await view.page.getByRole("button", { name: "Save the table as CSV" }).click();
    await view.waitForPosted("save");
    expect((await view.posted("save"))[0]).toMatchObject({ suggestedName: "runs.csv", data: expect.stringMatching(/^starred,name,.*\r\nfalse,ternary · 512 units,running,/) });
  });
});

describe("comparisons", () => {
  // Once: the charts are megabytes of code, which each page compiles.
  beforeAll(() => view.reset());

  const chosen = runs.slice(0, 3).map(({ dir }) => dir);

  it("load the charts with the first of them, and draw the curves of the checked runs, each in its colour", async () => {
    await view.send(runsMessage(runs, chosen));
    await expect.poll(names).toHaveLength(6);
    const scripts = () => view.page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")).length);
    const before = await scripts();
    await tab("Curves").click();
    await expect.poll(() => view.page.locator(".plot .scatterlayer .trace").count()).toBeGreaterThanOrEqual(6);
    expect(await scripts()).toBeGreaterThan(before);
    const row = await view.page.locator(".run-row .swatch path").first().getAttribute("stroke");
    const lines = await view.page.locator(".plot .scatterlayer .trace .js-line").evaluateAll((all) => all.map((line) => getComputedStyle(line).stroke));
    expect(lines).toContain(row);
  });

  it("are drawn, and told in words", async () => {
    await view.send(runsMessage(runs));
    await expect.poll(names).toHaveLength(6);
    for (const [title, drawn, words] of [
      ["Best so far", ".scatterlayer .point", /^Best so far of 5 runs: 2\.\d+ by full precision/],
      ["Over a parameter", ".scatterlayer .point", /^BPC of 5 runs over /],
      ["Importance", ".barlayer .point", /^Importance over 5 runs\. /],
      ["Parallel coordinates", ".parcoords .y-axis", /^5 runs as lines through /],
    ] as const) {
      await tab(title).click();
      await expect.poll(() => view.page.locator(".plot").getAttribute("aria-label")).toMatch(words);
      await expect.poll(() => view.page.locator(`.plot ${drawn}`).count()).toBeGreaterThan(0);
    }
  });

  it("tell the differences of the checked runs' specs, and what they lack", async () => {
    await view.send(runsMessage(runs, chosen));
    await expect.poll(names).toHaveLength(6);
    await tab("Differences").click();
    await expect.poll(() => view.page.locator(".differences tbody tr").allTextContents()).toEqual(["quantiserternary, stochasticbinary, stochasticnone", "learning rate–0.002–"]);
    await view.send({ ...runsMessage([]), number: 2, after: 1, selected: [] });
    await expect.poll(() => view.page.locator(".comparison .muted").first().textContent()).toContain("Check the boxes of two runs");
  });
});
