import { appendFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RunList } from "../../src/extension/runs/runList.js";
import { RunReader } from "../../src/extension/runs/runReader.js";
import { changeMarks } from "../../src/runs/marksFile.js";
import { curvesOf } from "../../src/runs/runCurves.js";
import { smallResult, smallSpec, started, stepEvent } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
const count = 50;
let folder: string;
const dirs = (): string[] => Array.from({ length: count }, (_, number) => path.join(folder, `run-${number}`));
const kept = (): string => path.join(folder, ".index.json");
const validation = (bpc: number): string => `${JSON.stringify({ type: "validation", time: 1001, step: 100, loss: 1, bpc })}\n`;

/** Sets the times back by a minute: what was written just now may be written again. */
const later = (): void => void vi.setSystemTime(performance.timeOrigin + performance.now() + 60_000);

/** A window's list. */
async function listed(): Promise<RunList> {
  const runs = new RunList(new RunReader((fault) => expect.unreachable(String(fault))).read);
  await Promise.all(dirs().map((dir) => runs.refresh(dir)));
  return runs;
}

/** The row of one run in a new window that has read a list before. */
async function rowOf(number: number) {
  const runs = await listed();
  return runs.get(dirs()[number]!);
}

/** Told from what is read by a name that no spec has. */
async function tamper(): Promise<void> {
  await writeFile(kept(), (await readFile(kept(), "utf8")).replaceAll('"name":"whale"', '"name":"kept whale"'));
}

beforeEach(async () => {
  folder = path.join(root.path, "runs");
  await Promise.all(
    dirs().map(async (dir) => {
      await mkdir(dir, { recursive: true });
      await writeFile(path.join(dir, "spec.json"), JSON.stringify(smallSpec({ name: "whale" })));
      await utimes(path.join(dir, "spec.json"), 1e9, 1e9);
      await writeFile(path.join(dir, "events.jsonl"), `${JSON.stringify(started())}\n${validation(2.5)}`);
      await writeFile(path.join(dir, "result.json"), JSON.stringify(smallResult));
    }),
  );
  vi.useFakeTimers({ toFake: ["Date"] });
  later();
  await listed();
  await vi.waitFor(() => stat(kept()), { timeout: 10_000 });
  await tamper();
});
afterEach(() => vi.useRealTimers());

describe("rows of runs at rest", () => {
  it("are kept, the colours of the window aside, and also where the folder has another name", async () => {
    const [first] = dirs();
    const runs = await listed();
    expect(runs.get(first!)).toMatchObject({ dir: first, startedAt: 1000, owner: undefined, isExportable: false, summary: { dir: first, name: "kept whale", metric: { value: 2.5 } } });
    expect(new Set(runs.all().map(({ summary }) => summary.colour)).size).toBe(count);
    folder = path.join(root.path, "renamed");
    await rename(path.join(root.path, "runs"), folder);
    expect(await rowOf(0)).toMatchObject({ dir: dirs()[0], summary: { dir: dirs()[0], name: "kept whale" } });
  });

  it("are read again where any file that they tell of changed, came or went, whatever its size and its time of writing", async () => {
    const [grown, edited, marked, unfinished, exportable, gone] = dirs() as [string, string, string, string, string, string];
    await appendFile(path.join(grown, "events.jsonl"), validation(2.25));
    const spec = path.join(edited, "spec.json");
    await writeFile(spec, (await readFile(spec, "utf8")).replace("whale", "shark"));
    await utimes(spec, 1e9, 1e9);
    await changeMarks(marked, { starred: true });
    await rm(path.join(unfinished, "result.json"));
    await writeFile(path.join(exportable, "model.safetensors"), "");
    await rm(gone, { recursive: true });
    for (const wait of [() => undefined, later]) {
      wait();
      const runs = await listed();
      expect(runs.get(grown)?.summary).toMatchObject({ name: "whale", metric: { value: 2.25 } });
      expect(runs.get(edited)?.summary.name).toBe("shark");
      expect(runs.get(marked)?.summary).toMatchObject({ name: "whale", marks: { starred: true } });
      expect(runs.get(unfinished)?.summary.state).toBe("crashed");
      expect(runs.get(exportable)?.isExportable).toBe(true);
      expect(runs.get(gone)).toBeUndefined();
      expect(runs.get(dirs()[6]!)?.summary.name).toBe("kept whale");
    }
  });

  it("are read again where the file of them is damaged, of another version, or has a row that is none", async () => {
    const text = await readFile(kept(), "utf8");
    for (const damaged of [text.slice(0, text.length / 2), text.replace(/"version":"[^"]*"/, '"version":"0.0.0"'), text.replaceAll('"startedAt":', '"began":')]) {
      await writeFile(kept(), damaged);
      expect((await rowOf(3))?.summary.name).toBe("whale");
    }
  });

  it("have kept curves beside them where somebody looks, without a look at the run itself, until it changes", async () => {
    const dir = dirs()[7]!;
    const log = path.join(dir, "events.jsonl");
    await appendFile(log, Array.from({ length: 2_500 }, (_, index) => `${JSON.stringify(stepEvent(index + 1))}\n`).join(""));
    later();
    const withCurves = async (runs: RunList) => {
      runs.wantCurves(runs, [dir]);
      await runs.refresh(dir);
      return runs.get(dir)?.course;
    };
    const told = curvesOf((await withCurves(await listed()))!);
    await vi.waitFor(async () => expect(JSON.parse(await readFile(kept(), "utf8")).entries["run-7"].row.events).toBe(2_502), { timeout: 10_000 });
    await tamper();

    const runs = await listed();
    const course = await withCurves(runs);
    expect(runs.get(dir)?.summary.name).toBe("kept whale");
    expect(curvesOf(course!)).toEqual(told);
    expect(await withCurves(runs)).toBe(course);
    runs.wantCurves(runs, []);
    await runs.refresh(dir);
    expect(runs.get(dir)).toMatchObject({ summary: { name: "kept whale" } });
    expect(runs.get(dir)?.course).toBeUndefined();

    await appendFile(log, `${JSON.stringify(stepEvent(2_501))}\n`);
    const grown = await withCurves(runs);
    expect(runs.get(dir)?.summary.name).toBe("whale");
    expect(curvesOf(grown!).train.step.at(-1)).toBe(2_501);
    await writeFile(path.join(dir, ".curves.bin"), "");
    later();
    expect(curvesOf((await withCurves(await listed()))!)).toEqual(curvesOf(grown!));
  });
});
