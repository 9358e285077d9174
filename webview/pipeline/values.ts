import type { RomWord } from "../../src/hardware/schedule/schedule.js";
import { cellHardware, type Gate } from "../../src/hardware/cells/cells.js";
import { gateOfRow, type AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { lastGateRow } from "../../src/hardware/schedule/stages.js";
import { firstRowOf, groupRows, recurrentColumns, timing, type Timing } from "../../src/hardware/schedule/timing.js";
import type { FixedPointFormat, PackedWeights, PipelineSnapshot, PipelineValues } from "../contract.js";

/** A gate row on its way through scale-shift and look-up, in the accelerator's integers and what they stand for. */
export interface RowValues {
  readonly gate: Gate;
  readonly unit: number;
  /** Exact sums of weights × h and weights × input. */
  readonly recurrentSum: number;
  readonly inputSum: number;
  /** The sum that is shown with its scale: the recurrent one, or that of the input where h has no weights. */
  readonly scaledSum: number;
  readonly scale: number;
  /** Result of scale-shift. */
  readonly preActivation: number;
  readonly preActivationValue: number;
  /** Result of the look-up. */
  readonly activation: number;
  readonly activationValue: number;
}

/** One hidden unit as it is written back; a GRU has no c. */
export interface UnitValues {
  readonly cell: number | null;
  readonly hidden: number;
  readonly hiddenValue: number;
}

const integerArrays = { 1: Int8Array, 2: Int16Array, 4: Int32Array } as const;

function unpack({ bytes, base64 }: PackedWeights, length: number, name: string): Int8Array | Int16Array | Int32Array {
  const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const found = content.length / bytes;
  if (found !== length) {
    throw new Error(`The run's ${name} hold ${found} weights instead of ${length}; reopen the panel.`);
  }
  return new integerArrays[bytes](content.buffer);
}

/** A word's columns, each as a word of its own. */
export function singleColumns(word: RomWord): RomWord[] {
  return Array.from({ length: word.columns }, (_, index) => ({ ...word, column: word.column + index, columns: 1 }));
}

export const realValue = (integer: number, { fractionBits }: FixedPointFormat): number => integer / 2 ** fractionBits;

/** Sums of a group's words of one memory up to a column; stepping forward adds one column. */
interface GroupSums {
  group: number;
  memory: RomWord["memory"];
  columns: number;
  readonly sums: Float64Array;
}

/** The integers that the accelerator computes with in the shown timestep of one layer; only partial sums are made here. */
export class LayerValues {
  /** "e" in quotes, or what kind of features. */
  readonly inputName: string;
  private readonly plan: Timing;
  private readonly inputWeights: Int8Array | Int16Array | Int32Array;
  private readonly recurrentWeights: Int8Array | Int16Array | Int32Array;
  private readonly partial: GroupSums;

  constructor(
    readonly values: PipelineValues,
    private readonly shape: AcceleratorShape,
  ) {
    this.plan = timing(shape);
    const { input } = values;
    this.inputName = input.kind === "symbol" ? JSON.stringify(input.name) : input.name;
    this.inputWeights = unpack(values.inputWeights, shape.inputs * this.plan.rows, "input weights");
    this.recurrentWeights = unpack(values.recurrentWeights, recurrentColumns(shape) * this.plan.rows, "recurrent weights");
    this.partial = { group: -1, memory: "recurrent", columns: 0, sums: new Float64Array(shape.macUnits) };
  }

  /** h is in [-range, range). */
  get hiddenRange(): number {
    const { bits, fractionBits } = this.values.formats.hidden;
    return 2 ** (bits - 1 - fractionBits);
  }

  /** The weight of a gate row in one column of a ROM word, the first if none is named. */
  weight({ memory, column }: Pick<RomWord, "memory" | "column">, row: number): number {
    const { rows } = this.plan;
    if (memory === "recurrent") {
      return this.recurrentWeights[column * rows + row]!;
    }
    const { input } = this.values;
    return this.inputWeights[(input.kind === "symbol" ? input.id : column) * rows + row]!;
  }

  /** What is broadcast to all MAC units with a word's column: h, r·h, a feature, or the 1 of a one-hot input. */
  broadcast({ memory, group, column }: Pick<RomWord, "memory" | "group" | "column">): number {
    const { hidden, candidateHidden, input } = this.values;
    if (memory === "input") {
      return input.kind === "symbol" ? 1 : input.integers[column]!;
    }
    return (this.readsReset(group) ? candidateHidden : hidden)![column]!;
  }

  /** Whether a group's recurrent columns are r·h. */
  readsReset(group: number): boolean {
    return this.values.candidateHidden !== null && firstRowOf(this.shape, this.plan, group) >= lastGateRow(this.shape);
  }

  /** Sums of a word's group and memory, its own columns included; entry u belongs to MAC unit u. */
  sumsWith({ memory, group, column, columns }: Pick<RomWord, "memory" | "group" | "column" | "columns">): Float64Array {
    const { partial } = this;
    const end = column + columns;
    if (partial.group !== group || partial.memory !== memory || partial.columns > end) {
      Object.assign(partial, { group, memory, columns: 0 });
      partial.sums.fill(0);
    }
    const firstRow = firstRowOf(this.shape, this.plan, group);
    const busy = groupRows(this.shape, this.plan, group);
    for (; partial.columns < end; partial.columns++) {
      const word = { memory, group, column: partial.columns };
      const value = this.broadcast(word);
      for (let unit = 0; unit < busy; unit++) {
        partial.sums[unit]! += this.weight(word, firstRow + unit) * value;
      }
    }
    return partial.sums;
  }

  row(row: number): RowValues {
    const { recurrentSums, inputSums, scales, preactivations, gates, formats } = this.values;
    const { gate, unit } = gateOfRow(this.shape, row);
    // A candidate has the format of h, and one that no function bounds is divided by the range of h on its way there.
    const isCandidate = gate === cellHardware(this.shape.cell).candidate.gate;
    return {
      gate,
      unit,
      recurrentSum: recurrentSums[row]!,
      inputSum: inputSums[row]!,
      scaledSum: (recurrentColumns(this.shape) > 0 ? recurrentSums : inputSums)[row]!,
      scale: realValue(scales[row]!, formats.scale),
      preActivation: preactivations[row]!,
      preActivationValue: realValue(preactivations[row]!, formats.preactivation) * (isCandidate ? this.hiddenRange : 1),
      activation: gates[row]!,
      activationValue: realValue(gates[row]!, isCandidate ? formats.hidden : formats.gate),
    };
  }

  unit(unit: number): UnitValues {
    const { nextCell, nextHidden, formats } = this.values;
    const hidden = nextHidden[unit]!;
    return { cell: nextCell && nextCell[unit]!, hidden, hiddenValue: realValue(hidden, formats.hidden) };
  }
}

/** Why the panel shows structure without values. */
export type Values = { readonly network: LayerValues } | { readonly network: null; readonly reason: string };

/** The values that belong to the shown shape, or why there are none. */
export function valuesOf({ shape: own, values }: PipelineSnapshot["layers"][number], shape: AcceleratorShape): Values {
  if (values === null) {
    return { network: null, reason: "A preset has no weights: the panel shows structure and timing, no values." };
  }
  if (shape.precision !== own.precision) {
    return {
      network: null,
      reason: `This run has ${own.precision} weights: with ${shape.precision} ones the panel shows structure and timing, no values.`,
    };
  }
  return { network: new LayerValues(values, shape) };
}
