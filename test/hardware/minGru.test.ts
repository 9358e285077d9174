import { describe, expect, test } from "vitest";
import { inHiddenRange, type AcceleratorMinGru, type AcceleratorModel } from "../../src/hardware/acceleratorModel.js";
import { calibrate, type Sequence } from "../../src/hardware/calibrate.js";
import { chipOf } from "../../src/hardware/chip.js";
import type { FixedMinGru } from "../../src/hardware/fixedModel.js";
import { rangeOf, realValue } from "../../src/hardware/fixedPoint.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { signalsOf } from "../../src/hardware/integer/signals.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import { hostArrays } from "../../src/hardware/rom/hostArrays.js";
import { generatedLayout } from "../../src/hardware/rom/layout.js";
import { manifestName, parseRomManifest } from "../../src/hardware/rom/manifest.js";
import { romFolder } from "../../src/hardware/rom/romFolder.js";
import { randomModel } from "./randomModel.js";

/** The equations of the paper in double precision: z takes the new. @returns h of each timestep, [T][H], and every n */
function floatMinGru(layer: AcceleratorMinGru, inputs: readonly (readonly number[])[]) {
  const { units, inputWeights, gainInput, shift, initialHidden } = layer;
  const weights = inputWeights.kind === "quantised" ? inputWeights.codes : inputWeights.values;
  const hidden = [...initialHidden];
  const candidates: number[] = [];
  const states = inputs.map((values) => {
    const p = Array.from({ length: 2 * units }, (_, row) =>
      gainInput[row]! * values.reduce((sum, value, input) => sum + value * weights[input * 2 * units + row]!, 0) + shift[row]!,
    );
    hidden.forEach((before, unit) => {
      const z = 1 / (1 + Math.exp(-p[unit]!));
      hidden[unit] = (1 - z) * before + z * p[units + unit]!;
    });
    candidates.push(...p.slice(units));
    return [...hidden];
  });
  return { states, candidates };
}

const oneHot = ({ input }: AcceleratorModel, sequence: Sequence): number[][] => {
  const width = input.kind === "one-hot" ? input.symbols.length : 0;
  const symbols = sequence.kind === "symbols" ? [...sequence.symbols] : [];
  return symbols.map((symbol) => Array.from({ length: width }, (_, index) => (index === symbol ? 1 : 0)));
};

