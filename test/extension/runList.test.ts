import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunList, type RunChange } from "../../src/extension/runs/runList.js";
import { RunReader } from "../../src/extension/runs/runReader.js";
import { type Memory, RunSelection } from "../../src/extension/runs/runSelection.js";
import { runContext, runDescription, runTooltip, shortName, startText } from "../../src/extension/runs/runText.js";
import { createRun } from "../../src/runs/runWriter.js";
import { inlineText, smallResult, smallSpec, smallTensors, started, stepEvent } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
let faults: unknown[];
let runs: RunList;

beforeEach(() => {
  faults = [];
  runs = new RunList(new RunReader((fault) => faults.push(fault)).read);
});
afterEach(() => runs.dispose());

function memory(): Memory {
  let kept: readonly string[] | undefined;
  return { get: () => kept, set: (dirs) => void (kept = dirs) };
}

const newRun = () => createRun(root.path, smallSpec({ name: "whale" }), { corpusText: inlineText });

test("a run is running while its writer lives, then what its files say", async () => {
  const writer = await newRun();
  writer.append(started());
  writer.append(stepEvent(3));
  await writer.flush();
  await runs.refresh(writer.dir);
  expect(runs.get(writer.dir)).toMatchObject({ summary: { state: "running", step: 3 }, owner: process.pid, isExportable: false });

  writer.append({ type: "validation", time: 1_100, step: 100, loss: 1.7, bpc: 2.5 });
  await writer.model(smallTensors);
  await writer.finish(smallResult);
  await runs.refresh(writer.dir);
  expect(runs.get(writer.dir)).toMatchObject({ summary: { state: "finished", metric: { value: 2.5 } }, isExportable: true });
  expect(runContext(runs.get(writer.dir)!)).toBe("run finished exportable");
});

test("interrupted and crashed runs are told apart", async () => {
  const [stopped, dead] = [await newRun(), await newRun()];
  stopped.append(started());
  await stopped.interrupted(0);
  dead.append(started());
  await dead.failed(0, "loss is not finite");
  await Promise.all([runs.refresh(stopped.dir), runs.refresh(dead.dir)]);
  expect(runs.get(stopped.dir)?.summary.state).toBe("interrupted");
  expect(runs.get(dead.dir)?.summary.state).toBe("crashed");
});

test("the list tells what changed, and nothing when nothing did; a deleted run goes", async () => {
  const writer = await newRun();
  const changes: RunChange[] = [];
  runs.onChange((change) => changes.push(change));
  await runs.refresh(writer.dir);
  await runs.refresh(writer.dir);
  writer.append(started());
  await writer.interrupted(0);
  await runs.refresh(writer.dir);
  await rm(writer.dir, { recursive: true });
  await runs.refreshBelow(root.path);
  expect(changes).toEqual([{ type: "members" }, { type: "updated", dir: writer.dir }, { type: "members" }]);
  expect(runs.all()).toEqual([]);
});

test("newest first, and a run keeps its colour", async () => {
  const [first, second] = [await newRun(), await newRun()];
  first.append(started(0, 10));
  second.append(started(0, 20));
  await Promise.all([first.interrupted(0), second.interrupted(0)]);
  await runs.refresh(first.dir);
  await runs.refresh(second.dir);
  await runs.refresh(first.dir);
  expect(runs.all().map(({ dir, summary }) => [dir, summary.colour])).toEqual([[second.dir, 1], [first.dir, 0]]);
});

test("a folder that is no run is passed over; one that cannot be read says why, and hides no other", async () => {
  const none = path.join(root.path, "none");
  const broken = path.join(root.path, "broken");
  await mkdir(none);
  await mkdir(broken);
  await writeFile(path.join(broken, "spec.json"), '{"version": 1}');
  const writer = await newRun();
  await writer.interrupted(0);
  await Promise.all([none, broken, writer.dir].map((dir) => runs.refresh(dir)));
  expect(runs.all().map(({ dir }) => dir)).toEqual([writer.dir]);
  expect(runs.broken()).toEqual([{ dir: broken, problem: expect.stringMatching(/^Invalid experiment/) }]);
  expect(runs.get(broken)).toBeUndefined();
  expect(faults).toHaveLength(1);

  await writeFile(path.join(broken, "spec.json"), await readFile(path.join(writer.dir, "spec.json")));
  await runs.refresh(broken);
  expect(runs.broken()).toEqual([]);
  expect(runs.get(broken)).toMatchObject({ summary: { name: "whale" }, problem: expect.stringContaining("events.jsonl is missing") });
});

