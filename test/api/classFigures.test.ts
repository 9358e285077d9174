import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { classFigures, confusionOf, macroMean, weightedMean, wilsonInterval } from "../../src/data/classFigures.js";
import { ConfusionMatrix } from "../../src/jobs/classificationReport.js";
import { displaySymbol } from "../../src/display/host.js";
import { heatMapHtml } from "../../src/display/heatMap.js";
import { csvRows } from "../../src/data/csv/rows.js";
import { csvLine } from "../../src/text/csv.js";

/**
 * The example of scikit-learn's user guide, `classification_report(y_true, y_pred, target_names=["class 0", "class 1", "class 2"])`
 * with y_true = [0, 1, 2, 2, 0] and y_pred = [0, 0, 2, 1, 0], prints these figures.
 */
describe("figures of classes", () => {
  const confusion = confusionOf(["class 0", "class 1", "class 2"], Int32Array.of(0, 1, 2, 2, 0), Int32Array.of(0, 0, 2, 1, 0));
  const figures = classFigures(confusion);
  const rounded = (values: object): number[] => Object.values(values).filter((value) => typeof value === "number").map((value) => Number(value.toFixed(2)));

  it("are those of scikit-learn", () => {
    expect(Array.from(confusion.counts)).toEqual([2, 0, 0, 1, 0, 0, 0, 1, 1]);
    expect(figures.map(rounded)).toEqual([
      [0.67, 1, 0.8, 2],
      [0, 0, 0, 1],
      [1, 0.5, 0.67, 2],
    ]);
    expect(rounded(macroMean(figures))).toEqual([0.56, 0.5, 0.49]);
    expect(rounded(weightedMean(figures))).toEqual([0.67, 0.6, 0.59]);
  });

  it("are 0, not NaN, for a class that is never there and never predicted", () => {
    const [, absent] = classFigures(confusionOf(["a", "b"], Int32Array.of(0), Int32Array.of(0)));
    expect(absent).toEqual({ name: "b", precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it.each([
    // Brown, Cai and DasGupta 2001; Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("have an accuracy of %i in %i with Wilson's interval", (right, all, low, high) => {
    expect(wilsonInterval(right, all).map((limit) => Number(limit.toFixed(4)))).toEqual([low, high]);
  });

  it("of many classes list the commonest confusions instead of a matrix that nobody reads", () => {
    const classes = Array.from({ length: 40 }, (_, index) => `k${index}`);
    const matrix = new ConfusionMatrix("Confusion matrix", confusionOf(classes, Int32Array.of(0, 0, 0, 1, 5), Int32Array.of(1, 1, 0, 2, 5)));
    expect(String(matrix).split("\n").slice(2).map((line) => line.trim().split(/\s+/))).toEqual([
      ["k0", "k1", "2"],
      ["k1", "k2", "1"],
    ]);
  });

  it("keep markup and line breaks of a class name out of the page", () => {
    const html = new ConfusionMatrix("m", confusionOf(["<b>\n", '"'], Int32Array.of(0), Int32Array.of(1)))[displaySymbol]()["text/html"]!;
    expect(html).toContain("&lt;b&gt;\\n");
    expect(html).not.toContain("<b>");
  });
});

describe("a heat map", () => {
  it("is a PNG of a column for each timestep, whose pixels say sign and strength", () => {
    const html = heatMapHtml({ title: "h", timesteps: 2, units: 3, values: Float32Array.of(1, -0.5, 0, 0.25, 0, -1) });
    const file = Buffer.from(/base64,([^"]+)"/.exec(html)![1]!, "base64");
    expect(file.subarray(0, 8)).toEqual(Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]));
    expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([2, 3]);
    const data = file.indexOf("IDAT") + 4;
    const lines = inflateSync(file.subarray(data, data + file.readUInt32BE(data - 8)));
    const alpha = [0, 1, 2].map((unit) => [0, 1].map((timestep) => lines[unit * 9 + 1 + timestep * 4 + 3]));
    expect(alpha).toEqual([
      [255, 64],
      [128, 0],
      [0, 255],
    ]);
    const red = (unit: number, timestep: number) => lines[unit * 9 + 1 + timestep * 4];
    expect(red(0, 0)).toBeGreaterThan(red(2, 1)!);
    // The checksum of IEND, which every PNG file ends with.
    expect(file.subarray(-4).toString("hex")).toBe("ae426082");
  });

  it("says what it leaves out", () => {
    expect(heatMapHtml({ title: "h", timesteps: 600, units: 1, values: new Float32Array(600) })).toContain("h, the first 512 of 600 timesteps");
  });
});

describe("a CSV line", () => {
  it("reads back, numbers as they are and formulas as text", () => {
    const cells = ["a,b", 'say "hi"', -1, "-1", "+2.5e3", "=1+1", "@x", null, "-x"];
    const [row] = [...csvRows(csvLine(cells))];
    expect(row!.fields).toEqual(["a,b", 'say "hi"', "-1", "-1", "+2.5e3", "'=1+1", "'@x", "", "'-x"]);
    expect(csvLine(["a"])).toBe("a\r\n");
  });
});
