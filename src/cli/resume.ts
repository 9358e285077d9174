import { type CellHost, setCellHost } from "../display/host.js";
import type * as Api from "../api/index.js";
import { figureMethods } from "../runs/figureMethods.js";
import { TrainingInterruption } from "../runs/interruption.js";
import type { EndingSignal } from "../files/leftovers.js";
import { measures, named } from "../runs/measures.js";
import { RunError } from "../runs/readRun.js";
import { stateInWords } from "../runs/runState.js";
import type { Command, CommandLine, Report } from "./command.js";
import { EndedBySignalError, Interruption } from "./interruption.js";
import { NotebookProgress } from "./notebookProgress.js";
import { openNamedRun } from "./openedRun.js";

export const resumeCommand: Command = {
  summary: "Trains a run on from its last checkpoint; Ctrl+C, SIGTERM and a closed terminal stop it with a new one.",
  guide: "working-remotely",
  operands: [{ name: "RUN", description: "directory of an interrupted or crashed run" }],
  options: {},
  work: resume,
};

async function resume({ operands }: CommandLine): Promise<Report> {
  const { dir } = await openNamedRun(operands[0]!);
  return trainInForeground(dir, async () => {
    const { openRun } = await loadApi();
    await (await openRun(dir)).resume();
  });
}

/** Trains a run in this process with a line of progress; Ctrl+C, SIGTERM and a closed terminal stop it with a checkpoint. */
export async function trainInForeground(dir: string, train: () => Promise<void>): Promise<Report> {
  const stop = new AbortController();
  const interruption = new Interruption((why) => {
    stop.abort(new TrainingInterruption(why));
    // A second one ends the process at once; the run then reads as crashed.
    interruption.stopListening();
  });
  const progress = new NotebookProgress(process.stderr);
  setCellHost(progressHost(progress, stop.signal));
  try {
    await train();
  } finally {
    interruption.stopListening();
    progress.endLine();
  }
  return reportOf(dir, interruption.ending);
}

/** Shows a training as one line, as `tritloom run` does. */
function progressHost(progress: NotebookProgress, interrupt: AbortSignal): CellHost {
  const update = progress.display.bind(progress);
  return {
    display: (data) => {
      update(data);
      return { update };
    },
    report: () => {},
    interrupt,
  };
}

/** The library that cells import as "tritloom": beside this program, and loaded only by who trains. */
async function loadApi(): Promise<typeof Api> {
  return (await import(new URL("./api/tritloom.mjs", import.meta.url).href)) as typeof Api;
}

/** @throws RunError or EndedBySignalError when the training was stopped before its end */
async function reportOf(dir: string, ending: EndingSignal | undefined): Promise<Report> {
  const run = await openNamedRun(dir);
  const { state, result, spec } = run;
  if (!result) {
    const message = `The run ${dir} is ${stateInWords(run)}: resume it to train on (tritloom resume ${dir}).`;
    throw ending === undefined ? new RunError(message) : new EndedBySignalError(message, ending);
  }
  const { steps, validationBpc, figures } = result;
  const measure = measures[spec.task.kind];
  const validation = figures?.validation ?? null;
  return {
    text: `${state} after ${steps} steps${validation === null ? "" : `, validation ${named(measure, validation)}`}: ${dir}`,
    json: { dir, state, steps, measure: measure.name, validation, validationBpc, validationHow: figureMethods(run).validation },
  };
}
