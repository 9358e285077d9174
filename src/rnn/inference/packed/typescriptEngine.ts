import { activationRounding, roundActivations } from "../../activationRounding.js";
import type { RowScaling } from "../../../normalisers/contract.js";
import { rowStatistics } from "../../../normalisers/lookup.js";
import { roundToFormat, stateRounding } from "../../fixedState.js";
import type { FixedPoint } from "../../kernels/contract.js";
import type { PackedEngine } from "./engine.js";
import { multiply, rowOf } from "./matrixProduct.js";
import { packedBytes, type PackedGru, type PackedLayer, type PackedLstm, type PackedMinGru, type PackedModel } from "./packedModel.js";

const identity: RowScaling = { factor: 1, offset: 0 };

/** One timestep of one layer and one stream. */
interface Step {
  readonly timestep: number;
  /** [G * H] products */
  readonly input: Float64Array;
  readonly recurrent: Float64Array;
  /** [H], updated in place */
  readonly hidden: Float32Array;
  readonly cell: Float32Array;
}

/** Packed inference in plain TypeScript: the native engine's twin, used where that is not built. */
export class TypescriptEngine implements PackedEngine {
  readonly name = "typescript";
  readonly bytes: number;
  private readonly hidden: readonly Float32Array[];
  private readonly cell: readonly Float32Array[];
  private readonly input: Float64Array;
  private readonly recurrent: Float64Array;

  constructor(
    private readonly model: PackedModel,
    private readonly batch: number,
  ) {
    this.bytes = packedBytes(model).total;
    this.hidden = model.layers.map(({ units }) => new Float32Array(batch * units));
    this.cell = model.layers.map((layer) => new Float32Array("initialCell" in layer ? batch * layer.units : 0));
    const columns = Math.max(model.outputs.length, ...model.layers.map(({ inputWeights }) => inputWeights.columns));
    this.input = new Float64Array(columns);
    this.recurrent = new Float64Array(columns);
  }

  read(input: Int32Array | Float32Array, timesteps: number, firstTimestep: number, every: boolean, logits: Float32Array): void {
    const width = input.length / timesteps;
    const size = this.batch * this.model.outputs.length;
    for (let t = 0; t < timesteps; t++) {
      this.step(input.subarray(t * width, (t + 1) * width), firstTimestep + t);
      if (every || t === timesteps - 1) {
        this.output(logits.subarray(every ? t * size : 0));
      }
    }
  }

  copyState(layer: number, hidden: Float32Array, cell: Float32Array | undefined): void {
    hidden.set(this.hidden[layer]!);
    cell?.set(this.cell[layer]!);
  }

  setState(layer: number, hidden: Float32Array, cell: Float32Array | undefined): void {
    this.hidden[layer]!.set(hidden);
    if (cell !== undefined) {
      this.cell[layer]!.set(cell);
    }
  }

  dispose(): void {}

  private step(input: Int32Array | Float32Array, timestep: number): void {
    this.model.layers.forEach((layer, index) => {
      const { units } = layer;
      for (let stream = 0; stream < this.batch; stream++) {
        this.inputProduct(index, stream, input);
        const hidden = this.hidden[index]!.subarray(stream * units, (stream + 1) * units);
        const cell = this.cell[index]!.subarray(stream * units, (stream + 1) * units);
        const step = { timestep, input: this.input, recurrent: this.recurrent, hidden, cell };
        stepOf[layer.spec.cell](layer as never, step);
      }
    });
  }

  private inputProduct(index: number, stream: number, input: Int32Array | Float32Array): void {
    const { layers } = this.model;
    const { inputWeights: matrix, spec } = layers[index]!;
    const product = (x: Float32Array): void => multiply(matrix, roundActivations(x, activationRounding(spec)?.input), this.input);
    if (index > 0) {
      const { units } = layers[index - 1]!;
      product(this.hidden[index - 1]!.subarray(stream * units, (stream + 1) * units));
      return;
    }
    const { input: source } = this.model;
    switch (source.kind) {
      case "one-hot":
        return rowOf(matrix, input[stream]!, this.input);
      case "embedding": {
        const start = input[stream]! * source.units;
        return product(source.table.subarray(start, start + source.units));
      }
      case "dense": {
        const values = input as Float32Array;
        return product(values.subarray(stream * source.width, (stream + 1) * source.width));
      }
    }
  }

