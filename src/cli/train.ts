import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { checkCombinations } from "../experiment/combinations.js";
import { type ExperimentSpec, InvalidSpecError, parseExperimentSpec } from "../experiment/spec.js";
import { requireSpecOnly } from "../jobs/dataOnly.js";
import { startTraining } from "../jobs/startTraining.js";
import type * as Training from "../jobs/trainRun.js";
import { ownProgram } from "../programs/ownProgram.js";
import { prepareRun } from "../runs/enterRun.js";
import { makeRunDirectory } from "../runs/runDirectory.js";
import { runFiles } from "../runs/runFiles.js";
import { type Command, type CommandLine, type Report, UsageError } from "./command.js";
import { trainInForeground } from "./resume.js";

export const trainCommand: Command = {
  summary: "Trains what a spec says into a new run, without a notebook; Ctrl+C, SIGTERM and a closed terminal stop it with a checkpoint.",
  guide: "working-remotely",
  operands: [{ name: "SPEC.json", description: "an experiment, as spec.json of a run's directory or Copy Experiment as JSON" }],
  options: {
    runs: { value: "DIR", description: "folder that gets the run's own folder; default TRITLOOM_RUNS or runs" },
    background: { description: "train in a process of its own, and return once it has begun" },
  },
  work: train,
};

async function train({ operands, values, switches }: CommandLine): Promise<Report> {
  const file = path.resolve(operands[0]!);
  const spec = await readSpec(file);
  const root = path.resolve(values["runs"] ?? process.env.TRITLOOM_RUNS ?? "runs");
  const dir = await makeRunDirectory(root, spec.name);
  let hasBegun = false;
  try {
    await prepareRun(dir, spec, await dataBeside(file, spec));
    if (switches.has("background")) {
      await startTraining(dir, spec);
      return { text: `trains in the background: ${dir}`, json: { dir, state: "running" } };
    }
    const { trainRun } = (await import(pathToFileURL(ownProgram("training")).href)) as typeof Training;
    const onBegin = (): void => {
      hasBegun = true;
    };
    return await trainInForeground(dir, () => trainRun({ dir, spec, onBegin }).then(() => {}));
  } catch (error) {
    if (!hasBegun) {
      await rm(dir, { recursive: true, force: true });
    }
    throw error;
  }
}

/** @throws UsageError for what is no experiment, or one that only a cell can train */
async function readSpec(file: string): Promise<ExperimentSpec> {
  try {
    const spec = parseExperimentSpec(JSON.parse(await readFile(file, "utf8")), file);
    checkCombinations(spec, file);
    requireSpecOnly("tritloom train", spec);
    return spec;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new UsageError(`There is no file ${file}: give the spec of an experiment.`, { cause: error });
    }
    if (error instanceof SyntaxError) {
      throw new UsageError(`${file} is not JSON: give the spec of an experiment, as spec.json of a run's directory.`, { cause: error });
    }
    throw error instanceof InvalidSpecError || error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The file with data that was given in a cell: a run keeps it beside its spec. @throws UsageError where it is missing */
async function dataBeside(file: string, { task }: ExperimentSpec): Promise<string | undefined> {
  const { source, name } = task.kind === "classification" ? task.data : task.corpus;
  if (source.kind !== "inline") {
    return undefined;
  }
  const data = path.join(path.dirname(file), task.kind === "classification" ? runFiles.data : runFiles.corpus);
  await readFile(data).catch((error: Error) => {
    throw new UsageError(`The data "${name}" of ${file} was given in a cell and is kept beside it, but there is no ${data}: give the spec.json in its run's directory.`, { cause: error });
  });
  return data;
}
