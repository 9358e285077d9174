import { expect, test } from "vitest";
import type { FixedLayer, FixedMatrix } from "../../../src/hardware/fixedModel.js";
import { chooseRow, multiplyAccumulate } from "../../../src/hardware/integer/macArray.js";
import { weightEncoding, weightImage } from "../../../src/hardware/rom/contents.js";
import { hexWords } from "../../../src/romFormats/romImage.js";
import { rowGroups } from "../../../src/hardware/rowGroups.js";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";
import { chosen, layerCase } from "./layers.js";
import type { LayerCase } from "./layers.js";

const precisions = ["binary", "ternary", "full"] as const;

/** The ROM's words, as the array gets them. */
function words(layer: FixedLayer, matrix: FixedMatrix, macUnits: number, columns: number): bigint[] {
  return hexWords(weightImage("weights", layer, matrix, macUnits, columns)).map((word) => BigInt(`0x${word}`));
}

/** The values that come at once, each in so many bits, the first in the lowest. */
function valueWords(values: Int32Array, columns: number, bits: number): bigint[] {
  return Array.from({ length: Math.ceil(values.length / columns) }, (_, word) =>
    Array.from({ length: columns }, (__, lane) => BigInt.asUintN(bits, BigInt(values[word * columns + lane] ?? 0))).reduceRight((all, value) => (all << BigInt(bits)) | value, 0n),
  );
}

type Step = {
  readonly accumulate: number;
  readonly is_input: number;
  readonly is_first: number;
  readonly weights: bigint;
  readonly input_weights: bigint;
  readonly values: bigint;
  readonly take: number;
  readonly forget_sums: number;
  readonly arriving_group: number;
  readonly taken_group: number;
};

const idle: Step = { accumulate: 0, is_input: 0, is_first: 0, weights: 0n, input_weights: 0n, values: 0n, take: 0, forget_sums: 0, arriving_group: 0, taken_group: 0 };

interface MacArray {
  readonly macUnits: number;
  readonly columns: number;
  readonly valueBits: number;
}

/** One timestep of one group: its recurrent columns, its input columns, then a cycle for each row that leaves the chain. */
function groupSteps(layer: FixedLayer, group: number, rows: number, hidden: Int32Array, input: number | Int32Array, { macUnits, columns, valueBits }: MacArray): Step[] {
  const symbol = typeof input === "number";
  const recurrent = words(layer, layer.recurrentWeights, macUnits, columns);
  const inputWords = words(layer, layer.inputWeights, macUnits, symbol ? 1 : columns);
  const hiddenWords = valueWords(hidden, columns, valueBits);
  const recurrentSteps = hiddenWords.map((values, word) => ({
    ...idle,
    accumulate: 1,
    is_first: word === 0 ? 1 : 0,
    weights: recurrent[group * hiddenWords.length + word]!,
    values,
  }));
  const featureWords = symbol ? [0n] : valueWords(input, columns, valueBits);
  const inputSteps = featureWords.map((values, word) => ({
    ...idle,
    accumulate: 1,
    is_input: 1,
    is_first: word === 0 ? 1 : 0,
    input_weights: inputWords[symbol ? group * layer.inputs + input : group * featureWords.length + word]!,
    values,
  }));
  const pause = { ...idle, values: 5n, weights: recurrent[0]! };
  const steps = [...recurrentSteps, pause, ...inputSteps, { ...idle, take: 1 }, ...Array.from({ length: rows }, () => idle)];
  return columns === 1 ? steps : oneCycleSooner(steps);
}

/** Several values, and what to do with them, come a cycle before their weights. */
function oneCycleSooner(steps: readonly Step[]): Step[] {
  const sooner = ({ accumulate, is_input, is_first, values }: Step) => ({ accumulate, is_input, is_first, values });
  return [idle, ...steps].map((step, index) => ({ ...step, ...sooner(steps[index] ?? idle) }));
}

