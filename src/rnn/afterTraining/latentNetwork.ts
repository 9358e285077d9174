import { gruSpec } from "../../cells/gru.js";
import { lstmSpec } from "../../cells/lstm.js";
import type { LayerSpec } from "../../cells/cells.js";
import type { QuantiserSpec } from "../../quantisers/quantiserSpec.js";
import type { Architecture, NetworkInput } from "../architecture.js";
import { initialParameters, type Parameters, withLayerPrefix } from "../training/parameters.js";
import type { SourceLayer, SourceWeights } from "../sourceWeights.js";

/** A network as training has it: what it is made of, and its latent parameters. */
export interface LatentNetwork {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
}

/** What the weights of a file do not tell. */
export interface SourceReading {
  readonly input: NetworkInput;
  readonly readout: Architecture["readout"];
  /** Names of the V outputs. */
  readonly outputs: readonly string[];
}

const full: QuantiserSpec = { kind: "full-precision" };

/** The float network of a file, without normalisers, that computes what its source computes. */
export function sourceNetwork(weights: SourceWeights, { input, readout, outputs }: SourceReading): LatentNetwork {
  const layers = weights.layers.map(({ units }) => layerSpec(weights, units, { input: full, recurrent: full }, { kind: "none" }));
  const architecture: Architecture = { input, layers, readout, outputs, outputQuantiser: full };
  const dense = weights.dense ?? identity(weights.layers.at(-1)!.units);
  const parameters = {
    ...initialParameters(architecture, 1),
    ...(input.kind === "embedding" && weights.embedding && { embedding: weights.embedding.table }),
    ...Object.assign({}, ...weights.layers.map((layer, index) => withLayerPrefix(index, layerArrays(layer)))),
    "output.weights": dense.weights,
    "output.bias": dense.bias,
  } as Parameters;
  return { architecture, parameters };
}

/** The spec of an imported layer. States begin at zero, as in all programs that files come from. */
export function layerSpec(
  { cell, resetAfter = true }: Pick<SourceWeights, "cell" | "resetAfter">,
  units: number,
  quantiser: { readonly input: QuantiserSpec; readonly recurrent: QuantiserSpec },
  normaliser: { readonly kind: "none" | "weight" },
): LayerSpec {
  const options = { units, quantiser, normaliser, initialState: "zero" } as const;
  return cell === "lstm"
    ? lstmSpec({ ...options, cellNormaliser: { kind: "none" } }, "tl.importModel")
    : gruSpec({ ...options, reset: resetAfter ? "after" : "before" }, "tl.importModel");
}

/** A layer's arrays by the names of training. */
function layerArrays({ inputWeights, recurrentWeights, bias, resetBias }: SourceLayer): Record<string, Float32Array> {
  return { inputWeights, recurrentWeights, betaRecurrent: bias, ...(resetBias && { betaReset: resetBias }) };
}

/** Without a dense layer the outputs are the hidden state. */
function identity(units: number): { weights: Float32Array; bias: Float32Array } {
  const weights = new Float32Array(units * units);
  for (let unit = 0; unit < units; unit++) {
    weights[unit * units + unit] = 1;
  }
  return { weights, bias: new Float32Array(units) };
}
