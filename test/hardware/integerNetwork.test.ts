import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calibrate, integerInput, timestepsOf } from "../../src/hardware/calibrate.js";
import type { Sequence } from "../../src/hardware/calibrate.js";
import type { FixedLayer, FixedModel } from "../../src/hardware/fixedModel.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { roundShift, saturate } from "../../src/hardware/integer/arithmetic.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { randomSequence } from "../../src/hardware/randomNetwork.js";
import { bigStep, initialState, noSignals } from "./bigIntegers.js";
import type { Signals } from "./bigIntegers.js";
import { randomModel } from "./randomModel.js";
import { anyCell, widths } from "./randomModels.js";

describe("the operations", () => {
  const integers = fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n });

  test("roundShift is the nearest whole number, ties upwards", () => {
    fc.assert(
      fc.property(integers, fc.integer({ min: 1, max: 60 }), (x, shift) => {
        const rounded = BigInt(roundShift(Number(x), shift));
        // |x - rounded 2^shift| <= 2^(shift - 1), and a tie is never below.
        const rest = x - (rounded << BigInt(shift));
        const half = 1n << BigInt(shift - 1);
        expect(rest >= -half && rest < half).toBe(true);
      }),
    );
    expect([3, -3, 1, -1].map((x) => roundShift(x, 1))).toEqual([2, -1, 1, 0]);
    expect(roundShift(-5, -3)).toBe(-40);
  });

  test("saturate clips to two's complement", () => {
    expect([-9, -8, 7, 8].map((x) => saturate(x, 4))).toEqual([-8, -8, 7, 7]);
  });
});

/** Runs both, timestep by timestep. @returns the signals of each layer */
function compared(fixed: FixedModel, sequence: Sequence): Signals[] {
  const network = new IntegerNetwork(fixed);
  const states = fixed.layers.map(initialState);
  const signals = fixed.layers.map(noSignals);
  for (let timestep = 0; timestep < timestepsOf(sequence); timestep++) {
    const input = integerInput(network, sequence, timestep);
    const traces = network.step(input);
    let next: number | readonly bigint[] = typeof input === "number" ? input : Array.from(input, BigInt);
    fixed.layers.forEach((layer, index) => {
      bigStep(fixed, layer, states[index]!, next, signals[index]!);
      next = states[index]!.hidden;
      expect([...traces[index]!.hidden].map(BigInt)).toEqual(states[index]!.hidden);
      expect([...traces[index]!.cell].map(BigInt)).toEqual(states[index]!.cell);
    });
  }
  return signals;
}

function bitsOf(values: readonly bigint[]): number {
  return values.reduce((most, value) => Math.max(most, (value < 0n ? -value - 1n : value).toString(2).replace(/^0$/, "").length + 1), 1);
}

function expectWithin(layer: FixedLayer, signals: Signals): void {
  for (const name of ["recurrentSum", "inputSum", "recurrentTerm", "inputTerm", "total"] as const) {
    expect(bitsOf(signals[name]), name).toBeLessThanOrEqual(layer.bits[name]);
  }
  if (layer.cell === "lstm") {
    expect(bitsOf(signals.update)).toBeLessThanOrEqual(layer.cellBits.update);
    expect(bitsOf(signals.cellTotal)).toBeLessThanOrEqual(layer.cellBits.total);
  }
}

test("the integer network is what whole numbers of any size give, and no signal leaves its width", () => {
  fc.assert(
    fc.property(anyCell, widths, fc.boolean(), (shape, options, isCalibrated) => {
      const model = randomModel(shape);
      const sequence = randomSequence(model, shape.seed, 8);
      const calibration = isCalibrated ? calibrate(model, [sequence], options) : undefined;
      const fixed = fixModel(model, { ...options, calibration });
      compared(fixed, sequence).forEach((signals, index) => expectWithin(fixed.layers[index]!, signals));
    }),
    { numRuns: 150 },
  );
});

describe("widths are no wider than some input needs", () => {
  const gates = ["recurrentSum", "inputSum"] as const;

  test.each([
    ["plus-one", "lstm"],
    ["minus-one", "lstm"],
    ["plus-one", "gru"],
    ["minus-one", "gru"],
  ] as const)("all weights %s, %s, all states at the end of their range", (kind, cell) => {
    const model = randomModel({ cell, units: 7, symbols: 5, inputKind: "dense", precision: "ternary", kind });
    const [layer] = fixModel(model).layers;
    const { bits, fractionBits } = layer!.initialHidden.format;
    expect([bits, fractionBits]).toEqual([12, 11]);
    // Seven states of -2048 and five inputs of -2048: the sums' least or largest values.
    const extreme = { recurrentSum: 7n * 2048n, inputSum: 5n * 2048n };
    for (const name of gates) {
      const reached = kind === "plus-one" ? -extreme[name] : extreme[name];
      expect(bitsOf([reached]), name).toBe(layer!.bits[name]);
    }
  });

  test("a chosen weight of a one-hot input is as wide as the weight", () => {
    const layer = (precision: "binary" | "ternary" | "full"): FixedLayer => fixModel(randomModel({ units: 7, symbols: 5, precision })).layers[0]!;
    expect(layer("ternary").bits.inputSum).toBe(2);
    expect(layer("binary").bits.inputSum).toBe(2);
    expect(layer("full").bits.inputSum).toBe(12);
  });

  test("saturating networks reach the last bit of their totals", () => {
    const model = randomModel({ units: 5, symbols: 3, precision: "binary", kind: "saturating", seed: 5 });
    const fixed = fixModel(model);
    const network = new IntegerNetwork(fixed);
    const signals = compared(fixed, randomSequence(model, 1, 40))[0]!;
    const [layer] = fixed.layers;
    expect(bitsOf(signals.update)).toBe(layer!.cell === "lstm" && layer!.cellBits.update);
    for (let symbol = 0; symbol < 40; symbol++) {
      network.step(symbol % 3);
    }
    expect(network.layers[0]!.saturations.preactivation).toBeGreaterThan(0);
  });
});