test.each(precisions)("mac_array of %s units is multiplyAccumulate and chooseRow, group by group", (precision) => {
  const draws = new Draws(7);
  const arrays = [[1, 1], [3, 1], [8, 1], [64, 1], [1, 2], [3, 2], [8, 4], [64, 8]] as const;
  const cases = arrays.flatMap(([macUnits, columns]) =>
    (["one-hot", "dense"] as const).flatMap((inputKind) =>
      (["random", "plus-one", "minus-one"] as const).map((kind) => ({
        macUnits,
        columns,
        ...(layerCase({ cell: "lstm", seed: macUnits, precision, units: 5, inputs: 4, inputKind, kind }, { activationBits: draws.of([4, 8, 12]) }) as LayerCase<FixedLayer>),
      })),
    ),
  );
  const runs = cases.map(({ macUnits, columns, layer, model }) => {
    const { bits } = model.formats.hidden;
    return rowGroups(layer, macUnits).map(({ firstRow, rows }, group) => {
      const hidden = Int32Array.from({ length: layer.units }, () => draws.signed(bits));
      const input = layer.inputKind === "one-hot" ? draws.integer(0, layer.inputs - 1) : Int32Array.from({ length: layer.inputs }, () => draws.signed(bits));
      return { firstRow, rows, hidden, input, steps: groupSteps(layer, group, rows, hidden, input, { macUnits, columns, valueBits: bits }) };
    });
  });
  const blocks = cases.map(({ macUnits, columns, layer, model, parameters }, index) => ({
    module: "mac_array" as const,
    parameters: {
      MACS: macUnits,
      COLUMNS: columns,
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
      weights: { bits: macUnits * columns * weightEncoding(layer.recurrentWeights).bits },
      input_weights: { bits: macUnits * (layer.inputKind === "one-hot" ? 1 : columns) * weightEncoding(layer.inputWeights).bits },
      values: { bits: columns * model.formats.hidden.bits },
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
    inputs: { accumulate: { bits: 1 }, is_input: { bits: 1 }, is_first: { bits: 1 }, start_sum: { bits: 16 }, weights: { bits: weightBits[precision] }, choices: { bits: 6 } },
    outputs: { recurrent_sum: { bits: 16, isSigned: true }, input_sum: { bits: 14, isSigned: true } },
    rows: Array.from({ length: 200 }, (_, cycle) => {
      const code = draws.of<number>(codes[precision]);
      const accumulate = cycle < 2 || draws.integer(0, 3) > 0 ? 1 : 0;
      return {
        accumulate,
        is_input: shared * (cycle < 2 ? cycle : draws.integer(0, 1)),
        is_first: cycle < 2 ? 1 : accumulate * (draws.integer(0, 15) === 0 ? 1 : 0),
        start_sum: draws.integer(-1000, 1000),
        weights: precision === 1 ? (code + 1) / 2 : code,
        choices: accumulate * draws.signed(6),
      };
    }),
  }));
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { precision, shared, keeps } = cases[index]!;
    const sums = [0, 0];
    const expected = blocks[index]!.rows.map(({ accumulate, is_input, is_first, start_sum, weights, choices }) => {
      const worth = precision === 1 ? 2 * weights - 1 : weights;
      if (accumulate === 1) {
        sums[is_input] = (is_first === 0 ? sums[is_input]! : (1 - is_input) * keeps * start_sum) + worth * choices;
      }
      return { recurrent_sum: sums[0]! + 0, input_sum: shared === 1 ? sums[1]! + 0 : 0 };
    });
    expect(outcomes.slice(3), `case ${index}`).toEqual(expected.slice(2, -1));
  });
});

test("pair_sums gives both values of a pair, their sum and their difference, a cycle later", () => {
  const draws = new Draws(12);
  const rows = Array.from({ length: 200 }, () => ({ values: draws.of([0, 0xfff, draws.integer(0, 0xfff)]) }));
  const [outcomes] = simulateBlocks([
    { module: "pair_sums", parameters: { COLUMNS: 2, VALUE_BITS: 6 }, inputs: { values: { bits: 12 } }, outputs: { choices: { bits: 28 } }, rows },
  ]);
  const signed = (bits: number): number => (bits >= 32 ? bits - 64 : bits);
  const expected = rows.map(({ values }) => {
    const [first, second] = [signed(values % 64), signed(values >> 6)] as const;
    return [first, second, first + second, first - second].reduceRight((all, choice) => all * 128 + (choice & 127), 0);
  });
  expect(outcomes.slice(1).map(({ choices }) => choices)).toEqual(expected.slice(0, -1));
});

test("mac_pair is the sum of two products, as addend and carry, for every pair of weights", () => {
  const draws = new Draws(13);
  const codes = { 1: [-1, 1], 2: [-1, 0, 1], 3: [-8, -1, 0, 3, 7] } as const;
  const bits = { 1: 1, 2: 2, 3: 4 } as const;
  const cases = ([1, 2, 3] as const).map((precision) => {
    const stored = (code: number): number => (precision === 1 ? (code + 1) / 2 : code & (2 ** bits[precision] - 1));
    const pairs = codes[precision].flatMap((first) => codes[precision].map((second) => [first, second] as const));
    const rows = pairs.flatMap(([first, second]) =>
      Array.from({ length: 12 }, () => {
        const values = [draws.of([-32, 31, draws.signed(6)]), draws.of([-32, 31, draws.signed(6)])] as const;
        const choices = [values[0], values[1], values[0] + values[1], values[0] - values[1]].reduceRight((all, choice) => all * 128 + (choice & 127), 0);
        return { expected: first * values[0] + second * values[1] + 0, row: { accumulate: 1, weights: stored(first) + stored(second) * 2 ** bits[precision], choices } };
      }),
    );
    return { precision, rows };
  });
  const blocks = cases.map(({ precision, rows }) => ({
    module: "mac_pair" as const,
    isClocked: false,
    parameters: { PRECISION: precision, WEIGHT_BITS: bits[precision], VALUE_BITS: 6 },
    inputs: { accumulate: { bits: 1 }, weights: { bits: 2 * bits[precision] }, choices: { bits: 28 } },
    outputs: { addend: { bits: 7 + (precision === 3 ? 4 : 0), isSigned: true }, carry: { bits: 1 } },
    rows: rows.map(({ row }) => row),
  }));
  simulateBlocks(blocks).forEach((outcomes, index) => {
    expect(outcomes.map(({ addend, carry }) => addend! + carry!)).toEqual(cases[index]!.rows.map(({ expected }) => expected));
  });
});
