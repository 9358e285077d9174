import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceleratorModel } from "../../src/hardware/acceleratorModel.js";
import { calibrate, integerInput } from "../../src/hardware/calibrate.js";
import type { Sequence } from "../../src/hardware/calibrate.js";
import type { FixedLstm } from "../../src/hardware/fixedModel.js";
import { widened } from "../../src/hardware/fix/layer.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import type { FixedModelOptions } from "../../src/hardware/fixModel.js";
import { realValue } from "../../src/hardware/fixedPoint.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import { DeployedNetwork } from "../../src/rnn/inference/deployedNetwork.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { randomDeployedModel, randomModel, withLstm } from "./randomModel.js";

const timesteps = 10;

/** Largest difference of a hidden state from the float model's, over all timesteps. */
function distance(shape: Parameters<typeof randomDeployedModel>[0], options: FixedModelOptions): number {
  const deployed = randomDeployedModel(shape);
  const model = acceleratorModel(deployed);
  const sequence = randomSequence(model, 7, timesteps);
  const network = new DeployedNetwork(deployed, tensorKernel(), 1);
  // Word vectors are looked up already: the float model then reads them as dense input.
  const input = sequence.kind === "symbols" ? sequence : ({ kind: "dense", values: sequence.values } as const);
  const float = (model.input.kind === "embedding" ? denseTwin(deployed) : network).read(input).slice();
  network.dispose();
  const fixed = fixModel(model, { ...options, calibration: calibrate(model, [sequence], options) });
  const integers = new IntegerNetwork(fixed);
  let most = 0;
  for (let timestep = 0; timestep < timesteps; timestep++) {
    const { hidden } = integers.step(integerInput(integers, sequence, timestep)).at(-1)!;
    hidden.forEach((integer, unit) => {
      most = Math.max(most, Math.abs(realValue(integer, fixed.formats.hidden) - float[timestep * hidden.length + unit]!));
    });
  }
  return most;
}

function denseTwin(deployed: ReturnType<typeof randomDeployedModel>): DeployedNetwork {
  return new DeployedNetwork({ ...deployed, input: { kind: "dense", width: deployed.layers[0]!.inputs } }, tensorKernel(), 1);
}

const cells = [
  { cell: "lstm" },
  { cell: "gru", reset: "before" },
  { cell: "gru", reset: "after" },
] as const;
const inputs = ["one-hot", "dense", "embedding"] as const;

describe("the integer network follows the float model, the closer the more bits there are", () => {
  const forms = cells.flatMap((cell) => inputs.map((inputKind) => ({ ...cell, inputKind })));

  test.each(forms)("%o", (form) => {
    for (const precision of ["binary", "ternary", "full"] as const) {
      const shape = { ...form, precision, units: [9, 5], symbols: 6, seed: 11 };
      const fine: FixedModelOptions = { cellBits: 20, constantBits: 20, lookUp: { entries: 1024 } };
      const at = (activationBits: number): number => distance(shape, { ...fine, activationBits });
      const [coarse, middle, close] = [at(6), at(10), at(14)] as const;
      expect(close).toBeLessThan(middle);
      expect(middle).toBeLessThan(coarse);
      // A few roundings of half a step each, carried on through ten timesteps of two layers.
      expect(close).toBeLessThan(60 * 2 ** -13);
      expect(middle).toBeLessThan(60 * 2 ** -9);
    }
  });
});

describe("options out of range are refused by name, value and range", () => {
  const model = randomModel({ units: 2, symbols: 2, precision: "ternary" });
  test.each([
    [{ activationBits: 3 }, "activationBits is 3; choose a whole number from 4 to 16."],
    [{ activationBits: 17 }, "activationBits is 17; choose a whole number from 4 to 16."],
    [{ activationBits: 7.5 }, "activationBits is 7.5; choose a whole number from 4 to 16."],
    [{ activationBits: Number.NaN }, "activationBits is NaN; choose a whole number from 4 to 16."],
    [{ cellBits: 25 }, "cellBits is 25; choose a whole number from 4 to 24."],
    [{ cellBits: 0 }, "cellBits is 0; choose a whole number from 4 to 24."],
    [{ constantBits: 3 }, "constantBits is 3; choose a whole number from 4 to 24."],
    [{ lookUp: { entries: 100 } }, "lookUp.entries is 100; choose a power of two from 16 to 4096."],
  ] as [FixedModelOptions, string][])("%o", (options, message) => {
    expect(() => fixModel(model, options)).toThrow(RangeError);
    expect(() => fixModel(model, options)).toThrow(message);
  });

  test("a matrix of the wrong size, and precision that cannot hold the weights", () => {
    const broken = withLstm(model, { units: 3 });
    expect(() => fixModel(broken)).toThrow("layers[0].inputWeights is 2 x 8, but the model needs 2 x 12.");
    const { inputWeights } = fixModel(model).layers[0]!;
    expect(() => widened(inputWeights, "binary", 12)).toThrow("ternary weights do not fit binary MAC units; choose ternary or full.");
  });

  test("sums that the reference could not hold exactly", () => {
    const huge = withLstm(model, { gainRecurrent: new Float32Array(8).fill(2 ** 60) });
    expect(() => fixModel(huge)).toThrow(/^A product or sum needs \d+ bits, more than the 53 that are exact; choose fewer activationBits or constantBits\.$/);
  });
});

