import path from "node:path";
import * as z from "zod";
import { writeFileAtomically } from "../files/atomicFile.js";
import { writeSafetensors } from "../files/safetensors.js";
import { type Displayable, displaySymbol, type MimeBundle, tellingOnce } from "../display/host.js";
import { checkOptions, requireOneOf, shown } from "../experiment/options.js";
import { requireValid } from "../experiment/faults.js";
import { requireSpecOnly } from "../jobs/dataOnly.js";
import type { TradeOffOptions } from "../jobs/tradeOff.js";
import { endOfProcess } from "../jobs/training.js";
import { listRunDirs } from "../runs/readRun.js";
import { printableLine } from "../text/printable.js";
import { type AshaSpec, ashaSchema, leastCandidates } from "../sweeps/asha.js";
import { sweepFiles, sweepSpecSchema, type SweepSpec, type Trial } from "../sweeps/contract.js";
import { chooseAhead, type Driver, driveSweep, type MadeTrials } from "../sweeps/drive.js";
import type { SweepEngine } from "../sweeps/engine.js";
import { engineSchema, type EngineSpec } from "../sweeps/engineSpec.js";
import { engineOf, local, windowOf } from "../sweeps/engines.js";
import { LiveSweep } from "../sweeps/liveSweep.js";
import { checkGrid } from "../sweeps/points.js";
import { grid, type SearchSpec, searchSchema } from "../sweeps/searches.js";
import { type CheckedSpace, checkedSpace, guardedParameters, labelsAt, labelsOf, type ParametersOf, parametersAt, type Point, type SearchSpace } from "../sweeps/space.js";
import { type CandidateRow, summaryOf, type SweepSummary } from "../sweeps/summary.js";
import { createSweep, isSweep, readSweep, reopenSweep, type SweepWriter } from "../sweeps/sweepDirectory.js";
import { sweepBundle } from "../sweeps/sweepPicture.js";
import { trialId } from "../sweeps/trialId.js";
import { Experiment } from "./experiment.js";
import { type ExportedRuns, exportFromCell, type ExportOptions } from "./exportedRuns.js";
import { openRun, type Run } from "./run.js";
import { type TradeOff, tradeOff } from "./tradeOff.js";

/** Options of `tl.sweep()`. */
export interface SweepOptions<Space extends SearchSpace> {
  /**
   * Makes the experiment of a trial, `(p) => tl.experiment({ ... })`, of a value for each name of `space`. It runs here; who trains gets
   * what it returns as data.
   */
  experiment: (parameters: ParametersOf<Space>) => Experiment | Promise<Experiment>;
  /** What varies: a list of values, `tl.uniform`, `tl.logUniform` or `tl.integer` for each name. */
  space: Space;
  /** Default: `tl.grid()`, every combination. */
  search?: SearchSpec;
  /** Ends trials early that do worse than others, as `tl.asha({ min: 100 })`. Default: every trial is trained to its end. */
  stop?: AshaSpec;
  /** Trains each candidate so often, with the seed of its experiment and the next ones, and judges it by the mean. Default 1. */
  seeds?: number;
  /** What candidates are judged by: the task's figure on the validation part, of what ships. */
  objective?: "validation";
  /** The place where trials are trained: `tl.local()`, `tl.redis("redis://host:6379")` or `tl.slurm({ time: "4:00:00" })`. Default: `tl.local()`. */
  engine?: EngineSpec;
  /** The seed of the search. Default 1. */
  seed?: number;
  /** Shown in tables. Default: "sweep of" what varies. */
  name?: string;
  /**
   * The directory of the sweep, relative to the notebook's folder. Where it holds this sweep already, that goes on where it stopped.
   * Default: a new one in the folder `sweeps`.
   */
  dir?: string;
}

const names = {
  experiment: true,
  space: true,
  search: true,
  stop: true,
  seeds: true,
  objective: true,
  engine: true,
  seed: true,
  name: true,
  dir: true,
} as const;

const countsSchema = sweepSpecSchema.pick({ seeds: true, seed: true });
const stopSchema = z.discriminatedUnion("kind", [ashaSchema]).meta({ makers: ["tl.asha({ min: 100 })"] });

/** A sweep by its directory: what became of its trials. */
export class Sweep implements Displayable {
  constructor(readonly dir: string) {}

  /** All that is known of the sweep now: its trials by state, the best, and each candidate with mean and spread over its seeds. */
  async summary(): Promise<SweepSummary> {
    return summaryOf(await readSweep(this.dir));
  }

