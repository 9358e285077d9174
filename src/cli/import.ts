import { CorpusError } from "../data/textCorpus.js";
import { CurvesError } from "../trackers/curveTable.js";
import { type ImportedCurves, importCurves, importMeasures } from "../trackers/importCurves.js";
import { type Command, type CommandLine, oneOf, type Report, UsageError } from "./command.js";

export const importCommand: Command = {
  summary: "Reads CSV curves of another tool (TensorBoard, MLflow, Weights & Biases, Keras, Lightning) to be shown beside own runs.",
  guide: "reading-curves",
  operands: [{ name: "CSV", description: "files with a column of steps, and a column for each metric or a row for each number", isRepeated: true }],
  options: {
    runs: { value: "DIR", description: "folder of runs that gets a directory for each run of the files; default TRITLOOM_RUNS or runs" },
    name: { value: "NAME", description: "what they are called; default as the file says, else the name of the file" },
    measure: { value: "FIGURE", description: `what they are judged by: ${importMeasures.join(", ")}; default whichever the file has` },
    step: { value: "COLUMN", description: "the column of steps; default one that is called a step, iteration or epoch" },
    delimiter: { value: "CHARACTER", description: "between fields; default whichever of , ; | and tab makes columns of numbers" },
  },
  work,
};

async function work({ operands, values }: CommandLine): Promise<Report> {
  const { measure, delimiter } = values;
  if (delimiter !== undefined && delimiter.length !== 1) {
    throw new UsageError(`--delimiter ${delimiter}: give one character.`);
  }
  const options = { ...values, measure: measure === undefined ? undefined : oneOf("measure", measure, importMeasures) };
  const imported: ImportedCurves[] = [];
  for (const file of operands) {
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
