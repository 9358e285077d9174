import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type * as SlurmTask from "../jobs/slurmTask.js";
import { ownProgram } from "../programs/ownProgram.js";
import { TrainingInterruption } from "../runs/interruption.js";
import { ownerLives } from "../runs/owner.js";
import { requestStop } from "../runs/stopRequest.js";
import { driveSweep } from "../sweeps/drive.js";
import { engineOf, local } from "../sweeps/engines.js";
import type { EngineSpec } from "../sweeps/engineSpec.js";
import { readSweep, reopenSweep, SweepError } from "../sweeps/sweepDirectory.js";
import { type Command, type CommandLine, positiveInteger, type Report, UsageError } from "./command.js";
import { EndedBySignalError, Interruption } from "./interruption.js";
import { runSweeps } from "./sweepNotebook.js";
import { SweepProgress } from "./sweepProgress.js";
import { isIncomplete, sweepReport, summaryNow } from "./sweepReport.js";

const pollMilliseconds = 200;

export const sweepCommand: Command = {
  summary: "Runs the sweeps of a notebook, or tells the state of a sweep, stops it, or goes on with it.",
  operands: [
    { name: "NOTEBOOK", description: "a notebook whose cells call tl.sweep(), .ipynb or .ts; or status, stop or resume" },
    { name: "DIR", description: "after status, stop or resume: the directory of the sweep", isOptional: true },
  ],
  options: {
    workers: { value: "N", description: "with resume: trials that are trained at the same time; default as the sweep began, here one for each core" },
    here: { description: "with resume: train on this machine, wherever the sweep began" },
  },
  work,
};

async function work({ operands: [what, dir], values, switches }: CommandLine): Promise<Report> {
  const actions: Readonly<Record<string, (sweep: string) => Promise<Report>>> = {
    status: async (sweep) => sweepReport(await summaryNow(sweep)),
    stop,
    // What tasks of tl.slurm() run, and no person: help does not name it.
    work: trainAsTask,
    resume: (sweep) => resume(sweep, { workers: values["workers"] === undefined ? undefined : positiveInteger("workers", values["workers"]), isHere: switches.has("here") }),
  };
  const action = Object.hasOwn(actions, what!) ? actions[what!] : undefined;
  if (action === undefined) {
    if (dir !== undefined) {
      throw new UsageError(`sweep takes one notebook, or status, stop or resume and the directory of a sweep, not "${what}" and "${dir}".`);
    }
    return runSweeps(what!);
  }
  if (dir === undefined) {
    throw new UsageError(`sweep ${what} needs DIR: the directory of a sweep.`);
  }
  return action(dir).catch((error: unknown) => {
    throw error instanceof SweepError ? new UsageError(error.message, { cause: error }) : error;
  });
}

async function stop(dir: string): Promise<Report> {
  const { dir: sweep } = await readSweep(dir);
  await requestStop(sweep);
  while (await ownerLives(sweep)) {
    await sleep(pollMilliseconds);
  }
  return sweepReport(await summaryNow(sweep));
}

async function trainAsTask(dir: string): Promise<Report> {
  const { trainAsTask: train } = (await import(pathToFileURL(ownProgram("slurm-task")).href)) as typeof SlurmTask;
  const trained = await train(path.resolve(dir), process.env);
  return { text: `trained ${trained} ${trained === 1 ? "job" : "jobs"} of ${dir}`, json: { dir, trained } };
}

/** Trains what was chosen; what a search that learns would choose next needs the cell with the trial function. */
async function resume(dir: string, asked: { readonly workers: number | undefined; readonly isHere: boolean }): Promise<Report> {
  const sweep = await reopenSweep(dir);
  const stopping = new AbortController();
  const interruption = new Interruption((why) => stopping.abort(new TrainingInterruption(why)));
  const progress = new SweepProgress(sweep.dir);
  try {
    const engine = await engineOf(engineFor(sweep.spec.engine, asked), sweep.dir);
    await driveSweep(sweep, { engine, signal: stopping.signal, onChange: () => {} });
  } finally {
    interruption.stopListening();
    progress.end();
    await sweep.close();
  }
  const summary = await summaryNow(sweep.dir);
  if (interruption.ending !== undefined) {
    throw new EndedBySignalError(`The sweep ${sweep.dir} was stopped: go on with tritloom sweep resume ${sweep.dir}.`, interruption.ending);
  }
  const told = { ...sweepReport(summary), isFailure: isIncomplete(summary) };
  const { candidates, planned } = sweep.ledger;
  return candidates.length === planned || interruption.isAsked
    ? told
    : { ...told, text: `${told.text}\nThe search has ${planned - candidates.length} more candidates to choose: run its cell again with dir: ${JSON.stringify(sweep.dir)}.` };
}

/** The engine that a sweep goes on with: the one that it began with, unless something else is asked for. */
function engineFor(began: EngineSpec | undefined, { workers, isHere }: { readonly workers: number | undefined; readonly isHere: boolean }): EngineSpec {
  const changed = workers === undefined ? {} : { workers };
  return began === undefined || began.kind === "local" || isHere ? local(changed) : { ...began, ...changed };
}
