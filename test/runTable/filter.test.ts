import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsOf } from "../../src/runTable/columns.js";
import { type Filter, FilterError, operators, printFilter } from "../../src/runTable/filter/filter.js";
import { parseFilter } from "../../src/runTable/filter/parse.js";
import { secondsIn } from "../../src/runTable/filter/quantity.js";
import { runTest } from "../../src/runTable/filter/runTest.js";
import { runOf } from "./runs.js";

/** The conditions alone: where they stand is another matter. */
const withoutPlaces = (filter: Filter): unknown => JSON.parse(JSON.stringify(filter, (key, value: unknown) => (key === "at" ? undefined : value)));

const at = { start: 0, end: 0 };
const word = fc.oneof(fc.constantFrom("units", "and", "OR", "not", "is", "min", "10", "1e-3", "a b", "", '"', "\\", "(x)", "ternary,"), fc.string());
const name = word.filter((text) => text !== "");
const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text: word }),
  fc.record({ kind: fc.constant("is" as const), word, at: fc.constant(at) }),
  fc.record({ kind: fc.constant("comparison" as const), name, operator: fc.constantFrom(...operators), value: word, at: fc.constant(at) }),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small" },
    condition,
    fc.record({ kind: fc.constant("not" as const), part: tie("filter") }),
    fc.record({ kind: fc.constantFrom("and" as const, "or" as const), parts: fc.array(tie("filter"), { minLength: 2, maxLength: 4 }) }),
  ),
}));

