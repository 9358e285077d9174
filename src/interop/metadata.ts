import { version } from "../../package.json";
import { type DeployedModel, matricesOf, type ShippedMatrix } from "../rnn/shipping/deployedModel.js";

export const producerVersion: string = version;

/** "ternary", "binary + binary" or "full-precision" */
function levelsOf(matrix: ShippedMatrix): string {
  return matrix.kind === "planes" ? matrix.planes.map(({ levels }) => levels).join(" + ") : matrix.kind;
}

/** What a reader of the file may want to know and the graph does not tell; all values are JSON. */
export function modelMetadata({ input, layers, outputs, outputWeights, readout, choice }: DeployedModel): Record<string, string> {
  const values = {
    symbols: input.kind === "dense" ? undefined : input.symbols,
    outputs,
    layers: layers.map((layer) => ({
      cell: layer.spec.cell,
      units: layer.units,
      ...(layer.spec.bidirectional && { bidirectional: true }),
      ...Object.fromEntries(matricesOf(layer).map(({ name, matrix }) => [name, levelsOf(matrix)])),
    })),
    outputWeights: levelsOf(outputWeights),
    readout,
    choice,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [`tritloom.${key}`, JSON.stringify(value)]));
}
