import { link, mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundle, importBundle, importPages, runBundled } from "./bundled.mjs";

/** The table of experiments at the size of a long study: 1,000 runs of 10,000 points; see bench/README.md. */

const runs = 1_000;
const points = 10_000;
const overlaid = 50;
const repeats = 5;
const longestWait = 20_000;
/** Files that were written just now may be written again, so nothing is kept of them. */
const settledMilliseconds = 2_500;

/** One log for all of them, by links: what is measured is the reading, not a disk. */
async function makeRuns(folder) {
  const { smallSpec, stepEvent, started, smallResult } = await importSpecs(folder);
  const events = [started(0), ...Array.from({ length: points }, (_, at) => stepEvent(at + 1, { loss: 1 + 4 / (1 + at / 200) + 0.1 * Math.sin(at), bpc: 2 }))];
  for (let step = 200; step <= points; step += 200) {
    events.push({ type: "validation", time: 1000 + step, step, loss: 1.2 + 4 / step, bpc: 1.9 + 40 / step });
  }
  const log = join(folder, "events.jsonl");
  await writeFile(log, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  // As if it had been written long ago.
  await utimes(log, 1e9, 1e9);
  for (let number = 0; number < runs; number++) {
    const dir = join(folder, "runs", String(number).padStart(4, "0"));
    const { layers } = smallSpec();
    const spec = smallSpec({ name: `run ${number}`, seed: number % 5, steps: points, layers: layers.map((layer) => ({ ...layer, units: 32 * (1 + (number % 16)) })) });
    await mkdir(dir, { recursive: true });
    await link(log, join(dir, "events.jsonl"));
    await writeFile(join(dir, "spec.json"), JSON.stringify(spec));
    await writeFile(join(dir, "result.json"), JSON.stringify({ ...smallResult, steps: points, figures: { ...smallResult.figures, deployableTest: 2 + (number % 97) / 100 } }));
  }
}

async function importSpecs(folder) {
  return importBundle('export * from "./test/runs/spec.js";', join(folder, "specs.mjs"));
}

/**
 * What the extension host does: reads the runs, tells a page of all of them, and of the curves of those that are chosen; then one of these
 * trains on, and one that is not shown is starred.
 */
const hostProgram = `
import { appendFile, copyFile, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunList } from "./src/extension/runs/runList.js";
import { RunReader } from "./src/extension/runs/runReader.js";
import { RunsFeed } from "./src/extension/webviews/runsFeed.js";
import { chosenDirs } from "./src/extension/webviews/shownRuns.js";
import { figureCurvesOf } from "./src/runs/runCurves.js";
import { inTurns } from "./src/runs/inTurns.js";
import { changeMarks } from "./src/runs/marksFile.js";
import { claimOwnership, releaseOwnership } from "./src/runs/owner.js";
import { stepEvent } from "./test/runs/spec.js";

const [folder, messages, work] = process.argv.slice(2);
const list = new RunList(new RunReader((error) => { throw error; }).read);
const nothing = { dispose() {} };
let chosen = [];
const feed = new RunsFeed(list, { dirs: () => chosen, onChange: () => nothing }, chosenDirs, figureCurvesOf);
const seconds = async (work) => { const start = performance.now(); const value = await work(); return [value, (performance.now() - start) / 1e3]; };
const read = () => list.all().filter(({ course }) => course).length;
const until = async (count) => { while (read() < count) await sleep(1); };
const bytesOf = (message) => Buffer.byteLength(JSON.stringify(message));
const [dirs, reading] = await seconds(async () => {
  const found = (await readdir(folder)).filter((name) => !name.startsWith(".")).map((name) => join(folder, name)).sort();
  await inTurns(found, (dir) => list.refresh(dir));
  return found;
});
const [all, telling] = await seconds(() => feed.message(true));
chosen = dirs.slice(0, ${overlaid});
const start = performance.now();
await feed.message(false);
await until(1);
const firstCurve = (performance.now() - start) / 1e3;
await until(chosen.length);
const selected = await feed.message(false);
const curves = (performance.now() - start) / 1e3;
global.gc();
const { heapUsed, external, rss } = process.memoryUsage();
await writeFile(messages, JSON.stringify([all, { ...selected, after: 1, number: 2, selected: chosen }]));

async function changes() {
  const [grown, starred] = [chosen[0], dirs.at(-1)];
  await rename(join(grown, "result.json"), join(grown, "result"));
  await rename(join(grown, "events.jsonl"), join(grown, "events"));
  await copyFile(join(grown, "events"), join(grown, "events.jsonl"));
  await claimOwnership(grown);
  await list.refresh(grown);
  await feed.message(false);
  await appendFile(join(grown, "events.jsonl"), JSON.stringify(stepEvent(${points} + 1)) + "\\n");
  await list.refresh(grown);
  const ofGrown = await feed.message(false);
  await changeMarks(starred, { starred: true });
  await list.refresh(starred);
  const ofStarred = await feed.message(false);
  const what = (message) => ({ rows: message.rows.length, curves: message.curves.length, bytes: bytesOf(message) });
  await releaseOwnership(grown);
  return { grown: what(ofGrown), starred: what(ofStarred) };
}

const sent = work === "change" ? await changes() : {};
// The list is kept a moment after the last of its runs was read.
await sleep(2_000);
console.log(JSON.stringify({ reading, telling, firstCurve, curves, held: heapUsed + external, resident: rss, ...sent }));
`;

/** What the page does, in a real browser: the times from a change to the first frame that shows it. */
async function page(messages) {
  const { launchChromium, serveWebview, WebviewPage } = await importPages();
  const [browser, server] = await Promise.all([launchChromium(), serveWebview("table", "webview/table/main.ts")]);
  try {
    const view = await WebviewPage.open(browser, server);
    const [all, selected] = messages;
    await view.page.evaluate(({ first, second }) => Object.assign(window, { first, second }), { first: all, second: selected });
    const opened = await shown(view, () => window.postMessage(window.first, "*"), '1000 runs');
    const filters = [];
    const sorts = [];
    for (let round = 0; round < repeats; round++) {
      for (const [filter, words] of [["seed < 2 and units > 16", "400 of 1000 runs"], ["", "1000 runs"]]) {
        filters.push(await shown(view, (value) => {
          const field = document.querySelector("vscode-text-field");
          field.value = value;
          field.dispatchEvent(new Event("input"));
        }, words, filter));
      }
      sorts.push(await sorted(view));
    }
    await view.page.getByRole("tab", { name: "Curves" }).click();
    await view.page.evaluate((first) => window.postMessage({ ...window.second, selected: [first], curves: window.second.curves.slice(0, 1) }, "*"), selected.selected[0]);
    await view.page.waitForFunction(() => document.querySelector(".plot")?.data?.length > 0);
    const overlay = await view.page.evaluate(async () => {
      const plot = document.querySelector(".plot");
      const start = performance.now();
      const drawn = new Promise((done) => plot.on("plotly_afterplot", () => done(performance.now() - start)));
      window.postMessage({ ...window.second, after: 2, number: 3 }, "*");
      return drawn;
    });
    return { opened, filters, sorts, overlay };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Milliseconds from an action in the page until it says so; as text, since the page compiles none. */
function shown(view, action, words, argument) {
  return view.page.evaluate(`(async () => {
    const start = performance.now();
    (${action})(${JSON.stringify(argument)});
    while (performance.now() - start < ${longestWait}) {
      await new Promise(requestAnimationFrame);
      if (document.querySelector(".table-bar [role=status]")?.textContent.startsWith(${JSON.stringify(words)})) {
        return performance.now() - start;
      }
    }
    throw new Error("The page does not say ${words}, but " + document.querySelector(".table-bar [role=status]")?.textContent + " " + document.querySelector("#problem")?.textContent);
  })()`);
}

/** Milliseconds from a click on a column until the table is drawn in its order. */
function sorted(view) {
  return view.page.evaluate(async () => {
    const order = () => document.querySelector('[role=columnheader][aria-label="metric"]').getAttribute("aria-sort");
    const before = order();
    const start = performance.now();
    document.querySelector('[role=columnheader][aria-label="metric"]').click();
    while (order() === before) {
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;
  });
}

/** @returns rows as those of latency.mjs, seconds each, by their names */
export async function experimentTimes(folder) {
  const place = join(folder, "experiments");
  const messages = join(place, "messages.json");
  await mkdir(join(place, "runs"), { recursive: true });
  try {
    await makeRuns(place);
    await sleep(settledMilliseconds);
    const program = join(place, "host.mjs");
    await bundle(hostProgram, program);
    const host = (work) => runBundled(program, [join(place, "runs"), messages, work]);
    const first = await host("look");
    const kept = [];
    for (let round = 0; round < repeats; round++) {
      kept.push(await host("look"));
    }
    const last = kept.at(-1);
    const inPage = await page(JSON.parse(await readFile(messages, "utf8")));
    const { grown, starred } = await host("change");
    const inSeconds = (milliseconds) => milliseconds.map((each) => each / 1e3);
    return [
      { workload: "1,000 runs: first list", taken: [first.reading] },
      { workload: "1,000 runs: list", taken: kept.map(({ reading }) => reading), bytes: last.resident },
      { workload: "1,000 runs: message", taken: kept.map(({ telling }) => telling), bytes: last.held },
      { workload: "1,000 runs: table opens", taken: inSeconds([inPage.opened]) },
      { workload: "1,000 runs: list to table", taken: kept.map(({ reading, telling }) => reading + telling + inPage.opened / 1e3) },
      { workload: "1,000 runs: filter", taken: inSeconds(inPage.filters) },
      { workload: "1,000 runs: sort", taken: inSeconds(inPage.sorts) },
      { workload: "50 curves: first of the first time", taken: [first.firstCurve] },
      { workload: "50 curves: read the first time", taken: [first.curves] },
      { workload: "50 curves: read", taken: kept.map(({ curves }) => curves) },
      { workload: "50 curves: drawn", taken: inSeconds([inPage.overlay]) },
      { workload: "50 curves: overlay", taken: kept.map(({ curves }) => curves + inPage.overlay / 1e3) },
      { workload: "a step of a shown run", taken: [], sent: grown },
      { workload: "a star of another run", taken: [], sent: starred },
    ];
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