test("curves are read of the runs that are looked at, then kept up to date and let go", async () => {
  const [shown, other] = [await newRun(), await newRun()];
  for (const writer of [shown, other]) {
    writer.append(started());
    writer.append(stepEvent(1));
    await writer.flush();
    await runs.refresh(writer.dir);
  }
  const steps = ({ dir }: { dir: string }) => runs.get(dir)!.course?.train.points().map(({ step }) => step);
  expect([steps(shown), steps(other)]).toEqual([undefined, undefined]);
  expect(runs.get(shown.dir)!.summary.step).toBe(1);
  const [panel, sideView] = [{}, {}];
  runs.wantCurves(panel, [shown.dir]);
  runs.wantCurves(sideView, []);
  await vi.waitFor(() => expect(steps(shown)).toEqual([1]));
  shown.append(stepEvent(2));
  await shown.interrupted(2);
  await other.interrupted(1);
  await Promise.all([runs.refresh(shown.dir), runs.refresh(other.dir)]);
  expect([steps(shown), steps(other)]).toEqual([[1, 2], undefined]);
  runs.wantCurves(sideView, [shown.dir]);
  runs.wantCurves(panel, []);
  await runs.refresh(shown.dir);
  expect(steps(shown)).toEqual([1, 2]);
  runs.wantCurves(sideView, []);
  await vi.waitFor(() => expect(steps(shown)).toBeUndefined());
  expect(runs.get(shown.dir)!.summary.step).toBe(2);
});

test("curves that are being read are not read again by who asks once more, and are let go where nobody looks any more when they are there", async () => {
  const writer = await newRun();
  writer.append(started());
  await writer.interrupted(0);
  const reads: boolean[] = [];
  let go!: (value?: undefined) => void;
  const held = new Promise<undefined>((resolve) => (go = resolve));
  const { read } = new RunReader((fault) => faults.push(fault));
  const list = new RunList(async (dir, colour, withCurves) => {
    reads.push(withCurves);
    await (withCurves ? held : undefined);
    return read(dir, colour, withCurves);
  });
  await list.refresh(writer.dir);
  for (let message = 0; message < 3; message += 1) {
    list.wantCurves(reads, [writer.dir]);
  }
  list.wantCurves(reads, []);
  expect(reads).toEqual([false, true]);
  go();
  await vi.waitFor(() => expect(reads).toEqual([false, true, false]));
  await vi.waitFor(() => expect(list.get(writer.dir)).toMatchObject({ events: 2 }));
  await list.refresh(writer.dir);
  expect(list.get(writer.dir)?.course).toBeUndefined();
  list.dispose();
});

test("a search tells of the runs that it finds now and then, and when it has ended", async () => {
  const writers = [await newRun(), await newRun(), await newRun()];
  const changes: RunChange[] = [];
  runs.onChange((change) => changes.push(change));
  await runs.searchedBy(Promise.all(writers.map(({ dir }) => runs.refresh(dir))).then(() => expect(runs.all()).toHaveLength(3)));
  expect(changes.at(-1)).toEqual({ type: "members" });
  expect(changes.length).toBeLessThan(4);
  await Promise.all(writers.map((writer) => writer.close()));
});

test("a training run is polled only while someone looks", async () => {
  const writer = await newRun();
  writer.append(started());
  await writer.flush();
  await runs.refresh(writer.dir);
  const seen = (step: number) => vi.waitFor(() => expect(runs.get(writer.dir)?.summary.step).toBe(step), { timeout: 10_000 });
  runs.setWatched(true);
  await appendFile(path.join(writer.dir, "events.jsonl"), `${JSON.stringify(stepEvent(7))}\n`);
  await seen(7);
  runs.setWatched(false);
  await writer.close();
});