  /** The best candidate of those trained furthest: parameters, the figure of each seed, mean and spread. @throws Error before the first result */
  async best(): Promise<CandidateRow> {
    const { best } = await this.summary();
    if (best === null) {
      throw new Error(`The sweep ${this.dir} has no result yet.`);
    }
    return best;
  }

  /** The run of the best candidate; of several seeds the first. */
  async bestRun(): Promise<Run> {
    return openRun((await this.best()).runs[0]!);
  }

  /**
   * What better figures cost in hardware: figure, ROM bits and cycles of a timestep of each candidate that was trained to its end, as table and
   * picture, and which of them no other beats in one without losing in another.
   * @param options of the accelerator: `macUnits`, `columnsPerCycle`, `activationBits`
   */
  async tradeOff(options: TradeOffOptions = {}): Promise<TradeOff> {
    return tradeOff(await this.summary(), options);
  }

  /** Writes all trials that there are so far for another tool, as `run.export()` does. */
  async export(options: ExportOptions): Promise<ExportedRuns> {
    const dirs = await listRunDirs(path.join(this.dir, sweepFiles.runs));
    if (dirs.length === 0) {
      throw new Error(`The sweep ${this.dir} has no run yet.`);
    }
    return exportFromCell("sweep.export", dirs, options);
  }

  async [displaySymbol](): Promise<MimeBundle> {
    return sweepBundle(await this.summary());
  }
}

/** Opens a sweep of an earlier session from its directory. @throws SweepError when the directory holds no sweep */
export async function openSweep(dir: string): Promise<Sweep> {
  if (typeof dir !== "string" || dir === "") {
    throw new TypeError(`tl.openSweep() takes the directory of a sweep, not ${shown(dir)}`);
  }
  return new Sweep((await readSweep(dir)).dir);
}

/**
 * Trains many variants of an experiment, and shows live what becomes of them. Everything is checked before anything is trained. The same
 * trial twice is one trial; a trial whose experiment is wrong ends at once and says why. Stopping the cell stops all trainings with
 * checkpoints; `tritloom sweep resume DIR`, or the same cell with `dir`, goes on.
 * @throws TypeError that names option, value and remedy; what the trial function throws for its first candidate
 */
export async function sweep<const Space extends SearchSpace>(options: SweepOptions<Space>): Promise<Sweep> {
  const { spec, space, engine: where } = checked(options);
  const writer = await opened(options.dir, spec);
  const cell = { space, make: trialsOf(options, space, writer) };
  try {
    const engine = await engineOf(where, writer.dir);
    try {
      await chooseAhead(writer, cell);
      await train(writer, engine, cell);
    } finally {
      await engine.stop("stopped");
    }
  } finally {
    await writer.close();
    if (writer.ledger.candidates.length === 0) {
      // What was wrong is told; there is nothing to go on with.
      await writer.discard();
    }
  }
  return new Sweep(writer.dir);
}

async function train(writer: SweepWriter, engine: SweepEngine, cell: NonNullable<Driver["cell"]>): Promise<void> {
  const end = endOfProcess();
  const live = new LiveSweep(writer, engine);
  try {
    const why = await driveSweep(writer, { engine, cell, signal: end.signal, onChange: (running) => live.change(running) });
    live.end(why);
  } finally {
    live.abandon();
    end.release();
  }
}

/** An earlier sweep that goes on, or a new one. */
async function opened(dir: string | undefined, spec: SweepSpec): Promise<SweepWriter> {
  if (dir === undefined) {
    return createSweep({ root: "sweeps" }, spec);
  }
  return (await isSweep(dir)) ? reopenSweep(dir, spec) : createSweep({ dir }, spec);
}

function checked<Space extends SearchSpace>(options: SweepOptions<Space>) {
  checkOptions("tl.sweep", options, names);
  const space = checkedSpace(options.space);
  const { search = grid(), stop = null, engine = local(), seeds = 1, seed = 1, name = `sweep of ${Object.keys(space).join(", ")}`, objective = "validation" } = options;
  checkFunctionAndTexts(options);
  checkMakers(space, search, stop, engine);
  requireOneOf("objective of tl.sweep", objective, ["validation"]);
  requireValid("tl.sweep()", countsSchema, { seeds, seed });
  const spec: SweepSpec = { version: 1, name: printableLine(name), space: shownSpace(space), search, stop, seeds, seed, objective, window: windowOf(engine), engine };
  return { spec, space, engine };
}