describe("the language", () => {
  it("reads what it prints", () => {
    fc.assert(
      fc.property(filter, (given) => {
        expect(withoutPlaces(parseFilter(printFilter(given)))).toEqual(withoutPlaces(given));
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads any text or says at which of its characters it is wrong, and how to go on", () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom("(", ")", "and", "or", "not", "is", ">", "=", "!", '"', "units", "5", " "), fc.string()), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join(" ");
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
          const { at: place, message } = error as FilterError;
          expect(message).toContain(`at character ${place.start + 1}: `);
          expect([place.start >= 0, place.start <= place.end, place.end <= text.length]).toEqual([true, true, true]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["a or b and c", "a or b and c"],
    ["(a or b) and c", "(a or b) and c"],
    ["a b or c", "a and b or c"],
    ["not a b", "not a and b"],
    ["NOT (a OR b)", "not (a or b)"],
    ["is not starred", "not is starred"],
    ["units>256", "units > 256"],
    ["time < 10 min", "time < 10min"],
    ["steps = 10 min > 3", "steps = 10 and min > 3"],
    ["quantiser == ternary", "quantiser = ternary"],
    ['"and" and "a \\" b"', '"and" and "a \\" b"'],
    ["   ", ""],
  ])("%s is %s", (text, printed) => {
    expect(printFilter(parseFilter(text))).toBe(printed);
  });

  it("takes several words for the name of a column where there is one", () => {
    const isName = (words: string): boolean => words === "learning rate";
    expect(printFilter(parseFilter("ternary learning rate < 0.01", isName))).toBe('ternary and "learning rate" < 0.01');
    expect(printFilter(parseFilter("ternary units < 5", isName))).toBe("ternary and units < 5");
  });

  it.each([
    ["(units > 3", 1, "not closed"],
    ["units > 3)", 10, "closes none"],
    ["units >", 8, "value is missing"],
    ["> 3", 1, "without a name"],
    ["a or", 5, "condition is missing"],
    ["and a", 1, "condition is missing before and"],
    ["1 < units < 5", 11, "two comparisons"],
    ['name = "x', 8, "has no end"],
    ["is", 3, "word is missing"],
    ["!a", 1, "means nothing here"],
    [`${"(".repeat(200)}a`, 101, "stand in one another"],
  ])("%s is wrong at character %i: %s", (text, character, words) => {
    expect(() => parseFilter(text)).toThrow(new RegExp(`at character ${character}: .*${words}`));
  });
});

describe("durations", () => {
  it.each([
    ["90", 90],
    ["90s", 90],
    ["10min", 600],
    ["1h30min", 5400],
    ["0.5d", 43_200],
    ["250ms", 0.25],
    ["min", undefined],
    ["10minutes", undefined],
  ])("%s is %s s", (text, seconds) => {
    expect(secondsIn(text)).toBe(seconds);
  });
});

const runs = [
  runOf({ name: "small", metric: 2.3, seconds: 30, spec: { "layers.0.units": 64, "layers.0.quantiser.kind": "ternary", "optimiser.learningRate.rate": 0.01 } }),
  runOf({ name: "large", metric: 2.1, seconds: 900, state: "running", marks: { starred: true, tags: ["paper", "stage-2"] }, spec: { "layers.0.units": 512, "layers.0.quantiser.kind": "binary", "optimiser.learningRate.peak": 0.002 } }),
  runOf({ name: "Odd one", startedAt: Date.UTC(2026, 10, 30) / 1000, marks: { note: "the loss\nis odd", hidden: true }, spec: { "layers.0.units": "custom", "deterministicTail": true } }),
];
const columns = columnsOf(runs);
const fitting = (text: string): string[] => runs.filter(runTest(text, columns)).map(({ name: run }) => run);

describe("what fits", () => {
  it.each([
    ["", ["small", "large", "Odd one"]],
    ["units > 64", ["large"]],
    ["units = custom", ["Odd one"]],
    ["units != 64", ["large", "Odd one"]],
    ["learning rate < 0.005", ["large"]],
    ["learningrate >= 0.01", ["small"]],
    ["kind = TERNARY", ["small"]],
    ["units > 16 and kind = ternary or is starred", ["small", "large"]],
    ["units > 16 (kind = ternary or is starred) not small", ["large"]],
    ["metric < 2.2", ["large"]],
    ["metric > 0", ["small", "large"]],
    ["not metric > 0", ["Odd one"]],
    ["time > 10 min", ["large"]],
    ["tags = paper", ["large"]],
    ["tags ~ stage", ["large"]],
    ["tags !~ stage", ["small", "Odd one"]],
    ["is running", ["large"]],
    ["is noted or is tagged", ["large", "Odd one"]],
    ["is hidden", ["Odd one"]],
    ["deterministictail = yes", ["Odd one"]],
    ['"odd one"', ["Odd one"]],
    ["is odd", "is odd"],
    ["loss", ["Odd one"]],
    ["started > 2026-11-01", ["Odd one"]],
    ["untis > 3", "did you mean units?"],
    ["zebra > 3", 'there is no column "zebra"'],
    ["metric > ternary", "give a number"],
    ["time > soon", "give a duration"],
    ["started > 2026-02-30", "give a day"],
    ["kind > ternary", "use =, !=, ~"],
    ["starred = maybe", "starred = true"],
  ])("%s", (text, expected) => {
    if (typeof expected === "string") {
      expect(() => fitting(text)).toThrow(expected);
    } else {
      expect(fitting(text)).toEqual(expected);
    }
  });

  it("is the same for a filter and what is printed of it", () => {
    const known = fc.constantFrom("units", "learning rate", "metric", "name", "state", "tags");
    const some = fc.oneof(
      fc.record({ kind: fc.constant("text" as const), text: fc.constantFrom("small", "ternary", "odd") }),
      fc.record({ kind: fc.constant("comparison" as const), name: known, operator: fc.constantFrom("=" as const, "!=" as const, "~" as const), value: fc.constantFrom("64", "2.1", "0.002"), at: fc.constant(at) }),
    );
    fc.assert(
      fc.property(some, some, fc.constantFrom("and" as const, "or" as const), (one, other, kind) => {
        const first = fitting(printFilter(one));
        const second = fitting(printFilter(other));
        const both = runs.map(({ name: run }) => run).filter((run) => (kind === "and" ? first.includes(run) && second.includes(run) : first.includes(run) || second.includes(run)));
        expect(fitting(printFilter({ kind, parts: [one, other] }))).toEqual(both);
      }),
    );
  });
});
