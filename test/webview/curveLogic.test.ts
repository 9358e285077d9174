import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adopt, overlaid } from "../../webview/curves/choice.js";
import { csvOf } from "../../webview/curves/csv.js";
import { chartDescription } from "../../webview/curves/description.js";
import { differences } from "../../webview/curves/differences.js";
import { filterRuns } from "../../webview/curves/filter.js";
import { markdownOf } from "../../webview/curves/markdown.js";
import { stepPosition } from "../../webview/curves/positions.js";
import { nearestIndex, readout } from "../../webview/curves/readout.js";
import { seriesStyle } from "../../webview/curves/seriesStyle.js";
import { smooth } from "../../webview/curves/smoothing.js";
import { initialViewOptions, viewOptionsSchema } from "../../webview/curves/viewOptions.js";
import { formatCount, formatRate, formatSeconds, progressText } from "../../webview/shared/runText.js";
import { sixRuns, snapshot } from "./snapshots.js";

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const weights = fc.double({ min: 0, max: 0.99, noNaN: true });

describe("smooth", () => {
  it("leaves a constant as it is", () => {
    fc.assert(
      fc.property(finite, fc.integer({ min: 1, max: 200 }), weights, (value, length, weight) => {
        for (const smoothed of smooth(new Array<number>(length).fill(value), weight)) {
          expect(Math.abs(smoothed - value)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(value)));
        }
      }),
    );
  });

  it("stays between the lowest and the highest value and starts at the first", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 100 }), weights, (values, weight) => {
        const smoothed = smooth(values, weight);
        const slack = 1e-6;
        expect(smoothed).toHaveLength(values.length);
        expect(smoothed[0]).toBeCloseTo(values[0]!, 5);
        expect(Math.min(...smoothed)).toBeGreaterThanOrEqual(Math.min(...values) - slack);
        expect(Math.max(...smoothed)).toBeLessThanOrEqual(Math.max(...values) + slack);
      }),
    );
  });

  it("is the weighted mean of the past, by its definition", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 30 }), weights, (values, weight) => {
        const last = values.length - 1;
        const shares = values.map((_, index) => weight ** (last - index));
        const total = shares.reduce((sum, share) => sum + share, 0);
        const mean = values.reduce((sum, value, index) => sum + (value * shares[index]!) / total, 0);
        expect(Math.abs((smooth(values, weight).at(-1) ?? NaN) - mean)).toBeLessThan(1e-6 * Math.max(1, Math.abs(mean)) + 1e-6);
      }),
    );
  });

  it("returns the values themselves for weight 0", () => {
    expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]);
  });
});

describe("differences", () => {
  it("names only the parameters whose values differ, with a dash for a missing one", () => {
    const [ternary, binary, full] = sixRuns();
    expect(differences([ternary, binary, full])).toEqual([
      { parameter: "quantiser", values: ["ternary, stochastic", "binary, stochastic", "none"] },
      { parameter: "learning rate", values: ["–", "0.002", "–"] },
    ]);
  });

  it("is empty for one run and for equal runs", () => {
    expect(differences([snapshot()])).toEqual([]);
    expect(differences([snapshot(), snapshot({ name: "again" })])).toEqual([]);
  });
});

describe("filterRuns", () => {
  const names = (filter: string): string[] => filterRuns(sixRuns(), filter).map(({ name }) => name);

  it("keeps everything for an empty filter", () => {
    expect(names("  ")).toHaveLength(6);
  });

  it.each([
    ["BINARY", ["binary · batch norm"]],
    ["ternary crashed", ["ternary · layer norm"]],
    ["units>256", ["ternary · 512 units"]],
    ["units>=256 seed=2", ["ternary · seed 2"]],
    ["learningrate<0.01", ["binary · batch norm"]],
    ["quantiser=none", ["full precision"]],
    ["seed=2 units<=256", ["ternary · seed 2"]],
    ["seed=12", []],
    ["nothing-like-it", []],
    ["units>many", []],
  ])("%s", (filter, expected) => {
    expect(names(filter)).toEqual(expected);
  });
});

