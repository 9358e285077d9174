import { expect, test } from "vitest";
import type { FixedLayer, FixedMatrix } from "../../../src/hardware/fixedModel.js";
import { chooseRow, multiplyAccumulate } from "../../../src/hardware/integer/macArray.js";
import { weightEncoding, weightImage } from "../../../src/hardware/rom/contents.js";
import { hexWords } from "../../../src/hardware/rom/romImage.js";
import { rowGroups } from "../../../src/hardware/rowGroups.js";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";
import { chosen, layerCase } from "./layers.js";
import type { LayerCase } from "./layers.js";

const precisions = ["binary", "ternary", "full"] as const;

/** The ROM's words, as the array gets them. */
function words(layer: FixedLayer, matrix: FixedMatrix, macUnits: number): bigint[] {
  return hexWords(weightImage("weights", layer, matrix, macUnits)).map((word) => BigInt(`0x${word}`));
}

type Step = {
  readonly accumulate: number;
  readonly is_input: number;
  readonly is_first: number;
  readonly weights: bigint;
  readonly input_weights: bigint;
  readonly value: number;
  readonly take: number;
  readonly forget_sums: number;
  readonly arriving_group: number;
  readonly taken_group: number;
};

const idle: Step = { accumulate: 0, is_input: 0, is_first: 0, weights: 0n, input_weights: 0n, value: 0, take: 0, forget_sums: 0, arriving_group: 0, taken_group: 0 };

/** One timestep of one group: its recurrent columns, its input columns, then a cycle for each row that leaves the chain. */
function groupSteps(layer: FixedLayer, group: number, rows: number, hidden: Int32Array, input: number | Int32Array, macUnits: number): Step[] {
  const recurrent = words(layer, layer.recurrentWeights, macUnits);
  const inputWords = words(layer, layer.inputWeights, macUnits);
  const columns = Array.from(hidden, (value, unit) => ({
    ...idle,
    accumulate: 1,
    is_first: unit === 0 ? 1 : 0,
    weights: recurrent[group * layer.units + unit]!,
    value,
  }));
  const symbol = typeof input === "number";
  const features = Array.from(symbol ? [0] : input, (value, feature) => ({
    ...idle,
    accumulate: 1,
    is_input: 1,
    is_first: feature === 0 ? 1 : 0,
    input_weights: inputWords[group * layer.inputs + (symbol ? input : feature)]!,
    value,
  }));
  const pause = { ...idle, value: 5, weights: recurrent[0]! };
  return [...columns, pause, ...features, { ...idle, take: 1 }, ...Array.from({ length: rows }, () => idle)];
}

