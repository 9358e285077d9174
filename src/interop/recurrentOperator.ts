import { type DeployedGru, type DeployedLayer, type DeployedLstm, type ShippedMatrix, shippedValues } from "../rnn/shipping/deployedModel.js";
import { roundsValues } from "../rnn/activationRounding.js";
import type { GraphBuilder } from "./graphBuilder.js";
import type { StepState } from "./stepNodes.js";
import { perTimestep } from "./wholeModel.js";

/** Our gate blocks in ONNX's order: i, o, f, c of g, f, i, o, and z, r, h of r, z, n. */
const gateOrders = { lstm: [2, 3, 1, 0], gru: [1, 0, 2] } as const;

/**
 * Whether ONNX's LSTM or GRU computes exactly this layer: constants that are the same at each timestep and fold into its
 * matrices and biases, states that are replaced as they are, and nothing between the cell state and the tanh that reads it.
 */
export function hasOperator(layer: DeployedLayer): layer is DeployedLstm | DeployedGru {
  if (!("recurrentWeights" in layer)) {
    return false;
  }
  const isReplaced = !roundsValues(layer.spec) && Object.values(layer.spec.zoneout).every((rate) => rate === 0);
  return layer.normalisation === "affine" && !perTimestep(layer) && isReplaced && (!("cellNormalisation" in layer) || readsCellAsItIs(layer));
}

function readsCellAsItIs({ cellNormalisation, gainCell, shiftCell }: DeployedLstm): boolean {
  return cellNormalisation === "affine" && gainCell.every((gain) => gain === 1) && shiftCell.every((shift) => shift === 0);
}

export interface OperatorOutputs {
  /** [T, B, H] */
  readonly sequence: string;
  /** After the last timestep. */
  readonly end: StepState;
}

/**
 * The layer as ONNX's own operator, which has a dimension of directions that here is 1.
 * @param x [T, B, I]
 * @param start [B, H] each
 */
export function recurrentOperator(graph: GraphBuilder, layer: DeployedLstm | DeployedGru, x: string, start: StepState): OperatorOutputs {
  const directions = graph.integers("directions", 0);
  const timeAndDirections = graph.integers("directionsOfSequence", 1);
  const states = [start.hidden, ...(start.cell === undefined ? [] : [start.cell])];
  const initial = states.map((state) => graph.node("Unsqueeze", [state, directions]));
  const inputs = [x, ...weightsOf(graph, layer), "", ...initial];
  const attributes = { hidden_size: { int: layer.units }, ...(isResetAfter(layer) && { linear_before_reset: { int: 1 } }) };
  const [sequence, ...ends] = graph.nodes(layer.spec.cell.toUpperCase(), inputs, 1 + states.length, attributes);
  const [hidden, cell] = ends.map((state) => graph.node("Squeeze", [state, directions]));
  return { sequence: graph.node("Squeeze", [sequence!, timeAndDirections]), end: { hidden: hidden!, cell } };
}

function isResetAfter(layer: DeployedLayer): layer is DeployedGru {
  return layer.spec.cell === "gru" && layer.spec.reset === "after";
}

/** W, R and B with the gains folded in. */
function weightsOf(graph: GraphBuilder, layer: DeployedLstm | DeployedGru): string[] {
  const { inputs, units, spec, inputWeights, recurrentWeights, gainInput, gainRecurrent, shift } = layer;
  const order = gateOrders[spec.cell];
  const columns = recurrentWeights.columns;
  const recurrentBias = new Float32Array(columns);
  if (isResetAfter(layer)) {
    recurrentBias.set(layer.shiftReset, 2 * units);
  }
  const bias = Float32Array.from([...inGateOrder(shift, units, order), ...inGateOrder(recurrentBias, units, order)]);
  return [
    graph.constant("W", [1, columns, inputs], transposed(inputWeights, gainInput, units, order)),
    graph.constant("R", [1, columns, units], transposed(recurrentWeights, gainRecurrent, units, order)),
    graph.constant("B", [1, 2 * columns], bias),
  ];
}

/** The column that is at a place of ONNX's order. */
function columnAt(place: number, units: number, order: readonly number[]): number {
  return order[Math.floor(place / units)]! * units + (place % units);
}

function inGateOrder(values: Float32Array, units: number, order: readonly number[]): Float32Array {
  return values.map((_, place) => values[columnAt(place, units, order)]!);
}

/** [columns, rows], each weight times its column's gain. */
function transposed(matrix: ShippedMatrix, gain: Float32Array, units: number, order: readonly number[]): Float32Array {
  const { rows, columns } = matrix;
  const values = shippedValues(matrix);
  return new Float32Array(values.length).map((_, index) => {
    const column = columnAt(Math.floor(index / rows), units, order);
    return values[(index % rows) * columns + column]! * gain[column]!;
  });
}
