import { version } from "../../package.json";
import type { DeployedModel, ShippedMatrix } from "../rnn/shipping/deployedModel.js";

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
    layers: layers.map(({ spec, units, inputWeights, recurrentWeights }) => ({
      cell: spec.cell,
      units,
      ...(spec.bidirectional && { bidirectional: true }),
      input: levelsOf(inputWeights),
      recurrent: levelsOf(recurrentWeights),
    })),
    outputWeights: levelsOf(outputWeights),
    readout,
    choice,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [`tritloom.${key}`, JSON.stringify(value)]));
}
