import { access, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { data } from "../../src/api/data.js";
import { experiment, type ExperimentOptions } from "../../src/api/experiment.js";
import { importModel, type ImportedModel } from "../../src/api/importModel.js";
import { adam } from "../../src/api/optimisers.js";
import { openRun, type Run } from "../../src/api/run.js";
import { characterModel, type Task } from "../../src/api/tasks.js";
import type { LayerSpec } from "../../src/cells/cells.js";
import { lstm } from "../../src/cells/lstm.js";
import { displaySymbol } from "../../src/display/host.js";
import { encodeSafetensors } from "../../src/files/safetensors.js";
import type { StepContext } from "../../src/jobs/stepCallback.js";
import * as quantisers from "../../src/quantisers/quantisers.js";
import type { DeployedLstm } from "../../src/rnn/shipping/deployedModel.js";
import { shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { eventsOf } from "../runs/events.js";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder("file");
const alphabet = "abcdefgh .";
const [units, symbols] = [12, alphabet.length];
let task: Task;

/** Numbers that no rule of the house makes: a congruence, about normal as a sum of four. */
function numbers(seed: number) {
  let state = seed;
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  return (...shape: number[]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => uniform() + uniform() + uniform() + uniform());
    return { shape, data };
  };
}

function write(name: string, gates: number, more: object = {}): Promise<void> {
  const make = numbers(gates);
  const tensors = {
    "rnn.weight_ih_l0": make(gates * units, symbols),
    "rnn.weight_hh_l0": make(gates * units, units),
    "rnn.bias_ih_l0": make(gates * units),
    "rnn.bias_hh_l0": make(gates * units),
    "out.weight": make(symbols, units),
    "out.bias": make(symbols),
    ...more,
  };
  return writeFile(path.join(folder.path, name), encodeSafetensors({ metadata: {}, tensors }));
}

beforeAll(async () => {
  const text = path.join(folder.path, "text.txt");
  const place = (index: number): number => (index * index + Math.floor(index / 7)) % symbols;
  await writeFile(text, Array.from({ length: 3000 }, (_, index) => alphabet[place(index)]).join(""));
  task = characterModel(await data.textFile(text), { sequenceLength: 16, batchSize: 4 });
  await write("lstm.safetensors", 4);
  await write("gru.safetensors", 3);
});

const imported = (name: string, options = {}): Promise<ImportedModel> => importModel(path.join(folder.path, name), { task, ...options });

function rootMeanSquare(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0) / a.length);
}

describe("the network of a file with a task", () => {
  test("the order of the file's alphabet is another than the text's", async () => {
    const turned = [...alphabet].sort().reverse();
    const sorted = [...alphabet].sort();
    const given = await imported("lstm.safetensors", { symbols: turned.join("") });
    const plain = await importModel(path.join(folder.path, "lstm.safetensors"), { symbols: turned });
    const [own, other] = [given.trace("bad.egg"), plain.trace("bad.egg")];
    sorted.forEach((symbol, index) => expect(own.logits[index]).toBeCloseTo(other.logits[turned.indexOf(symbol)]!, 5));
  });

  test("what does not fit is refused with both numbers and a remedy", async () => {
    await expect(imported("lstm.safetensors", { symbols: "abc" })).rejects.toThrow(/symbols lacks " ", which the text has: give the alphabet/);
    await write("odd.safetensors", 4, { "norm.weight": numbers(1)(units) });
    await expect(imported("odd.safetensors")).rejects.toThrow(/odd\.safetensors cannot be imported: its tensor "norm\.weight" \[12\].*ignore: \["norm"\]/);
    expect((await imported("odd.safetensors", { ignore: ["norm"] })).layers[0]!.units).toBe(units);
    await write("wide.safetensors", 4, { "out.weight": numbers(1)(symbols + 1, units), "out.bias": numbers(1)(symbols + 1) });
    await expect(imported("wide.safetensors")).rejects.toThrow(/reads 10 symbols and tells 11 apart, but the text of the task has 10 characters/);
    await expect(imported("lstm.safetensors", { taks: task })).rejects.toThrow(/tl\.importModel\(\) has no option "taks".*did you mean task/);
    const alone = await importModel(path.join(folder.path, "lstm.safetensors"));
    await expect(alone.evaluate()).rejects.toThrow(/imported\.evaluate\(\) needs data.*give task to tl\.importModel\(\)/);
    expect(() => alone.trace("abc")).toThrow(/the network reads 10 values a timestep: give symbols to tl\.importModel\(\)/);
  });
});

