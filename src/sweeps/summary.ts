import { measures, type Measure } from "../runs/measures.js";
import { leastCandidates } from "./asha.js";
import type { Trial } from "./contract.js";
import { jobKey } from "./engine.js";
import type { Candidate, Ledger } from "./ledger.js";
import type { SweepReading } from "./sweepDirectory.js";
import { trialDir } from "./sweepDirectory.js";

/** How far a candidate came, in a word. "stopped": a person stopped its training; whoever goes on with the sweep trains it further. */
export type CandidateState = "waiting" | "running" | "finished" | "ended early" | "stopped" | "failed";

/** A candidate as a row of a table. */
export interface CandidateRow {
  readonly number: number;
  readonly parameters: Candidate["parameters"];
  readonly state: CandidateState;
  /** Steps up to which all its trials came; 0 before the first result. */
  readonly steps: number;
  /** The figure of each trial at these steps, in the order of their seeds. */
  readonly values: readonly number[];
  readonly mean: number | null;
  /** Sample standard deviation over the seeds; null for fewer than two. */
  readonly spread: number | null;
  /** Why it failed. */
  readonly fault: string | null;
  /** The directories of its runs, in the order of their seeds. */
  readonly runs: readonly string[];
}

/** All that is known of a sweep at a moment: its trials by state, the best candidate, and each candidate. */
export interface SweepSummary {
  /** Absolute path of its directory. */
  readonly dir: string;
  readonly name: string;
  /** "crashed": whoever drove it is gone without a word. */
  readonly state: "running" | "finished" | "stopped" | "crashed";
  /** The figure by which candidates are judged; undefined before the first trial. */
  readonly measure: Measure | undefined;
  /** Trials by state; they sum to `planned`, unless candidates turn out to be the same trial. */
  readonly trials: Readonly<Record<CandidateState | "planned", number>>;
  /** How often a trial was tried again because a worker or its machine failed, and the latest reasons of those given up, or stopped by a person. */
  readonly retries: number;
  readonly abandoned: readonly string[];
  /** What a person should know or do while it runs. */
  readonly notice: string | null;
  /** The best of those trained furthest. */
  readonly best: CandidateRow | null;
  /** An estimate from the pace so far; null while nobody knows, or nothing is left. */
  readonly secondsLeft: number | null;
  /** The candidates in the order in which they were chosen. */
  readonly candidates: readonly CandidateRow[];
}

/** @param running keys of the jobs that are under way; default: unknown, as for who only reads the directory */
export function summaryOf({ dir, spec, ledger, lives }: SweepReading, running: ReadonlySet<string> = new Set()): SweepSummary {
  const rows = ledger.candidates.map((candidate) => rowOf(dir, ledger, candidate, running));
  const first = ledger.candidates.flatMap(({ trials }) => trials)[0];
  const measure = first && measures[first.spec.task.kind];
  const isOver = !lives && ledger.ended?.why === "finished";
  return {
    dir,
    name: spec.name,
    state: lives ? "running" : (ledger.ended?.why ?? "crashed"),
    measure,
    trials: counted(ledger, running, isOver),
    retries: [...ledger.retries.values()].reduce((sum, retries) => sum + retries, 0),
    abandoned: [...new Set([...ledger.abandoned.values()].map(({ reason }) => reason))],
    notice: lives ? ledger.notice : null,
    best: bestOf(rows, measure),
    secondsLeft: isOver ? null : secondsLeft(ledger, first),
    candidates: rows,
  };
}

function counted(ledger: Ledger, running: ReadonlySet<string>, isOver: boolean): SweepSummary["trials"] {
  const { seeds } = ledger.spec;
  const states = ledger.candidates.flatMap((candidate) =>
    candidate.trials.length === 0 ? new Array<CandidateState>(seeds).fill("failed") : candidate.trials.map((trial) => stateOf(ledger, candidate, trial, running)),
  );
  const count = (state: CandidateState): number => states.filter((each) => each === state).length;
  const planned = ledger.planned * seeds;
  return {
    planned,
    waiting: isOver ? 0 : count("waiting") + planned - states.length,
    running: count("running"),
    finished: count("finished"),
    "ended early": count("ended early"),
    stopped: count("stopped"),
    failed: count("failed"),
  };
}

