import { integerInput, timestepsOf, type Sequence } from "../calibrate.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../fixedModel.js";
import type { LayerInput } from "../integer/layerUnits.js";
import { chooseRow, multiplyAccumulate } from "../integer/macArray.js";
import { IntegerNetwork } from "../integer/network.js";
import { weightImage } from "../rom/contents.js";
import { hexWord } from "../../romFormats/romImage.js";
import { rowGroups } from "../rowGroups.js";
import type { RowSpan } from "../schedule/rowPhases.js";

/** Inputs of `mac_array.v` in one cycle. */
export interface ArrayCycle {
  readonly accumulate: boolean;
  readonly isInput: boolean;
  readonly isFirst: boolean;
  /** The sums before are taken to the chain. */
  readonly take: boolean;
  /** ROM words: all lanes. */
  readonly weights: bigint;
  readonly inputWeights: bigint;
  /** One for each column that comes at once. */
  readonly values: readonly number[];
}

/** An array that is simulated. */
export interface ArraySize {
  readonly lanes: number;
  readonly columnsPerCycle: number;
}

/** What leaves the chain after so many cycles. */
export interface ExpectedSums {
  readonly cycle: number;
  readonly recurrentSum: number;
  readonly inputSum: number;
}

export interface ArrayRun {
  readonly cycles: readonly ArrayCycle[];
  readonly expected: readonly ExpectedSums[];
  /** Multiply-accumulates of each lane; where symbols are all that is read, the weights that it keeps of them. */
  readonly macs: number;
}

/** Enough for a mean, few enough for a simulator of gates. */
const most = { groups: 4, recurrentColumns: 128, inputColumns: 32, timesteps: 100 } as const;

const idle: ArrayCycle = { accumulate: false, isInput: false, isFirst: false, take: false, weights: 0n, inputWeights: 0n, values: [0] };

/** What a layer reads in the last timestep of the beginning of a sequence. */
export interface LayerReading {
  readonly hidden: Int32Array;
  readonly input: LayerInput;
}

/** What each layer reads in the last timestep of the beginning of a sequence, after it has read all before it. */
export function layerReadings(model: FixedModel, sequence: Sequence): LayerReading[] {
  const network = new IntegerNetwork(model);
  const last = Math.min(most.timesteps, timestepsOf(sequence)) - 1;
  let hidden = model.layers.map(({ initialHidden }) => initialHidden.integers);
  for (let timestep = 0; timestep < last; timestep++) {
    hidden = network.step(integerInput(network, sequence, timestep)).map((trace) => trace.hidden);
  }
  hidden = hidden.map((values) => values.slice());
  const input = integerInput(network, sequence, last);
  const traces = network.step(input);
  return hidden.map((values, layer) => ({ hidden: values, input: layer === 0 ? input : traces[layer - 1]!.hidden.slice() }));
}

/**
 * Some groups of a layer's gate rows, evenly spread over the gates, with the beginnings of their columns, through an array of
 * so many lanes; and what its twin makes of the same.
 */
export function arrayRun(layer: FixedLayer, size: ArraySize, { hidden, input }: LayerReading): ArrayRun {
  const { lanes } = size;
  const groups = rowGroups(layer, lanes);
  const count = Math.min(most.groups, groups.length);
  const chosen = Array.from({ length: count }, (_, index) => Math.floor((index * groups.length) / count));
  const columns = { hidden: hidden.subarray(0, Math.min(most.recurrentColumns, layer.recurrentWeights.rows)), input: typeof input === "number" ? input : input.subarray(0, most.inputColumns) };
  const readColumns = columnReader(layer, size, columns);
  const sums = twinSums(layer, columns);
  const cycles: ArrayCycle[] = [];
  const expected: ExpectedSums[] = [];
  chosen.forEach((group, index) => {
    const [first, ...others] = readColumns(group);
    cycles.push({ ...first!, take: index > 0 }, ...others, ...pause(lanes - 1 - others.length));
    expected.push(...leavingSums(groups[group]!, sums, cycles.length + 1));
  });
  cycles.push({ ...idle, take: true }, ...pause(lanes));
  const products = columns.hidden.length + (typeof columns.input === "number" ? 0 : columns.input.length);
  const macs = count * Math.max(1, products);
  return size.columnsPerCycle === 1 ? { cycles, expected, macs } : { ...oneCycleSooner(cycles, expected), macs };
}

