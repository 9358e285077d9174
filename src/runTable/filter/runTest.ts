import type { RunSummary } from "../../runs/runViews.js";
import { type CellValue, type Column, type ColumnKind, columnsNamed, nearestName } from "../columns.js";
import { type Filter, FilterError, type Operator, type Place } from "./filter.js";
import { type IsName, parseFilter } from "./parse.js";
import { numberOf, secondsIn, stretchOfTime } from "./quantity.js";

export type RunTest = (run: RunSummary) => boolean;
type Comparison = Extract<Filter, { kind: "comparison" }>;
type ValueTest = (value: CellValue) => boolean;

const everyRun: RunTest = () => true;

/**
 * What a filter asks of a run.
 * @param columns those that it may name
 * @throws FilterError for a filter that cannot be read, or that names a column, a word or a value that there is not
 */
export function runTest(filter: string, columns: readonly Column[]): RunTest {
  const isName: IsName = (words) => columns.some(({ title, id }) => [title, id].some((name) => name.toLowerCase() === words.toLowerCase()));
  return testOf(parseFilter(filter, isName), columns);
}

function testOf(filter: Filter, columns: readonly Column[]): RunTest {
  switch (filter.kind) {
    case "all":
      return everyRun;
    case "and":
    case "or": {
      const tests = filter.parts.map((part) => testOf(part, columns));
      return filter.kind === "and" ? (run) => tests.every((test) => test(run)) : (run) => tests.some((test) => test(run));
    }
    case "not": {
      const test = testOf(filter.part, columns);
      return (run) => !test(run);
    }
    case "is":
      return flagTest(filter.word, filter.at);
    case "comparison":
      return comparisonTest(filter, columns);
    case "text": {
      const wanted = filter.text.toLowerCase();
      return (run) => searchedText(run).includes(wanted);
    }
  }
}

/** All that a person reads of a run, in one text. */
const searched = new WeakMap<RunSummary, string>();

function searchedText(run: RunSummary): string {
  const known = searched.get(run);
  if (known !== undefined) {
    return known;
  }
  const { name, state, marks, parameters } = run;
  const text = [name, state, ...(marks?.tags ?? []), marks?.note ?? "", ...Object.values(parameters)].join("\n").toLowerCase();
  searched.set(run, text);
  return text;
}

const flags: Readonly<Record<string, RunTest>> = {
  running: ({ state }) => state === "running",
  finished: ({ state }) => state === "finished",
  interrupted: ({ state }) => state === "interrupted",
  crashed: ({ state }) => state === "crashed",
  starred: ({ marks }) => marks?.starred ?? false,
  hidden: ({ marks }) => marks?.hidden ?? false,
  tagged: ({ marks }) => (marks?.tags ?? []).length > 0,
  noted: ({ marks }) => marks?.note !== undefined,
};

function flagTest(word: string, at: Place): RunTest {
  const name = word.toLowerCase();
  const test = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (test === undefined) {
    throw new FilterError(`"is ${word}" says nothing of a run: write is and one of ${Object.keys(flags).join(", ")}.`, at);
  }
  return test;
}

function comparisonTest({ name, operator, value, at }: Comparison, columns: readonly Column[]): RunTest {
  const named = columnsNamed(columns, name);
  if (named.length === 0) {
    const near = nearestName(columns, name);
    const remedy = near === undefined ? "name one of the table, or a hyper-parameter of the spec" : `did you mean ${near}?`;
    throw new FilterError(`there is no column "${name}": ${remedy}${near === undefined ? "." : ""}`, at);
  }
  const isNegated = operator === "!=" || operator === "!~";
  const positive = isNegated ? (operator.slice(1) as Operator) : operator;
  const tests = named.map((column) => ({ column, test: valueTest(column, positive, value, at) }));
  const fits: RunTest = (run) => tests.some(({ column, test }) => test(column.value(run)));
  return isNegated ? (run) => !fits(run) : fits;
}

const orders: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function valueTest(column: Column, operator: Operator, wanted: string, at: Place): ValueTest {
  return operator === "~" ? contains(wanted) : testsOfKind[column.kind](column, operator, wanted, at);
}

type TestOfKind = (column: Column, operator: Operator, wanted: string, at: Place) => ValueTest;

const testsOfKind: Readonly<Record<ColumnKind, TestOfKind>> = {
  number: quantityTest(numberOf, "a number"),
  figure: quantityTest(numberOf, "a number, or a share as 96%"),
  duration: quantityTest(secondsIn, "a duration, as 90s, 10min or 1h30min"),
  time: timeTest,
  text: textTest,
  mixed: mixedTest,
  flag: truthTest,
  tags: textTest,
};

function quantityTest(read: (text: string) => number | undefined, what: string): TestOfKind {
  return ({ title }, operator, wanted, at) => {
    const right = read(wanted);
    if (right === undefined) {
      throw new FilterError(`"${wanted}" is not what ${title} is compared with: give ${what}.`, at);
    }
    const compare = orders[operator]!;
    return (value) => typeof value === "number" && compare(value, right);
  };
}

/** A day is later than another when it begins after the other's end. */
function timeTest({ title }: Column, operator: Operator, wanted: string, at: Place): ValueTest {
  const stretch = stretchOfTime(wanted);
  if (stretch === undefined) {
    throw new FilterError(`"${wanted}" is not what ${title} is compared with: give a day, as 2026-11-30, or "2026-11-30 14:00".`, at);
  }
  const [from, to] = stretch;
  const tests: Readonly<Record<string, (value: number) => boolean>> = {
    "=": (value) => value >= from && value < to,
    "<": (value) => value < from,
    "<=": (value) => value < to,
    ">": (value) => value >= to,
    ">=": (value) => value >= from,
  };
  const test = tests[operator]!;
  return (value) => typeof value === "number" && test(value);
}

function textTest({ title }: Column, operator: Operator, wanted: string, at: Place): ValueTest {
  if (operator !== "=") {
    throw new FilterError(`${title} holds words, which ${operator} does not compare: use =, !=, ~ (contains) or !~.`, at);
  }
  return isLike(wanted);
}

/** Numbers are compared with numbers; what is a word in a row fits no comparison of size. */
function mixedTest(_: Column, operator: Operator, wanted: string): ValueTest {
  const right = numberOf(wanted);
  const compare = orders[operator]!;
  const like = isLike(wanted);
  return (value) => (typeof value === "number" ? right !== undefined && compare(value, right) : operator === "=" && like(value));
}

function truthTest({ title }: Column, operator: Operator, wanted: string, at: Place): ValueTest {
  const truths: Readonly<Record<string, boolean>> = { true: true, yes: true, false: false, no: false };
  const name = wanted.toLowerCase();
  if (operator !== "=" || !Object.hasOwn(truths, name)) {
    throw new FilterError(`${title} is true or false: write ${title} = true.`, at);
  }
  return (value) => value === truths[name];
}

/** "ternary" is like "ternary, stochastic": a word of a list. */
function isLike(wanted: string): ValueTest {
  const word = wanted.toLowerCase();
  return (value) => wordsOf(value).some((text) => text === word || text.split(/,\s*/).includes(word));
}

function contains(wanted: string): ValueTest {
  const word = wanted.toLowerCase();
  return (value) => wordsOf(value).some((text) => text.includes(word));
}

function wordsOf(value: CellValue): string[] {
  if (value === null) {
    return [];
  }
  return (typeof value === "object" ? value : [value]).map((word) => String(word).toLowerCase());
}
