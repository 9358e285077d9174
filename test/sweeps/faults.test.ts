import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { readOwner } from "../../src/runs/owner.js";
import { readRun } from "../../src/runs/readRun.js";
import { jobKey, type TrialEvent } from "../../src/sweeps/engine.js";
import { LocalEngine } from "../../src/sweeps/localEngine.js";
import { createSweep, readSweep } from "../../src/sweeps/sweepDirectory.js";
import { program, reported, tritloomIn } from "../cli/program.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { corpus, madeOf, outcome, sweepSpec, text as fox, workerProgram } from "./sweepOf.js";

/** What a sweep on this machine survives: each time its figures and weights are to the bit those of the undisturbed one. */

const folder = temporaryFolder("file");
const place = (...names: string[]): string => path.join(folder.path, ...names);

/** The trial of 4 units is long enough to be hit in the middle. */
const notebook = (units: string): string => `// %%
import * as tl from "tritloom";
const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(40));
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
// %%
await tl.sweep({
  experiment: (p) => tl.experiment({ task, layers: [tl.lstm({ units: p.units })], steps: p.units === 4 ? 1200 : 40, validateEvery: p.units === 4 ? 200 : 10 }),
  space: { units: [${units}] },
  engine: tl.local({ workers: 1 }),
  dir: "fox",
});
`;

let undisturbed: Record<string, unknown>;

beforeAll(async () => {
  await writeFile(place("fox.ts"), notebook("4, 6"));
  const { code, stderr } = await tritloomIn(folder.path, ["sweep", "fox.ts", "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  undisturbed = await outcome(place("fox"));
});

const runsOf = async (dir: string): Promise<string[]> => (await readdir(path.join(dir, "runs")).catch(() => [])).toSorted().map((name) => path.join(dir, "runs", name));

/** Waits until the first trial of a sweep is in the middle of its training. @returns who trains it */
async function trained(dir: string): Promise<number> {
  for (;;) {
    const [run] = await runsOf(dir);
    const events = run === undefined ? 0 : await readRun(run).then(({ log }) => log.events, () => 0);
    const owner = run === undefined ? undefined : await readOwner(run);
    if (events > 2 && owner !== undefined) {
      return owner.pid;
    }
    await sleep(10);
  }
}

/** Begins the same sweep in a folder of its own. @returns its directory and the end of the command */
async function begun(name: string) {
  await mkdir(place(name));
  await writeFile(place(name, "fox.ts"), notebook("4, 6"));
  const child = spawn(process.execPath, [program, "sweep", "fox.ts"], { cwd: place(name), stdio: "ignore" });
  return { sweep: place(name, "fox"), ended: once(child, "close") };
}

it.concurrent("a notebook that is killed leaves a checkpoint, and tritloom sweep resume goes on", async ({ expect }) => {
  const { sweep, ended } = await begun("killed");
  await trained(sweep);
  process.kill((await readOwner(sweep))!.pid, "SIGKILL");
  await ended;
  const [run] = await runsOf(sweep);
  await expect.poll(async () => (await readRun(run!)).ending).toEqual({ kind: "sweep-killed" });
  expect(reported(await tritloomIn(place("killed"), ["sweep", "status", "fox", "--json"])).sweep.state).toBe("crashed");
  const resumed = await tritloomIn(place("killed"), ["sweep", "resume", "fox", "--json"]);
  expect([resumed.code, reported(resumed).sweep.state]).toEqual([0, "finished"]);
  expect(await outcome(sweep)).toEqual(undisturbed);
});

it.concurrent("a worker that is frozen and goes on later changes nothing", async ({ expect }) => {
  const { sweep, ended } = await begun("frozen");
  const worker = await trained(sweep);
  process.kill(worker, "SIGSTOP");
  await sleep(1000);
  const [run] = await runsOf(sweep);
  expect((await readRun(run!)).state).toBe("running");
  process.kill(worker, "SIGCONT");
  expect(await ended).toEqual([0, null]);
  expect(await outcome(sweep)).toEqual(undisturbed);
});

it.concurrent("a job that is submitted twice, to two workers at once, has one result", async ({ expect }) => {
  const cell = madeOf(() => ({ steps: 300, validateEvery: 50 }), { units: [6] });
  const sweep = await createSweep({ dir: place("twice") }, sweepSpec({}, { units: [6] }));
  const dataFile = path.join(sweep.dir, "data", `${corpus.sha256}.txt`);
  await writeFile(dataFile, fox);
  const made = await cell.make({ units: 0 }, 0);
  const [trial] = "trials" in made ? made.trials : [];
  const job = { key: jobKey(trial!.id, 300), trial: trial!.id, spec: trial!.spec, steps: 300, sweep: sweep.dir, dir: path.join(sweep.dir, "runs", "0000"), dataFile };
  const engine = new LocalEngine({ workers: 2, threads: 1, program: workerProgram });
  const events: TrialEvent[] = [];
  engine.submit(job);
  engine.submit(job);
  for await (const event of engine.events()) {
    events.push(event);
    if (events.filter(({ type }) => type === "ended").length === 2) {
      void engine.stop("stopped");
    }
  }
  await sweep.close();
  const [one, other] = events.flatMap((event) => (event.type === "ended" ? [event.result] : []));
  expect(one).toEqual(other);
  expect(events.filter(({ type }) => type === "abandoned")).toEqual([]);
  expect(await readdir(path.join(sweep.dir, "results"))).toEqual([`${job.key}.json`]);
  expect((await readSweep(sweep.dir)).ledger.results.size).toBe(1);
});

/** In a mount namespace of its own, so that nothing is left behind: a disk on which no checkpoint has room, until a file is deleted. */
const fullDisk = `set -e
mkdir disk && mount -t tmpfs -o size=400k tmpfs disk && cd disk
cp ../small.ts fox.ts
head -c 360k /dev/zero > ballast
"$0" "$1" sweep fox.ts > ../full.txt 2>&1 && exit 3
rm ballast
"$0" "$1" sweep resume fox --json > ../resumed.json
cp -r fox ../full
`;

it.concurrent("a full disk stops it with the reason, and once there is room it goes on", async ({ expect }) => {
  await writeFile(place("small.ts"), notebook("6"));
  const child = spawn("unshare", [...(process.getuid!() === 0 ? [] : ["--map-root-user"]), "--mount", "sh", "-c", fullDisk, process.execPath, program], { cwd: folder.path, stdio: ["ignore", "ignore", "pipe"] });
  const [errors] = await Promise.all([text(child.stderr), once(child, "close")]);
  expect([child.exitCode, errors]).toEqual([0, ""]);
  expect(await readFile(place("full.txt"), "utf8")).toMatch(/ENOSPC|no space/i);
  expect(JSON.parse((await readFile(place("resumed.json"), "utf8")).trimEnd().split("\n").at(-1)!).sweep.state).toBe("finished");
  const resumed = await outcome(place("full"));
  expect(Object.keys(resumed)).toHaveLength(2);
  expect(undisturbed).toMatchObject(resumed);
});
