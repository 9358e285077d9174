import path from "node:path";
import { CorpusError } from "../data/textCorpus.js";
import { CurvesError } from "../trackers/curveTable.js";
import { type ImportedCurves, importCurves, importMeasures } from "../trackers/importCurves.js";
import { type Command, type CommandLine, oneOf, type Report, UsageError } from "./command.js";
import { describeModel, modelEndings } from "./importedModel.js";

export const importCommand: Command = {
  summary: "Reads CSV curves of another tool (TensorBoard, MLflow, Weights & Biases, Keras, Lightning) to be shown beside own runs, or tells which network a file of PyTorch, Keras or ONNX holds.",
  guide: "importing",
  operands: [
    { name: "FILE", description: `CSV files with a column of steps, and a column for each metric or a row for each number; or one network: ${modelEndings.join(", ")}`, isRepeated: true },
  ],
  options: {
    ignore: { value: "NAMES", description: "of a PyTorch file the tensors that are no part of the network, separated by commas" },
    runs: { value: "DIR", description: "folder of runs that gets a directory for each run of the files; default TRITLOOM_RUNS or runs" },
    name: { value: "NAME", description: "what they are called; default as the file says, else the name of the file" },
    measure: { value: "FIGURE", description: `what they are judged by: ${importMeasures.join(", ")}; default whichever the file has` },
    step: { value: "COLUMN", description: "the column of steps; default one that is called a step, iteration or epoch" },
    delimiter: { value: "CHARACTER", description: "between fields; default whichever of , ; | and tab makes columns of numbers" },
  },
  work,
};

async function work({ operands, values }: CommandLine): Promise<Report> {
  const models = operands.filter((file) => modelEndings.includes(path.extname(file).toLowerCase()));
  requireOptionsOf(models.length > 0, values);
  if (models.length === 0) {
    return importCsv(operands, values);
  }
  if (operands.length > 1) {
    throw new UsageError(`import takes CSV files, or one network: call it for ${models[0]} alone.`);
  }
  return describeModel(models[0]!, values);
}

function requireOptionsOf(isModel: boolean, values: CommandLine["values"]): void {
  const foreign = Object.keys(values).find((name) => values[name] !== undefined && (name === "ignore") !== isModel);
  if (foreign !== undefined) {
    throw new UsageError(`--${foreign} is for ${isModel ? "CSV files" : "files of networks"}: leave it out.`);
  }
}

async function importCsv(files: readonly string[], values: CommandLine["values"]): Promise<Report> {
  const { measure, delimiter } = values;
  if (delimiter !== undefined && delimiter.length !== 1) {
    throw new UsageError(`--delimiter ${delimiter}: give one character.`);
  }
  const options = { ...values, measure: measure === undefined ? undefined : oneOf("measure", measure, importMeasures) };
  const imported: ImportedCurves[] = [];
  for (const file of files) {
    imported.push(...(await importCurves(file, options).catch(asUsage)));
  }
  return { text: imported.map(inWords).join("\n"), json: { imported } };
}

/** What is wrong with a file is told in full; the option that mends it is one of this command. */
function asUsage(error: unknown): never {
  throw error instanceof CurvesError || error instanceof CorpusError ? new UsageError(error.message, { cause: error }) : error;
}

function inWords({ dir, name, measure, points, notes }: ImportedCurves): string {
  return [`Imported ${name} into ${dir}: ${measure}, ${points.train} points of training, ${points.validation} of validation`, ...notes.map((note) => `  ${note}`)].join("\n");
}
