import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { buildFollowing } from "./library.mjs";
import { specOf } from "./spec.mjs";
import { describeMachine, median } from "./statistics.mjs";

/** What it costs to follow a run that trains for days, and to list many; see bench/README.md. */

const { values } = parseArgs({
  options: { hours: { type: "string", default: "1,12,24,48" }, runs: { type: "string", default: "100" }, json: { type: "boolean", default: false } },
});
const reportsPerSecond = 10;
const stepsPerReport = 3;
const draws = 20;
const batches = 20;
const eventsOfBatch = 1_000;
const listedReports = 10_000;
const sizes = { cell: "lstm", units: 512, timesteps: 99, batch: 64, symbols: 83, epsilon: 1e-5, rate: 0.002 };
const listProgram = join(dirname(fileURLToPath(import.meta.url)), "followingList.mjs");

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");
const product = await buildFollowing();
const folder = await mkdtemp(join(tmpdir(), "tritloom-following-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** What training reports in one tenth of a second; once a minute it validates. */
function* eventsOf(report) {
  const time = 1_700_000_000 + report / reportsPerSecond;
  const step = report * stepsPerReport;
  const loss = 1 + 2 / Math.log(step + 3) + 0.1 * Math.sin(report * 12.9898);
  const bpc = loss / Math.LN2;
  yield { type: "step", time, step, loss, bpc, accuracy: 0.6, learningRate: 0.002, gradientNorm: 1 + Math.cos(report), charactersPerSecond: 190_000 };
  if (report % (60 * reportsPerSecond) === 0) {
    const shares = Array.from({ length: 40 }, () => 0.025);
    const histogram = { limit: 0.1, shares };
    const matrices = ["layer 1 input", "layer 1 recurrent"].map((matrix) => ({ matrix, minus: 0.3, zero: 0.4, plus: 0.3, flips: 0.01, saturation: 0.1, histogram }));
    yield { type: "validation", time, step, loss, bpc, accuracy: 0.6 };
    yield { type: "weights", time, step, matrices };
    yield { type: "checkpoint", time, step };
  }
}

const started = { type: "started", time: 1_700_000_000, step: 0, steps: 100_000_000, computeKernel: "bench", backend: "cpu", threads: 1 };
const lineOf = (event) => `${JSON.stringify(event)}\n`;

async function makeRun(name, spec) {
  const dir = join(folder, name);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "spec.json"), JSON.stringify(spec));
  await writeFile(join(dir, "events.jsonl"), lineOf(started));
  return dir;
}

