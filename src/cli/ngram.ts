import { stat } from "node:fs/promises";
import { type Ngram, runNgram, textNgram } from "../jobs/ngram.js";
import { taskData } from "../jobs/taskData.js";
import { Text } from "../jobs/text.js";
import { loadText, readCorpusFile, textDatasets } from "../data/corpus.js";
import { evaluateDeployable } from "../rnn/inference/evaluate.js";
import { modelSize } from "../rnn/shipping/modelSize.js";
import { type Command, type CommandLine, positiveInteger, type Report } from "./command.js";
import { shippedModel } from "../runs/shippedModel.js";
import { openNamedRun } from "./openedRun.js";

export const ngramCommand: Command = {
  summary: "Tells what n-grams reach on a text, or on a run's text beside its model, with the size of each.",
  operands: [{ name: "TEXT", description: `${textDatasets.join(", ")}, a UTF-8 file, or the directory of a finished run` }],
  options: { "max-order": { value: "N", description: "symbols in the longest n-grams that are tried, up to 255; default 8" } },
  work: compare,
};

async function compare({ operands, values }: CommandLine): Promise<Report> {
  const order = values["max-order"];
  const found = await ngramOf(operands[0]!, order === undefined ? {} : { maxOrder: positiveInteger("max-order", order) });
  return { text: inWords(found), json: inJson(found) };
}

async function ngramOf(source: string, options: { readonly maxOrder?: number }): Promise<Ngram> {
  if (textDatasets.includes(source)) {
    return textNgram(new Text(await loadText(source)), options.maxOrder);
  }
  const isDirectory = await stat(source).then((entry) => entry.isDirectory(), () => false);
  return isDirectory ? ngramOfRun(source, options) : textNgram(new Text(await readCorpusFile(source)), options.maxOrder);
}

async function ngramOfRun(dir: string, options: { readonly maxOrder?: number }): Promise<Ngram> {
  const run = await openNamedRun(dir);
  const deployed = await shippedModel(run);
  const data = await taskData(run.spec.task, run.dir);
  // Loads TensorFlow.js, for which no other command waits.
  const { chooseKernel } = await import("../rnn/kernels/choose.js");
  const { kernel } = await chooseKernel();
  const { bpc } = await evaluateDeployable(deployed, data, "test", kernel);
  const rival = { name: run.spec.name, testBits: bpc, bits: modelSize(deployed).model.bits };
  return runNgram(run.spec.task, data, rival, options);
}

function inWords(found: Ngram): string {
  const table = [found.head(), ...found.rows()];
  const widths = found.head().map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join("  ").trimEnd();
  return [found.title, ...table.map(line)].join("\n");
}

function inJson({ name, order, validationBits, testBits, ngrams, bits, scores, rival }: Ngram): Report["json"] {
  return { name, order, validationBits, testBits, ngrams, bits, scores, ...(rival && { rival }) };
}
