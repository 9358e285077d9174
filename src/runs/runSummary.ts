import { methodInWords } from "../experiment/evaluationMethod.js";
import { bestValidation, figureMethods } from "./figureMethods.js";
import { hyperparametersOf } from "./hyperparameters.js";
import type { RunMarks } from "./marks.js";
import { measures } from "./measures.js";
import type { Outline } from "./outline.js";
import type { RunReading } from "./readRun.js";
import { endingToTell } from "./runState.js";
import type { RunRow, RunSummary } from "./runViews.js";
import { parametersInWords } from "./specInWords.js";

/** What is known of a run, read from its directory or told by the training itself. */
export type KnownRun<Log extends Outline = Outline> = Pick<RunReading, "dir" | "spec" | "state" | "result"> & Partial<Pick<RunReading, "ending">> & { readonly log: Log };

/**
 * A run as a row of a list; of its curves only what they say about the present.
 * @param colour index into the chart colours
 * @param marks what the user set; its name takes the place of the spec's
 */
export function summaryOf(run: KnownRun, colour: number, marks?: RunMarks): RunSummary {
  const { spec, log, result } = run;
  return {
    ...rowOf(run, colour),
    hyperparameters: hyperparametersOf(spec),
    ...shownMarks(marks),
    startedAt: log.startedAt ?? null,
    seconds: result?.trainingSeconds ?? log.seconds,
    figures: figuresOf(run),
  };
}

/** What the user set, as a part of a summary. */
export function shownMarks(marks: RunMarks | undefined): Partial<Pick<RunSummary, "name" | "marks">> {
  return { ...(marks?.name !== undefined && { name: marks.name }), ...(marks && { marks }) };
}

/** The part of a summary that stands beside the curves in a cell's output. */
export function rowOf(run: KnownRun, colour: number): RunRow {
  const { dir, spec, state, log, result } = run;
  return {
    dir,
    name: spec.name,
    task: spec.task.kind,
    state,
    ending: endingToTell(run.ending ?? null),
    colour,
    ...metricOf(run),
    step: Math.max(log.step, result?.steps ?? 0),
    steps: spec.steps,
    itemsPerSecond: log.lastReport?.charactersPerSecond ?? null,
    secondsLeft: state === "running" ? log.secondsFor(spec.steps - log.step) : null,
    computeKernel: log.started?.computeKernel ?? "",
    parameters: parametersInWords(spec),
  };
}

function figuresOf({ spec, log, result }: KnownRun): RunSummary["figures"] {
  const { of } = measures[spec.task.kind];
  const { lastReport, lastValidation, best } = log;
  return {
    train: (lastReport && of(lastReport)) ?? null,
    validation: (lastValidation && of(lastValidation)) ?? null,
    best: best ? { value: best.figure, step: best.validation.step } : null,
    test: result?.figures?.deployableTest ?? null,
  };
}

/** The figure by which the run's task is judged: of the test part once that is known, else the best validation. */
function metricOf(run: KnownRun): Pick<RunRow, "metric" | "metricMethod"> {
  const { spec, log, result } = run;
  const { name } = measures[spec.task.kind];
  const ofTest = result?.figures?.deployableTest ?? null;
  if (ofTest !== null) {
    const { deployableTest } = figureMethods(run);
    return { metric: { label: `test ${name}`, value: ofTest }, metricMethod: deployableTest && methodInWords(deployableTest) };
  }
  const best = bestValidation(spec, log);
  return best === null
    ? { metric: null, metricMethod: null }
    : { metric: { label: `validation ${name}`, value: best.value }, metricMethod: methodInWords(best.how) };
}
