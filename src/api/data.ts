import { type ArraySequences, sequencesFromArrays } from "../data/arraySequences.js";
import { corpusFromText, loadText, readCorpusFile, textDatasets } from "../data/corpus.js";
import { type CsvOptions, readSequencesCsv } from "../data/csvSequences.js";
import type { DownloadProgress } from "../data/datasets/download.js";
import type { DatasetOptions } from "../data/datasets/openDataFile.js";
import type { SequenceOptions } from "../data/labelledSequences.js";
import { loadSequences, sequenceDatasets } from "../data/sequenceCorpus.js";
import { permutation, randomStream } from "../rnn/random.js";
import { cellHost, type DisplayHandle } from "./host.js";
import { checkOptions, requireText, shown } from "./options.js";
import { Sequences } from "./sequences.js";
import { Text } from "./text.js";

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
const csvNames = { ...dealtNames, label: true, header: true, width: true, delimiter: true } as const;
const aPath = "a path, as \"data/file.txt\"";

interface DealtOptions extends Omit<SequenceOptions, "shuffle"> {
  /** Seed of the order in which sequences are dealt out to the parts. Default: as given. */
  shuffle?: number;
}

function dealt({ shuffle, ...options }: DealtOptions): SequenceOptions {
  if (shuffle === undefined) {
    return options;
  }
  return { ...options, shuffle: (count) => permutation(randomStream(shuffle, "sequence-order", -1), count) };
}

/** Where data comes from. */
export const data = {
  /** Names of the texts that `data.text` knows. */
  textNames: textDatasets,
  /** Names of the sets of labelled sequences that `data.sequences` knows. */
  sequenceNames: sequenceDatasets,
  /**
   * A text by name: "moby-dick" ships with Tritloom; others are read from the folder TRITLOOM_DATA or the cache, and
   * downloaded when they are in neither. See `data.textNames`.
   */
  text: async (name: string): Promise<Text> => new Text(await loadText(name, watched())),
  /** A UTF-8 text file; line ends become \n. */
  textFile: async (path: string): Promise<Text> => {
    requireText("tl.data.textFile", path, aPath);
    return new Text(await readCorpusFile(path));
  },
  /** A text made in the notebook; kept with the run. */
  fromString: (name: string, text: string): Text => {
    if (typeof text !== "string") {
      throw new TypeError(`tl.data.fromString() takes a name and a text, not ${shown(text)}`);
    }
    return new Text(corpusFromText(name, text));
  },
  /** Labelled sequences by name: "mnist". See `data.sequenceNames`. */
  sequences: async (name: string): Promise<Sequences> => new Sequences(await loadSequences(name, watched())),
  /** A CSV file with one labelled sequence in each row; kept with the run. */
  csv: async (path: string, options: Omit<CsvOptions, "shuffle"> & DealtOptions): Promise<Sequences> => {
    requireText("tl.data.csv", path, aPath);
    checkOptions("tl.data.csv", options, csvNames);
    if (options.label === undefined) {
      throw new TypeError('tl.data.csv() needs the column of the labels, as tl.data.csv("file.csv", { label: "class" })');
    }
    if (options.delimiter !== undefined && [...String(options.delimiter)].length !== 1) {
      throw new TypeError(`tl.data.csv() takes one character as delimiter, not ${shown(options.delimiter)}`);
    }
    return new Sequences(await readSequencesCsv(path, { ...options, ...dealt(options) } as CsvOptions));
  },
  /** Labelled sequences made in the notebook; kept with the run. */
  fromArrays: (name: string, arrays: ArraySequences, options: DealtOptions = {}): Sequences => {
    requireText("tl.data.fromArrays", name, "a name first");
    checkOptions("tl.data.fromArrays", arrays, { sequences: true, labels: true, width: true });
    checkOptions("tl.data.fromArrays", options, dealtNames);
    for (const part of ["sequences", "labels"] as const) {
      if (typeof arrays[part]?.length !== "number") {
        throw new TypeError(`tl.data.fromArrays() needs a list of ${part}, { sequences: [[...], ...], labels: [...] }, not ${shown(arrays[part])}`);
      }
    }
    return new Sequences(sequencesFromArrays(name, arrays, dealt(options)));
  },
};
