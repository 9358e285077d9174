import { fixModel } from "../../../src/hardware/fixModel.js";
import type { FixedModelOptions } from "../../../src/hardware/fixModel.js";
import type { FixedGru, FixedLayer, FixedLstm, FixedMatrix, FixedModel } from "../../../src/hardware/fixedModel.js";
import { integerRange } from "../../../src/hardware/fixedPoint.js";
import { multiplyAccumulate } from "../../../src/hardware/integer/macArray.js";
import { randomNetwork } from "../../../src/hardware/randomNetwork.js";
import type { RandomNetworkOptions } from "../../../src/hardware/randomNetwork.js";
import { mem } from "../../../src/romFormats/mem.js";
import { tableContent } from "../../../src/hardware/rom/tables.js";
import { layerParameters } from "../../../src/hardware/rtl/layerParameters.js";
import type { Parameters } from "../../../src/hardware/rtl/parameters.js";
import type { Draws } from "../random.js";

export type Cell = "lstm" | "gru";

/** A model of one layer, and what its Verilog module is instantiated with. */
export interface LayerCase<Layer extends FixedLayer> {
  readonly model: FixedModel;
  readonly layer: Layer;
  readonly parameters: Parameters;
}

export function layerCase(network: RandomNetworkOptions & { cell: "lstm" }, options?: FixedModelOptions): LayerCase<FixedLstm>;
export function layerCase(network: RandomNetworkOptions & { cell: "gru" }, options?: FixedModelOptions): LayerCase<FixedGru>;
export function layerCase(network: RandomNetworkOptions, options: FixedModelOptions = {}): LayerCase<FixedLayer> {
  const model = fixModel(randomNetwork(network), options);
  const layer = model.layers[0]!;
  const file = (name: string): string => `${name}.mem`;
  return { model, layer, parameters: layerParameters(model, layer, 1, file, file) };
}

/** The table's file as the Verilog reads it. */
export function tableText({ tables }: FixedModel, name: "sigmoid" | "tanh"): string {
  return mem.write(tableContent(tables[name]).image);
}

/** Of these parameters, under the names that a block has for them. */
export function chosen(parameters: Parameters, names: Readonly<Record<string, string>>): Record<string, number | string> {
  return Object.fromEntries(Object.entries(names).map(([own, name]) => [own, parameters[name]!]));
}

/** Every column's sum for one draw of values; every third draw is the one that makes some column as large, or small, as can be. */
export function drawnSums(matrix: FixedMatrix, format: { bits: number; signed: boolean }, draws: Draws): Float64Array {
  const { rows, columns, codes } = matrix;
  const { least, most } = integerRange({ ...format, fractionBits: 0 });
  const kind = draws.integer(0, 2);
  const column = draws.integer(0, columns - 1);
  const sign = draws.of([-1, 1]);
  const values = Int32Array.from({ length: rows }, (_, row) =>
    kind === 0 ? (sign * codes[row * columns + column]! > 0 ? most : least) : draws.integer(least, most),
  );
  const sums = new Float64Array(columns);
  multiplyAccumulate(matrix, values, sums);
  return sums;
}
