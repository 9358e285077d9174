import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/command.js";
import { shapesOf } from "../../src/cli/scheduleShapes.js";
import { sequencesFromArrays } from "../../src/data/arraySequences.js";
import { sequencesToTensors } from "../../src/data/sequenceTensors.js";
import type { ExperimentSpec } from "../../src/experiment/spec.js";
import { runFiles } from "../../src/runs/runFiles.js";
import { writeSafetensors } from "../../src/files/safetensors.js";
import { readKanata } from "../hardware/traces/kanataReader.js";
import { readVcd } from "../hardware/traces/vcdReader.js";
import { smallSpec, smallTask } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { program } from "./program.js";

const root = temporaryFolder();

async function schedule(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, "schedule", ...args], { cwd: root.path, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

async function reported(...args: string[]) {
  const { code, stdout, stderr } = await schedule(...args, "--json");
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

async function put(value: unknown): Promise<string> {
  await writeFile(path.join(root.path, "spec.json"), JSON.stringify(value));
  return "spec.json";
}

const gru = { cell: "gru", reset: "after", inputs: 12, units: 16, macUnits: 16, precision: "ternary" };

describe("shapes of GRUs and stacked layers", () => {
  it("are read from JSON; a layer above another reads its units", async () => {
    const { schedule: first, network } = await reported(await put([gru, { units: 4, precision: "binary" }]));
    expect(first.shape).toEqual({ ...gru, inputKind: "one-hot" });
    expect(network.layers[1].shape).toEqual({
      cell: "lstm",
      inputs: 16,
      inputKind: "dense",
      units: 4,
      macUnits: 64,
      precision: "binary",
    });
    expect(network.cyclesPerTimestep).toBe(Math.max(...network.layers.map((layer: { cyclesPerTimestep: number }) => layer.cyclesPerTimestep)));
    const { stdout } = await schedule(await put([gru, { units: 4, precision: "binary" }]));
    expect(stdout).toMatch(/^layer 0\n[^]*GRU, reset after the product[^]*^layer 1\n[^]*^all 2 layers\n[^]*^latency +best [\d,]+ cycles, the sum of the layers/m);
  });

  it.each([
    [{ ...gru, reset: undefined }, /reset: Invalid option/],
    [{ ...gru, cell: "rnn" }, /cell: Invalid/],
    [{ cell: "lstm", reset: "after", inputs: 1, units: 1, precision: "full" }, /Unrecognized key: "reset"/],
    [[gru, { ...gru, inputKind: "dense" }], /Layer 1 has 12 dense inputs; give 16 dense ones/],
    [[], /A network of no layers has no schedule/],
    [[3], /neither an experiment nor the shape of an accelerator: give an object, or a list of objects/],
  ])("%j is refused in words", async (value, message) => {
    const file = path.join(root.path, await put(value));
    await expect(shapesOf(file)).rejects.toThrow(UsageError);
    await expect(shapesOf(file)).rejects.toThrow(message);
  });
});

describe("experiments", () => {
  const [lstm] = smallSpec().layers;
  const layers = [lstm!, { ...lstm!, units: 5 }] as ExperimentSpec["layers"];

  it("over words read the vectors of words", async () => {
    const task = { ...smallTask, kind: "word-model", vocabulary: { minimumCount: 1, size: null }, embedding: 24, embeddingDropout: 0 } as const;
    const { network } = await reported(await put(smallSpec({ task, layers })));
    expect(network.layers.map(({ shape }: { shape: object }) => shape)).toMatchObject([
      { inputs: 24, inputKind: "dense", units: lstm!.units, cell: "lstm" },
      { inputs: lstm!.units, inputKind: "dense", units: 5 },
    ]);
  });

  it("over sequences read their features, timesteps side by side where the task wants that", async () => {
    const sequence = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 1, 1]];
    const labels = Array.from({ length: 20 }, (_, index) => index % 2);
    const corpus = sequencesFromArrays("lines", { sequences: labels.map(() => sequence), labels });
    await writeSafetensors(path.join(root.path, runFiles.data), sequencesToTensors(corpus.data));
    const data = { name: "lines", source: { kind: "inline" }, sha256: corpus.sha256 } as const;
    const task = { kind: "classification", data, batchSize: 2, grouped: 2, order: { kind: "given" } } as const;
    const { schedule: first } = await reported(await put(smallSpec({ task })));
    expect(first.shape).toMatchObject({ inputs: 6, inputKind: "dense" });
  });

  it("that no accelerator runs are named with what there is one for", async () => {
    const layerNorm = { ...lstm!, normaliser: { kind: "layer", epsilon: 0.001 } } as ExperimentSpec["layers"][0];
    const file = path.join(root.path, await put(smallSpec({ layers: [layerNorm] })));
    await expect(shapesOf(file)).rejects.toThrow(/There is no accelerator for ".*": it takes LSTM and GRU layers without zoneout/);
  });
});

describe("--trace", () => {
  it("writes Kanata logs, value changes, diagrams and pictures", async () => {
    const spec = await put(gru);
    const { schedule: wide } = await reported(spec, "--columns", "4");
    expect(wide).toMatchObject({ shape: { columnsPerCycle: 4 }, stalls: { "rom-latency": 2 } });
    expect(wide.words).toBeLessThan(wide.columns);
    const { trace, schedule: summary } = await reported(spec, "--trace", "gru.kanata");
    expect(trace).toBe(path.join(root.path, "gru.kanata"));
    const [timestep] = readKanata(await readFile(trace, "utf8"));
    expect(timestep!.stages[0]).toMatchObject({ name: "timestep", from: 1, to: 1 + summary.cyclesPerTimestep });
    const { stdout } = await schedule(spec, "--trace", "gru.vcd", "--from", "10", "--to", "30");
    expect(stdout).toMatch(/^trace +.*gru\.vcd$/m);
    expect(readVcd(await readFile(path.join(root.path, "gru.vcd"), "utf8")).get("clk")).toHaveLength(40);
    await reported(spec, "--trace", "gru.json");
    expect(JSON.parse(await readFile(path.join(root.path, "gru.json"), "utf8"))).toHaveProperty("signal");
    await reported(spec, "--trace", "gru.svg");
    expect((await readdir(root.path)).sort()).toEqual(["gru.json", "gru.kanata", "gru.svg", "gru.vcd", "spec.json"]);
  });

  it("overwrites nothing unasked, and refuses what makes no sense", async () => {
    const spec = await put(gru);
    await reported(spec, "--trace", "gru.log");
    const cases: [string[], RegExp][] = [
      [["--trace", "gru.log"], /--trace gru\.log: gru\.log is there already/],
      [["--trace", "gru.txt"], /--trace gru\.txt: gru\.txt does not say what to write; let it end with \.kanata/],
      [["--trace", "a.vcd", "--from", "9", "--to", "3"], /--trace a\.vcd: Cycles 9 to 3 are no range/],
      [["--trace", "a.vcd", "--from", "-1"], /--from -1 is no cycle|from/],
      [["--to", "3"], /--from and --to are cycles of a trace: add --trace FILE/],
    ];
    for (const [args, message] of cases) {
      expect(await schedule(spec, ...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    }
    await reported(spec, "--trace", "gru.log", "--overwrite");
  });
});