function checkFunctionAndTexts({ experiment, name, dir }: { readonly experiment: unknown; readonly name?: unknown; readonly dir?: unknown }): void {
  if (typeof experiment !== "function") {
    throw new TypeError(`tl.sweep() needs experiment: (p) => tl.experiment({ ... }), not ${shown(experiment)}`);
  }
  const examples = { name: "widths and rates", dir: "sweeps/widths" };
  for (const [option, value] of Object.entries({ name, dir })) {
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw new TypeError(`${option} of tl.sweep() is a text, as ${option}: "${examples[option as keyof typeof examples]}", not ${shown(value)}`);
    }
  }
}

/** What other words of the API make. */
function checkMakers(space: CheckedSpace, search: SearchSpec, stop: AshaSpec | null, engine: EngineSpec): void {
  requireValid("search of tl.sweep()", searchSchema, search);
  if (search.kind === "grid") {
    checkGrid(space);
  }
  if (stop !== null) {
    requireValid("stop of tl.sweep()", stopSchema, stop);
  }
  requireValid("engine of tl.sweep()", engineSchema, engine);
}

function shownSpace(space: CheckedSpace): SweepSpec["space"] {
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => [name, dimension.kind === "choice" ? { kind: "choice", values: labelsOf(dimension.values) } : dimension]),
  );
}

/** What the trial function makes of each point. Of the first candidate every fault is told at once: most likely all have it. */
function trialsOf<Space extends SearchSpace>({ experiment, seeds = 1 }: SweepOptions<Space>, space: CheckedSpace, writer: SweepWriter): NonNullable<Driver["cell"]>["make"] {
  const rules = new TrialRules(writer);
  const told = new Set<string>();
  return async (point, number): Promise<MadeTrials> => {
    const parameters = parametersAt(space, point);
    try {
      const made: unknown = await tellingOnce(told, () => experiment(guardedParameters(parameters) as ParametersOf<Space>));
      if (!(made instanceof Experiment)) {
        throw new TypeError(`experiment of tl.sweep() must return tl.experiment({ ... }), not ${shown(made)}`);
      }
      requireSpecOnly("tl.sweep()", made.spec);
      const trials = Array.from({ length: seeds }, (_, index) => trialOf(made, index, writer.spec, space, point));
      rules.check(trials[0]!);
      await writer.keepData(made.spec, (file) => keepData(file, made));
      return { trials };
    } catch (error) {
      if (number === 0) {
        throw error;
      }
      return { fault: faultText(error) };
    }
  };
}

/** A trial function may throw anything. */
function faultText(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === "string" && message !== "" ? message : `The trial function threw ${shown(error)}.`;
}

/** What all trials of a sweep must have in common to be compared. */
class TrialRules {
  private first: Trial | undefined;

  constructor(private readonly sweep: SweepWriter) {}

  /** @throws TypeError */
  check(trial: Trial): void {
    const { ledger, spec } = this.sweep;
    const first = (this.first ??= ledger.candidates.find(({ trials }) => trials.length > 0)?.trials[0] ?? trial);
    const [one, other] = [first.spec.task.kind, trial.spec.task.kind];
    if (one !== other) {
      throw new TypeError(`The trials of a sweep are judged by the same figure: one is a ${one}, and this one a ${other}`);
    }
    const { stop } = spec;
    if (stop === null) {
      return;
    }
    const rungs = ledger.rungsOf(trial);
    if (String(rungs) !== String(ledger.rungsOf(first))) {
      throw new TypeError("tl.asha() compares trials after the same steps: give all of them the same steps and validateEvery");
    }
    const least = leastCandidates(stop, rungs.length);
    if (ledger.planned < least) {
      throw new TypeError(
        `Of ${ledger.planned} trials tl.asha({ min: ${stop.min}, reduction: ${stop.reduction} }) would train none to its end: its rungs are at ${rungs.join(", ")} steps. ` +
          `Search with at least ${least} trials, or give a larger min`,
      );
    }
  }
}

function trialOf({ spec }: Experiment, seedIndex: number, { seeds }: SweepSpec, space: CheckedSpace, point: Point): Trial {
  const seed = (spec.seed + seedIndex) >>> 0;
  const values = Object.entries(labelsAt(space, point)).map(([name, value]) => `${name} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`);
  const name = [spec.name, ...values, ...(seeds > 1 ? [`seed ${seed}`] : [])].join(", ");
  const trial = { ...spec, seed, name: printableLine(name).slice(0, 200) };
  return { id: trialId(trial), spec: trial };
}

async function keepData(file: string, { task }: Experiment): Promise<void> {
  const { corpusText, sequences } = task.source.kept();
  if (corpusText !== undefined) {
    await writeFileAtomically(file, corpusText);
  }
  if (sequences !== undefined) {
    await writeSafetensors(file, sequences);
  }
}