/** The best of those trained furthest; the earlier of equal ones. */
export function bestOf(rows: readonly CandidateRow[], measure: Measure | undefined): CandidateRow | null {
  const known = rows.filter(({ mean, fault }) => mean !== null && fault === null);
  const furthest = known.reduce((most, { steps }) => Math.max(most, steps), 0);
  return known
    .filter(({ steps }) => steps === furthest)
    .reduce<CandidateRow | null>((best, row) => (best === null || measure?.better(best.mean!, row.mean!) !== best.mean ? row : best), null);
}

function rowOf(dir: string, ledger: Ledger, candidate: Candidate, running: ReadonlySet<string>): CandidateRow {
  const { number, parameters, trials } = candidate;
  const rung = ledger.furthest(candidate)?.rung ?? 0;
  const results = trials.map((trial) => ledger.results.get(jobKey(trial.id, ledger.rungsOf(trial)[rung]!)));
  const figures = results.flatMap((result) => (result?.outcome === "value" ? [result.value] : []));
  const values = figures.length === trials.length ? figures : [];
  const errors = results.flatMap((result) => (result?.outcome === "error" ? [result.message] : []));
  return {
    number,
    parameters,
    state: stateOfAll(trials.map((trial) => stateOf(ledger, candidate, trial, running))),
    steps: values.length > 0 ? ledger.rungsOf(trials[0]!)[rung]! : 0,
    values,
    mean: values.length > 0 ? meanOf(values) : null,
    spread: values.length > 1 ? deviationOf(values) : null,
    fault: candidate.fault ?? errors[0] ?? null,
    runs: trials.map((trial) => trialDir(dir, ledger, trial)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample standard deviation, which divides by one less than the number of values. */
function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function stateOfAll(states: readonly CandidateState[]): CandidateState {
  const order: CandidateState[] = ["failed", "running", "waiting", "stopped", "ended early", "finished"];
  return order.find((state) => states.includes(state)) ?? "failed";
}

function stateOf(ledger: Ledger, candidate: Candidate, trial: Trial, running: ReadonlySet<string>): CandidateState {
  const rungs = ledger.rungsOf(trial);
  const rung = ledger.rungOf(candidate.number);
  const key = jobKey(trial.id, rungs[rung]!);
  const result = ledger.results.get(key);
  if (running.has(key)) {
    return "running";
  }
  if (result === undefined) {
    return ledger.abandoned.get(key)?.why ?? "waiting";
  }
  if (result.outcome === "error") {
    return "failed";
  }
  return rung === rungs.length - 1 || result.reached < result.steps ? "finished" : "ended early";
}

/** The steps that are left, at the pace of the results so far; of early stopping what the reduction lets through at each rung. */
function secondsLeft(ledger: Ledger, first: Trial | undefined): number | null {
  const results = [...ledger.results.values()];
  if (first === undefined || results.length === 0) {
    return null;
  }
  const { stop, seeds } = ledger.spec;
  const rungs = ledger.rungsOf(first);
  const planned = rungs.map((steps, rung) => {
    const through = stop === null ? 1 : leastCandidates(stop, rung + 1);
    return Math.floor(ledger.planned / through) * seeds * (steps - (rungs[rung - 1] ?? 0));
  });
  const done = results.reduce((sum, { steps }) => sum + steps - (rungs[rungs.indexOf(steps) - 1] ?? 0), 0);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  const left = Math.max(0, planned.reduce((sum, steps) => sum + steps, 0) - done);
  return left === 0 ? null : ((seconds / done) * left) / (ledger.started?.slots ?? 1);
}
