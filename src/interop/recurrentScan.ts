import type { DeployedLayer } from "../rnn/shipping/deployedModel.js";
import type { GraphBuilder } from "./graphBuilder.js";
import { floatProduct } from "./products.js";
import type { OperatorOutputs } from "./recurrentOperator.js";
import { recurrentStep } from "./recurrentStep.js";
import type { StepContext, StepState } from "./stepNodes.js";

/**
 * The layer as a Scan over the timesteps, whose body is the layer's step.
 * @param external [T, B, G * H]
 * @param start [B, H] each
 * @param rowsAt the rows [T, columns] of constants [R, columns] that belong to the timesteps at hand
 */
export function recurrentScan(
  graph: GraphBuilder,
  layer: DeployedLayer,
  external: string,
  start: StepState,
  rowsAt: (name: string, values: Float32Array, columns: number) => string,
): OperatorOutputs {
  const { units, inputWeights } = layer;
  const body = graph.within("step").body();
  const state: StepState = {
    hidden: body.bodyInput("hidden", ["batch", units]),
    ...(start.cell !== undefined && { cell: body.bodyInput("cell", ["batch", units]) }),
  };
  const scanned = [external];
  const externalAt = body.bodyInput("external", ["batch", inputWeights.columns]);
  const context: StepContext = {
    graph: body,
    product: (name, x, matrix) => floatProduct(body, name, { kind: "values", name: x }, matrix),
    constant: (name, values, columns) => {
      if (values.length === columns) {
        return body.constant(name, [columns], values);
      }
      scanned.push(rowsAt(name, values, columns));
      return body.bodyInput(name, [columns]);
    },
  };
  const next = recurrentStep(context, layer, externalAt, state);
  body.bodyOutput("nextHidden", next.hidden, ["batch", units]);
  if (next.cell !== undefined) {
    body.bodyOutput("nextCell", next.cell, ["batch", units]);
  }
  body.bodyOutput("output", next.hidden, ["batch", units]);

  const states = start.cell === undefined ? [start.hidden] : [start.hidden, start.cell];
  const attributes = { body: { graph: body.graph("step") }, num_scan_inputs: { int: scanned.length } };
  const results = graph.nodes("Scan", [...states, ...scanned], states.length + 1, attributes);
  const [hidden, cell] = results.slice(0, states.length);
  return { sequence: results.at(-1)!, end: { hidden: hidden!, cell } };
}
