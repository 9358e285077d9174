import { activationBits, levelsOf } from "../quantisers/make.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import { rowStatistics } from "../normalisers/lookup.js";
import { foldsToConstants } from "../normalisers/ofLayer.js";
import type { ExperimentSpec, LayerSpec } from "../experiment/spec.js";
import { columnScales, shippedValues } from "../rnn/shipping/deployedModel.js";
import type { DeployedGru, DeployedInput, DeployedLayer, DeployedLstm, DeployedModel, ShippedMatrix } from "../rnn/shipping/deployedModel.js";
import { matrixSize } from "../rnn/shipping/matrixSize.js";

/**
 * The part of a trained model that the accelerator runs: stacked LSTM and GRU layers whose normalisers are folded to one
 * scale and shift for each gate row. I inputs, H units, G gates; gate columns in blocks g, f, i, o or r, z, n.
 */
export interface AcceleratorModel {
  readonly input: AcceleratorInput;
  /** From the input on; at least one. */
  readonly layers: readonly AcceleratorLayer[];
  /** How the shipped weights were chosen. */
  readonly choice: string;
  /** Absent for a network that is nothing but recurrent layers. */
  readonly host?: HostPart;
  /** What the host computes after the last layer; none for a network without a task. */
  readonly output?: AcceleratorOutput;
}

/** The output layer, and word vectors where the model has them: the host computes them in single precision. */
export interface HostPart {
  /** How many numbers they have in full precision. */
  readonly numbers: number;
  /** What they take as they ship. */
  readonly bits: number;
}

/** The output layer, which stays with the host, in floating point. */
export interface AcceleratorOutput {
  readonly readout: DeployedModel["readout"];
  /** Names of the V outputs. */
  readonly names: readonly string[];
  /** [H, V] */
  readonly weights: Float32Array;
  /** [V] */
  readonly bias: Float32Array;
}

/** A word vector is looked up before the accelerator, which then reads it as dense input. */
export type AcceleratorInput = DeployedInput;

interface AcceleratorGates {
  /** I */
  readonly inputs: number;
  /** H */
  readonly units: number;
  readonly inputWeights: AcceleratorMatrix;
  readonly recurrentWeights: AcceleratorMatrix;
  /** p = gateScaleRecurrent * (h·Qh) + gateScaleInput * (x·Qx) + gateShift, Q in codes or values. [G * H] each. */
  readonly gateScaleRecurrent: Float32Array;
  readonly gateScaleInput: Float32Array;
  readonly gateShift: Float32Array;
  /** [H] */
  readonly initialHidden: Float32Array;
  /** Of h, signed over [-1, 1), where the layer was trained with it in fixed point. */
  readonly hiddenBits?: number;
}

export interface AcceleratorLstm extends AcceleratorGates {
  readonly cell: "lstm";
  /** Of c, where the layer was trained with it in fixed point. */
  readonly cellState?: CellState;
  /** h = o * tanh(cellScale * c + cellShift). [H] each. */
  readonly cellScale: Float32Array;
  readonly cellShift: Float32Array;
  readonly initialCell: Float32Array;
}

/** Signed over [-range, range), a power of two. */
export interface CellState {
  readonly bits: number;
  readonly range: number;
}

export interface AcceleratorGru extends AcceleratorGates {
  readonly cell: "gru";
  readonly reset: "before" | "after";
  /** Added to the candidate's scaled recurrent product inside the reset; zeros when the reset comes before. [H] */
  readonly resetShift: Float32Array;
}

export type AcceleratorLayer = AcceleratorLstm | AcceleratorGru;

export type AcceleratorMatrix =
  | {
      readonly kind: "quantised";
      readonly levels: "binary" | "ternary";
      readonly rows: number;
      readonly columns: number;
      /** Row-major, each -1, 0 or +1 (never 0 for binary); what a code is worth is in the gate scales. */
      readonly codes: Int8Array;
    }
  | { readonly kind: "full-precision"; readonly rows: number; readonly columns: number; readonly values: Float32Array };

/** A trained model that has no accelerator; the message names what it is and what there is one for. */
export class UnsupportedModelError extends Error {
  override readonly name = "UnsupportedModelError";
}

/** What a weight of one of these quantisers is to a MAC unit; undefined where it takes more than one trit. */
export function precisionOf(quantiser: QuantiserSpec): "binary" | "ternary" | "full" | undefined {
  const levels = levelsOf(quantiser);
  return levels === "planes" ? undefined : levels;
}

/** Whether `acceleratorModel` takes what an experiment trains. */
export function hasAccelerator({ layers }: ExperimentSpec): boolean {
  return layers.every((layer) => !layer.bidirectional && isFoldable(layer));
}

function isFoldable(layer: LayerSpec): boolean {
  if (layer.cell === "min-gru") {
    return false;
  }
  const { quantiser, zoneout } = layer;
  const rates = "cell" in zoneout ? zoneout.hidden + zoneout.cell : zoneout.hidden;
  const hasFormats = [quantiser.input, quantiser.recurrent].every((one) => precisionOf(one) !== undefined && activationBits(one) === undefined);
  return foldsToConstants(layer) && rates === 0 && hasFormats;
}