describe("a minGRU in integers", () => {
  test.each([[1, "binary"], [2, "ternary"], [3, "full"], [4, "ternary"]] as const)("stays close to the real numbers, whose largest calibration finds: %i, %s", (seed, precision) => {
    const model = randomNetwork({ seed, cell: "min-gru", precision, units: [6, 4], inputs: 5 });
    const sequence = randomSequence(model, seed, 20);
    const options = { activationBits: 12, constantBits: 16 };
    const seen = calibrate(model, [sequence], options);
    const range = 64;
    const fixed = fixModel(model, { ...options, calibration: { ...seen, hidden: [range, range] } });
    // Each timestep rounds n and z (n - h) by half a step of R/2^11, and z by a table's error, 2^-11, times 2R at most: 20 of them.
    const most = 20 * ((3 * range) / 2 ** 11);
    let inputs = oneHot(model, sequence);
    signalsOf(fixed, [sequence]).layers.forEach(({ hidden }, index) => {
      const layer = model.layers[index] as AcceleratorMinGru;
      const { hiddenFormat, units } = fixed.layers[index] as FixedMinGru;
      const integers = Array.from({ length: 20 }, (_, timestep) => hidden.slice(timestep * units, (timestep + 1) * units));
      const own = integers.map((states) => states.map((state) => realValue(state, hiddenFormat)));
      const { states, candidates } = floatMinGru(layer, inputs);
      expect(Math.max(...candidates.map(Math.abs))).toBeLessThan(range);
      own.flat().forEach((state, at) => expect(Math.abs(state - states.flat()[at]!)).toBeLessThan(most));
      const largest = Math.max(...states.flat().map(Math.abs), ...layer.initialHidden.map(Math.abs));
      expect(Math.abs(seen.hidden![index]! - largest)).toBeLessThan(2 * most);
      inputs = own;
    });
  });

  test("has the range that it was trained with, the one seen, or [-8, 8), and reads the layer below in its", () => {
    const model = randomNetwork({ seed: 1, cell: "min-gru", precision: "ternary", units: [3, 2], inputs: 4 });
    const ranges = (given: AcceleratorModel, hidden?: readonly number[]): [number, string][] =>
      fixModel(given, hidden && { calibration: { input: 1, cells: [0, 0], hidden } }).layers.map((layer) => [rangeOf(layer.hiddenFormat), (layer as FixedMinGru).hiddenRange]);
    expect(ranges(model)).toEqual([[8, "assumed"], [8, "assumed"]]);
    expect(ranges(model, [4, 4.01])).toEqual([[4, "calibrated"], [8, "calibrated"]]);
    const trained = { ...model, layers: model.layers.map((layer) => ({ ...layer, hiddenRange: 32 })) as AcceleratorModel["layers"] };
    expect(ranges(trained, [4, 4])).toEqual([[32, "trained"], [32, "trained"]]);
    const [below, above] = fixModel(trained).layers;
    expect(above!.inputFormat).toEqual(below!.hiddenFormat);
    expect(below!.hiddenFormat).toEqual({ bits: 12, fractionBits: 6, signed: true });
  });

  test("divides gains and shifts of the candidate by the range, and leaves those of the gate", () => {
    const [layer] = randomNetwork({ seed: 1, cell: "min-gru", precision: "ternary", units: 3, inputs: 4 }).layers as [AcceleratorMinGru];
    const { gainInput, shift } = inHiddenRange(layer, 8);
    expect([...gainInput]).toEqual([...layer.gainInput].map((gain, row) => (row < 3 ? gain : gain / 8)));
    expect([...shift]).toEqual([...layer.shift].map((value, row) => (row < 3 ? value : value / 8)));
  });

  test("refuses delta updates, in words: it has no recurrent sums", () => {
    const model = randomNetwork({ seed: 1, cell: "lstm", cells: ["lstm", "min-gru"], precision: "ternary", units: [3, 2], inputs: 4 });
    expect(() => fixModel(model, { deltaThreshold: 0 })).toThrow("deltaThreshold does not go with a minGRU, which has no recurrent sums to correct; leave it out.");
  });
});

describe("the ROM folder of a minGRU", () => {
  const model = randomModel({ cell: "min-gru", units: [5, 4], symbols: 6, precision: "ternary" });
  const sequences = [randomSequence(model, 3, 12)];
  const { fixed } = chipOf({ name: "min", model, read: () => sequences }, {});
  const files = new Map([...romFolder({ model, fixed, macUnits: 3, formats: ["mem"], layout: generatedLayout, source: {}, golden: { origin: "test", sequences } })].map(({ name, content }) => [name, content]));
  const manifest = parseRomManifest(String(files.get(manifestName)))!;

  test("has a manifest of this version without a word of recurrent weights", () => {
    expect(manifest.model.layers.map(({ cell, gateOrder, precision }) => [cell, gateOrder, precision])).toEqual([
      ["min-gru", ["z", "n"], { input: "ternary" }],
      ["min-gru", ["z", "n"], { input: "ternary" }],
    ]);
    expect(manifest.images.map(({ name }) => name).filter((name) => /recurrent/.test(name))).toEqual([]);
    expect(manifest.model.layers[0]!.steps.at(-1)).toBe("h[u] = sat(h[u] + round(z[u] * (n[u] - h[u]) / 2^11), 12)");
  });

  test("gives the host output weights that fit h in [-1, 1)", () => {
    const range = rangeOf(fixed.layers[1]!.hiddenFormat);
    expect(range).toBeGreaterThan(1);
    const [weights] = hostArrays(model, range).files;
    const numbers = new Float32Array(Uint8Array.from(weights!.content).slice(-4 * model.output!.weights.length).buffer);
    expect([...numbers]).toEqual([...model.output!.weights.map((weight) => weight * range)]);
  });
});