/** Several values, and what to do with them, come a cycle before their weights: sums of pairs are made first. */
function oneCycleSooner(cycles: readonly ArrayCycle[], expected: readonly ExpectedSums[]): Pick<ArrayRun, "cycles" | "expected"> {
  const sooner = ({ accumulate, isInput, isFirst, values }: ArrayCycle) => ({ accumulate, isInput, isFirst, values });
  return {
    cycles: [idle, ...cycles].map((cycle, index) => ({ ...cycle, ...sooner(cycles[index] ?? idle) })),
    expected: expected.map((sums) => ({ ...sums, cycle: sums.cycle + 1 })),
  };
}

/** The chain is empty again before the next group's sums come. */
function pause(cycles: number): ArrayCycle[] {
  return Array<ArrayCycle>(Math.max(0, cycles)).fill(idle);
}

/** The cycles of a group's columns, with its words of the ROMs. */
function columnReader(layer: FixedLayer, { lanes, columnsPerCycle }: ArraySize, { hidden, input }: LayerReading): (group: number) => ArrayCycle[] {
  const isSymbol = typeof input === "number";
  const word = romReader(layer, layer.recurrentWeights, lanes, columnsPerCycle);
  const inputWord = romReader(layer, layer.inputWeights, lanes, isSymbol ? 1 : columnsPerCycle);
  const inputValues = isSymbol ? [] : valueWords(input, columnsPerCycle);
  return (group) => {
    const recurrent = valueWords(hidden, columnsPerCycle).map((values, index) => ({ values, weights: word(group, index) }));
    const inputs = isSymbol ? [{ inputWeights: inputWord(group, input) }] : inputValues.map((values, index) => ({ values, inputWeights: inputWord(group, index) }));
    return [
      ...recurrent.map((column, index) => ({ ...idle, ...column, accumulate: true, isFirst: index === 0 })),
      ...inputs.map((column, index) => ({ ...idle, ...column, accumulate: true, isInput: true, isFirst: index === 0 })),
    ];
  };
}

/** The values in words of `columns`, as many at once as the array takes; zeros follow the last. */
function valueWords(values: Int32Array, columns: number): number[][] {
  return Array.from({ length: Math.ceil(values.length / columns) }, (_, word) =>
    Array.from({ length: columns }, (__, lane) => values[word * columns + lane] ?? 0),
  );
}

function romReader(layer: FixedLayer, matrix: FixedMatrix, lanes: number, columns: number): (group: number, word: number) => bigint {
  const image = weightImage("weights", layer, matrix, lanes, columns);
  const words = Math.ceil(matrix.rows / columns);
  return (group, word) => BigInt(`0x${hexWord(image, group * words + word)}`);
}

interface GateSums {
  readonly recurrent: Float64Array;
  readonly input: Float64Array;
}

function twinSums({ recurrentWeights, inputWeights }: FixedLayer, { hidden, input }: LayerReading): GateSums {
  const sums = { recurrent: new Float64Array(recurrentWeights.columns), input: new Float64Array(inputWeights.columns) };
  multiplyAccumulate(recurrentWeights, hidden, sums.recurrent);
  if (typeof input === "number") {
    chooseRow(inputWeights, input, sums.input);
  } else {
    multiplyAccumulate(inputWeights, input, sums.input);
  }
  return sums;
}

/** @param cycle in which the group's first row leaves: the one after its sums are taken */
function leavingSums({ firstRow, rows }: RowSpan, { recurrent, input }: GateSums, cycle: number): ExpectedSums[] {
  return Array.from({ length: rows }, (_, row) => ({
    cycle: cycle + row,
    recurrentSum: recurrent[firstRow + row]!,
    inputSum: input[firstRow + row]!,
  }));
}
