import { access } from "node:fs/promises";
import path from "node:path";
import { chipData } from "../jobs/chipSource.js";
import { type GivenData, partNames, type TrainedModel } from "../jobs/givenData.js";
import { predict } from "../jobs/predict.js";
import { SequencePredictions } from "../jobs/sequencePredictions.js";
import type { TextPredictions } from "../jobs/textPredictions.js";
import type { Score } from "../rnn/inference/score.js";
import { shippedModel } from "../runs/shippedModel.js";
import { type Command, type CommandLine, oneOf, type Report, UsageError } from "./command.js";
import { openNamedRun } from "./openedRun.js";

export const predictCommand: Command = {
  summary: "Predicts classes of sequences, or the symbols of a text, with a run's model, and tells its figures.",
  guide: "own-data",
  operands: [{ name: "RUN", description: "directory of a finished run" }],
  options: {
    csv: { value: "FILE", description: "sequences in a CSV file with the columns of the training data; that of the labels may be missing" },
    text: { value: "FILE", description: "a UTF-8 text, for a model of characters or words" },
    part: { value: "PART", description: `part of the run's own data: ${partNames.join(", ")}; default test` },
    label: { value: "COLUMN", description: "of --csv, the column of the labels: its name, or its number from 0; default as in training" },
    delimiter: { value: "CHARACTER", description: "of --csv, between fields; default as in training" },
    "no-header": { description: "of --csv, the first row is a sequence and names no columns" },
    out: { value: "FILE", description: "write all predictions as CSV" },
    overwrite: { description: "replace FILE where it exists" },
  },
  work: predictWith,
};

async function predictWith(line: CommandLine): Promise<Report> {
  const { operands, values, switches } = line;
  const out = values.out === undefined ? undefined : path.resolve(values.out);
  const given = readGivenData(line);
  if (out !== undefined && !switches.has("overwrite")) {
    await requireNew(out);
  }
  const model = await trainedModel(operands[0]!);
  const predictions = await predict(model, given, { onProgress: showShare });
  if (out !== undefined) {
    await predictions.save(out);
  }
  return {
    text: [predictions.toString(), ...(out === undefined ? [] : [`Wrote ${out}`])].join("\n\n"),
    json: { ...(predictions instanceof SequencePredictions ? sequencesJson(predictions) : textJson(predictions)), ...(out !== undefined && { out }) },
  };
}

const ofCsv = ["label", "delimiter", "no-header"] as const;

/** @throws UsageError for more than one source, and options of a CSV file without one */
function readGivenData({ values, switches }: CommandLine): GivenData {
  const given = (["csv", "text", "part"] as const).filter((name) => values[name] !== undefined);
  if (given.length > 1) {
    throw new UsageError(`${given.map((name) => `--${name}`).join(" and ")}: give one of them.`);
  }
  const { csv, text, part = "test", label, delimiter } = values;
  const stray = ofCsv.find((name) => csv === undefined && (values[name] !== undefined || switches.has(name)));
  if (stray !== undefined) {
    throw new UsageError(`--${stray} says how a CSV file is read: give --csv FILE too.`);
  }
  if (delimiter !== undefined && [...delimiter].length !== 1) {
    throw new UsageError(`--delimiter ${delimiter}: give one character.`);
  }
  if (csv !== undefined) {
    return { csv, ...columnOf(label), ...(delimiter !== undefined && { delimiter }), ...(switches.has("no-header") && { header: false }) };
  }
  return text === undefined ? oneOf("part", part, partNames) : { textFile: text };
}

/** A number is that of a column; a column that is called by one is named in quotes: --label '"7"'. */
function columnOf(label: string | undefined): { readonly label?: string | number } {
  if (label === undefined) {
    return {};
  }
  return { label: /^\d+$/.test(label) ? Number(label) : label.replace(/^"(\d+)"$/, "$1") };
}

async function requireNew(file: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) {
    throw new UsageError(`--out ${file} exists: give another name, or --overwrite.`);
  }
}

async function trainedModel(dir: string): Promise<TrainedModel> {
  const run = await openNamedRun(dir);
  const deployed = await shippedModel(run);
  // Loads TensorFlow.js, for which no other command waits.
  const { chooseKernel, kernelFor } = await import("../rnn/kernels/choose.js");
  const { kernel } = kernelFor(run.spec.layers, (await chooseKernel()).kernel);
  return { dir: run.dir, spec: run.spec, deployed, kernel, data: () => chipData(run) };
}

function showShare(share: number): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r${Math.floor(100 * share)} %${share === 1 ? "\n" : ""}`);
  }
}

function figures({ loss, bpc, accuracy }: Score): Report["json"] {
  return { loss, bitsPerPrediction: bpc, accuracy };
}

function sequencesJson(predictions: SequencePredictions): Report["json"] {
  const { name, count, classes, probabilities, labels, score, how, notes } = predictions;
  const report = score && predictions.classificationReport();
  return {
    data: name,
    count,
    classes,
    how,
    notes,
    ...(score && figures(score)),
    ...(report && {
      accuracyInterval: report.interval,
      classFigures: report.classes,
      macroMean: report.macro,
      weightedMean: report.weighted,
      confusionMatrix: predictions.confusionMatrix().rows(),
    }),
    predictions: predictions.predictions.map((predicted, n) => ({
      predicted,
      ...(labels && { label: labels[n] }),
      probabilities: Array.from(probabilities.subarray(n * classes.length, (n + 1) * classes.length)),
    })),
  };
}

function textJson(predictions: TextPredictions): Report["json"] {
  const { name, count, score, how, notes } = predictions;
  return { data: name, count, how, notes, ...(score && figures(score)), next: predictions.followers() };
}
