import { type DeployedGru, type DeployedLayer, type DeployedLstm, type DeployedModel, shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { stateRounding } from "../../src/rnn/fixedState.js";
import { noRounding, type ReferenceRounding, rounded } from "./referenceRounding.js";

/** The deployed model's equations in double precision, with whole matrices, one stream at a time. */

type Row = number[];

function times(x: Row, weights: Float32Array, columns: number): Row {
  const y: Row = new Array<number>(columns).fill(0);
  x.forEach((value, row) => {
    for (let column = 0; column < columns; column++) {
      y[column]! += value * weights[row * columns + column]!;
    }
  });
  return y;
}

function standardised(row: Row, epsilon: number): Row {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}

/** Row `t` of [R, width], the only one where R is 1. */
function constants(values: Float32Array, width: number, t: number): Row {
  return [...values.subarray(0, values.length === width ? width : undefined)].slice(values.length === width ? 0 : t * width).slice(0, width);
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
const mixed = (old: Row, fresh: Row, rate: number): Row => fresh.map((value, unit) => rate * old[unit]! + (1 - rate) * value);

class LayerReference {
  hidden: Row;
  cell: Row;
  private readonly input: Float32Array;
  private readonly recurrent: Float32Array;
  private readonly rounding: ReferenceRounding;

  constructor(private readonly layer: DeployedLayer) {
    const formats = stateRounding(layer.spec);
    this.rounding = formats === undefined ? noRounding : rounded(formats);
    this.input = shippedValues(layer.inputWeights);
    this.recurrent = shippedValues((layer as DeployedGru).recurrentWeights);
    this.hidden = this.roundHidden([...layer.initialHidden]);
    this.cell = this.roundCell("initialCell" in layer ? [...layer.initialCell] : []);
  }

  private roundHidden(row: Row): Row {
    return this.rounding.hidden([row])[0]!;
  }

  private roundCell(row: Row): Row {
    return this.rounding.cell([row])[0]!;
  }

  step(x: Row, t: number): Row {
    if ("cellNormalisation" in this.layer) {
      this.lstm(this.layer, x, t);
    } else {
      this.gru(this.layer as DeployedGru, x, t);
    }
    return this.hidden;
  }

  private normalise(row: Row): Row {
    return this.layer.normalisation === "layer" ? standardised(row, this.layer.epsilon) : row;
  }

  private lstm(layer: DeployedLstm, x: Row, t: number): void {
    const { units, spec } = layer;
    const a = this.normalise(times(this.hidden, this.recurrent, 4 * units));
    const b = this.normalise(times(x, this.input, 4 * units));
    const gainRecurrent = constants(layer.gainRecurrent, 4 * units, t);
    const gainInput = constants(layer.gainInput, 4 * units, t);
    const shift = constants(layer.shift, 4 * units, t);
    const p = a.map((value, column) => gainRecurrent[column]! * value + gainInput[column]! * b[column]! + shift[column]!);
    const [g, f, i, o] = [0, 1, 2, 3].map((gate) => p.slice(gate * units, (gate + 1) * units)) as [Row, Row, Row, Row];
    const cell = this.roundCell(this.cell.map((value, unit) => sigmoid(f[unit]!) * value + sigmoid(i[unit]!) * Math.tanh(g[unit]!)));
    const c = layer.cellNormalisation === "layer" ? standardised(cell, layer.epsilon) : cell;
    const gainCell = constants(layer.gainCell, units, t);
    const shiftCell = constants(layer.shiftCell, units, t);
    const hidden = c.map((value, unit) => sigmoid(o[unit]!) * Math.tanh(gainCell[unit]! * value + shiftCell[unit]!));
    this.hidden = this.roundHidden(mixed(this.hidden, this.roundHidden(hidden), spec.zoneout.hidden));
    this.cell = this.roundCell(mixed(this.cell, cell, spec.zoneout.cell));
  }

  private gru(layer: DeployedGru, x: Row, t: number): void {
    const { units, spec } = layer;
    const b = this.normalise(times(x, this.input, 3 * units));
    const gainInput = constants(layer.gainInput, 3 * units, t);
    const shift = constants(layer.shift, 3 * units, t);
    const rest = b.map((value, column) => gainInput[column]! * value + shift[column]!);
    const gain = constants(layer.gainRecurrent, 3 * units, t);
    const whole = times(this.hidden, this.recurrent, 3 * units);
    const before = spec.reset === "before";
    const products = before ? this.normalise(whole.slice(0, 2 * units)) : this.normalise(whole);
    const gate = (column: number): number => sigmoid(gain[column]! * products[column]! + rest[column]!);
    const reset = this.hidden.map((_, unit) => gate(unit));
    const update = this.hidden.map((_, unit) => gate(units + unit));
    const masked = this.hidden.map((value, unit) => value * reset[unit]!);
    const inner = before ? this.normalise(times(masked, this.recurrent, 3 * units).slice(2 * units)) : products.slice(2 * units);
    const shiftReset = constants(layer.shiftReset, units, t);
    const hidden = this.hidden.map((value, unit) => {
      const product = gain[2 * units + unit]! * inner[unit]!;
      const recurrent = before ? product : reset[unit]! * (product + shiftReset[unit]!);
      return (1 - update[unit]!) * Math.tanh(recurrent + rest[2 * units + unit]!) + update[unit]! * value;
    });
    this.hidden = this.roundHidden(mixed(this.hidden, this.roundHidden(hidden), spec.zoneout.hidden));
  }
}

/** What the first layer reads at one position of [T, B]. */
export function inputRow({ input }: Pick<DeployedModel, "input">, values: Int32Array | Float32Array, position: number): Row {
  switch (input.kind) {
    case "dense":
      return [...values.subarray(position * input.width, (position + 1) * input.width)];
    case "one-hot":
      return input.symbols.map((_, symbol) => (symbol === values[position] ? 1 : 0));
    case "embedding":
      return [...input.table.subarray(values[position]! * input.units, (values[position]! + 1) * input.units)];
  }
}

/** Logits [T, B, V], whatever the model's readout. */
export function referenceLogits(model: DeployedModel, input: Int32Array | Float32Array, timesteps: number, batch: number): Float64Array {
  const { outputs, outputBias } = model;
  const outputWeights = shippedValues(model.outputWeights);
  const logits = new Float64Array(timesteps * batch * outputs.length);
  for (let stream = 0; stream < batch; stream++) {
    const layers = model.layers.map((layer) => new LayerReference(layer));
    for (let t = 0; t < timesteps; t++) {
      const position = t * batch + stream;
      const top = layers.reduce((row, layer) => layer.step(row, t), inputRow(model, input, position));
      const scores = times(top, outputWeights, outputs.length).map((value, output) => value + outputBias[output]!);
      logits.set(scores, position * outputs.length);
    }
  }
  return logits;
}
