import { chipData, chipSource } from "../jobs/chipSource.js";
import { evaluateIntegers, type IntegerEvaluation } from "../jobs/integerEvaluation.js";
import { chipOf } from "../hardware/chip.js";
import type { Score } from "../rnn/inference/score.js";
import { shippedModel } from "../runs/shippedModel.js";
import { chipOptions, precisionOption, readChipOptions } from "./chipOptions.js";
import { type Command, type CommandLine, oneOf, positiveInteger, type Report } from "./command.js";
import { openNamedRun } from "./openedRun.js";

const parts = ["validation", "test"] as const;

const { macs: _macs, columns: _columns, ...widthOptions } = chipOptions;

export const scoreCommand: Command = {
  summary: "Scores exactly the accelerator's integers on a run's data, beside the float model that ships.",
  guide: "from-run-to-rom",
  operands: [{ name: "RUN", description: "directory of a finished run" }],
  options: {
    part: { value: "PART", description: `part of the data: ${parts.join(" or ")}; default test` },
    timesteps: { value: "N", description: "timesteps of the part's beginning; default all" },
    ...widthOptions,
    precision: precisionOption,
  },
  work: score,
};

async function score({ operands, values }: CommandLine): Promise<Report> {
  const part = oneOf("part", values["part"] ?? "test", parts);
  const timesteps = values["timesteps"] === undefined ? undefined : positiveInteger("timesteps", values["timesteps"]);
  const options = readChipOptions(values);
  const run = await openNamedRun(operands[0]!);
  const deployed = await shippedModel(run);
  const data = await chipData(run);
  const { fixed, ranges } = chipOf(chipSource(run.spec.name, deployed, data), options);
  // Loads TensorFlow.js, for which no other command waits.
  const { chooseKernel } = await import("../rnn/kernels/choose.js");
  const { kernel } = await chooseKernel();
  const evaluation = await evaluateIntegers(
    { task: run.spec.task.kind, deployed, fixed, data, part, timesteps, kernel },
    { onProgress: showShare },
  );
  return { text: inWords(evaluation, ranges), json: { ...inJson(evaluation), ranges } };
}

function showShare(share: number): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r${Math.floor(100 * share)} %${share === 1 ? "\n" : ""}`);
  }
}

function inWords(evaluation: IntegerEvaluation, ranges: string): string {
  const rows = evaluation.rows().map(([name, value]) => `${name.padEnd(20)} ${value}`);
  return [`${evaluation.timesteps.toLocaleString("en-US")} timesteps of the ${evaluation.part} part`, ...rows, ranges].join("\n");
}

function inJson({ part, timesteps, deployable, integers, lostBits, saturations, recurrentColumns }: IntegerEvaluation): Report["json"] {
  const figures = ({ loss, bpc, accuracy }: Score) => ({ loss, bitsPerPrediction: bpc, accuracy });
  return { part, timesteps, float: { ...figures(deployable), how: deployable.how }, integers: figures(integers), lostBits, saturations, recurrentColumns };
}
