import { forCell, type ForCells } from "../cells/cells.js";
import { gateRows } from "../fixedModel.js";
import type { FixedLayer, FixedModel } from "../fixedModel.js";
import { lookUp } from "../lookUpTable.js";
import type { LookUpTable } from "../lookUpTable.js";
import { aligned, type Constants, type FastStep, type FastUnits, type MatrixProduct, type ProductOf } from "./fastUnits.js";
import { fastGru } from "./gru.js";
import type { LayerInput, SaturationCounts } from "./layerUnits.js";
import { fastLstm } from "./lstm.js";
import { fastMinGru } from "./minGru.js";
import { SummedHidden } from "./summedHidden.js";

const steps: ForCells<FixedLayer, [units: FastUnits], FastStep> = { lstm: fastLstm, gru: fastGru, "min-gru": fastMinGru };

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
  private readonly stepCell: FastStep;

  constructor(
    model: Pick<FixedModel, "formats" | "tables" | "delta">,
    private readonly layer: FixedLayer,
    productOf: ProductOf,
  ) {
    const { units } = layer;
    const rows = gateRows(layer);
    this.hidden = new Int32Array(units);
    this.cell = new Int32Array(layer.initialCell?.integers.length ?? 0);
    this.sums = new Float64Array(rows);
    this.gates = new Int32Array(rows);
    this.constants = constantsOf(model, layer);
    this.terms = new InputTerms(layer, productOf);
    this.summedHidden = new SummedHidden(layer.recurrentWeights.rows, model.delta);
    this.multiplyRecurrent = layer.recurrentWeights.rows === 0 ? () => undefined : productOf(layer.recurrentWeights, layer.bits.recurrentSum);
    const { constants, saturations, sums, gates, hidden, cell, multiplyRecurrent } = this;
    this.stepCell = forCell(steps, layer)(layer, {
      ...{ constants, formats: model.formats, saturations, sums, gates, hidden, cell, multiplyRecurrent },
      activate: (first, end, terms, table) => this.activate(first, end, terms, table),
      preactivation: (total) => this.preactivation(total),
    });
    this.restart();
  }

  /** Back to the initial state. */
  restart(): void {
    this.hidden.set(this.layer.initialHidden.integers);
    this.cell.set(this.layer.initialCell?.integers ?? []);
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

  private activate(first: number, end: number, terms: Float64Array, table: Int32Array): void {
    const { sums, gates } = this;
    const { scaleRecurrent, recurrentFactor } = this.constants;
    for (let row = first; row < end; row++) {
      const term = Math.floor(scaleRecurrent[row]! * sums[row]! * recurrentFactor + 0.5);
      gates[row] = table[this.preactivation(term + terms[row]!)]!;
    }
  }

  private preactivation(total: number): number {
    const { sumFactor, least, most } = this.constants;
    const exact = Math.floor(total * sumFactor + 0.5);
    if (exact < least || exact > most) {
      this.saturations.preactivation++;
      return exact < least ? 0 : most - least;
    }
    return exact - least;
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
    const { gainInput, shift, shiftAlignment, inputShift, inputWeights, inputKind, bits } = layer;
    this.scales = Float64Array.from(gainInput.integers);
    this.shifts = aligned(shift.integers, shiftAlignment);
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
    scaleRecurrent: Float64Array.from(layer.gainRecurrent.integers),
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