describe("quantised after training", () => {
  test("a row's scale is the least-squares one of TWN: the mean of the weights that are kept", async () => {
    const float = await imported("lstm.safetensors");
    const quantised = await float.quantise({ quantiser: quantisers.twn(), calibrate: false });
    const layer = quantised.deployed().layers[0] as DeployedLstm;
    const { recurrentWeights: weights } = float.weights.layers[0]!;
    const shipped = shippedValues(layer.recurrentWeights);
    const columns = 4 * units;
    for (let column = 0; column < columns; column++) {
      const own = Array.from({ length: units }, (_, row) => weights[row * columns + column]!);
      const codes = own.map((_, row) => Math.sign(shipped[row * columns + column]!));
      const mean = own.reduce((sum, value) => sum + Math.abs(value), 0) / units;
      // Each row is brought to the mean of all before the rule's threshold.
      const kept = own.map((value) => (Math.abs(value) > 0.7 * mean ? Math.sign(value) : 0));
      expect(codes).toEqual(kept);
      const scale = own.reduce((sum, value, row) => sum + value * codes[row]!, 0) / codes.filter((code) => code !== 0).length;
      const found = layer.gainRecurrent[column]! * Math.max(...Array.from({ length: units }, (_, row) => shipped[row * columns + column]!).map(Math.abs));
      expect(found).toBeCloseTo(scale, 5);
    }
  });

  test("ternary: no threshold of a row would fit its weights more than a hundredth better", async () => {
    const float = await imported("lstm.safetensors");
    const quantised = await float.quantise({ quantiser: quantisers.ternary(), calibrate: false });
    const layer = quantised.deployed().layers[0] as DeployedLstm;
    const { recurrentWeights: weights } = float.weights.layers[0]!;
    const shipped = shippedValues(layer.recurrentWeights);
    const columns = 4 * units;
    let [lost, least, all] = [0, 0, 0];
    for (let column = 0; column < columns; column++) {
      const own = Array.from({ length: units }, (_, row) => weights[row * columns + column]!);
      const squares = own.reduce((sum, value) => sum + value * value, 0);
      const sizes = own.map(Math.abs).sort((a, b) => b - a);
      // The k largest at their mean explain (their sum)² / k of the squares.
      const explained = sizes.map((_, k) => sizes.slice(0, k + 1).reduce((a, b) => a + b) ** 2 / (k + 1));
      all += squares;
      least += squares - Math.max(...explained);
      lost += own.reduce((sum, value, row) => sum + (value - layer.gainRecurrent[column]! * shipped[row * columns + column]!) ** 2, 0);
    }
    expect((lost - least) / all).toBeGreaterThan(-1e-6);
    expect((lost - least) / all).toBeLessThan(0.01);
  });

  test.each(["lstm", "gru"])("a calibrated %s comes nearer to the float network's logits, and full precision stays what it is", async (cell) => {
    const float = await imported(`${cell}.safetensors`);
    const probe = "a.bed cafe heg dab".repeat(4);
    const { logits } = float.trace(probe);
    const errorOf = async (options: object): Promise<number> => rootMeanSquare((await float.quantise(options)).trace(probe).logits, logits);
    const plain = await errorOf({ calibrate: false });
    expect(await errorOf({ calibrate: { timesteps: 1000 } })).toBeLessThan(0.8 * plain);
    expect(await errorOf({ calibrate: [probe] })).toBeLessThan(0.8 * plain);
    expect(await errorOf({ quantiser: quantisers.fullPrecision(), calibrate: true })).toBeLessThan(1e-4);
    expect(await errorOf({ calibrate: false, scales: "matrix" })).toBeGreaterThan(plain / 2);
  });

  test("every quantiser of the house can be used", async () => {
    const float = await imported("gru.safetensors");
    const words = quantisers as unknown as Readonly<Record<string, () => never>>;
    for (const { kind, word } of quantisers.quantiserKinds.filter((one) => one.kind !== "custom")) {
      const quantiser = words[word.slice("tl.".length)]!();
      const quantised = await float.quantise({ quantiser, calibrate: { timesteps: 50 } });
      expect(Number.isFinite((await quantised.evaluate()).deployable.loss), kind).toBe(true);
    }
  });
});

