import type { TaskData } from "../data/contract.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import type { ExperimentSpec, LayerSpec } from "../experiment/spec.js";
import { outputUnits } from "./bidirectional.js";

/** What a network is made of, from its input to its outputs; follows from the spec and the data. */
export interface Architecture {
  readonly input: NetworkInput;
  readonly layers: readonly LayerSpec[];
  readonly readout: "every-timestep" | "last-timestep";
  /** Names of the V symbols, words or classes that are told apart. */
  readonly outputs: readonly string[];
  readonly outputQuantiser: QuantiserSpec;
}

export type NetworkInput =
  | { readonly kind: "one-hot"; readonly symbols: readonly string[] }
  | { readonly kind: "embedding"; readonly symbols: readonly string[]; readonly units: number; readonly dropout: number }
  | { readonly kind: "dense"; readonly width: number };

/** A task and data that do not belong together, a fault of the program. */
class MismatchedDataError extends Error {
  override readonly name = "MismatchedDataError";
}

/** The network of an experiment. @throws MismatchedDataError for data that does not belong to the task */
export function architectureOf({ task, layers, output }: ExperimentSpec, data: TaskData): Architecture {
  const common = { layers, outputQuantiser: output.quantiser };
  if (task.kind === "classification") {
    if (data.kind !== "sequences") {
      throw new MismatchedDataError("A classification needs labelled sequences");
    }
    const input = { kind: "dense", width: data.width } as const;
    return { ...common, input, readout: "last-timestep", outputs: data.classes };
  }
  if (data.kind !== "symbols") {
    throw new MismatchedDataError("A language model needs a text");
  }
  const { symbols } = data;
  const input: NetworkInput =
    task.kind === "word-model"
      ? { kind: "embedding", symbols, units: task.embedding, dropout: task.embeddingDropout }
      : { kind: "one-hot", symbols };
  return { ...common, input, readout: "every-timestep", outputs: symbols };
}

/** I of a layer: values, or symbols of a one-hot input, that it reads at each timestep. */
export function layerInputs({ input, layers }: Pick<Architecture, "input" | "layers">, layer: number): number {
  if (layer > 0) {
    return outputUnits(layers[layer - 1]!);
  }
  switch (input.kind) {
    case "one-hot":
      return input.symbols.length;
    case "embedding":
      return input.units;
    case "dense":
      return input.width;
  }
}

/** Numbers that the outputs read: H of the last layer, of both directions where it has two. */
export function outputInputs({ layers }: Architecture): number {
  return outputUnits(layers[layers.length - 1]!);
}

/** Whether minibatches must follow each other in the text, because a layer carries its state over. */
export function carriesState({ layers }: Pick<Architecture, "layers">): boolean {
  return layers.some(({ initialState }) => initialState === "carried");
}
