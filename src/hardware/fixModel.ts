import type { AcceleratorLayer, AcceleratorModel } from "./acceleratorModel.js";
import { cells, forCell, type ForCells } from "./cells/cells.js";
import { fixedGru } from "./fix/gru.js";
import { rangedFormat, type Calibration, type LayerInput, type Named, type Parts } from "./fix/layer.js";
import { defaultCellBits, fixedLstm } from "./fix/lstm.js";
import { fixedMinGru } from "./fix/minGru.js";
import type { Delta, FixedFormats, FixedLayer, FixedModel } from "./fixedModel.js";
import { lookUpTable, preactivationFormat, type LookUpOptions } from "./lookUpTable.js";
import { OptionError, wrongOption, type OptionName } from "../text/optionError.js";
import { defaultActivationBits, isColumnsPerCycle, mostColumnsPerCycle, type Precision } from "./schedule/shape.js";

export interface FixedModelOptions {
  /**
   * Bits of hidden states, gates, dense inputs and full-precision weights, 4 to 16. Default: those of the hidden states that the
   * model was trained with, else 12, the paper's (remembered).
   */
  readonly activationBits?: number;
  /**
   * Bits of the cell state, 4 to 24. Default: those that the layer was trained with, else 16: it is a sum over all timesteps, so its
   * rounding errors add up. A range that the layer was trained with stays.
   */
  readonly cellBits?: number;
  /** Bits of each scale and shift, 4 to 24. Default 16. */
  readonly constantBits?: number;
  /** Entries and interpolation of the tables for sigmoid and tanh. Default: 256 entries, interpolated. */
  readonly lookUp?: LookUpOptions;
  /** Skip the columns of hidden units that changed by at most so many steps of h since they were last read. Default: read all. */
  readonly deltaThreshold?: number;
  /** Columns that each MAC unit takes in one cycle, a power of two. Default 1. */
  readonly columnsPerCycle?: number;
  /** MAC units that hold these weights: theirs by default, or wider ones, for comparison. */
  readonly precision?: Precision;
  /** What was seen on data (`calibrate`); without it ranges that the model was not trained with are assumed. */
  readonly calibration?: Calibration;
}

export { defaultActivationBits, defaultCellBits };
export const defaultConstantBits = 16;

/** Bits below a pre-activation's last one that its terms are rounded to before they are added. */
const guardBits = 3;

/**
 * The integers of a trained model. Scales, shifts and full-precision weights get the finest format that holds their
 * largest magnitude, one format per vector or matrix.
 * @throws OptionError for an option out of range, or one that trained states ask for; RangeError for a vector of the wrong length, a
 *   number that is not finite
 */
export function fixModel(model: AcceleratorModel, options: FixedModelOptions = {}): FixedModel {
  const { activationBits = trainedHiddenBits(model) ?? defaultActivationBits, lookUp = {} } = options;
  const bits = {
    activation: checkedBits("activationBits", activationBits, 16),
    cell: options.cellBits === undefined ? undefined : checkedBits("cellBits", options.cellBits, 24),
    constant: checkedBits("constantBits", options.constantBits ?? defaultConstantBits, 24),
  };
  const preactivation = preactivationFormat(activationBits, lookUp);
  const formats: FixedFormats = {
    hidden: { bits: activationBits, fractionBits: activationBits - 1, signed: true },
    gate: { bits: activationBits, fractionBits: activationBits - 1, signed: false },
    preactivation,
    sumFractionBits: preactivation.fractionBits + guardBits,
  };
  const parts: Parts = { bits, formats, calibration: options.calibration, precision: options.precision };
  return {
    version: 2,
    input: model.input,
    formats,
    tables: { sigmoid: lookUpTable("sigmoid", activationBits, lookUp), tanh: lookUpTable("tanh", activationBits, lookUp) },
    layers: fixedLayers(model, parts),
    ...(options.deltaThreshold !== undefined && { delta: deltaOf(model, options.deltaThreshold, activationBits) }),
    columnsPerCycle: checkedColumns(options),
  };
}

