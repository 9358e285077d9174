import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { data } from "../../src/api/data.js";
import { experiment } from "../../src/api/experiment.js";
import { displaySymbol, setCellHost } from "../../src/display/host.js";
import { beginning, integerScore } from "../../src/jobs/integerScore.js";
import { adam } from "../../src/api/optimisers.js";
import { binary, lab, laq, ternary } from "../../src/quantisers/quantisers.js";
import { gru } from "../../src/cells/gru.js";
import { lstm } from "../../src/cells/lstm.js";
import type { Run } from "../../src/api/run.js";
import { partSequences, runSequences } from "../../src/jobs/runSequences.js";
import { characterModel } from "../../src/api/tasks.js";
import { taskData } from "../../src/jobs/taskData.js";
import type { SymbolData } from "../../src/data/contract.js";
import { acceleratorModel } from "../../src/hardware/acceleratorModel.js";
import { calibrate } from "../../src/hardware/calibrate.js";
import type { FixedLstm, FixedModel } from "../../src/hardware/fixedModel.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { fixedInput, IntegerNetwork } from "../../src/hardware/integer/network.js";
import { realValue } from "../../src/hardware/fixedPoint.js";
import { shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { randomDeployedModel } from "../hardware/randomModel.js";
import { nativeKernel, sequenceData } from "../rnn/trainingProblem.js";

const sentence = "the quick brown fox jumps over the lazy dog; ";
let folder: string;
let run: Run;

beforeAll(async () => {
  await buildNative("dist/native");
  folder = await mkdtemp(path.join(os.tmpdir(), "accelerator-"));
  setCellHost({ display: () => ({ update: () => undefined }), report: () => undefined, interrupt: new AbortController().signal });
  run = await experiment({
    task: characterModel(data.fromString("fox", sentence.repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [lstm({ units: 12, quantiser: ternary() })],
    optimiser: adam({ learningRate: 0.01 }),
    steps: 60,
    seed: 3,
  }).train({ runs: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function cellOf({ layers }: FixedModel): FixedLstm {
  return layers[0] as FixedLstm;
}

/** Softmax over the float output layer, from one hidden state. @returns -log2 of the target's share */
function bits(model: DeployedModel, hidden: readonly number[], target: number): number {
  const weights = shippedValues(model.outputWeights);
  const { columns } = model.outputWeights;
  const logits = Array.from({ length: columns }, (_, column) =>
    hidden.reduce((sum, value, unit) => sum + value * weights[unit * columns + column]!, model.outputBias[column]!),
  );
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return -Math.log2(Math.exp(logits[target]!) / total);
}

describe("calibration", () => {
  test("sees the validation part, or assumes ranges when told so", async () => {
    const chip = await run.accelerator();
    expect(cellOf(chip.fixed).cellRange).toBe("calibrated");
    const deployed = await run.deployed();
    const sequences = await runSequences(run, deployed, "validation", 1000);
    const model = acceleratorModel(deployed);
    expect(chip.fixed).toEqual(fixModel(model, { calibration: calibrate(model, sequences) }));
    expect(cellOf((await run.accelerator({ calibrate: false })).fixed)).toMatchObject({ cellRange: "assumed", cellFormat: { bits: 16, fractionBits: 12 } });
  });

  test("refuses options that there are none of", async () => {
    await expect(run.accelerator({ calibrate: { timesteps: 0 } })).rejects.toThrow("calibrate.timesteps is 0; choose a whole number above 0, or calibrate: false.");
    await expect(run.accelerator({ activationBits: 20 })).rejects.toThrow("activationBits is 20; choose a whole number from 4 to 16.");
    await expect(run.accelerator({ bits: 8 } as object)).rejects.toThrow('run.accelerator() has no option "bits"; its options are');
  });
});

describe("accelerator.evaluate", () => {
  test("scores the integers of the readable network through the float output layer", async () => {
    const chip = await run.accelerator({ activationBits: 8, cellBits: 10 });
    const { integers, timesteps, saturations } = await chip.evaluate("test", { timesteps: 120 });
    expect(timesteps).toBe(120);
    const deployed = await run.deployed();
    const { test: symbols } = (await taskData(run.spec.task, run.dir)) as SymbolData;
    const network = new IntegerNetwork(chip.fixed);
    let sum = 0;
    for (let place = 0; place < 120; place++) {
      const { hidden } = network.step(symbols[place]!).at(-1)!;
      sum += bits(deployed, Array.from(hidden, (value) => realValue(value, chip.fixed.formats.hidden)), symbols[place + 1]!);
    }
    expect(integers.bpc).toBeCloseTo(sum / 120, 5);
    expect(saturations).toEqual(network.layers[0]!.saturations);
  });

  test("has the float figure of the same timesteps, which wide integers come close to", async () => {
    const whole = await run.evaluate("test");
    const wide = await (await run.accelerator({ activationBits: 16, cellBits: 24, constantBits: 24 })).evaluate();
    expect(wide.deployable).toEqual(whole.deployable);
    expect(Math.abs(wide.lostBits)).toBeLessThan(0.001);
    expect(Math.abs((await (await run.accelerator()).evaluate()).lostBits)).toBeLessThan(0.005);
    const coarse = await (await run.accelerator({ activationBits: 4, cellBits: 4 })).evaluate();
    expect(Math.abs(coarse.lostBits)).toBeGreaterThan(Math.abs(wide.lostBits));
  });

  test("refuses parts and timesteps that there are none of", async () => {
    const chip = await run.accelerator();
    await expect(chip.evaluate("train" as "test")).rejects.toThrow('accelerator.evaluate() takes "validation" or "test", not \'train\'');
    await expect(chip.evaluate("test", { timesteps: 1.5 })).rejects.toThrow("timesteps of accelerator.evaluate() is 1.5: give a whole number above 0.");
  });
});

describe("delta updates", () => {
  test("at a threshold of 0 score as reading all columns does, and read fewer", async () => {
    const usual = await (await run.accelerator()).evaluate("test", { timesteps: 150 });
    const exact = await (await run.accelerator({ deltaThreshold: 0 })).evaluate("test", { timesteps: 150 });
    expect(exact.integers).toEqual(usual.integers);
    expect(usual.recurrentColumns).toEqual([12]);
    const skipping = await (await run.accelerator({ deltaThreshold: 200 })).evaluate("test", { timesteps: 150 });
    expect(skipping.recurrentColumns[0]).toBeLessThan(exact.recurrentColumns[0]!);
    expect(skipping.recurrentColumns[0]).toBeLessThan(12);
    expect(skipping.rows().map(([name]) => name)).toContain("columns read");
  });
});

describe("accelerator.exportVerilog", () => {
  test("writes Verilog, ROM files and a testbench, and replaces them only when allowed", async () => {
    const chip = await run.accelerator({ macUnits: 8 });
    const target = path.join(folder, "verilog");
    const { generated } = await chip.exportVerilog(target, { timesteps: 5 });
    expect(generated).toMatchObject({ dir: target, timesteps: 5 });
    const written = await readdir(target, { recursive: true });
    expect(written).toEqual(expect.arrayContaining(generated.files.map((file) => path.relative(target, file))));
    expect(written).toEqual(expect.arrayContaining(["README.md", "accelerator.json"]));
    expect(written.some((file) => file.endsWith(".v"))).toBe(true);
    expect(written.some((file) => file.endsWith(".mem"))).toBe(true);

    await expect(chip.exportVerilog(target, { timesteps: 6 })).rejects.toThrow(target);
    const index = async (): Promise<unknown> => JSON.parse(await readFile(path.join(target, "accelerator.json"), "utf8"));
    expect(await index()).toMatchObject({ timesteps: 5, macUnits: 8 });
    await chip.exportVerilog(target, { timesteps: 6, overwrite: true });
    expect(await index()).toMatchObject({ timesteps: 6 });
  });
});

describe("accelerator.verify", () => {
  test("finds the simulated accelerator equal to the integer model", async () => {
    const verified = await (await run.accelerator({ macUnits: 8 })).verify({ timesteps: 6, simulators: ["icarus"] });
    expect(verified.ok).toBe(true);
    const { steps, scheduleCycles, simulators } = verified.verification;
    expect(steps).toBe(6);
    expect(simulators).toEqual([{ name: "icarus", version: expect.any(String), cycles: scheduleCycles, mismatches: 0 }]);
    const shown = verified[displaySymbol]()["text/plain"];
    expect(shown).toMatch(/^Equal to the integer model/);
    expect(shown).toMatch(/every gate, c, h and output equal/);
  }, 60_000);

  test("refuses a simulator that there is none of", async () => {
    const chip = await run.accelerator();
    await expect(chip.verify({ simulators: ["modelsim" as "icarus"] })).rejects.toThrow('accelerator.verify() takes "icarus" or "verilator", not \'modelsim\'');
  });
});

test("magnitudes of matrices and scales of gates are in the gate scales, of carried states too", async () => {
  const own = await experiment({
    task: characterModel(data.fromString("fox", sentence.repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [
      lstm({ units: 8, initialState: "carried", quantiser: { input: ternary({ magnitude: 0.4, threshold: 0.5, clip: true }), recurrent: lab() } }),
      gru({ units: 6, initialState: "carried", quantiser: { input: laq(), recurrent: binary({ magnitude: 0.2, clip: true }) } }),
    ],
    steps: 20,
    seed: 3,
  }).train({ runs: folder });
  const wide = await own.accelerator({ macUnits: 8, activationBits: 16, cellBits: 24, constantBits: 24 });
  expect(Math.abs((await wide.evaluate("test", { timesteps: 200 })).lostBits)).toBeLessThan(0.001);
  const verified = await (await own.accelerator({ macUnits: 8 })).verify({ timesteps: 4, simulators: ["icarus"] });
  expect(verified.ok).toBe(true);
  const { size } = await own.size();
  const scales = size.parts.filter(({ kind }) => kind === "scales").map(({ count }) => count);
  expect(scales).toEqual([1, 4, 3, 1]);
}, 60_000);

test("stacked GRU layers have an accelerator too, exported and scored", async () => {
  const stacked = await experiment({
    task: characterModel(data.fromString("fox", sentence.repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [gru({ units: 8, quantiser: ternary() }), gru({ units: 6, reset: "before", quantiser: ternary() })],
    steps: 10,
    seed: 3,
  }).train({ runs: folder });
  const chip = await stacked.accelerator({ macUnits: 8 });
  expect(chip.shapes).toMatchObject([{ cell: "gru", units: 8 }, { cell: "gru", reset: "before", units: 6, inputs: 8, inputKind: "dense" }]);
  expect((await chip.exportRom()).files.map((file) => path.basename(file))).toContain("layer1_reset_shift.mem");
  expect(Math.abs((await chip.evaluate("test", { timesteps: 200 })).lostBits)).toBeLessThan(0.02);
});

describe("what a model reads of its data", () => {
  const sequences = sequenceData();

  test("of sequences: as many whole ones as hold the timesteps", () => {
    const read = partSequences(sequences, { kind: "dense", width: 2 }, "validation", 20);
    expect(read).toHaveLength(3);
    const all = read.flatMap((sequence) => (sequence.kind === "dense" ? [...sequence.values] : []));
    expect(all).toEqual([...sequences.validation.values.subarray(0, 3 * 9 * 2)]);
    expect(partSequences(sequences, { kind: "dense", width: 2 }, "validation", 1e6)).toHaveLength(37);
  });

  test("of a text: one stream of symbols, or of their vectors", () => {
    const symbols = Int32Array.of(2, 0, 1, 2);
    const text = { kind: "symbols", symbols: ["a", "b", "c"], train: symbols, validation: symbols, test: symbols } as const;
    expect(partSequences(text, { kind: "one-hot", symbols: text.symbols }, "test", 3)).toEqual([{ kind: "symbols", symbols: symbols.subarray(0, 3) }]);
    const table = Float32Array.of(0, 1, 10, 11, 20, 21);
    const [vectors] = partSequences(text, { kind: "embedding", symbols: text.symbols, units: 2, table }, "test", 3);
    expect(vectors).toEqual({ kind: "dense", width: 2, values: Float32Array.of(20, 21, 0, 1, 10, 11) });
  });
});

describe("the integer score", () => {
  test.each(["binary", "full"] as const)("of sequences with %s weights is that of their last hidden states", async (precision) => {
    const model = { ...randomDeployedModel({ units: 7, symbols: 2, inputKind: "dense", precision, cell: "gru" }), readout: "last-timestep" } as const;
    const fixed = fixModel(acceleratorModel(model));
    const chosen = beginning(sequenceData(), "test", 9 * 5);
    const { score, timesteps } = await integerScore(model, fixed, chosen, "test", nativeKernel());
    expect(timesteps).toBe(45);
    const { values, labels } = sequenceData().test;
    let sum = 0;
    for (let sequence = 0; sequence < 5; sequence++) {
      const network = new IntegerNetwork(fixed);
      let hidden: number[] = [];
      for (let timestep = 9 * sequence; timestep < 9 * (sequence + 1); timestep++) {
        const trace = network.step(fixedInput(fixed, values.subarray(2 * timestep, 2 * timestep + 2))).at(-1)!;
        hidden = Array.from(trace.hidden, (value) => realValue(value, fixed.formats.hidden));
      }
      sum += bits(model, hidden, labels[sequence]!);
    }
    expect(score.bpc).toBeCloseTo(sum / 5, 5);
  });

  test("is the same with every compute kernel", async () => {
    const model = randomDeployedModel({ units: 9, symbols: 5, precision: "ternary", inputKind: "embedding" });
    const symbols = Int32Array.from({ length: 300 }, (_, place) => (place * place) % 5);
    const text = { kind: "symbols", symbols: model.outputs, train: symbols, validation: symbols, test: symbols } as const;
    const fixed = fixModel(acceleratorModel(model));
    const [native, tensors] = [
      await integerScore(model, fixed, text, "test", nativeKernel()),
      await integerScore(model, fixed, text, "test", tensorKernel()),
    ];
    expect(native.score.bpc).toBeCloseTo(tensors.score.bpc, 5);
    expect(native.saturations).toEqual(tensors.saturations);
  });
});
