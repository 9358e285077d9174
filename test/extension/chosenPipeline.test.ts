import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { chipPipeline } from "../../src/jobs/chipPipeline.js";
import { chipData, chipSource } from "../../src/jobs/chipSource.js";
import { momentIn } from "../../src/jobs/runPipeline.js";
import { readChipOptions } from "../../src/cli/chipOptions.js";
import { chipArguments } from "../../src/jobs/chipArguments.js";
import { openChip } from "../../src/extension/commands/openChip.js";
import { RunList } from "../../src/extension/runs/runList.js";
import { RunReader } from "../../src/extension/runs/runReader.js";
import { type ChipMemory, ChosenPipeline, type MakePipeline } from "../../src/extension/webviews/chosenPipeline.js";
import { makePipeline } from "../../src/extension/webviews/makePipeline.js";
import { acceleratorOf } from "../../src/api/accelerator.js";
import { chipOf } from "../../src/hardware/chip.js";
import type { ChipOptions } from "../../src/hardware/chipOptions.js";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { readRun } from "../../src/runs/readRun.js";
import { runFiles } from "../../src/runs/runFiles.js";
import { createRun } from "../../src/runs/runWriter.js";
import { shippedModel } from "../../src/runs/shippedModel.js";
import { type PipelineSnapshot, pipelineSnapshotSchema } from "../../webview/contract.js";
import { program, tritloomIn } from "../cli/program.js";
import { randomDeployedModel } from "../hardware/randomModel.js";
import { inlineText, smallResult, smallSpec, smallTask, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
let runs: RunList;
beforeEach(() => {
  runs = new RunList(new RunReader(() => undefined).read);
});
afterEach(() => runs.dispose());

const text = inlineText.repeat(20);

async function trainedRun(name = "whale"): Promise<string> {
  const sha256 = createHash("sha256").update(text).digest("hex");
  const spec = smallSpec({ name, task: { ...smallTask, corpus: { ...smallTask.corpus, sha256 } } });
  const writer = await createRun(path.join(root.path, "runs"), spec, { corpusText: text });
  writer.append(started());
  await writer.model(deployedModelToTensors(randomDeployedModel({ units: [6, 4], symbols: new Set(inlineText).size, precision: "ternary" })));
  await writer.finish(smallResult);
  await runs.refresh(writer.dir);
  return writer.dir;
}

function memory(): ChipMemory {
  let kept: ReturnType<ChipMemory["get"]>;
  return { get: () => kept, set: (chosen) => void (kept = JSON.parse(JSON.stringify(chosen))) };
}

async function sha256Of(file: string): Promise<string> {
  return createHash("sha256").update(await readFile(file)).digest("hex");
}

const byProgram: MakePipeline = (...chip) => makePipeline(program, ...chip);

function shownIn(pipeline: ChosenPipeline) {
  return expect.poll(() => pipeline.state().shown, { timeout: 20_000, interval: 20 });
}

/** A made chip of that name, for tests that make none. */
function made(title: string): PipelineSnapshot {
  const shape = { cell: "lstm", inputs: 2, inputKind: "one-hot", units: 2, macUnits: 2, precision: "ternary" } as const;
  return { title, chip: { words: "", ranges: "", timestep: "" }, layers: [{ shape, values: null }] };
}

const byName: MakePipeline = async (dir) => made(dir);

/** A window that has just come back, and looks for its runs until `endSearch` is called. */
function reloadedWindow(kept: ChipMemory) {
  const found = new RunList(new RunReader(() => undefined).read);
  let end = (): void => undefined;
  const search = found.searchedBy(new Promise((resolve) => (end = resolve)));
  const reloaded = new ChosenPipeline(found, kept, byName);
  const endSearch = (): Promise<void> => {
    end();
    return search;
  };
  return { found, reloaded, endSearch };
}

describe("one chip", () => {
  const options: ChipOptions = {
    macUnits: 5,
    columnsPerCycle: 2,
    activationBits: 9,
    cellBits: 14,
    constantBits: 11,
    lookUp: { entries: 64, interpolation: "none" },
    calibrate: { timesteps: 25 },
  };

  test("the same options give the same ROM images in a cell and on the command line, and the panel's integers are theirs", async () => {
    const dir = await trainedRun();
    const run = await readRun(dir);
    const source = { dir, name: run.spec.name, task: run.spec.task.kind, deployed: await shippedModel(run), data: await chipData(run), kernel: tensorKernel() };
    const accelerator = await acceleratorOf(source, options);
    const cell = await accelerator.exportRom(path.join(root.path, "cell"));
    const exported = await tritloomIn(root.path, ["export", dir, "--out", "line", ...chipArguments(options)]);
    expect([exported.code, exported.stderr]).toEqual([0, ""]);
    const sums = await Promise.all(cell.files.map((file) => sha256Of(file)));
    const onLine = cell.files.map((file) => path.join(root.path, "line", path.basename(file)));
    expect(await Promise.all(onLine.map((file) => sha256Of(file)))).toEqual(sums);
    expect(sums).toHaveLength(20);

    const shown = await makePipeline(program, dir, options, new AbortController().signal);
    const chip = chipOf(chipSource(source.name, source.deployed, source.data), options);
    expect(chip.fixed).toEqual(accelerator.fixed);
    expect(shown).toEqual(pipelineSnapshotSchema.parse(chipPipeline(chip, momentIn(source.data, chip))));
  });

  test("its command line reads back as the same options", () => {
    const all: ChipOptions[] = [options, {}, { calibrate: false, deltaThreshold: 0, precision: "full", clockMegahertz: 12.5 }, { lookUp: { entries: 16 } }];
    for (const each of all) {
      const words = chipArguments(each);
      const values = Object.fromEntries(words.flatMap((word, index) => (index % 2 === 0 ? [[word.slice(2), words[index + 1]]] : [])));
      expect(readChipOptions(values)).toEqual(each);
    }
  });
});

describe("the chosen pipeline", () => {
  test("is a preset without a run, with the array that was chosen", () => {
    const pipeline = new ChosenPipeline(runs, memory(), byProgram);
    expect(pipeline.state()).toMatchObject({
      choice: { runs: [], dir: null },
      shown: { kind: "pipeline", pipeline: { chip: null, title: expect.stringMatching(/not a run of yours/), layers: [{ shape: { macUnits: 100 }, values: null }] } },
    });
    pipeline.choose(null, { macUnits: 32, columnsPerCycle: 2 });
    expect(pipeline.state().shown).toMatchObject({ pipeline: { layers: [{ shape: { macUnits: 32, columnsPerCycle: 2 } }] } });
  });

  test("is made once for all who look, and said to be in the making meanwhile", async () => {
    const dir = await trainedRun();
    let finish = (_: PipelineSnapshot): void => undefined;
    const make = vi.fn<MakePipeline>(() => new Promise((resolve) => (finish = resolve)));
    const pipeline = new ChosenPipeline(runs, memory(), make);
    const changed = vi.fn();
    pipeline.onChange(changed);
    expect(pipeline.state().shown).toMatchObject({ kind: "working", text: expect.stringContaining("whale") });
    pipeline.state();
    expect(make).toHaveBeenCalledTimes(1);
    finish(made("whale"));
    await shownIn(pipeline).toMatchObject({ kind: "pipeline", pipeline: { title: "whale" } });
    expect(changed).toHaveBeenCalledTimes(1);
    expect(make.mock.calls[0]!.slice(0, 2)).toEqual([dir, {}]);
  });

  test("is given up when nobody looks any more, or another chip is chosen", async () => {
    const dir = await trainedRun();
    const signals: AbortSignal[] = [];
    const make: MakePipeline = (_dir, _options, signal) => {
      signals.push(signal);
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
    };
    const pipeline = new ChosenPipeline(runs, memory(), make);
    pipeline.state();
    pipeline.choose(dir, { macUnits: 8 });
    pipeline.state();
    pipeline.stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    pipeline.state();
    expect(signals).toHaveLength(3);
  });

  test("keeps each run's chip, over reloads", async () => {
    const first = await trainedRun("first");
    const second = await trainedRun("second");
    const kept = memory();
    const pipeline = new ChosenPipeline(runs, kept, byName);
    pipeline.choose(first, { macUnits: 8 });
    pipeline.choose(second);
    pipeline.choose(first);
    const reloaded = new ChosenPipeline(runs, kept, byName);
    expect(reloaded.state().choice).toMatchObject({ dir: first, options: { macUnits: 8 } });
    expect(reloaded.state().choice.runs.map(({ name }) => name).toSorted()).toEqual(["first", "second"]);
    expect(reloaded.optionsOf(second)).toEqual({});
  });

  test("is no other one while runs are looked for after a reload: the page would lose its place", async () => {
    const [chosen, newest] = [await trainedRun("chosen"), await trainedRun("newest")];
    const kept = memory();
    new ChosenPipeline(runs, kept, byName).choose(chosen);
    const { found, reloaded, endSearch } = reloadedWindow(kept);
    expect(reloaded.state().shown).toMatchObject({ kind: "working", text: expect.stringContaining("Looking for runs") });
    await found.refresh(newest);
    expect(reloaded.state()).toMatchObject({ shown: { kind: "working", text: expect.stringContaining("Looking for runs") } });
    await found.refresh(chosen);
    await shownIn(reloaded).toMatchObject({ kind: "pipeline", pipeline: { title: chosen } });
    await endSearch();
    found.dispose();
    reloaded.dispose();
  });

  test("is the newest one's, or the preset, as soon as the search is over without the chosen one", async () => {
    const newest = await trainedRun("newest");
    const kept = memory();
    kept.set({ dir: path.join(root.path, "deleted"), options: [] });
    const { found, reloaded, endSearch } = reloadedWindow(kept);
    const shown: string[] = [];
    reloaded.onChange(() => void shown.push(reloaded.state().shown.kind));
    expect(reloaded.state().shown.kind).toBe("working");
    await endSearch();
    expect(shown).toEqual(["pipeline"]);
    await found.refresh(newest);
    await shownIn(reloaded).toMatchObject({ kind: "pipeline", pipeline: { title: newest } });
    found.dispose();
    reloaded.dispose();
  });

  test("says by name and remedy that a run's data is gone, and tries again for the next who looks", async () => {
    const dir = await trainedRun();
    const corpus = path.join(dir, runFiles.corpus);
    const content = await readFile(corpus);
    await rm(corpus);
    const pipeline = new ChosenPipeline(runs, memory(), byProgram);
    await shownIn(pipeline).toMatchObject({ kind: "problem", text: expect.stringMatching(/^The data of the run "whale" \(.*\) cannot be had: .*corpus\.txt/) });
    await writeFile(corpus, content);
    pipeline.stop();
    await shownIn(pipeline).toMatchObject({ kind: "pipeline", pipeline: { title: "whale", chip: { ranges: expect.stringContaining("validation part") } } });
  });

  test("is the chip of a cell when its output says so, and refuses one whose run is gone", async () => {
    const dir = await trainedRun();
    const pipeline = new ChosenPipeline(runs, memory(), byProgram);
    const panels = { curves: { show: vi.fn() }, pipeline: { show: vi.fn() }, variable: { show: vi.fn() }, table: { show: vi.fn() } };
    await openChip({ runs, pipeline, panels }, { dir, options: { macUnits: 3, deltaThreshold: 2 } });
    expect(panels.pipeline.show).toHaveBeenCalledTimes(1);
    await shownIn(pipeline).toMatchObject({ pipeline: { layers: [{ shape: { macUnits: 3 }, values: { delta: { threshold: 2 } } }, {}] } });
    await rm(dir, { recursive: true });
    await expect(openChip({ runs, pipeline, panels }, { dir, options: {} })).rejects.toThrow(`The run in ${dir} is not there any more`);
  });
});
