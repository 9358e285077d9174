import type { TaskData } from "../data/contract.js";
import type { NetworkInput } from "../rnn/architecture.js";
import { type LatentNetwork, sourceNetwork } from "../rnn/afterTraining/latentNetwork.js";
import { withoutEmbedding, withSymbolOrder } from "../rnn/afterTraining/sourceInput.js";
import type { SourceWeights } from "../rnn/sourceWeights.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import { thousands } from "../display/html.js";

/** A network's task as far as its weights must fit it. */
export interface ImportedTask {
  readonly spec: TaskSpec;
  readonly data: TaskData;
}

/** The float network of a file, for a task and its data, or for none. */
export interface ImportedNetwork {
  readonly network: LatentNetwork;
  /** The weights that the network is made of: without an embedding where the task reads one-hot symbols, in the order of its symbols. */
  readonly weights: SourceWeights;
  /** The task, which keeps the width of the embedding. */
  readonly task?: TaskSpec;
}

/**
 * @param symbols the alphabet of the source in its order; absent: as the task has it
 * @throws TypeError where weights, symbols and task do not fit each other
 */
export function importedNetwork(source: SourceWeights, symbols: readonly string[] | undefined, task: ImportedTask | undefined): ImportedNetwork {
  if (task === undefined) {
    return withoutTask(source, symbols);
  }
  return task.data.kind === "symbols" ? forText(source, symbols, { ...task, symbols: task.data.symbols }) : forClasses(source, symbols, task);
}

function fault(words: string): TypeError {
  return new TypeError(`tl.importModel(): ${words}`);
}

function outputsOf({ dense, layers }: SourceWeights): number {
  return dense?.outputs ?? layers.at(-1)!.units;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

function withoutTask(weights: SourceWeights, symbols: readonly string[] | undefined): ImportedNetwork {
  const { embedding, layers } = weights;
  const width = embedding?.symbols ?? layers[0]!.inputs;
  if (symbols !== undefined && symbols.length !== width) {
    throw fault(`symbols has ${symbols.length}, but the network reads ${width}: give its whole alphabet, in the order of its training`);
  }
  const names = symbols ?? numbered(width);
  const input: NetworkInput = embedding
    ? { kind: "embedding", symbols: names, units: embedding.units, dropout: 0 }
    : symbols
      ? { kind: "one-hot", symbols: names }
      : { kind: "dense", width };
  const outputs = outputsOf(weights);
  const named = symbols?.length === outputs ? symbols : numbered(outputs);
  return { weights, network: sourceNetwork(weights, { input, readout: "every-timestep", outputs: named }) };
}

function forText(source: SourceWeights, given: readonly string[] | undefined, { spec, symbols }: ImportedTask & { readonly symbols: readonly string[] }): ImportedNetwork {
  const isWords = spec.kind === "word-model";
  const ordered = requireDense(source, spec);
  requireAlphabet(ordered, symbols, isWords);
  const inOrder = given === undefined ? ordered : withSymbolOrder(ordered, placesOf(symbols, given));
  const weights = isWords ? inOrder : withoutEmbedding(inOrder);
  const units = weights.embedding?.units;
  const input: NetworkInput = units === undefined ? { kind: "one-hot", symbols } : { kind: "embedding", symbols, units, dropout: 0 };
  const task = spec.kind === "word-model" && units !== undefined ? { ...spec, embedding: units, embeddingDropout: 0 } : spec;
  return { weights, task, network: sourceNetwork(weights, { input, readout: "every-timestep", outputs: symbols }) };
}

function requireAlphabet(ordered: SourceWeights, symbols: readonly string[], isWords: boolean): void {
  const read = ordered.embedding?.symbols ?? ordered.layers[0]!.inputs;
  const written = outputsOf(ordered);
  const what = isWords ? "words" : "characters";
  if (read !== symbols.length || written !== symbols.length) {
    throw fault(
      `the network reads ${thousands(read)} symbols and tells ${thousands(written)} apart, but the text of the task has ${thousands(symbols.length)} ${what}: ` +
        "give the text that it was trained on",
    );
  }
  if (isWords && ordered.embedding === undefined) {
    throw fault("a word model begins with an embedding, and the file has none: for one-hot symbols take tl.characterModel()");
  }
}

/** Finds the place of each symbol of the task in the source's alphabet. */
function placesOf(symbols: readonly string[], given: readonly string[]): number[] {
  const places = new Map(given.map((symbol, place) => [symbol, place]));
  const missing = symbols.find((symbol) => !places.has(symbol));
  if (missing !== undefined || places.size !== given.length || given.length !== symbols.length) {
    const what = missing === undefined ? `has ${given.length} symbols, some of them twice or more than the text's ${symbols.length}` : `lacks ${JSON.stringify(missing)}, which the text has`;
    throw fault(`symbols ${what}: give the alphabet of the training in its order, each symbol once`);
  }
  return symbols.map((symbol) => places.get(symbol)!);
}

function requireDense(source: SourceWeights, { kind }: TaskSpec): SourceWeights {
  if (source.dense === undefined) {
    throw fault(`the file has no dense (linear) layer after its recurrent layers, and a ${kind} needs one: save the whole model's state_dict`);
  }
  return source;
}

function forClasses(source: SourceWeights, given: readonly string[] | undefined, { spec, data }: ImportedTask): ImportedNetwork {
  const weights = requireDense(source, spec);
  if (data.kind !== "sequences") {
    throw fault("a classification's data are sequences");
  }
  if (given !== undefined) {
    throw fault("symbols are of models that read texts: leave them out");
  }
  const [width, outputs] = [weights.layers[0]!.inputs, outputsOf(weights)];
  if (weights.embedding !== undefined) {
    throw fault("the network begins with an embedding of symbols, and the task's sequences are of numbers: leave the task out, or give a text");
  }
  if (width !== data.width || outputs !== data.classes.length) {
    throw fault(
      `the network reads ${width} values a timestep and tells ${outputs} classes apart, but the task's sequences have ${data.width} values and ${data.classes.length} classes: ` +
        "give the data that it was trained on",
    );
  }
  const input = { kind: "dense", width } as const;
  return { weights, task: spec, network: sourceNetwork(weights, { input, readout: "last-timestep", outputs: data.classes }) };
}