/** A reader of RFC 4180 written from the grammar, to check the writer. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/("((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(match[2] === undefined ? match[3]! : match[2].replaceAll('""', '"'));
    if (match[4] === "\r\n") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe("csvOf", () => {
  it("gives every point of every run back, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 25 }), (name, reports) => {
        const run = snapshot({ name, reports });
        const [header, ...rows] = parseCsv(csvOf([run]));
        expect(header).toEqual(["run", "part", "step", "seconds", "items", "loss", "measure", "figure"]);
        expect(rows).toHaveLength(run.train.step.length + run.validation.step.length);
        rows.slice(0, reports).forEach((row, index) => {
          expect(row.slice(0, 2)).toEqual([/^\s*[=+\-@]/.test(name) ? `'${name}` : name, "train"]);
          expect(row[6]).toBe("BPC");
          expect(row.toSpliced(6, 1).slice(2).map(Number)).toEqual([
            run.train.step[index],
            run.train.seconds[index],
            run.train.items[index],
            run.train.loss[index],
            run.train.figure[index],
          ]);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe("markdownOf", () => {
  it("lists the runs with the parameters that differ", () => {
    const [ternary, binary] = sixRuns();
    const lines = markdownOf([ternary, binary]).trimEnd().split("\n");
    expect(lines[0]).toBe("| run | state | step | measure | figure | quantiser | learning rate |");
    expect(lines[1]).toBe("| --- | --- | --- | --- | ---: | --- | --- |");
    expect(lines[3]).toMatch(/^\| binary · batch norm \| finished \| 3000 of 3000 \| validation BPC \| 2\.3\d\d \| binary, stochastic \| 0\.002 \|$/);
    expect(lines).toHaveLength(4);
  });

  it("keeps one row a run and its number of cells for any name", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const lines = markdownOf([snapshot({ name })]).split("\n");
        expect(lines).toHaveLength(4);
        expect(lines[2]!.replaceAll("\\\\", "").replaceAll("\\|", "").split("|")).toHaveLength(7);
      }),
    );
  });
});

describe("stepPosition", () => {
  const { train } = snapshot({ reports: 5 });

  it("is exact at the points, linear between them and clamped beyond them", () => {
    const place = stepPosition(train, "seconds");
    expect(place(20)).toBeCloseTo(2.4, 12);
    expect(place(25)).toBeCloseTo(3.0, 12);
    expect(place(1)).toBeCloseTo(1.2, 12);
    expect(place(1000)).toBeCloseTo(6.0, 12);
  });

  it("never falls as the step rises", () => {
    const place = stepPosition(train, "items");
    fc.assert(
      fc.property(fc.double({ min: 0, max: 80, noNaN: true }), fc.double({ min: 0, max: 80, noNaN: true }), (a, b) => {
        expect(place(Math.max(a, b))).toBeGreaterThanOrEqual(place(Math.min(a, b)));
      }),
    );
  });

  it("passes steps through on the step axis and before the first report", () => {
    expect(stepPosition(train, "step")(17)).toBe(17);
    expect(stepPosition(snapshot({ reports: 0 }).train, "seconds")(17)).toBe(17);
  });
});

describe("words", () => {
  it("finds the nearest value", () => {
    expect(nearestIndex([1, 4, 9], 6)).toBe(1);
    expect(nearestIndex([], 6)).toBeUndefined();
  });

  it("reads out the values at the cross-hair", () => {
    const run = snapshot({ reports: 20 });
    const text = readout({ runs: [run, snapshot({ name: "new", reports: 0 })], options: initialViewOptions }, 101);
    expect(text).toBe(
      `step 101: ternary training ${run.train.figure[9]!.toFixed(3)}, validation ${run.validation.figure[0]!.toFixed(3)}; new no values.`,
    );
  });

  it("describes the chart with the latest values", () => {
    const run = snapshot({ reports: 20 });
    const options = { ...initialViewOptions, logY: true, train: false };
    expect(chartDescription([run], options)).toBe(
      `Training curves: bits per character by step, logarithmic y. ternary, running, step 200 of 3000: validation ${run.validation.figure[1]!.toFixed(3)}.`,
    );
  });

  it("has the words of the runs' tasks", () => {
    const run = snapshot({ reports: 20, task: "classification" });
    const percent = `${(100 * run.validation.figure[1]!).toFixed(2)} %`;
    const options = { ...initialViewOptions, train: false, xAxis: "items" } as const;
    expect(chartDescription([run], options)).toBe(
      `Training curves: accuracy by sequences trained on. ternary, running, step 200 of 3000: validation ${percent}.`,
    );
    expect(readout({ runs: [run], options }, 1e9)).toMatch(new RegExp(`^sequences trained on .*: ternary validation ${percent}\\.$`));
    expect(chartDescription([run, snapshot({ task: "word-model" })], { ...options, quantity: "loss" })).toMatch(
      /^Training curves: cross-entropy, nats per sequence, word by sequences, words trained on\./,
    );
    expect(markdownOf([run])).toMatch(/validation accuracy \| \d\d\.\d\d % \|/);
  });

  it("writes numbers for people", () => {
    expect(formatCount(1_216_035)).toBe("1\u202f216\u202f035");
    expect(formatRate(12_412)).toBe("12.4\u202fk");
    expect(formatRate(950)).toBe("950");
    expect(formatSeconds(12.4)).toBe("12\u202fs");
    expect(formatSeconds(240)).toBe("4\u202fmin");
    expect(formatSeconds(7500)).toBe("2\u202fh 5\u202fmin");
    expect(progressText(snapshot({ state: "finished", reports: 300 }))).toBe("step 3\u202f000 of 3\u202f000");
  });
});

describe("the choice of runs", () => {
  const runs = sixRuns();
  const names = (checked: string[] | null): string[] => overlaid(runs, checked).map(({ name }) => name);

  it("starts with the running ones, or with the first of the list", () => {
    expect(names(null)).toEqual(["ternary · batch norm", "ternary · 512 units"]);
    expect(overlaid(runs.slice(1, 5), null).map(({ name }) => name)).toEqual(["binary · batch norm"]);
  });

  it("keeps the list's order and forgets runs that are gone", () => {
    expect(names([runs[2].dir, "/gone", runs[0].dir])).toEqual([runs[0].name, runs[2].name]);
  });

  it("takes a selection of the extension once", () => {
    const first = adopt({ checked: null, adopted: [] }, ["/a"]);
    expect(first).toEqual({ checked: ["/a"], adopted: ["/a"] });
    const own = { ...first, checked: ["/a", "/b"] };
    expect(adopt(own, ["/a"])).toBe(own);
    expect(adopt(own, []).checked).toEqual(own.checked);
    expect(adopt(own, ["/c"]).checked).toEqual(["/c"]);
  });

  it("takes a selection again that comes back after every run was unchecked", () => {
    const none = adopt({ checked: [], adopted: ["/a"] }, []);
    expect(none.checked).toEqual([]);
    expect(adopt(none, ["/a"]).checked).toEqual(["/a"]);
  });
});

describe("looks", () => {
  it("gives forty runs forty different lines", () => {
    const palette = 6;
    const looks = Array.from({ length: 40 }, (_, index) => JSON.stringify([index % palette, seriesStyle(index)]));
    expect(new Set(looks).size).toBe(40);
  });

  it("tells neighbours apart without colour", () => {
    for (let index = 0; index < 40; index += 1) {
      expect(seriesStyle(index).dash).not.toBe(seriesStyle(index + 1).dash);
      expect(seriesStyle(index).symbol).not.toBe(seriesStyle(index + 1).symbol);
    }
  });

  it("refuses saved options of another shape", () => {
    expect(viewOptionsSchema.safeParse({ ...initialViewOptions, smoothing: 1 }).success).toBe(false);
    expect(viewOptionsSchema.safeParse({ zoom: 2 }).success).toBe(false);
    expect(viewOptionsSchema.parse(initialViewOptions)).toEqual(initialViewOptions);
  });
});