test("the curves show the newest run until one is chosen, and every run that starts", async () => {
  const selection = new RunSelection(runs, memory());
  const [old, newer] = [await newRun(), await newRun()];
  old.append(started(0, 10));
  newer.append(started(0, 20));
  await Promise.all([old.interrupted(0), newer.interrupted(0)]);
  await runs.refresh(old.dir);
  await runs.refresh(newer.dir);
  expect(selection.dirs()).toEqual([newer.dir]);
  selection.select([old.dir]);
  const third = await newRun();
  third.append(started(0, 30));
  await third.flush();
  await runs.refresh(third.dir);
  expect(selection.dirs()).toEqual([third.dir, old.dir]);
  await third.close();
  selection.select(["/gone"]);
  expect(selection.dirs()).toEqual([third.dir]);
  selection.dispose();
});

test("with every run unchecked the curves stay empty, over a window reload too, until a run starts", async () => {
  const kept = memory();
  const selection = new RunSelection(runs, kept);
  const old = await newRun();
  old.append(started(0, 10));
  await old.interrupted(0);
  await runs.refresh(old.dir);
  selection.select([]);
  expect(selection.dirs()).toEqual([]);
  await rm(old.dir, { recursive: true });
  await runs.refresh(old.dir);
  const found = await newRun();
  found.append(started(0, 20));
  await found.interrupted(0);
  await runs.refresh(found.dir);
  expect(selection.dirs()).toEqual([]);
  selection.dispose();
  const reloaded = new RunSelection(runs, kept);
  expect(reloaded.dirs()).toEqual([]);
  const training = await newRun();
  await runs.refresh(training.dir);
  expect(reloaded.dirs()).toEqual([training.dir]);
  await training.close();
  reloaded.dispose();
});

test("a row says its figure and state in words, and its tooltip cannot be broken by a name", async () => {
  const writer = await createRun(root.path, smallSpec({ name: "a|b **c**" }), { corpusText: inlineText });
  writer.append(started());
  writer.append({ type: "validation", time: 1, step: 10, loss: 2, bpc: 2.884 });
  await writer.interrupted(10);
  await runs.refresh(writer.dir);
  const { summary: snapshot } = runs.get(writer.dir)!;
  expect(runDescription(snapshot)).toBe("2.88 BPC · interrupted 10/100");
  expect(runTooltip(snapshot)).toContain("**a\\|b \\*\\*c\\*\\***");
  const classification = { ...snapshot, task: "classification", metric: { label: "test accuracy", value: 0.9643 }, itemsPerSecond: 812 } as const;
  expect(runDescription(classification)).toBe("96.4 % · interrupted 10/100");
  expect(runTooltip(classification)).toMatch(/test accuracy \| 96\.43 %[^]*speed \| 812 sequences\/s/);
  expect(runDescription({ ...snapshot, task: "word-model", metric: { label: "test perplexity", value: 87.21 } })).toBe("87.2 perplexity · interrupted 10/100");
});

test("a row's name leaves room for its figure, and a run that shares its name is told by its start", () => {
  expect(shortName("ternary · batch norm")).toBe("ternary · batch norm");
  const long = "ternary batch norm 512 units, seed 12";
  expect([...shortName(long)]).toHaveLength(24);
  expect(shortName(long)).toBe("ternary batc…ts, seed 12");
  const at = (...time: [number, number, number, number, number]) => new Date(...time).getTime() / 1000;
  const now = at(2026, 10, 29, 20, 0);
  expect(startText(at(2026, 10, 29, 9, 3), now)).toBe("09:03");
  expect(startText(at(2026, 8, 2, 14, 3), now)).toMatch(/^2 Sept? 14:03$/);
  expect(startText(at(2025, 4, 2, 14, 3), now)).toBe("2 May 2025 14:03");
  expect(startText(Infinity, now)).toBe("not started");
});
