import { type ArraySequences, sequencesFromArrays } from "../data/arraySequences.js";
import { corpusFromText, loadText, readCorpusFile, textDatasets } from "../data/corpus.js";
import { csvColumns, type CsvOptions, readSequencesCsv } from "../data/csvSequences.js";
import type { DownloadProgress } from "../data/datasets/download.js";
import type { DatasetOptions } from "../data/datasets/openDataFile.js";
import { loadSequences, sequenceDatasets } from "../data/sequenceCorpus.js";
import { requireValid } from "../experiment/faults.js";
import { csvSchema, dealt, type DealtOptions, dealtSchema } from "./dataOptions.js";
import { cellHost, type DisplayHandle, notice } from "../display/host.js";
import { checkOptions, requireText, shown } from "../experiment/options.js";
import { Sequences } from "../jobs/sequences.js";
import { Text } from "../jobs/text.js";

/** Milliseconds between two lines of progress. */
const progressMilliseconds = 500;

/** A download stops with the cell and shows how far it is. */
function watched(): DatasetOptions {
  const host = cellHost();
  let handle: DisplayHandle | undefined;
  let shownAt = -Infinity;
  const onProgress = ({ file, received, total }: DownloadProgress): void => {
    if (host === undefined || performance.now() - shownAt < progressMilliseconds) {
      return;
    }
    shownAt = performance.now();
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    const line = `Downloading ${file}: ${megabytes(received)}${total === undefined ? "" : ` of ${megabytes(total)}`} MB`;
    const bundle = { "text/plain": line };
    if (handle) {
      handle.update(bundle);
    } else {
      handle = host.display(bundle);
    }
  };
  return { onProgress, ...(host && { signal: host.interrupt }) };
}

const dealtNames = { split: true, stratified: true, shuffle: true, normalise: true } as const;
const csvNames = {
  label: true,
  id: true,
  time: true,
  features: true,
  width: true,
  timesteps: true,
  header: true,
  delimiter: true,
  decimal: true,
  missing: true,
  ...dealtNames,
} as const;
const aPath = "a path, as \"data/file.txt\"";

/** The columns of a file that can be read, for an error. */
async function itsColumns(path: string): Promise<string> {
  const columns = await csvColumns(path, {}).catch(() => undefined);
  const named = typeof columns === "object" ? columns.slice(0, 12).map((name) => JSON.stringify(name)).join(", ") : `numbered from 0 to ${Number(columns) - 1}`;
  return columns === undefined ? "" : `; its columns are ${named}`;
}

/** Loads data: texts for `tl.characterModel()` and `tl.wordModel()`, and labelled sequences for `tl.classification()`. */
export const data = {
  /** Names of the texts that `data.text` knows. */
  textNames: textDatasets,
  /** Names of the sets of labelled sequences that `data.sequences` knows. */
  sequenceNames: sequenceDatasets,
  /**
   * Loads a text by its name. "moby-dick" comes with Tritloom. Others are read from the folder TRITLOOM_DATA or the cache, and downloaded
   * when they are in neither. `tl.data.textNames` lists the names.
   * @param name such as "moby-dick"
   */
  text: async (name: string): Promise<Text> => {
    requireText("tl.data.text", name, 'a name, as "moby-dick"');
    return new Text(await loadText(name, watched()));
  },
  /**
   * Reads a text file in UTF-8. Line ends become \n.
   * @param path of the file, relative to the notebook's folder
   */
  textFile: async (path: string): Promise<Text> => {
    requireText("tl.data.textFile", path, aPath);
    return new Text(await readCorpusFile(path));
  },
  /**
   * Takes a text that was made in the notebook. A run keeps it.
   * @param name that runs and tables use
   */
  fromString: (name: string, text: string): Text => {
    if (typeof text !== "string") {
      throw new TypeError(`tl.data.fromString() takes a name and a text, not ${shown(text)}`);
    }
    return new Text(corpusFromText(name, text));
  },
  /** Loads labelled sequences by their name, such as "mnist". `tl.data.sequenceNames` lists the names. */
  sequences: async (name: string): Promise<Sequences> => {
    requireText("tl.data.sequences", name, 'a name, as "mnist"');
    return new Sequences(await loadSequences(name, watched()));
  },
  /**
   * Reads a CSV file of labelled sequences: wide, with one sequence in each row, or long, with one timestep in each row and the option `id`.
   * A run keeps them. Where the file can be read in two ways a warning names both.
   * @param path of the file, relative to the notebook's folder
   * @param options `label` names the column of the class
   * @throws SequenceError that names the place and the value, and says what to give
   */
  csv: async (path: string, options: Omit<CsvOptions, "shuffle"> & DealtOptions): Promise<Sequences> => {
    requireText("tl.data.csv", path, 'a path, as "data/file.csv"');
    const given = checkOptions("tl.data.csv", options ?? {}, csvNames);
    if (given.label === undefined) {
      throw new TypeError(`tl.data.csv() needs the column of the labels, as tl.data.csv("file.csv", { label: "class" })${await itsColumns(path)}`);
    }
    requireValid("tl.data.csv()", csvSchema, given);
    const corpus = await readSequencesCsv(path, dealt(given));
    corpus.reading?.warnings.forEach((warning) => notice(`${corpus.name}: ${warning}`));
    return new Sequences(corpus);
  },
  /**
   * Takes labelled sequences that were made in the notebook. A run keeps them.
   * @param name that runs and tables use
   * @param arrays one sequence and one label for each example
   * @throws SequenceError that names the sequence that is wrong
   */
  fromArrays: (name: string, arrays: ArraySequences, options: DealtOptions = {}): Sequences => {
    requireText("tl.data.fromArrays", name, "a name first");
    checkOptions("tl.data.fromArrays", arrays, { sequences: true, labels: true, width: true });
    checkOptions("tl.data.fromArrays", options, dealtNames);
    requireValid("tl.data.fromArrays()", dealtSchema, options);
    for (const part of ["sequences", "labels"] as const) {
      if (typeof arrays[part]?.length !== "number") {
        throw new TypeError(`tl.data.fromArrays() needs a list of ${part}, as { sequences: [[...], ...], labels: [...] }, not ${shown(arrays[part])}`);
      }
    }
    return new Sequences(sequencesFromArrays(name, arrays, dealt(options)));
  },
};
