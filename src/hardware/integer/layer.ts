import { gateRows } from "../fixedModel.js";
import type { FixedGru, FixedLayer, FixedLstm, FixedMatrix, FixedModel } from "../fixedModel.js";
import { lookUp } from "../lookUpTable.js";
import { saturate } from "./arithmetic.js";
import { resetHidden, showCell, updateCell, updateHidden } from "./elementWise.js";
import { chooseRow, multiplyAccumulate } from "./macArray.js";
import { SummedHidden } from "./summedHidden.js";
import { scaleShift, scaleShiftReset } from "./scaleShift.js";

/** What a layer reads in one timestep: the number of a symbol, or I integers in its input format. */
export type LayerInput = number | Int32Array;

/** The signals of one timestep; valid until the next one. G gates, H units. */
export interface LayerTrace {
  /** [G * H] each, in the order of the gate rows. */
  readonly recurrentSums: Float64Array;
  readonly inputSums: Float64Array;
  readonly preactivations: Int32Array;
  /** After the look-up. */
  readonly gates: Int32Array;
  /** [H]: c', empty for a GRU. */
  readonly cell: Int32Array;
  /** [H]: h' */
  readonly hidden: Int32Array;
  /** Recurrent columns that were read: H, or with delta updates those whose h had changed. */
  columns: number;
}

/** How many values were clipped to their format's range since the start. */
export interface SaturationCounts {
  preactivation: number;
  cell: number;
}

/**
 * One layer in integers, bit for bit what the Verilog computes: each operation is a function of this folder that bears
 * the name of its block.
 */
export class IntegerLayer {
  readonly saturations: SaturationCounts = { preactivation: 0, cell: 0 };
  private readonly trace: LayerTrace;
  private readonly rows: number;
  /** r·h of a GRU whose reset comes before the product. */
  private readonly resetHidden: Int32Array;

  /** h as the recurrent sums hold it. */
  private readonly summedHidden: SummedHidden;

  constructor(
    private readonly model: Pick<FixedModel, "formats" | "tables" | "delta">,
    readonly layer: FixedLayer,
  ) {
    const { units } = layer;
    this.summedHidden = new SummedHidden(units, model.delta);
    this.rows = gateRows(layer);
    this.resetHidden = new Int32Array(units);
    this.trace = {
      recurrentSums: new Float64Array(this.rows),
      inputSums: new Float64Array(this.rows),
      preactivations: new Int32Array(this.rows),
      gates: new Int32Array(this.rows),
      cell: new Int32Array(layer.cell === "lstm" ? units : 0),
      hidden: new Int32Array(units),
      columns: units,
    };
    this.restart();
  }

  /** Back to the initial state. */
  restart(): void {
    this.trace.hidden.set(this.layer.initialHidden.integers);
    this.summedHidden.restart(this.trace.hidden);
    if (this.layer.cell === "lstm") {
      this.trace.cell.set(this.layer.initialCell.integers);
    }
  }

  /** One timestep. */
  step(input: LayerInput): LayerTrace {
    const { layer, trace } = this;
    this.sumInput(layer.inputWeights, input);
    trace.columns = this.summedHidden.columns;
    multiplyAccumulate(layer.recurrentWeights, this.summedHidden.values, trace.recurrentSums);
    if (layer.cell === "lstm") {
      this.stepLstm(layer);
    } else {
      this.stepGru(layer);
    }
    this.summedHidden.update(trace.hidden);
    return trace;
  }

  private sumInput(weights: FixedMatrix, input: LayerInput): void {
    if (typeof input === "number") {
      chooseRow(weights, input, this.trace.inputSums);
    } else {
      multiplyAccumulate(weights, input, this.trace.inputSums);
    }
  }

  private stepLstm(layer: FixedLstm): void {
    const { model, trace } = this;
    const { formats } = model;
    const { units } = layer;
    for (let row = 0; row < this.rows; row++) {
      this.activate(row, scaleShift(layer, formats, row, trace.recurrentSums[row]!, trace.inputSums[row]!), row < units);
    }
    for (let unit = 0; unit < units; unit++) {
      const [g, f, i, o] = [0, 1, 2, 3].map((block) => trace.gates[block * units + unit]!) as [number, number, number, number];
      const cell = updateCell(layer, formats, { g, f, i, o }, trace.cell[unit]!);
      trace.cell[unit] = saturate(cell, layer.cellFormat.bits);
      this.saturations.cell += trace.cell[unit] === cell ? 0 : 1;
      trace.hidden[unit] = showCell(layer, model, unit, o, trace.cell[unit]!);
    }
  }

  private stepGru(layer: FixedGru): void {
    const { trace } = this;
    const { formats } = this.model;
    const { units, reset } = layer;
    const one = 2 ** formats.gate.fractionBits;
    for (let row = 0; row < 2 * units; row++) {
      this.activateGruRow(layer, row, one);
    }
    if (reset === "before") {
      trace.hidden.forEach((before, unit) => {
        this.resetHidden[unit] = resetHidden(formats, trace.gates[unit]!, before);
      });
      const sums = new Float64Array(this.rows);
      multiplyAccumulate(layer.recurrentWeights, this.resetHidden, sums);
      trace.recurrentSums.set(sums.subarray(2 * units), 2 * units);
    }
    for (let unit = 0; unit < units; unit++) {
      this.activateGruRow(layer, 2 * units + unit, reset === "after" ? trace.gates[unit]! : one);
      const [z, n] = [trace.gates[units + unit]!, trace.gates[2 * units + unit]!];
      trace.hidden[unit] = updateHidden(formats, z, n, trace.hidden[unit]!);
    }
  }

  private activateGruRow(layer: FixedGru, row: number, reset: number): void {
    const { recurrentSums, inputSums } = this.trace;
    const preactivation = scaleShiftReset(layer, this.model.formats, row, recurrentSums[row]!, inputSums[row]!, reset);
    this.activate(row, preactivation, row >= 2 * layer.units);
  }

  /** Saturation and look-up of one gate row. */
  private activate(row: number, exact: number, isCandidate: boolean): void {
    const { formats, tables } = this.model;
    const preactivation = saturate(exact, formats.preactivation.bits);
    this.saturations.preactivation += preactivation === exact ? 0 : 1;
    this.trace.preactivations[row] = preactivation;
    this.trace.gates[row] = lookUp(isCandidate ? tables.tanh : tables.sigmoid, preactivation);
  }
}
