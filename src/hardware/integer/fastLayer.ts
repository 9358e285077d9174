import { gateRows } from "../fixedModel.js";
import type { FixedGru, FixedLayer, FixedLstm, FixedMatrix, FixedModel } from "../fixedModel.js";
import { updateAlignment } from "../layerBits.js";
import { lookUp } from "../lookUpTable.js";
import type { LookUpTable } from "../lookUpTable.js";
import type { LayerInput, SaturationCounts } from "./layer.js";
import { SummedHidden } from "./summedHidden.js";

/** The exact sums of a matrix's columns, each row times its value. */
export type MatrixProduct = (values: Int32Array, sums: Float64Array) => void;

/** @param sumBits width in two's complement that holds every sum and every partial sum */
export type ProductOf = (matrix: FixedMatrix, sumBits: number) => MatrixProduct;

/** Everything that does not depend on the timestep, in the form that the loops read. */
interface Constants {
  readonly scaleRecurrent: Float64Array;
  readonly recurrentFactor: number;
  /** From a sum's binary point to that of a pre-activation. */
  readonly sumFactor: number;
  readonly gateFactor: number;
  readonly least: number;
  readonly most: number;
  readonly hiddenMost: number;
  readonly sigmoid: Int32Array;
  readonly tanh: Int32Array;
}

/**
 * The same integers as `IntegerLayer`, some ten times as fast, for scoring whole texts: tables with a word for each
 * pre-activation, input terms kept for each symbol, powers of two worked out beforehand. A test compares the two.
 */
export class FastLayer {
  readonly saturations: SaturationCounts = { preactivation: 0, cell: 0 };
  /** Since the start: H a timestep, or with delta updates those that had changed. */
  recurrentColumns = 0;
  /** [H] each; the cell state of a GRU is empty. */
  readonly hidden: Int32Array;
  readonly cell: Int32Array;
  private readonly constants: Constants;
  private readonly sums: Float64Array;
  private readonly gates: Int32Array;
  private readonly terms: InputTerms;
  private readonly summedHidden: SummedHidden;
  private readonly multiplyRecurrent: MatrixProduct;
  private readonly stepCell: (terms: Float64Array) => void;

  constructor(
    model: Pick<FixedModel, "formats" | "tables" | "delta">,
    private readonly layer: FixedLayer,
    productOf: ProductOf,
  ) {
    const { units } = layer;
    const rows = gateRows(layer);
    this.hidden = new Int32Array(units);
    this.cell = new Int32Array(layer.cell === "lstm" ? units : 0);
    this.sums = new Float64Array(rows);
    this.gates = new Int32Array(rows);
    this.constants = constantsOf(model, layer);
    this.terms = new InputTerms(layer, productOf);
    this.summedHidden = new SummedHidden(units, model.delta);
    this.multiplyRecurrent = productOf(layer.recurrentWeights, layer.bits.recurrentSum);
    this.stepCell = layer.cell === "lstm" ? this.lstm(layer, model) : this.gru(layer, model);
    this.restart();
  }

  /** Back to the initial state. */
  restart(): void {
    this.hidden.set(this.layer.initialHidden.integers);
    if (this.layer.cell === "lstm") {
      this.cell.set(this.layer.initialCell.integers);
    }
    this.summedHidden.restart(this.hidden);
  }

  /** One timestep. @returns `hidden` */
  step(input: LayerInput): Int32Array {
    this.recurrentColumns += this.summedHidden.columns;
    this.multiplyRecurrent(this.summedHidden.values, this.sums);
    this.stepCell(this.terms.of(input));
    this.summedHidden.update(this.hidden);
    return this.hidden;
  }

  /** Gates of the rows from `first` on whose recurrent term is scaled and nothing else. */
  private activate(first: number, end: number, terms: Float64Array, table: Int32Array): void {
    const { sums, gates } = this;
    const { scaleRecurrent, recurrentFactor } = this.constants;
    for (let row = first; row < end; row++) {
      const term = Math.floor(scaleRecurrent[row]! * sums[row]! * recurrentFactor + 0.5);
      gates[row] = table[this.preactivation(term + terms[row]!)]!;
    }
  }

  /** Place in a table of a sum of terms: rounded, saturated. */
  private preactivation(total: number): number {
    const { sumFactor, least, most } = this.constants;
    const exact = Math.floor(total * sumFactor + 0.5);
    if (exact < least || exact > most) {
      this.saturations.preactivation++;
      return exact < least ? 0 : most - least;
    }
    return exact - least;
  }

  private lstm(layer: FixedLstm, { formats }: Pick<FixedModel, "formats">): (terms: Float64Array) => void {
    const { constants, gates, cell, hidden } = this;
    const { units, cellFormat } = layer;
    const { kept, added } = updateAlignment(cellFormat, formats.hidden);
    const [keptFactor, addedFactor] = [2 ** kept, 2 ** added];
    const updateFactor = constants.gateFactor * 2 ** -kept;
    const cellLimit = 2 ** (cellFormat.bits - 1);
    const show = this.shown(layer);
    return (terms) => {
      this.activate(0, units, terms, constants.tanh);
      this.activate(units, 4 * units, terms, constants.sigmoid);
      for (let unit = 0; unit < units; unit++) {
        const update = gates[units + unit]! * cell[unit]! * keptFactor + gates[2 * units + unit]! * gates[unit]! * addedFactor;
        const exact = Math.floor(update * updateFactor + 0.5);
        const next = Math.min(cellLimit - 1, Math.max(-cellLimit, exact));
        this.saturations.cell += next === exact ? 0 : 1;
        cell[unit] = next;
        const product = Math.floor(gates[3 * units + unit]! * show(unit, next) * constants.gateFactor + 0.5);
        hidden[unit] = Math.min(constants.hiddenMost, product);
      }
    };
  }

