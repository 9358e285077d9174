import type { ShippedForm } from "../../src/normalisers/lookup.js";
import type { DeployedGru, DeployedLayer, DeployedLstm, DeployedMinGru, DeployedModel, ShippedMatrix } from "../../src/rnn/shipping/deployedModel.js";
import { sigmoid } from "./referenceSteps.js";

/** A deployed model's documented equations once more, in plain loops and double precision, one stream. */

type Row = number[];

/** The row of a constant [R, columns] for timestep t. */
function rowAt(constants: Float32Array, columns: number, t: number): Row {
  const rows = constants.length / columns;
  const start = rows === 1 ? 0 : t * columns;
  return [...constants.subarray(start, start + columns)];
}

/** vector [rows] times the matrix, whose weights are sums of code times scale over the planes. */
export function shippedProduct(vector: Row, matrix: ShippedMatrix): Row {
  const { rows, columns } = matrix;
  const weight = (index: number): number =>
    matrix.kind === "full-precision"
      ? matrix.values[index]!
      : matrix.planes.reduce((sum, { codes, scales }) => sum + codes[index]! * scales[Math.floor(((index % columns) * scales.length) / columns)]!, 0);
  const product = new Array<number>(columns).fill(0);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns && vector[row] !== 0; column++) {
      product[column]! += vector[row]! * weight(row * columns + column);
    }
  }
  return product;
}

function standardised(values: Row, epsilon: number): Row {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}

function byRootMeanSquare(values: Row, epsilon: number): Row {
  const root = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length + epsilon);
  return values.map((value) => value / root);
}

const readings: Record<ShippedForm, (values: Row, epsilon: number) => Row> = {
  affine: (values) => values,
  layer: standardised,
  rms: byRootMeanSquare,
};

function scaled(layer: { normalisation: ShippedForm; epsilon: number }, values: Row, gain: Row): Row {
  const read = readings[layer.normalisation](values, layer.epsilon);
  return read.map((value, index) => value * gain[index]!);
}

interface State {
  readonly hidden: Row;
  readonly cell: Row;
}

function lstmStep(layer: DeployedLstm, { hidden, cell }: State, input: Row, t: number): State {
  const { units, epsilon, spec } = layer;
  const columns = 4 * units;
  const recurrent = scaled(layer, shippedProduct(hidden, layer.recurrentWeights), rowAt(layer.gainRecurrent, columns, t));
  const external = scaled(layer, shippedProduct(input, layer.inputWeights), rowAt(layer.gainInput, columns, t));
  const shift = rowAt(layer.shift, columns, t);
  const gate = (block: number, j: number): number => {
    const index = block * units + j;
    return recurrent[index]! + external[index]! + shift[index]!;
  };
  const updated = cell.map((value, j) => sigmoid(gate(1, j)) * value + sigmoid(gate(2, j)) * Math.tanh(gate(0, j)));
  const read = scaled({ normalisation: layer.cellNormalisation, epsilon }, updated, rowAt(layer.gainCell, units, t));
  const shiftCell = rowAt(layer.shiftCell, units, t);
  const output = read.map((value, j) => sigmoid(gate(3, j)) * Math.tanh(value + shiftCell[j]!));
  const mixed = (rate: number, old: Row, fresh: Row): Row => fresh.map((value, j) => rate * old[j]! + (1 - rate) * value);
  return { hidden: mixed(spec.zoneout.hidden, hidden, output), cell: mixed(spec.zoneout.cell, cell, updated) };
}