/** All layers of an accelerator have hidden states of the same bits. */
function trainedHiddenBits({ layers }: AcceleratorModel): number | undefined {
  const trained = [...new Set(layers.flatMap(({ hiddenBits }) => hiddenBits ?? []))];
  const [bits] = trained;
  if (trained.length > 1 || (bits !== undefined && (bits < 4 || bits > 16))) {
    const has = "an accelerator has the same for all layers, 4 to 16";
    const fault = `The model was trained with hidden states of ${trained.join(" and ")} bits, but ${has}`;
    throw new OptionError((name) => `${fault}; say ${name("activationBits")}.`);
  }
  return bits;
}

/** @throws OptionError for no power of two, or several columns with delta updates, whose list has one column a cycle */
function checkedColumns({ columnsPerCycle = 1, deltaThreshold }: FixedModelOptions): number {
  if (!isColumnsPerCycle(columnsPerCycle)) {
    throw wrongOption("columnsPerCycle", columnsPerCycle, `choose a power of two from 1 to ${mostColumnsPerCycle}`);
  }
  if (columnsPerCycle > 1 && deltaThreshold !== undefined) {
    const why = "but delta updates read a list of changes, one column a cycle; choose one of both";
    throw new OptionError((name) => `${name("columnsPerCycle")} is ${columnsPerCycle}, ${why}.`);
  }
  return columnsPerCycle;
}

/** @throws OptionError for a threshold out of range, or a layer whose recurrent sums are not of h itself, or that has none */
function deltaOf({ layers }: AcceleratorModel, threshold: number, activationBits: number): Delta {
  const most = 2 ** activationBits - 1;
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > most) {
    throw wrongOption("deltaThreshold", threshold, `choose a whole number from 0 to ${most}, in steps of h`);
  }
  if (layers.some((layer) => layer.reset === "before")) {
    const why = 'does not go with a GRU that resets before the product, whose sums are of r·h; train with reset: "after"';
    throw new OptionError((name) => `${name("deltaThreshold")} ${why}.`);
  }
  if (layers.some(({ cell }) => !cells[cell].hasRecurrentWeights)) {
    throw new OptionError((name) => `${name("deltaThreshold")} does not go with a minGRU, which has no recurrent sums to correct; leave it out.`);
  }
  return { threshold };
}

function checkedBits(name: OptionName, bits: number, most: number): number {
  if (!Number.isInteger(bits) || bits < 4 || bits > most) {
    throw wrongOption(name, bits, `choose a whole number from 4 to ${most}`);
  }
  return bits;
}

const oneHot: LayerInput = { inputKind: "one-hot", inputFormat: { bits: 1, fractionBits: 0, signed: false } };

function inputOf({ input }: AcceleratorModel, below: FixedLayer | undefined, { bits, calibration }: Parts): LayerInput {
  if (below !== undefined) {
    return { inputKind: "dense", inputFormat: below.hiddenFormat };
  }
  if (input.kind === "one-hot") {
    return oneHot;
  }
  // All word vectors are known, whatever a calibration saw of them.
  const seen = input.kind === "embedding" ? largestMagnitude(input.table) : calibration?.input;
  return { inputKind: "dense", inputFormat: rangedFormat(bits.activation, seen) };
}

function largestMagnitude(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Each layer reads h in the format of the one below. */
function fixedLayers(model: AcceleratorModel, parts: Parts): FixedLayer[] {
  const layers: FixedLayer[] = [];
  model.layers.forEach((layer, index) => layers.push(fixedLayer(layer, index, inputOf(model, layers.at(-1), parts), parts)));
  return layers;
}

const fixed: ForCells<AcceleratorLayer, [input: LayerInput, parts: Parts, at: Named, index: number], FixedLayer> = { lstm: fixedLstm, gru: fixedGru, "min-gru": fixedMinGru };

function fixedLayer(layer: AcceleratorLayer, index: number, input: LayerInput, parts: Parts): FixedLayer {
  return forCell(fixed, layer)(layer, input, parts, (name) => `layers[${index}].${name}`, index);
}