test.each(precisions)("mac_array of %s units is multiplyAccumulate and chooseRow, group by group", (precision) => {
  const draws = new Draws(7);
  const cases = [1, 3, 8, 64].flatMap((macUnits) =>
    (["one-hot", "dense"] as const).flatMap((inputKind) =>
      (["random", "plus-one", "minus-one"] as const).map((kind) => ({
        macUnits,
        ...(layerCase({ cell: "lstm", seed: macUnits, precision, units: 5, inputs: 4, inputKind, kind }, { activationBits: draws.of([4, 8, 12]) }) as LayerCase<FixedLayer>),
      })),
    ),
  );
  const runs = cases.map(({ macUnits, layer, model }) => {
    const { bits } = model.formats.hidden;
    return rowGroups(layer, macUnits).map(({ firstRow, rows }, group) => {
      const hidden = Int32Array.from({ length: layer.units }, () => draws.signed(bits));
      const input = layer.inputKind === "one-hot" ? draws.integer(0, layer.inputs - 1) : Int32Array.from({ length: layer.inputs }, () => draws.signed(bits));
      return { firstRow, rows, hidden, input, steps: groupSteps(layer, group, rows, hidden, input, macUnits) };
    });
  });
  const blocks = cases.map(({ macUnits, layer, model, parameters }, index) => ({
    module: "mac_array" as const,
    parameters: {
      MACS: macUnits,
      VALUE_BITS: model.formats.hidden.bits,
      ...chosen(parameters, {
        PRECISION: "PRECISION",
        WEIGHT_BITS: "WEIGHT_BITS",
        INPUT_PRECISION: "INPUT_PRECISION",
        INPUT_WEIGHT_BITS: "INPUT_WEIGHT_BITS",
        RECURRENT_BITS: "RECURRENT_BITS",
        INPUT_BITS: "INPUT_BITS",
        ONE_HOT: "ONE_HOT",
      }),
    },
    inputs: {
      accumulate: { bits: 1 },
      is_input: { bits: 1 },
      is_first: { bits: 1 },
      weights: { bits: macUnits * weightEncoding(layer.recurrentWeights).bits },
      input_weights: { bits: macUnits * weightEncoding(layer.inputWeights).bits },
      value: { bits: model.formats.hidden.bits },
      take: { bits: 1 },
      forget_sums: { bits: 1 },
      arriving_group: { bits: 1 },
      taken_group: { bits: 1 },
    },
    outputs: {
      recurrent_sum: { bits: layer.bits.recurrentSum, isSigned: true },
      input_sum: { bits: layer.bits.inputSum, isSigned: true },
    },
    rows: runs[index]!.flatMap(({ steps }) => steps),
  }));
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { layer } = cases[index]!;
    let begin = 0;
    const left = runs[index]!.flatMap(({ rows, steps }) => {
      begin += steps.length;
      return outcomes.slice(begin - rows, begin);
    });
    const expected = runs[index]!.flatMap(({ firstRow, rows, hidden, input }) => {
      const recurrent = new Float64Array(layer.recurrentWeights.columns);
      const sums = new Float64Array(layer.inputWeights.columns);
      multiplyAccumulate(layer.recurrentWeights, hidden, recurrent);
      if (typeof input === "number") {
        chooseRow(layer.inputWeights, input, sums);
      } else {
        multiplyAccumulate(layer.inputWeights, input, sums);
      }
      return Array.from({ length: rows }, (_, row) => ({ recurrent_sum: recurrent[firstRow + row]! + 0, input_sum: sums[firstRow + row]! + 0 }));
    });
    expect(left, `case ${index}`).toEqual(expected);
  });
});

test("mac_unit adds weight times value to the chosen sum, in each precision", () => {
  const draws = new Draws(8);
  const codes = { 1: [-1, 1], 2: [-1, 0, 1], 3: [-8, -7, -1, 0, 1, 6, 7] } as const;
  const cases = ([1, 2, 3] as const).flatMap((precision) => [0, 1].flatMap((shared) => [0, 1].map((keeps) => ({ precision, shared, keeps }))));
  const weightBits = { 1: 1, 2: 2, 3: 4 } as const;
  const blocks = cases.map(({ precision, shared, keeps }) => ({
    module: "mac_unit" as const,
    parameters: { PRECISION: precision, WEIGHT_BITS: weightBits[precision], VALUE_BITS: 6, RECURRENT_BITS: 16, INPUT_BITS: 14, SHARED: shared, KEEPS_SUMS: keeps },
    inputs: { accumulate: { bits: 1 }, is_input: { bits: 1 }, is_first: { bits: 1 }, start_sum: { bits: 16 }, weight: { bits: weightBits[precision] }, value: { bits: 6 } },
    outputs: { recurrent_sum: { bits: 16, isSigned: true }, input_sum: { bits: 14, isSigned: true } },
    rows: Array.from({ length: 200 }, (_, cycle) => {
      const code = draws.of<number>(codes[precision]);
      const accumulate = cycle < 2 || draws.integer(0, 3) > 0 ? 1 : 0;
      return {
        accumulate,
        is_input: shared * (cycle < 2 ? cycle : draws.integer(0, 1)),
        is_first: cycle < 2 ? 1 : accumulate * (draws.integer(0, 15) === 0 ? 1 : 0),
        start_sum: draws.integer(-1000, 1000),
        weight: precision === 1 ? (code + 1) / 2 : code,
        value: accumulate * draws.signed(6),
      };
    }),
  }));
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { precision, shared, keeps } = cases[index]!;
    const sums = [0, 0];
    const expected = blocks[index]!.rows.map(({ accumulate, is_input, is_first, start_sum, weight, value }) => {
      const worth = precision === 1 ? 2 * weight - 1 : weight;
      if (accumulate === 1) {
        sums[is_input] = (is_first === 0 ? sums[is_input]! : (1 - is_input) * keeps * start_sum) + worth * value;
      }
      return { recurrent_sum: sums[0]! + 0, input_sum: shared === 1 ? sums[1]! + 0 : 0 };
    });
    expect(outcomes.slice(3), `case ${index}`).toEqual(expected.slice(2, -1));
  });
});
