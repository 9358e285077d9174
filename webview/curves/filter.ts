import type { Hyperparameter } from "../../src/runs/runViews.js";
import type { ViewedRun } from "../shared/viewedRuns.js";

type Test = (run: ViewedRun) => boolean;

const comparisons: Record<string, (left: number, right: number) => boolean> = {
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

/** Titles contain spaces ("learning rate"); a word of the filter cannot, so it leaves them out. */
function namesOf({ title, path }: Hyperparameter): string[] {
  return [title, path].map((name) => name.toLowerCase().replaceAll(" ", ""));
}

/** Those that are called so, by title or place in the spec; else those with such a part in their name. */
function named({ hyperparameters }: ViewedRun, wanted: string): readonly Hyperparameter[] {
  const exact = hyperparameters.filter((each) => namesOf(each).includes(wanted));
  return exact.length > 0 ? exact : hyperparameters.filter((each) => namesOf(each).some((name) => name.includes(wanted)));
}

/** A number is equal to a number, a word has the wanted one in it. */
function isLike({ value }: Hyperparameter, wanted: string): boolean {
  return typeof value === "number" ? value === Number(wanted) : String(value).toLowerCase().includes(wanted);
}

function testOf(word: string): Test {
  const [, name, operator, wanted] = /^([^<>=]+)(>=|<=|>|<|=)([^<>=]+)$/.exec(word) ?? [];
  if (name === undefined || operator === undefined || wanted === undefined) {
    return (run) => [run.name, run.state, ...Object.values(run.parameters)].join("\n").toLowerCase().includes(word);
  }
  const compare = comparisons[operator];
  return compare === undefined
    ? (run) => named(run, name).some((each) => isLike(each, wanted))
    : (run) => named(run, name).some(({ value }) => typeof value === "number" && compare(value, Number(wanted)));
}

/**
 * The runs that fit every word of the filter. A word is part of a name, state or parameter value ("ternary"), or a
 * comparison with a hyper-parameter ("units>256", "seed=2", "optimiser.momentum>0.9"). Upper and lower case are the same.
 */
export function filterRuns(runs: readonly ViewedRun[], filter: string): ViewedRun[] {
  const tests = filter.toLowerCase().split(/\s+/).filter((word) => word !== "").map(testOf);
  return runs.filter((run) => tests.every((test) => test(run)));
}