describe("calibration", () => {
  function lstm(model: ReturnType<typeof randomModel>, options: FixedModelOptions): FixedLstm {
    return fixModel(model, options).layers[0] as FixedLstm;
  }

  test("finds the largest cell state, and the format holds it with room and no bit to spare", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const model = randomModel({ units: 6, symbols: 4, precision: "ternary", seed });
        const sequence = randomSequence(model, seed, 30);
        const calibration = calibrate(model, [sequence]);
        const layer = lstm(model, { cellBits: 16, calibration });
        const limit = 2 ** (15 - layer.cellFormat.fractionBits);
        expect(layer.cellRange).toBe("calibrated");
        expect(limit).toBeGreaterThanOrEqual(calibration.cells[0]!);
        expect(limit / 2).toBeLessThan(calibration.cells[0]! * 1.125);
        // What it saw, seen again: no cell state is clipped, and the largest is the one that was told.
        const network = new IntegerNetwork(fixModel(model, { cellBits: 24, calibration }));
        let most = Math.max(...model.layers.flatMap((own) => (own.cell === "lstm" ? [...own.initialCell].map(Math.abs) : [])));
        for (let timestep = 0; timestep < 30; timestep++) {
          const [trace] = network.step(integerInput(network, sequence, timestep));
          const { cellFormat } = network.layers[0]!.layer as FixedLstm;
          most = Math.max(most, ...Array.from(trace!.cell, (cell) => Math.abs(realValue(cell, cellFormat))));
        }
        expect(network.layers[0]!.saturations.cell).toBe(0);
        expect(calibration.cells[0]).toBeCloseTo(most, 2);
      }),
      { numRuns: 25 },
    );
  });

  test("without it the range is assumed to be [-8, 8)", () => {
    const layer = lstm(randomModel({ units: 2, symbols: 2, precision: "ternary" }), {});
    expect(layer).toMatchObject({ cellRange: "assumed", cellFormat: { bits: 16, fractionBits: 12, signed: true } });
  });

  test("finds the largest input over all sequences, and starts each from the initial state", () => {
    const model = randomModel({ units: 3, symbols: 2, inputKind: "dense", precision: "binary" });
    const sequence = (...values: number[]): Sequence => ({ kind: "dense", width: 2, values: Float32Array.from(values) });
    const one = sequence(0.5, -0.25, 0.125, 3);
    const other = sequence(-5, 0.5);
    const calibration = calibrate(model, [one, other]);
    expect(calibration.input).toBe(5);
    const alone = [one, other].map((own) => calibrate(model, [own], {}).cells[0]!);
    // The input format differs a little between the runs.
    expect(calibration.cells[0]).toBeCloseTo(Math.max(...alone), 1);
    expect(fixModel(model, { calibration }).layers[0]!.inputFormat).toEqual({ bits: 12, fractionBits: 8, signed: true });
  });

  test("of a network whose states are all 0 gives formats that can be computed with", () => {
    const model = randomNetwork({ seed: 1, cell: "lstm", precision: "ternary", units: 3, inputs: 2, kind: "zero" });
    const zeros = withLstm(model, { shift: new Float32Array(12), initialCell: new Float32Array(3) });
    const layer = lstm(zeros, { calibration: calibrate(zeros, [randomSequence(zeros, 1, 5)]) });
    expect(layer.cellFormat.fractionBits).toBe(23);
    expect(layer.cellBits.update).toBeLessThan(53);
  });

  test("word vectors have the range of their table, whatever was read", () => {
    const model = randomModel({ units: 3, symbols: 4, inputKind: "embedding", precision: "ternary" });
    const { table } = model.input as { table: Float32Array };
    const format = fixModel(model).layers[0]!.inputFormat;
    const most = Math.max(...[...table].map(Math.abs));
    expect(2 ** (11 - format.fractionBits)).toBeGreaterThan(most);
    expect(fixModel(model, { calibration: { input: 100, cells: [1] } }).layers[0]!.inputFormat).toEqual(format);
  });
});

describe("random networks", () => {
  const base = { cell: "gru", precision: "ternary", units: [5, 3], inputs: 4 } as const;

  test("are the same for the same options, and differ between seeds", () => {
    expect(randomNetwork({ ...base, seed: 3 })).toEqual(randomNetwork({ ...base, seed: 3 }));
    expect(randomNetwork({ ...base, seed: 3 }).layers).not.toEqual(randomNetwork({ ...base, seed: 4 }).layers);
    expect(randomSequence({ input: { kind: "dense", width: 2 } }, 5, 3)).toEqual(randomSequence({ input: { kind: "dense", width: 2 } }, 5, 3));
  });

  test("have every code that their precision has", () => {
    const codes = (precision: "binary" | "ternary"): number[] => {
      const matrix = randomNetwork({ ...base, units: 30, seed: 1, precision }).layers[0]!.recurrentWeights;
      return [...new Set(matrix.kind === "quantised" ? matrix.codes : [])].sort();
    };
    expect(codes("binary")).toEqual([-1, 1]);
    expect(codes("ternary")).toEqual([-1, 0, 1]);
  });

  test("of binary zeros are refused", () => {
    expect(() => randomNetwork({ ...base, seed: 1, precision: "binary", kind: "zero" })).toThrow("Binary weights have no 0; choose ternary");
  });

  test("read symbols and features that they have", () => {
    const { symbols } = randomSequence({ input: { kind: "one-hot", symbols: ["a", "b", "c"] } }, 1, 200) as { symbols: Int32Array };
    expect([...new Set(symbols)].sort()).toEqual([0, 1, 2]);
  });
});
