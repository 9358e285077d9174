import { fork } from "node:child_process";
import { on, once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundle, importBundle, importPages } from "./bundled.mjs";

/** A run that writes 10,000 events a minute for an hour, in the table beside 1,000 others and in its chart; see bench/README.md. */

const otherRuns = 1_000;
const minutes = 60;
const eventsOfMinute = 10_000;
/** The page gets at most four messages a second; here each has as many events as six seconds bring, and none waits. */
const updatesOfMinute = 10;
/** Before, programs compile themselves and caches fill. */
const warmMinutes = 10;

/** The extension host: reads what was appended and makes the message that tells of it. */
const hostProgram = `
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunList } from "./src/extension/runs/runList.js";
import { RunReader } from "./src/extension/runs/runReader.js";
import { RunsFeed } from "./src/extension/webviews/runsFeed.js";
import { chosenDirs } from "./src/extension/webviews/shownRuns.js";
import { figureCurvesOf } from "./src/runs/runCurves.js";
import { claimOwnership, releaseOwnership } from "./src/runs/owner.js";
import { smallSpec, started, stepEvent } from "./test/runs/spec.js";

const dir = process.argv[2];
const file = join(dir, "events.jsonl");
await mkdir(dir, { recursive: true });
await writeFile(join(dir, "spec.json"), JSON.stringify(smallSpec({ name: "an hour", steps: 10_000_000 })));
await writeFile(file, JSON.stringify(started(0, 1e9)) + "\\n");
await claimOwnership(dir);
const nothing = { dispose() {} };
const list = new RunList(new RunReader((error) => { throw error; }).read);
const feed = new RunsFeed(list, { dirs: () => [dir], onChange: () => nothing }, chosenDirs, figureCurvesOf);
await list.refresh(dir);
await feed.message(true);
while (!list.get(dir).course) await new Promise((go) => setTimeout(go, 1));
await feed.message(false);
let step = 0;
process.on("message", async (count) => {
  if (count === 0) {
    await releaseOwnership(dir);
    process.disconnect();
    return;
  }
  const lines = [];
  for (const end = step + count; step < end; ) {
    step += 1;
    const loss = 1 + 2 / Math.log(step + 3) + 0.1 * Math.sin(step * 12.9898);
    lines.push(JSON.stringify(step % 1000 === 0 ? { type: "validation", time: 1e9 + step, step, loss, bpc: loss / Math.LN2 } : stepEvent(step, { time: 1e9 + step, loss, bpc: loss / Math.LN2 })) + "\\n");
  }
  await appendFile(file, lines.join(""));
  const start = performance.now();
  await list.refresh(dir);
  const message = await feed.message(false);
  const seconds = (performance.now() - start) / 1e3;
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.send({ message, seconds, bytes: heapUsed + external, step });
});
process.send("ready");
`;

/** @returns rows as those of latency.mjs */
export async function hourOfEvents(folder) {
  const program = join(folder, "hour.mjs");
  await mkdir(folder, { recursive: true });
  await bundle(hostProgram, program);
  const { launchChromium, serveWebview, WebviewPage } = await importPages();
  const dir = join(folder, "hour", "run");
  const host = fork(program, [dir], { execArgv: ["--expose-gc"] });
  const answers = on(host, "message", { close: ["exit"] });
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) {
      throw new Error("The program of the bench ended early.");
    }
    return value[0];
  };
  const [browser, server] = await Promise.all([launchChromium(), serveWebview("table", "webview/table/main.ts"), answer()]);
  try {
    const view = await WebviewPage.open(browser, server);
    const session = await view.page.context().newCDPSession(view.page);
    const { runsMessage, snapshot } = await importSnapshots(folder);
    const others = Array.from({ length: otherRuns }, (_, at) => ({ ...snapshot({ name: `run ${at}`, reports: 0, colour: at }), startedAt: at }));
    await view.send(runsMessage(others, [dir]));
    await view.page.getByRole("tab", { name: "Curves" }).click();
    const [hostTimes, pageTimes, hostBytes, pageBytes, sent] = [[], [], [], [], []];
    for (let minute = 0; minute < minutes; minute++) {
      let bytes;
      for (let update = 0; update < updatesOfMinute; update++) {
        host.send(eventsOfMinute / updatesOfMinute);
        const told = await answer();
        bytes = told.bytes;
        hostTimes.push(told.seconds);
        sent.push(Buffer.byteLength(JSON.stringify(told.message)));
        pageTimes.push(await drawn(view, { ...told.message, number: 2 + pageTimes.length, after: 1 + pageTimes.length }, told.step));
      }
      hostBytes.push(bytes);
      pageBytes.push(await heapOf(session));
    }
    host.send(0);
    await once(host, "exit");
    const row = (workload, taken, held) => ({ workload, taken, bytes: held.at(-1), grown: held.at(-1) - held[warmMinutes - 1] });
    return [row("an hour of events: host", hostTimes, hostBytes), row("an hour of events: page", pageTimes, pageBytes), { workload: "an hour of events: message", taken: [], sent: { rows: 1, curves: 1, bytes: sent.toSorted((one, other) => one - other)[sent.length >> 1], most: Math.max(...sent) } }];
  } finally {
    host.kill();
    await browser.close();
    await server.close();
  }
}

function importSnapshots(folder) {
  return importBundle('export * from "./test/webview/snapshots.js";', join(folder, "snapshots.mjs"));
}

/** Seconds from the message until table and chart show it. @throws Error where one of them is blank or stays behind */
function drawn(view, message, step) {
  return view.page.evaluate(
    async ({ news, last }) => {
      const start = performance.now();
      const seen = () => {
        const train = document.querySelector(".plot")?.data?.filter(({ x }) => x.at(-1) === last);
        const row = [...document.querySelectorAll(".run-row")].some((each) => each.textContent.includes(String(last)));
        return train?.length > 0 && document.querySelectorAll(".plot .scatterlayer .trace path").length > 0 && row;
      };
      window.postMessage(news, "*");
      while (!seen()) {
        await new Promise(requestAnimationFrame);
        if (performance.now() - start > 20_000) {
          throw new Error(`The panel does not show step ${last}: ${document.body.innerText.slice(0, 300)}`);
        }
      }
      return (performance.now() - start) / 1e3;
    },
    { news: message, last: step },
  );
}

async function heapOf(session) {
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize;
}