/** Seconds that the processor worked, which depend less than the clock on what else the machine does. */
async function processorSeconds(action) {
  const since = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** What the process holds once garbage is gone. */
function heldBytes() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** A training that a cell shows and an editor follows, by the hour. */
async function followedRun(hours) {
  const spec = specOf(sizes, { steps: started.steps });
  const dir = await makeRun("long", spec);
  const file = join(dir, "events.jsonl");
  const drawn = [];
  product.setCellHost({ display: () => ({ update: (bundle) => drawn.push(bundle) }), report: () => {}, interrupt: new AbortController().signal });
  const environment = { kernel: { name: "bench", threads: 1 }, backend: { name: "cpu" }, notes: [] };
  const course = new product.Course(spec, product.cellPoints);
  const display = new product.TrainingDisplay(dir, spec, environment, course);
  const editor = product.followCourse(dir);
  let told = product.noCurves;
  /** What the editor sends its views when it has looked at the run. */
  const update = async () => {
    const reading = await editor.poll();
    const curves = product.curvesOf(reading.log);
    const increment = product.incrementOf(told, curves);
    told = curves;
    return { summary: product.summaryOf(reading, 0), increment };
  };
  const empty = heldBytes();
  course.add(started);

  const rows = [];
  let report = 0;
  let lines = [];
  const train = async (count, observe) => {
    for (const end = report + count; report < end; report++) {
      for (const event of eventsOf(report)) {
        observe(event);
        lines.push(lineOf(event));
      }
      if (lines.length > 20_000 || report === end - 1) {
        await appendFile(file, lines.join(""));
        lines = [];
      }
    }
  };
  for (const hour of hours) {
    await train(hour * 3600 * reportsPerSecond - report, (event) => course.add(event));
    await editor.poll();
    const held = heldBytes() - empty;
    const eventTimes = [];
    for (let batch = 0; batch < batches; batch++) {
      const events = [];
      await train(eventsOfBatch, (event) => events.push(event));
      eventTimes.push((await processorSeconds(() => events.forEach((event) => course.add(event)))) / events.length);
    }
    const [drawTimes, pollTimes, sent] = [[], [], []];
    await update();
    for (let draw = 0; draw < draws; draw++) {
      await train(reportsPerSecond / 2, (event) => course.add(event));
      drawTimes.push(await processorSeconds(() => display.end("interrupted")));
      pollTimes.push(await processorSeconds(async () => sent.push(await update())));
    }
    rows.push({
      hour,
      events: report,
      eventSeconds: median(eventTimes),
      drawSeconds: median(drawTimes),
      drawBytes: Buffer.byteLength(JSON.stringify(drawn.at(-1))),
      pollSeconds: median(pollTimes),
      sentBytes: median(sent.map((news) => Buffer.byteLength(JSON.stringify(news)))),
      heldBytes: held,
      logBytes: (await stat(file)).size,
      rowSeconds: await processorSeconds(() => product.readRun(dir)),
      resumeSeconds: await processorSeconds(() => product.readCourse(dir, report * stepsPerReport, product.cellPoints)),
    });
    drawn.length = 0;
  }
  return rows;
}

/** `tritloom runs` over many runs, in a process of its own. */
async function listedRuns(count) {
  const spec = specOf(sizes, { steps: 100_000 });
  const reports = Array.from({ length: listedReports }, (_, report) => [...eventsOf(report)].map(lineOf).join("")).join("");
  for (let run = 0; run < count; run++) {
    const dir = await makeRun(join("many", `run-${String(run).padStart(4, "0")}`), { ...spec, name: `run ${run}` });
    await appendFile(join(dir, "events.jsonl"), reports);
  }
  const { stdout } = await promisify(execFile)(process.execPath, [listProgram, join(folder, "many")]);
  return { runs: count, reports: listedReports, ...JSON.parse(stdout) };
}

const machine = describeMachine();
const rows = await followedRun(values.hours.split(",").map(Number));
const list = await listedRuns(Number(values.runs));
if (values.json) {
  console.log(JSON.stringify({ bench: "following", machine, rows, list }));
} else {
  const columns = {
    hour: (row) => String(row.hour),
    events: (row) => String(row.events),
    "event µs": (row) => (row.eventSeconds * 1e6).toFixed(2),
    "draw ms": (row) => (row.drawSeconds * 1e3).toFixed(2),
    "draw kB": (row) => (row.drawBytes / 1e3).toFixed(0),
    "poll ms": (row) => (row.pollSeconds * 1e3).toFixed(2),
    "sent kB": (row) => (row.sentBytes / 1e3).toFixed(1),
    "held MB": (row) => (row.heldBytes / 1e6).toFixed(2),
    "log MB": (row) => (row.logBytes / 1e6).toFixed(0),
    "row s": (row) => row.rowSeconds.toFixed(2),
    "resume s": (row) => row.resumeSeconds.toFixed(2),
  };
  console.log(Object.keys(columns).map((name) => name.padStart(9)).join(" "));
  rows.forEach((row) => console.log(Object.values(columns).map((text) => text(row).padStart(9)).join(" ")));
  const { seconds, processorSeconds: worked, blockedSeconds, peakBytes } = list;
  console.log(`${list.runs} runs of ${list.reports} reports listed in ${seconds.toFixed(2)} s, ${worked.toFixed(2)} s of the processor, event loop blocked for ${(blockedSeconds * 1e3).toFixed(0)} ms at most, ${(peakBytes / 1e6).toFixed(0)} MB at most`);
}