/**
 * @throws UnsupportedModelError for weights of several bits, layer normalisation, statistics of each timestep, zoneout, activations
 *   that are rounded in steps of their own at each timestep, bidirectional layers
 */
export function acceleratorModel(model: DeployedModel): AcceleratorModel {
  const { input, layers, choice, readout, outputs: names, outputWeights, outputBias: bias } = model;
  const output = { readout, names, weights: shippedValues(outputWeights), bias };
  return { input, choice, layers: layers.map(acceleratorLayer), host: hostPart(model), output };
}

const float32Bits = 32;

function hostPart({ input, outputWeights, outputBias }: DeployedModel): HostPart {
  const { weights, bits, scales } = matrixSize(outputWeights, float32Bits);
  const others = outputBias.length + (input.kind === "embedding" ? input.table.length : 0);
  return { numbers: weights + others, bits: bits + (scales + others) * float32Bits };
}

function acceleratorLayer(layer: DeployedLayer): AcceleratorLayer {
  if (!("recurrentWeights" in layer)) {
    throw unsupported("a minGRU", "LSTM and GRU layers");
  }
  checkFolded(layer);
  const inputWeights = foldedMatrix(layer.inputWeights, layer.gainInput);
  const recurrentWeights = foldedMatrix(layer.recurrentWeights, layer.gainRecurrent);
  const gates: AcceleratorGates = {
    inputs: layer.inputs,
    units: layer.units,
    inputWeights: inputWeights.matrix,
    recurrentWeights: recurrentWeights.matrix,
    gateScaleRecurrent: recurrentWeights.scale,
    gateScaleInput: inputWeights.scale,
    gateShift: layer.shift,
    initialHidden: layer.initialHidden,
    ...(layer.spec.state && { hiddenBits: layer.spec.state.hiddenBits }),
  };
  return "gainCell" in layer
    ? { ...gates, cell: "lstm", ...lstmPart(layer) }
    : { ...gates, cell: "gru", reset: layer.spec.reset, resetShift: layer.shiftReset };
}

function lstmPart({ gainCell, shiftCell, initialCell, spec: { state } }: DeployedLstm) {
  const cellState = state && { bits: state.cellBits, range: state.cellRange };
  return { cellScale: gainCell, cellShift: shiftCell, initialCell, ...(cellState && { cellState }) };
}

function unsupported(found: string, supported: string): UnsupportedModelError {
  return new UnsupportedModelError(`The accelerator takes ${supported}; this model has ${found}.`);
}

function checkFolded(layer: DeployedLstm | DeployedGru): void {
  if (layer.reverse !== undefined) {
    throw unsupported("a bidirectional layer, which also reads from the end of the sequence", "layers that read timesteps as they come (without tl.bidirectional())");
  }
  const { normalisation, recurrentWeights, shift, units } = layer;
  const isLstm = "gainCell" in layer;
  const rows = rowStatistics(normalisation) ?? (isLstm ? rowStatistics(layer.cellNormalisation) : undefined);
  if (rows !== undefined) {
    throw unsupported(
      `${rows.name}, whose statistics are taken at run time`,
      'constant scales (normaliser "weight", "none", or "batch" with shared statistics)',
    );
  }
  if (shift.length !== recurrentWeights.columns || (isLstm && layer.shiftCell.length !== units)) {
    throw unsupported("statistics for each timestep", 'shared ones (batchNorm({ statistics: "shared" }))');
  }
  if (Object.values(layer.spec.zoneout).some((rate) => rate > 0)) {
    throw unsupported("zoneout, which mixes old and new states", "states that are replaced");
  }
  // The largest of h is known only after the last unit, and its steps would need a divider: numbers of one format need neither.
  if ([layer.spec.quantiser.input, layer.spec.quantiser.recurrent].some((one) => activationBits(one) !== undefined)) {
    throw unsupported(
      "activations in steps of their own at each timestep (activations)",
      "states in one fixed-point format (leave activations out, and take state: tl.fixedState({ hiddenBits: 8 }))",
    );
  }
}

/** A matrix in codes, with the worth of a code folded into the gate scales. */
function foldedMatrix(matrix: ShippedMatrix, gain: Float32Array): { matrix: AcceleratorMatrix; scale: Float32Array } {
  if (matrix.kind === "full-precision") {
    return { matrix, scale: gain };
  }
  const { rows, columns, planes } = matrix;
  const [plane] = planes;
  if (planes.length !== 1 || plane === undefined) {
    throw unsupported(`weights of ${planes.length} bits`, "binary, ternary and full-precision ones");
  }
  const { levels, codes } = plane;
  const scales = columnScales(plane, columns);
  return {
    matrix: { kind: "quantised", levels, rows, columns, codes },
    scale: gain.map((value, row) => value * scales[row]!),
  };
}
