import { expect, test } from "vitest";
import type { FixedLayer } from "../../../src/hardware/fixedModel.js";
import { saturate } from "../../../src/hardware/integer/arithmetic.js";
import { scaleShift, scaleShiftReset } from "../../../src/hardware/integer/scaleShift.js";
import type { RandomNetworkOptions } from "../../../src/hardware/randomNetwork.js";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";
import { chosen, drawnSums, layerCase } from "./layers.js";
import type { LayerCase } from "./layers.js";

const networks = [
  { precision: "ternary", units: 7, inputs: 5 },
  { precision: "binary", units: 3, inputs: 4, inputKind: "dense" },
  { precision: "full", units: 6, inputs: 3, inputKind: "dense" },
  { precision: "full", units: 5, inputs: 9, kind: "saturating" },
  { precision: "ternary", units: 4, inputs: 3, kind: "saturating", inputKind: "dense" },
  { precision: "ternary", units: 1, inputs: 1, kind: "zero" },
] as const satisfies readonly Partial<RandomNetworkOptions>[];
const options = [{}, { activationBits: 16 }, { activationBits: 4, constantBits: 8 }, { constantBits: 24 }, { lookUp: { entries: 64, interpolation: "none" } }] as const;

const sharedParameters = {
  RECURRENT_BITS: "RECURRENT_BITS",
  INPUT_BITS: "INPUT_BITS",
  CONSTANT_BITS: "CONSTANT_BITS",
  RECURRENT_SHIFT: "RECURRENT_SHIFT",
  INPUT_SHIFT: "INPUT_SHIFT",
  SHIFT_ALIGNMENT: "SHIFT_ALIGNMENT",
  RECURRENT_TERM_BITS: "RECURRENT_TERM_BITS",
  INPUT_TERM_BITS: "INPUT_TERM_BITS",
  TOTAL_BITS: "TOTAL_BITS",
  GUARD_BITS: "GUARD_BITS",
  OUT_BITS: "PREACTIVATION_BITS",
};

/** Exact sums that a gate row can have, with its constants. */
function drawnRow({ model, layer }: LayerCase<FixedLayer>, draws: Draws) {
  const row = draws.integer(0, layer.shift.integers.length - 1);
  const recurrentSum = drawnSums(layer.recurrentWeights, model.formats.hidden, draws)[row]!;
  const symbol = draws.integer(0, layer.inputs - 1);
  const inputSum =
    layer.inputKind === "one-hot"
      ? layer.inputWeights.codes[symbol * layer.inputWeights.columns + row]!
      : drawnSums(layer.inputWeights, layer.inputFormat, draws)[row]!;
  return {
    row,
    inputs: {
      recurrent_sum: recurrentSum + 0,
      input_sum: inputSum + 0,
      recurrent_scale: layer.gainRecurrent.integers[row]!,
      input_scale: layer.gainInput.integers[row]!,
      shift: layer.shift.integers[row]!,
    },
  };
}

function sumPorts({ layer }: LayerCase<FixedLayer>) {
  const constant = { bits: layer.shift.format.bits };
  return {
    recurrent_sum: { bits: layer.bits.recurrentSum },
    input_sum: { bits: layer.bits.inputSum },
    recurrent_scale: constant,
    input_scale: constant,
    shift: constant,
  };
}

test("scale_shift is scaleShift and saturation, two cycles later", () => {
  const draws = new Draws(2);
  const cases = networks.flatMap((network, seed) => options.map((option) => layerCase({ ...network, cell: "lstm", seed }, option)));
  const vectors = cases.map((each) => Array.from({ length: 60 }, () => drawnRow(each, draws)));
  const blocks = cases.map((each, index) => ({
    module: "scale_shift" as const,
    parameters: chosen(each.parameters, sharedParameters),
    inputs: sumPorts(each),
    outputs: { preactivation: { bits: each.model.formats.preactivation.bits, isSigned: true } },
    rows: vectors[index]!.map(({ inputs }) => inputs),
  }));
  let clipped = 0;
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { layer, model: { formats } } = cases[index]!;
    const expected = vectors[index]!.map(({ row, inputs }) => {
      const exact = scaleShift(layer, formats, row, inputs.recurrent_sum, inputs.input_sum);
      const saturated = saturate(exact, formats.preactivation.bits);
      clipped += saturated === exact ? 0 : 1;
      return saturated + 0;
    });
    expect(outcomes.slice(2).map(({ preactivation }) => preactivation), `case ${index}`).toEqual(expected.slice(0, -2));
  });
  expect(clipped).toBeGreaterThan(100);
});

test("scale_shift_reset is scaleShiftReset and saturation, four cycles later; the gate comes two cycles after the sums", () => {
  const draws = new Draws(3);
  const cases = networks.flatMap((network, seed) =>
    options.flatMap((option) =>
      (["after", "before"] as const).map((reset) => layerCase({ ...network, cell: "gru", reset, seed }, option)),
    ),
  );
  const vectors = cases.map((each) =>
    Array.from({ length: 40 }, () => {
      const { layer, model: { formats } } = each;
      const drawn = drawnRow(each, draws);
      const unit = drawn.row - 2 * layer.units;
      const multiplies = unit >= 0 && layer.reset === "after";
      return {
        ...drawn,
        shiftReset: unit < 0 ? 0 : layer.shiftReset.integers[unit]!,
        reset: multiplies ? draws.opening(formats.gate.bits) : 2 ** formats.gate.fractionBits,
      };
    }),
  );
  const blocks = cases.map((each, index) => ({
    module: "scale_shift_reset" as const,
    parameters: { ...chosen(each.parameters, { ...sharedParameters, RESET_SHIFT_ALIGNMENT: "RESET_SHIFT_ALIGNMENT" }), GATE_BITS: each.model.formats.gate.bits },
    inputs: { ...sumPorts(each), reset_shift: { bits: each.layer.shiftReset.format.bits }, reset_gate: { bits: each.model.formats.gate.bits } },
    outputs: { preactivation: { bits: each.model.formats.preactivation.bits, isSigned: true } },
    rows: vectors[index]!.map(({ inputs, shiftReset }, cycle) => ({
      ...inputs,
      reset_shift: shiftReset,
      reset_gate: vectors[index]![cycle - 2]?.reset ?? 0,
    })),
  }));
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { layer, model: { formats } } = cases[index]!;
    const expected = vectors[index]!.map(({ row, inputs, reset }) => {
      const exact = scaleShiftReset(layer, formats, row, inputs.recurrent_sum, inputs.input_sum, reset);
      return saturate(exact, formats.preactivation.bits) + 0;
    });
    expect(outcomes.slice(4).map(({ preactivation }) => preactivation), `case ${index}`).toEqual(expected.slice(0, -4));
  });
});
