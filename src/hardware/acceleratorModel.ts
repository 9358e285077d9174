import { activationBits, levelsOf } from "../quantisers/make.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import { rowStatistics } from "../normalisers/lookup.js";
import { foldsToConstants } from "../normalisers/ofLayer.js";
import type { ExperimentSpec, LayerSpec } from "../experiment/spec.js";
import { cellHardware, cells } from "./cells/cells.js";
import type { CellVector } from "./cells/cell.js";
import { gateRows } from "./fixedModel.js";
import { columnScales, shippedValues } from "../rnn/shipping/deployedModel.js";
import type { DeployedInput, DeployedLayer, DeployedModel, ShippedMatrix } from "../rnn/shipping/deployedModel.js";
import { matrixSize } from "../rnn/shipping/matrixSize.js";

/**
 * The part of a trained model that the accelerator runs: stacked LSTM, GRU and minGRU layers whose normalisers are folded to one
 * scale and shift for each gate row. I inputs, H units, G gates; gate columns in blocks g, f, i, o, or r, z, n, or z, n.
 */
export interface AcceleratorModel {
  readonly input: DeployedInput;
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

interface AcceleratorGates {
  /** I */
  readonly inputs: number;
  /** H */
  readonly units: number;
  readonly inputWeights: AcceleratorMatrix;
  readonly recurrentWeights: AcceleratorMatrix;
  /** p = gainRecurrent * (h·Qh) + gainInput * (x·Qx) + shift, Q in codes or values. [G * H] each. */
  readonly gainRecurrent: Float32Array;
  readonly gainInput: Float32Array;
  readonly shift: Float32Array;
  /** [H] */
  readonly initialHidden: Float32Array;
  /** Bits of h, signed over [-1, 1), where the layer was trained with it in fixed point. */
  readonly hiddenBits?: number;
  /** The format of c, where the cell has one and the layer was trained with it in fixed point. */
  readonly cellState?: CellState;
  /** The side of the candidate's product on which the reset acts; only a GRU has it. */
  readonly reset?: "before" | "after";
}

export interface AcceleratorLstm extends AcceleratorGates {
  readonly cell: "lstm";
  readonly reset?: undefined;
  /** h = o * tanh(gainCell * c + shiftCell). [H] each. */
  readonly gainCell: Float32Array;
  readonly shiftCell: Float32Array;
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
  readonly shiftReset: Float32Array;
}

/** Its recurrent weights are a matrix of no rows, with gains of 0. */
export interface AcceleratorMinGru extends AcceleratorGates {
  readonly cell: "min-gru";
  readonly reset?: undefined;
  /** R of [-R, R), a power of two, where the layer was trained with h in fixed point. */
  readonly hiddenRange?: number;
}

export type AcceleratorLayer = AcceleratorLstm | AcceleratorGru | AcceleratorMinGru;

/**
 * The layer with its candidate's gains and shifts divided by the range R of h: so the candidate fits a pre-activation's format, and its
 * integers are those of h.
 */
export function inHiddenRange<Layer extends AcceleratorLayer>(layer: Layer, range: number): Layer {
  const { gates, candidate } = cellHardware(layer.cell);
  const first = gates.indexOf(candidate.gate) * layer.units;
  const divided = (values: Float32Array): Float32Array =>
    values.map((value, row) => (row >= first && row < first + layer.units ? value / range : value));
  return range === 1 ? layer : { ...layer, gainInput: divided(layer.gainInput), shift: divided(layer.shift) };
}

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
  const { quantiser, zoneout } = layer;
  const isReplaced = Object.values(zoneout).every((probability) => probability === 0);
  const hasFormats = Object.values(quantiser).every((one) => precisionOf(one) !== undefined && activationBits(one) === undefined);
  return foldsToConstants(layer) && isReplaced && hasFormats;
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

/** The vectors keep the names under which they ship; what a code is worth goes into the gains of its matrix. */
function acceleratorLayer(layer: DeployedLayer): AcceleratorLayer {
  checkFolded(layer);
  const { inputs, units, spec } = layer;
  const inputWeights = foldedMatrix(layer.inputWeights, layer.gainInput);
  const recurrentWeights = "recurrentWeights" in layer ? foldedMatrix(layer.recurrentWeights, layer.gainRecurrent) : noMatrix(inputWeights);
  return {
    cell: spec.cell,
    inputs,
    units,
    ...("reset" in spec && { reset: spec.reset }),
    inputWeights: inputWeights.matrix,
    recurrentWeights: recurrentWeights.matrix,
    ...Object.fromEntries(vectorsOf(layer).map(({ key, values }) => [key, values])),
    gainInput: inputWeights.scale,
    gainRecurrent: recurrentWeights.scale,
    ...(spec.state && { hiddenBits: spec.state.hiddenBits }),
    ...(spec.state && "cellBits" in spec.state && { cellState: { bits: spec.state.cellBits, range: spec.state.cellRange } }),
    ...(spec.state && "hiddenRange" in spec.state && { hiddenRange: spec.state.hiddenRange }),
  } as AcceleratorLayer;
}

/** In place of recurrent weights, for a cell that has none. */
export function noMatrix({ matrix, scale }: FoldedMatrix): FoldedMatrix {
  const { columns } = matrix;
  const empty: AcceleratorMatrix =
    matrix.kind === "quantised"
      ? { kind: matrix.kind, levels: matrix.levels, rows: 0, columns, codes: new Int8Array(0) }
      : { kind: matrix.kind, rows: 0, columns, values: new Float32Array(0) };
  return { matrix: empty, scale: new Float32Array(scale.length) };
}

function vectorsOf(layer: DeployedLayer): (CellVector & { readonly values: Float32Array })[] {
  const shipped = layer as unknown as Readonly<Record<string, Float32Array>>;
  return cells[layer.spec.cell].vectors.map((vector) => ({ ...vector, values: shipped[vector.key]! }));
}

function unsupported(found: string, supported: string): UnsupportedModelError {
  return new UnsupportedModelError(`The accelerator takes ${supported}; this model has ${found}.`);
}

function checkFolded(layer: DeployedLayer): void {
  if (layer.reverse !== undefined) {
    throw unsupported("a bidirectional layer, which also reads from the end of the sequence", "layers that read timesteps as they come (without tl.bidirectional())");
  }
  const { units, spec, normalisation } = layer;
  const columns = gateRows({ cell: spec.cell, units });
  const rows = rowStatistics(normalisation) ?? ("cellNormalisation" in layer ? rowStatistics(layer.cellNormalisation) : undefined);
  if (rows !== undefined) {
    throw unsupported(
      `${rows.name}, whose statistics are taken at run time`,
      'constant scales (normaliser "weight", "none", or "batch" with shared statistics)',
    );
  }
  if (vectorsOf(layer).some(({ of, values }) => values.length !== (of === "row" ? columns : units))) {
    throw unsupported("statistics for each timestep", 'shared ones (batchNorm({ statistics: "shared" }))');
  }
  if (Object.values(layer.spec.zoneout).some((rate) => rate > 0)) {
    throw unsupported("zoneout, which mixes old and new states", "states that are replaced");
  }
  // The largest of h is known only after the last unit, and its steps would need a divider: numbers of one format need neither.
  if (Object.values(layer.spec.quantiser).some((one) => activationBits(one) !== undefined)) {
    throw unsupported(
      "activations in steps of their own at each timestep (activations)",
      "states in one fixed-point format (leave activations out, and take state: tl.fixedState({ hiddenBits: 8 }))",
    );
  }
}

/** A matrix in codes, with the worth of a code folded into the gate scales. */
interface FoldedMatrix {
  readonly matrix: AcceleratorMatrix;
  readonly scale: Float32Array;
}

function foldedMatrix(matrix: ShippedMatrix, gain: Float32Array): FoldedMatrix {
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