describe("trained on", () => {
  const trained = (options: Partial<ExperimentOptions>) => experiment({ task, layers: [], steps: 1, seed: 4, ...options }).train({ runs: path.join(folder.path, "runs") });
  const unmoved = adam({ rateFactors: { input: 0, recurrent: 0, vectors: 0, output: 0 } });
  const firstStep = async (run: Run) => (await eventsOf(run.dir)).find((event) => event.type === "step")!;
  const normalised = (layers: readonly LayerSpec[], normaliser: LayerSpec["normaliser"]) => layers.map((layer) => ({ ...layer, normaliser }) as LayerSpec);

  test.each(["lstm", "gru"])("an experiment that starts from a %s is the imported network before its first step", async (cell) => {
    const float = await imported(`${cell}.safetensors`);
    const { loss } = (await float.evaluate("validation")).deployable;
    const same = await trained({ layers: [...float.layers], startFrom: float, optimiser: unmoved });
    expect((await same.evaluate("validation")).deployable.loss).toBe(loss);
    const weightNorm = await trained({ layers: normalised(float.layers, { kind: "weight" }), startFrom: float, optimiser: unmoved });
    // Norms and their inverses round weights by some 1e-7 of themselves.
    expect((await weightNorm.evaluate("validation")).deployable.loss).toBeCloseTo(loss, 5);
  });

  test.each(["lstm", "gru"])("a %s that starts from its teacher has nothing to learn from it, and much from the text", async (cell) => {
    const float = await imported(`${cell}.safetensors`);
    const started = { layers: [...float.layers], startFrom: float };
    const taught = await trained({ ...started, teacher: float, distillation: { share: 1 } });
    const [own, ofText] = [await firstStep(taught), await firstStep(await trained(started))];
    expect(own.loss).toBe(ofText.loss);
    expect(ofText.gradientNorm).toBeGreaterThan(0.1);
    // Both networks' logits are equal but for rounding, and so are the probabilities that the gradient is the difference of.
    expect(own.gradientNorm).toBeLessThan(1e-4 * ofText.gradientNorm);
  });

  test("a ternary network goes on bit for bit once the file of its start and teacher is gone", async () => {
    await write("gone.safetensors", 4);
    const float = await imported("gone.safetensors");
    const quantiser = quantisers.ternary({ sampling: "deterministic", clip: true, threshold: 0.5 });
    const stoppingAt = (last: number) => ({
      layers: [lstm({ units, quantiser, normaliser: { kind: "weight" }, initialState: "carried" })],
      startFrom: float,
      teacher: float,
      steps: 12,
      validateEvery: 6,
      onStep: ({ step }: StepContext) => {
        if (step === last) {
          throw new Error("stopped");
        }
      },
    });
    const straight = await trained(stoppingAt(0));
    expect(straight.spec).toMatchObject({ startWeights: { from: 'network "gone"' }, distillation: { teacher: { name: 'network "gone"' } } });
    expect(Number.isFinite((await firstStep(straight)).gradientNorm)).toBe(true);
    const before = new Set(await readdir(path.join(folder.path, "runs")));
    await expect(trained(stoppingAt(5))).rejects.toThrow("stopped");
    await rm(path.join(folder.path, "gone.safetensors"));
    const [dir] = (await readdir(path.join(folder.path, "runs"))).filter((name) => !before.has(name));
    const stopped = await openRun(path.join(folder.path, "runs", dir!));
    expect(await (await stopped.resume({ onStep: stoppingAt(5).onStep })).deployed()).toEqual(await straight.deployed());
  });
});

describe("kept as a run", () => {
  test("it is finished, ships the same model, and exports ROM files and Verilog", async () => {
    const quantised = await (await imported("gru.safetensors")).quantise({ calibrate: { timesteps: 300 } });
    const run = await quantised.save({ runs: path.join(folder.path, "runs") });
    expect(await run.state()).toBe("finished");
    const opened = await openRun(run.dir);
    expect(await opened.deployed()).toEqual(quantised.deployed());
    const { deployable } = await opened.evaluate("test");
    expect(deployable.loss).toBeCloseTo((await quantised.evaluate("test")).deployable.loss, 6);
    const chip = await opened.accelerator();
    const { manifest } = await chip.exportRom();
    await access(manifest);
    const { files } = (await chip.exportVerilog()).generated;
    await access(files.find((file) => file.endsWith(".v"))!);
    const shown = (await quantised[displaySymbol]())["text/plain"]!;
    expect(shown).toMatch(/bits per character, test part +\d\.\d{3}; float: \d\.\d{3}/);
    expect(shown).toContain("ternary weights, a scale for each gate row, calibrated on 300 timesteps");
    expect((await opened[displaySymbol]())["text/plain"]).toContain("no step was trained");
  });
});
