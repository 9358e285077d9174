import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./statistics.mjs";

/** What a sweep costs beside its trainings; see bench/README.md. */

const { values } = parseArgs({
  options: { trials: { type: "string", default: "500" }, workers: { type: "string", default: "1" }, json: { type: "boolean", default: false } },
});
const [trials, workers] = [Number(values.trials), Number(values.workers)];
const steps = 2;

const tl = await import(pathToFileURL(join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../dist/api/tritloom.mjs")).href);
const folder = await mkdtemp(join(tmpdir(), "tritloom-sweeps-"));
try {
  const task = tl.characterModel(tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(40)), { sequenceLength: 8, batchSize: 4 });
  const began = performance.now();
  const sweep = await tl.sweep({
    experiment: ({ seed }) => tl.experiment({ task, layers: [tl.lstm({ units: 4 })], steps, seed }),
    space: { seed: Array.from({ length: trials }, (_, index) => index + 1) },
    engine: tl.local({ workers, threads: 1 }),
    dir: join(folder, "sweep"),
  });
  const seconds = (performance.now() - began) / 1000;
  const runs = await readdir(join(sweep.dir, "runs"));
  const results = await Promise.all(runs.map(async (run) => JSON.parse(await readFile(join(sweep.dir, "runs", run, "result.json"), "utf8"))));
  const trainingSeconds = results.reduce((sum, result) => sum + result.trainingSeconds, 0);
  if (results.length !== trials) {
    throw new Error(`${results.length} of ${trials} trials have a result`);
  }
  const millisecondsPerTrial = (1000 * (seconds * workers - trainingSeconds)) / trials;
  const measured = { trials, workers, steps, seconds, trainingSeconds, overheadMilliseconds: millisecondsPerTrial, machine: describeMachine() };
  console.log(
    values.json
      ? JSON.stringify(measured)
      : `${trials} trials of ${steps} steps with ${workers} workers: ${seconds.toFixed(1)} s, of which ${trainingSeconds.toFixed(1)} s trained; ${millisecondsPerTrial.toFixed(1)} ms beside the training for each trial`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
