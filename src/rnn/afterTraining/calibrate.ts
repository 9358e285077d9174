import { gatesOf } from "../../cells/cells.js";
import type { RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import { embed } from "../inference/deployedNetwork.js";
import { traceStates } from "../inference/traceStates.js";
import { unmeasuredModel } from "../shipping/deploy.js";
import { type DeployedGru, type DeployedLstm, type DeployedModel, type ShippedMatrix, shippedValues } from "../shipping/deployedModel.js";
import { layerParameters, type Parameters, withLayerPrefix } from "../training/parameters.js";
import { inverseNorms } from "../training/weightNormalisation.js";
import type { LatentNetwork } from "./latentNetwork.js";
import { recodedNetwork } from "./recode.js";
import { solveSymmetric } from "./leastSquares.js";

/**
 * Calibration of a network that was quantised after training: codes are chosen anew by the covariance of what they multiply
 * (`weightedCodes`), then scales and shifts, so that on data each gate's pre-activation p comes as near as it can to that of the float
 * network, at the states of the float network,
 *
 *   min over a, b, s of  sum over t of  (a (h_{t-1} · Qa) + b (x_t · Qx) + s - p_t)²
 *
 * for each gate row, which keeps the mean of p. At last the output layer is fitted, so that its logits of the states that the quantised
 * network comes to itself are nearest to the float network's.
 */

/** One sequence, timestep by timestep. */
export type CalibrationSequence = readonly SequenceInput[];

/** Shares of the data's own weight with which scales, and the output layer, are held where they were. */
const scaleRidge = 1e-3;
const outputRidge = 1e-2;

type DeployedGates = DeployedLstm | DeployedGru;

/** States of all sequences, one row for each timestep. */
interface States {
  /** [N, I] for each layer */
  readonly inputs: readonly Float32Array[];
  /** [N, H] for each layer: h before the timestep. */
  readonly before: readonly Float32Array[];
  /** [N, H] of the last layer: h after the timestep. */
  readonly last: Float32Array;
  readonly rows: number;
}

/** The quantised network with scales, shifts and output layer that were fitted to the float one on the sequences. */
export function calibratedNetwork(
  float: LatentNetwork,
  quantised: LatentNetwork,
  sequences: readonly CalibrationSequence[],
  kernel: RecurrentKernel,
): LatentNetwork {
  const source = unmeasuredModel({ ...float, kernel });
  const sourceStates = statesOf(source, sequences, kernel);
  const targets = source.layers.map((layer, index) => preActivations(kernel, layer as DeployedGates, sourceStates, index));
  const recoded = recodedNetwork(float, quantised, sourceStates, kernel);
  const network = targets.reduce((before, target, index) => withFittedLayer(before, index, target, sourceStates, kernel), recoded);
  return withFittedOutput(network, source, sourceStates, sequences, kernel);
}

function statesOf(model: DeployedModel, sequences: readonly CalibrationSequence[], kernel: RecurrentKernel): States {
  const traces = sequences.map((inputs) => ({ inputs, trace: traceStates(model, inputs, kernel) }));
  const rows = traces.reduce((sum, { trace }) => sum + trace.timesteps, 0);
  const before = model.layers.map(({ units }, layer) =>
    joined(traces.map(({ trace }) => shifted(trace.layers[layer]!.hidden, units))),
  );
  const first = joined(traces.flatMap(({ inputs }) => inputs.map((input) => denseInput(model, input))));
  const after = model.layers.map((_, layer) => joined(traces.map(({ trace }) => trace.layers[layer]!.hidden)));
  return { inputs: [first, ...after.slice(0, -1)], before, last: after.at(-1)!, rows };
}

/** h one timestep later, from zeros. */
function shifted(hidden: Float32Array, units: number): Float32Array {
  const out = new Float32Array(hidden.length);
  out.set(hidden.subarray(0, hidden.length - units), units);
  return out;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** [I] of one timestep; a symbol as one of many. */
function denseInput(model: DeployedModel, input: SequenceInput): Float32Array {
  const read = embed(model.input, input);
  if (read.kind === "dense") {
    return read.values;
  }
  const values = new Float32Array(model.layers[0]!.inputs);
  values[read.symbols[0]!] = 1;
  return values;
}

/** What a gate's pre-activation is the sum of, before scales and shifts: [N, G * H] each. */
interface Products {
  readonly recurrent: Float32Array;
  readonly input: Float32Array;
  /** [N, H], what multiplies the recurrent share of the candidate of a GRU whose reset comes after the product. */
  readonly reset?: Float32Array;
}

function productsOf(kernel: RecurrentKernel, layer: DeployedGates, states: States, index: number): Products {
  const { rows } = states;
  const times = (values: Float32Array, matrix: ShippedMatrix): Float32Array =>
    kernel.multiply({ rows, columns: matrix.rows, values }, { rows: matrix.rows, columns: matrix.columns, values: shippedValues(matrix) }).slice();
  const hidden = states.before[index]!;
  const input = times(states.inputs[index]!, layer.inputWeights);
  const recurrent = times(hidden, layer.recurrentWeights);
  if (layer.spec.cell === "lstm") {
    return { recurrent, input };
  }
  const { units } = layer;
  const reset = resetGate(layer, { recurrent, input }, rows);
  if (layer.spec.reset === "after") {
    return { recurrent, input, reset };
  }
  // The candidate multiplies r h: its columns are taken from that product.
  const candidate = times(reset.map((r, at) => r * hidden[at]!), layer.recurrentWeights);
  const columns = 3 * units;
  return { recurrent: recurrent.map((value, at) => (at % columns >= 2 * units ? candidate[at]! : value)), input };
}

/** [N, H], r of a GRU; its columns are the first of all gates. */
function resetGate({ units, gainInput, gainRecurrent, shift }: DeployedGates, { recurrent, input }: Products, rows: number): Float32Array {
  const columns = 3 * units;
  return Float32Array.from({ length: rows * units }, (_, index) => {
    const unit = index % units;
    const at = Math.floor(index / units) * columns + unit;
    return 1 / (1 + Math.exp(-(gainRecurrent[unit]! * recurrent[at]! + gainInput[unit]! * input[at]! + shift[unit]!)));
  });
}

/** What the gates' functions take, [N, G * H]. */
function preActivations(kernel: RecurrentKernel, layer: DeployedGates, states: States, index: number): Float32Array {
  const products = productsOf(kernel, layer, states, index);
  const columns = gatesOf(layer.spec) * layer.units;
  return products.input.map((value, at) => {
    const column = at % columns;
    const { gain, offset } = resetShare(layer, products, Math.floor(at / columns), column);
    return layer.gainInput[column]! * value + layer.shift[column]! + gain * (layer.gainRecurrent[column]! * products.recurrent[at]! + offset);
  });
}

/** r and the shift inside of the reset, at the columns of a candidate that has them; else 1 and 0. */
function resetShare(layer: DeployedGates, { reset }: Products, row: number, column: number): { gain: number; offset: number } {
  const unit = column - 2 * layer.units;
  return reset !== undefined && unit >= 0 && "shiftReset" in layer
    ? { gain: reset[row * layer.units + unit]!, offset: layer.shiftReset[unit]! }
    : { gain: 1, offset: 0 };
}

function withFittedLayer(
  network: LatentNetwork,
  index: number,
  target: Float32Array,
  states: States,
  kernel: RecurrentKernel,
): LatentNetwork {
  const model = unmeasuredModel({ ...network, kernel });
  const layer = model.layers[index]! as DeployedGates;
  const products = productsOf(kernel, layer, states, index);
  const { units } = layer;
  const columns = gatesOf(layer.spec) * units;
  const [gainInput, gainRecurrent, shift] = [layer.gainInput.slice(), layer.gainRecurrent.slice(), layer.shift.slice()];
  const shiftReset = "shiftReset" in layer ? layer.shiftReset.slice() : undefined;
  for (let column = 0; column < columns; column++) {
    const isReset = products.reset !== undefined && column >= 2 * units;
    const found = fittedColumn(column, columns, products, target, { gainInput, gainRecurrent, shift, ...(isReset && { shiftReset: shiftReset!, units }) });
    [gainRecurrent[column], gainInput[column], shift[column]] = found;
    if (isReset) {
      shiftReset![column - 2 * units] = found[3]!;
    }
  }
  return withConstants(network, index, layer, { gainInput, gainRecurrent, shift, ...(shiftReset && { shiftReset }) });
}

interface Constants {
  readonly gainInput: Float32Array;
  readonly gainRecurrent: Float32Array;
  readonly shift: Float32Array;
  readonly shiftReset?: Float32Array;
  /** H, given with `shiftReset` */
  readonly units?: number;
}

/** Gains of both products, the shift, and the shift inside of the reset, of one column. */
function fittedColumn(column: number, columns: number, { recurrent, input, reset }: Products, target: Float32Array, now: Constants): [number, number, number, number?] {
  const { shiftReset, units = 0 } = now;
  const unit = column - 2 * units;
  const n = shiftReset === undefined ? 3 : 4;
  const start = [now.gainRecurrent[column]!, now.gainInput[column]!, now.shift[column]!, ...(shiftReset ? [shiftReset[unit]!] : [])];
  const normal = new Float64Array(n * n);
  const right = new Float64Array(n);
  const features = new Float64Array(n);
  features[2] = 1;
  for (let at = column, row = 0; at < target.length; at += columns, row++) {
    const r = shiftReset === undefined ? 1 : reset![row * units + unit]!;
    features[0] = r * recurrent[at]!;
    features[1] = input[at]!;
    if (n === 4) {
      features[3] = r;
    }
    const missing = start.reduce((rest, value, index) => rest - value * features[index]!, target[at]!);
    addOuter(normal, right, features, missing);
  }
  solveSymmetric(normal, right, n, scaleRidge);
  return start.map((value, index) => value + right[index]!) as [number, number, number, number?];
}

function addOuter(normal: Float64Array, right: Float64Array, features: Float64Array, missing: number): void {
  const n = features.length;
  for (let i = 0; i < n; i++) {
    right[i]! += features[i]! * missing;
    for (let j = 0; j < n; j++) {
      normal[i * n + j]! += features[i]! * features[j]!;
    }
  }
}

/** The constants as parameters of a layer under weight normalisation, whose gamma is the gain times the norm of the codes. */
function withConstants(network: LatentNetwork, index: number, layer: DeployedGates, found: Constants): LatentNetwork {
  const gamma = (gain: Float32Array, matrix: ShippedMatrix): Float32Array => {
    const inverse = inverseNorms(shippedValues(matrix), matrix.columns);
    return gain.map((value, column) => (inverse[column]! > 0 ? value / inverse[column]! : 0));
  };
  const arrays = {
    gammaInput: gamma(found.gainInput, layer.inputWeights),
    gammaRecurrent: gamma(found.gainRecurrent, layer.recurrentWeights),
    betaRecurrent: found.shift,
    ...(found.shiftReset && { betaReset: found.shiftReset }),
  };
  const known = new Set(Object.keys(layerParameters(network.parameters, index)));
  const own = Object.fromEntries(Object.entries(arrays).filter(([name]) => known.has(name)));
  return { ...network, parameters: { ...network.parameters, ...withLayerPrefix(index, own) } };
}

/** The output layer whose logits, of the quantised network's h, come nearest to the float network's. */
function withFittedOutput(
  network: LatentNetwork,
  source: DeployedModel,
  sourceStates: States,
  sequences: readonly CalibrationSequence[],
  kernel: RecurrentKernel,
): LatentNetwork {
  const { last, rows } = statesOf(unmeasuredModel({ ...network, kernel }), sequences, kernel);
  const units = source.outputWeights.rows;
  const outputs = source.outputWeights.columns;
  const weights = { rows: units, columns: outputs, values: shippedValues(source.outputWeights) };
  const [own, target] = [last, sourceStates.last].map((values) => kernel.multiply({ rows, columns: units, values }, weights).slice()) as [Float32Array, Float32Array];
  // A column of ones, for the bias.
  const width = units + 1;
  const hidden = Float32Array.from({ length: rows * width }, (_, at) => (at % width === units ? 1 : last[Math.floor(at / width) * units + (at % width)]!));
  const missing = target.map((value, at) => value - own[at]!);
  const features = { rows, columns: width, values: hidden };
  const normal = Float64Array.from(kernel.multiply(features, features, { transposeA: true }));
  const right = Float64Array.from(kernel.multiply(features, { rows, columns: outputs, values: missing }, { transposeA: true }));
  solveSymmetric(normal, right, width, outputRidge);
  const parameters: Parameters = {
    ...network.parameters,
    "output.weights": weights.values.map((value, at) => value + right[at]!),
    "output.bias": source.outputBias.map((value, output) => value + right[units * outputs + output]!),
  };
  return { ...network, parameters };
}
