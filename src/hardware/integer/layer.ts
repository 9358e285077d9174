import type { LayerInput, LayerTrace, SaturationCounts, LayerUnits } from "./layerUnits.js";
import { cellHardware, forCell, type ForCells } from "../cells/cells.js";
import { gateRows } from "../fixedModel.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../fixedModel.js";
import { lookUp } from "../lookUpTable.js";
import { roundShift, saturate } from "./arithmetic.js";
import { stepGru } from "./gru.js";
import { stepLstm } from "./lstm.js";
import { stepMinGru } from "./minGru.js";
import { chooseRow, multiplyAccumulate } from "./macArray.js";
import { SummedHidden } from "./summedHidden.js";

const steps: ForCells<FixedLayer, [units: LayerUnits], void> = { lstm: stepLstm, gru: stepGru, "min-gru": stepMinGru };

/**
 * One layer in integers, bit for bit what the Verilog computes: each operation is a function of this folder that bears
 * the name of its block.
 */
export class IntegerLayer {
  readonly saturations: SaturationCounts = { preactivation: 0, cell: 0 };
  private readonly trace: LayerTrace;
  private readonly stepCell: () => void;
  private readonly isLinear: boolean;
  /** h as the recurrent sums hold it. */
  private readonly summedHidden: SummedHidden;

  constructor(
    private readonly model: Pick<FixedModel, "formats" | "tables" | "delta">,
    readonly layer: FixedLayer,
  ) {
    const { units } = layer;
    this.summedHidden = new SummedHidden(layer.recurrentWeights.rows, model.delta);
    const rows = gateRows(layer);
    this.trace = {
      recurrentSums: new Float64Array(rows),
      inputSums: new Float64Array(rows),
      preactivations: new Int32Array(rows),
      gates: new Int32Array(rows),
      cell: new Int32Array(layer.initialCell?.integers.length ?? 0),
      hidden: new Int32Array(units),
      columns: layer.recurrentWeights.rows,
    };
    const { gates, candidate } = cellHardware(layer.cell);
    this.isLinear = candidate.curve === "linear";
    const firstCandidate = gates.indexOf(candidate.gate) * units;
    const isCandidate = (row: number): boolean => row >= firstCandidate && row < firstCandidate + units;
    const { model: own, trace, saturations } = this;
    const activate = (row: number, exact: number): void => this.activate(row, exact, isCandidate(row));
    const step = forCell(steps, layer);
    this.stepCell = () => step(layer, { model: own, trace, saturations, activate });
    this.restart();
  }

  /** Back to the initial state. */
  restart(): void {
    this.trace.hidden.set(this.layer.initialHidden.integers);
    this.summedHidden.restart(this.trace.hidden);
    this.trace.cell.set(this.layer.initialCell?.integers ?? []);
  }

  /** One timestep. */
  step(input: LayerInput): LayerTrace {
    const { layer, trace } = this;
    this.sumInput(layer.inputWeights, input);
    trace.columns = this.summedHidden.columns;
    multiplyAccumulate(layer.recurrentWeights, this.summedHidden.values, trace.recurrentSums);
    this.stepCell();
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

  /** Saturation and look-up of one gate row. */
  private activate(row: number, exact: number, isCandidate: boolean): void {
    const { formats, tables } = this.model;
    const preactivation = saturate(exact, formats.preactivation.bits);
    this.trace.preactivations[row] = preactivation;
    if (isCandidate && this.isLinear) {
      const candidate = roundShift(preactivation, formats.preactivation.fractionBits - formats.hidden.fractionBits);
      this.trace.gates[row] = saturate(candidate, formats.hidden.bits);
      // A pre-activation reaches further than h.
      this.saturations.preactivation += this.trace.gates[row] === candidate ? 0 : 1;
      return;
    }
    this.saturations.preactivation += preactivation === exact ? 0 : 1;
    this.trace.gates[row] = lookUp(isCandidate ? tables.tanh : tables.sigmoid, preactivation);
  }
}