  /** tanh of the scaled cell state; its saturation is harmless and counted nowhere. */
  private shown({ cellScale, cellShift, cellShiftRight, cellShiftAlignment }: FixedLstm): (unit: number, cell: number) => number {
    const { sumFactor, least, most, tanh } = this.constants;
    const scales = Float64Array.from(cellScale.integers);
    const shifts = aligned(cellShift.integers, cellShiftAlignment);
    const factor = 2 ** -cellShiftRight;
    return (unit, cell) => {
      const total = Math.floor(scales[unit]! * cell * factor + 0.5) + shifts[unit]!;
      const place = Math.floor(total * sumFactor + 0.5);
      return tanh[(place < least ? least : place > most ? most : place) - least]!;
    };
  }

  private gru(layer: FixedGru, { formats }: Pick<FixedModel, "formats">): (terms: Float64Array) => void {
    const { constants, gates, hidden, sums } = this;
    const { scaleRecurrent, recurrentFactor, gateFactor, hiddenMost, tanh } = constants;
    const { units, reset } = layer;
    const shifts = aligned(layer.resetShift.integers, layer.resetShiftAlignment);
    const candidateSums = new Float64Array(sums.length);
    const one = 2 ** formats.gate.fractionBits;
    const resetHidden = new Int32Array(units);
    return (terms) => {
      this.activate(0, 2 * units, terms, constants.sigmoid);
      if (reset === "before") {
        for (let unit = 0; unit < units; unit++) {
          resetHidden[unit] = Math.floor(gates[unit]! * hidden[unit]! * gateFactor + 0.5);
        }
        this.multiplyRecurrent(resetHidden, candidateSums);
        sums.set(candidateSums.subarray(2 * units), 2 * units);
      }
      for (let unit = 0; unit < units; unit++) {
        const row = 2 * units + unit;
        const inner = Math.floor(scaleRecurrent[row]! * sums[row]! * recurrentFactor + 0.5) + shifts[unit]!;
        const outer = Math.floor((reset === "after" ? gates[unit]! : one) * inner * gateFactor + 0.5);
        const candidate = tanh[this.preactivation(outer + terms[row]!)]!;
        gates[row] = candidate;
        const next = candidate + Math.floor(gates[units + unit]! * (hidden[unit]! - candidate) * gateFactor + 0.5);
        hidden[unit] = Math.min(hiddenMost, Math.max(-hiddenMost - 1, next));
      }
    };
  }
}

/** The scaled input sums with their shifts; those of a symbol are worked out once. */
class InputTerms {
  private readonly ofSymbol = new Map<number, Float64Array>();
  private readonly scales: Float64Array;
  private readonly shifts: Float64Array;
  private readonly factor: number;
  private readonly sums: Float64Array;
  private readonly multiply: MatrixProduct | undefined;

  constructor(
    private readonly layer: FixedLayer,
    productOf: ProductOf,
  ) {
    const { gateScaleInput, gateShift, shiftAlignment, inputShift, inputWeights, inputKind, bits } = layer;
    this.scales = Float64Array.from(gateScaleInput.integers);
    this.shifts = aligned(gateShift.integers, shiftAlignment);
    this.factor = 2 ** -inputShift;
    this.sums = new Float64Array(inputWeights.columns);
    this.multiply = inputKind === "dense" ? productOf(inputWeights, bits.inputSum) : undefined;
  }

  of(input: LayerInput): Float64Array {
    if (typeof input === "number") {
      const terms = this.ofSymbol.get(input) ?? this.scaled(this.weightsOf(input), new Float64Array(this.sums.length));
      this.ofSymbol.set(input, terms);
      return terms;
    }
    this.multiply!(input, this.sums);
    return this.scaled(this.sums, this.sums);
  }

  private weightsOf(symbol: number): Float64Array {
    const { codes, columns } = this.layer.inputWeights;
    return Float64Array.from(codes.subarray(symbol * columns, (symbol + 1) * columns));
  }

  private scaled(sums: Float64Array, terms: Float64Array): Float64Array {
    const { scales, shifts, factor } = this;
    for (let row = 0; row < sums.length; row++) {
      terms[row] = Math.floor(scales[row]! * sums[row]! * factor + 0.5) + shifts[row]!;
    }
    return terms;
  }
}

function constantsOf({ formats, tables }: Pick<FixedModel, "formats" | "tables">, layer: FixedLayer): Constants {
  const { preactivation, sumFractionBits, gate, hidden } = formats;
  const limit = 2 ** (preactivation.bits - 1);
  return {
    scaleRecurrent: Float64Array.from(layer.gateScaleRecurrent.integers),
    recurrentFactor: 2 ** -layer.recurrentShift,
    sumFactor: 2 ** (preactivation.fractionBits - sumFractionBits),
    gateFactor: 2 ** -gate.fractionBits,
    least: -limit,
    most: limit - 1,
    hiddenMost: 2 ** (hidden.bits - 1) - 1,
    sigmoid: everyWord(tables.sigmoid),
    tanh: everyWord(tables.tanh),
  };
}

/** The results for all pre-activations, the least one first. */
function everyWord(table: LookUpTable): Int32Array {
  const limit = 2 ** (table.input.bits - 1);
  return Int32Array.from({ length: 2 * limit }, (_, place) => lookUp(table, place - limit));
}

function aligned(integers: Int32Array, left: number): Float64Array {
  return Float64Array.from(integers, (integer) => integer * 2 ** left);
}