function gruStep(layer: DeployedGru, { hidden, cell }: State, input: Row, t: number): State {
  const { units, spec } = layer;
  const columns = 3 * units;
  const external = scaled(layer, shippedProduct(input, layer.inputWeights), rowAt(layer.gainInput, columns, t)).map(
    (value, index) => value + rowAt(layer.shift, columns, t)[index]!,
  );
  const gain = rowAt(layer.gainRecurrent, columns, t);
  const fromState = shippedProduct(hidden, layer.recurrentWeights);
  const before = spec.reset === "before";
  const gates = before
    ? scaled(layer, fromState.slice(0, 2 * units), gain.slice(0, 2 * units))
    : scaled(layer, fromState, gain);
  const reset = hidden.map((_, j) => sigmoid(gates[j]! + external[j]!));
  const update = hidden.map((_, j) => sigmoid(gates[units + j]! + external[units + j]!));
  const resetHidden = hidden.map((value, j) => value * reset[j]!);
  const inside = before
    ? scaled(layer, shippedProduct(resetHidden, layer.recurrentWeights).slice(2 * units), gain.slice(2 * units))
    : hidden.map((_, j) => reset[j]! * (gates[2 * units + j]! + rowAt(layer.shiftReset, units, t)[j]!));
  const fresh = hidden.map((value, j) => {
    const candidate = Math.tanh(inside[j]! + external[2 * units + j]!);
    return (1 - update[j]!) * candidate + update[j]! * value;
  });
  const rate = spec.zoneout.hidden;
  return { hidden: fresh.map((value, j) => rate * hidden[j]! + (1 - rate) * value), cell };
}

function minGruStep(layer: DeployedMinGru, { hidden, cell }: State, input: Row, t: number): State {
  const { units, spec } = layer;
  const columns = 2 * units;
  const shift = rowAt(layer.shift, columns, t);
  const gates = scaled(layer, shippedProduct(input, layer.inputWeights), rowAt(layer.gainInput, columns, t)).map((value, j) => value + shift[j]!);
  const rate = spec.zoneout.hidden;
  const fresh = hidden.map((value, j) => {
    const update = sigmoid(gates[j]!);
    return rate * value + (1 - rate) * ((1 - update) * value + update * gates[units + j]!);
  });
  return { hidden: fresh, cell };
}

function referenceStep(layer: DeployedLayer, state: State, input: Row, t: number): State {
  if ("gainCell" in layer) {
    return lstmStep(layer, state, input, t);
  }
  return "shiftReset" in layer ? gruStep(layer, state, input, t) : minGruStep(layer, state, input, t);
}

/** One stream through some layers, from the initial state on. */
export class ReferenceStream {
  private states: State[];
  private position = 0;

  constructor(private readonly layers: readonly DeployedLayer[]) {
    this.states = layers.map((layer) => ({
      hidden: [...layer.initialHidden],
      cell: "initialCell" in layer ? [...layer.initialCell] : [],
    }));
  }

  /** The last layer's hidden state; the input itself without layers. */
  read(input: Row): Row {
    let next = input;
    this.states = this.layers.map((layer, index) => {
      const state = this.states[index]!;
      const step = referenceStep(layer, state, next, this.position);
      next = step.hidden;
      return step;
    });
    this.position++;
    return next;
  }
}

/** What the first layer reads of a symbol. */
export function symbolRow({ input }: Pick<DeployedModel, "input">, symbol: number): Row {
  switch (input.kind) {
    case "one-hot":
      return input.symbols.map((_, id) => Number(id === symbol));
    case "embedding":
      return [...input.table.subarray(symbol * input.units, (symbol + 1) * input.units)];
    case "dense":
      throw new Error("dense input has no symbols");
  }
}

/** Nats of the target. */
export function referenceNats({ outputWeights, outputBias }: DeployedModel, hidden: Row, target: number): number {
  const logits = shippedProduct(hidden, outputWeights).map((value, index) => value + outputBias[index]!);
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[target]!;
}

/** Mean nats per symbol over one continuous stream. */
export function referenceStreamLoss(model: DeployedModel, symbols: Int32Array): number {
  const stream = new ReferenceStream(model.layers);
  let nats = 0;
  for (let at = 0; at + 1 < symbols.length; at++) {
    nats += referenceNats(model, stream.read(symbolRow(model, symbols[at]!)), symbols[at + 1]!);
  }
  return nats / (symbols.length - 1);
}