  private output(logits: Float32Array): void {
    const { outputWeights, outputBias, outputs, layers } = this.model;
    const { units } = layers.at(-1)!;
    for (let stream = 0; stream < this.batch; stream++) {
      multiply(outputWeights, this.hidden.at(-1)!.subarray(stream * units, (stream + 1) * units), this.recurrent);
      for (let column = 0; column < outputs.length; column++) {
        logits[stream * outputs.length + column] = this.recurrent[column]! + outputBias[column]!;
      }
    }
  }
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** share * old + (1 - share) * new */
function mix(old: number, value: number, share: number): number {
  return share * old + (1 - share) * value;
}

function rounder(format: FixedPoint | undefined): (value: number) => number {
  return format === undefined ? (value) => value : (value) => roundToFormat(value, format);
}

/** The first column of a timestep's row in [R, columns] constants. */
function rowStart(constants: Float32Array, columns: number, timestep: number): number {
  return constants.length > columns ? timestep * columns : 0;
}

/** What a column's recurrent product and the rest of it contribute to a gate. */
interface Columns {
  recurrent(column: number): number;
  rest(column: number): number;
}

/** What the input and the shift contribute to a column's gate. */
function inputOf(layer: PackedLayer, step: Step): (column: number) => number {
  const { inputWeights, gainInput, shift } = layer;
  const { columns } = inputWeights;
  const { factor, offset } = rowStatistics(layer.normalisation)?.scaling(step.input, 0, columns, layer.epsilon) ?? identity;
  const inputRow = rowStart(gainInput, columns, step.timestep);
  const shiftRow = rowStart(shift, columns, step.timestep);
  return (column) => gainInput[inputRow + column]! * (step.input[column]! * factor + offset) + shift[shiftRow + column]!;
}

/** @param recurrentColumns [first, last) of the recurrent product, over which rows are normalised */
function columnsOf(layer: PackedLstm | PackedGru, step: Step, recurrentColumns: readonly [number, number]): Columns {
  const columns = layer.recurrentWeights.columns;
  const ofRecurrent = rowStatistics(layer.normalisation)?.scaling(step.recurrent, ...recurrentColumns, layer.epsilon) ?? identity;
  const { gainRecurrent } = layer;
  const recurrentRow = rowStart(gainRecurrent, columns, step.timestep);
  return {
    recurrent: (column) => gainRecurrent[recurrentRow + column]! * (step.recurrent[column]! * ofRecurrent.factor + ofRecurrent.offset),
    rest: inputOf(layer, step),
  };
}

/** h as it enters the recurrent product. */
function entering({ spec }: PackedLayer, hidden: Float32Array): Float32Array {
  return roundActivations(hidden, activationRounding(spec)?.recurrent);
}

function stepLstm(layer: PackedLstm, step: Step): void {
  const { units, gainCell, shiftCell } = layer;
  const { hidden, cell } = step;
  multiply(layer.recurrentWeights, entering(layer, hidden), step.recurrent);
  const columns = columnsOf(layer, step, [0, 4 * units]);
  const gate = (block: number, unit: number): number => columns.recurrent(block * units + unit) + columns.rest(block * units + unit);
  const rounding = stateRounding(layer.spec);
  const roundCell = rounder(rounding?.cell);
  const roundHidden = rounder(rounding?.hidden);
  const newCell = Float64Array.from({ length: units }, (_, unit) =>
    roundCell(sigmoid(gate(1, unit)) * cell[unit]! + sigmoid(gate(2, unit)) * Math.tanh(gate(0, unit))),
  );
  const ofCell = rowStatistics(layer.cellNormalisation)?.scaling(newCell, 0, units, layer.epsilon) ?? identity;
  const gainRow = rowStart(gainCell, units, step.timestep);
  const shiftRow = rowStart(shiftCell, units, step.timestep);
  for (let unit = 0; unit < units; unit++) {
    const normalised = gainCell[gainRow + unit]! * (newCell[unit]! * ofCell.factor + ofCell.offset) + shiftCell[shiftRow + unit]!;
    const newHidden = roundHidden(sigmoid(gate(3, unit)) * Math.tanh(normalised));
    hidden[unit] = roundHidden(mix(hidden[unit]!, newHidden, layer.spec.zoneout.hidden));
    cell[unit] = roundCell(mix(cell[unit]!, newCell[unit]!, layer.spec.zoneout.cell));
  }
}

function stepGru(layer: PackedGru, step: Step): void {
  const { units, spec, recurrentWeights } = layer;
  const { hidden, recurrent } = step;
  const before = spec.reset === "before";
  const round = rounder(stateRounding(spec)?.hidden);
  multiply(recurrentWeights, entering(layer, hidden), recurrent, 0, before ? 2 * units : 3 * units);
  const columns = columnsOf(layer, step, [0, before ? 2 * units : 3 * units]);
  const gate = (block: number, unit: number): number =>
    sigmoid(columns.recurrent(block * units + unit) + columns.rest(block * units + unit));
  const reset = Float64Array.from({ length: units }, (_, unit) => gate(0, unit));
  const update = Float64Array.from({ length: units }, (_, unit) => gate(1, unit));
  const candidate = before ? candidateBefore(layer, step, reset) : candidateAfter(layer, step, reset, columns);
  for (let unit = 0; unit < units; unit++) {
    const value = round((1 - update[unit]!) * candidate[unit]! + update[unit]! * hidden[unit]!);
    hidden[unit] = round(mix(hidden[unit]!, value, spec.zoneout.hidden));
  }
}

/** tanh(N((r * h) · Wn) + N(x · Vn) + shift) */
function candidateBefore(layer: PackedGru, step: Step, reset: Float64Array): Float64Array {
  const { units, recurrentWeights } = layer;
  const masked = step.hidden.map((value, unit) => value * reset[unit]!);
  multiply(recurrentWeights, entering(layer, masked), step.recurrent.subarray(2 * units), 2 * units, 3 * units);
  const columns = columnsOf(layer, step, [2 * units, 3 * units]);
  return reset.map((_, unit) => Math.tanh(columns.recurrent(2 * units + unit) + columns.rest(2 * units + unit)));
}

/** tanh(r * (N(h · Wn) + shiftReset) + N(x · Vn) + shift) */
function candidateAfter(layer: PackedGru, step: Step, reset: Float64Array, columns: Columns): Float64Array {
  const { units, shiftReset } = layer;
  const row = rowStart(shiftReset, units, step.timestep);
  return reset.map((open, unit) => {
    const inside = columns.recurrent(2 * units + unit) + shiftReset[row + unit]!;
    return Math.tanh(open * inside + columns.rest(2 * units + unit));
  });
}

function stepMinGru(layer: PackedMinGru, step: Step): void {
  const { units, spec } = layer;
  const { hidden } = step;
  const round = rounder(stateRounding(spec)?.hidden);
  const sum = inputOf(layer, step);
  for (let unit = 0; unit < units; unit++) {
    const update = sigmoid(sum(unit));
    const value = round((1 - update) * hidden[unit]! + update * sum(units + unit));
    hidden[unit] = round(mix(hidden[unit]!, value, spec.zoneout.hidden));
  }
}

const stepOf: Readonly<Record<PackedLayer["spec"]["cell"], (layer: never, step: Step) => void>> = {
  lstm: stepLstm,
  gru: stepGru,
  "min-gru": stepMinGru,
};
