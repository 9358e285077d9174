import { describe, expect, it } from "vitest";
import { figuresOfDocuments, picturesOfResults } from "../../bench/figures.mjs";
import { onOneLine, referencesIn, unmeasuredFigures, withFigures } from "../../bench/figures/document.mjs";
import { facts } from "../../bench/figures/facts.mjs";
import { valueOf } from "../../bench/figures/measurement.mjs";

const measured = {
  run: { output: { runs: [{ testBpc: 2.04449 }], seconds: 0.0123, cycles: 3299001 } },
  bench: { output: { rows: [{ workload: "a", engine: "x", ratio: 4 }, { workload: "a", engine: "y", ratio: 0.25 }] } },
};
const value = (reference: string): number => valueOf(measured, reference);
const noTable = (name: string): string => `| ${name} |`;

describe("a figure in Markdown", () => {
  it.each([
    ["<!--=run:runs.0.testBpc-->9.999 BPC", "<!--=run:runs.0.testBpc-->2.044 BPC"],
    ["<!--=run:runs.0.testBpc-->9.9.", "<!--=run:runs.0.testBpc-->2.0."],
    ["| <!--=run:cycles-->1 |", "| <!--=run:cycles-->3,299,001 |"],
    ["<!--=run:seconds*1000-->0.0 ms", "<!--=run:seconds*1000-->12.3 ms"],
    ["<!--=run:cycles/1000000-->0.0 million", "<!--=run:cycles/1000000-->3.3 million"],
    ["<!--=bench:rows.workload=a&engine=y.ratio-->0.00x", "<!--=bench:rows.workload=a&engine=y.ratio-->0.25x"],
    ["<!--=bench:rows.workload=a&engine~x.ratio-->0x", "<!--=bench:rows.workload=a&engine~x.ratio-->4x"],
    ["<!--=1/bench:rows.workload=a&engine=y.ratio-->0x", "<!--=1/bench:rows.workload=a&engine=y.ratio-->4x"],
    ["a\n<!--table t-->\nold\nrows\n<!--/table-->\nb", "a\n<!--table t-->\n| t |\n<!--/table-->\nb"],
  ])("%j is written as measured", (standing, expected) => {
    expect(withFigures(standing, value, noTable)).toBe(expected);
    expect(withFigures(expected, value, noTable)).toBe(expected);
  });

  it.each([
    ["<!--=nothing:runs.0-->1", /no docs\/measurements\/nothing\.json/],
    ["<!--=run:runs.1.testBpc-->1", /"runs\.1\.testBpc" leads to undefined/],
    ["<!--=bench:rows.engine=z.ratio-->1", /leads to undefined/],
    ["<!--=run:runs-->1", /not to a number/],
    ["<!--=run:cycles--> fast", /has no number behind it/],
  ])("%j is refused", (standing, message) => {
    expect(() => withFigures(standing, value, noTable)).toThrow(message);
  });

  it("without a measurement is found, and what is no figure is not", () => {
    const text = "It reaches 2.044 BPC, is 9x as fast, takes 3,299,001 cycles, 12 ms and loses 3 %.";
    expect(unmeasuredFigures(text, []).map((words) => /[\d.,]*\d/.exec(words)![0])).toHaveLength(5);
    const other = "`0.5`, 12-bit, 256 units, version 2.0.17, [a](b-2.5.md), <!--=run:cycles-->3,299,001, 1.5 by definition.";
    expect(unmeasuredFigures(other, ["1.5 by definition"])).toEqual([]);
  });
});

/** The prose of a document: of a notebook its Markdown cells. */
function proseOf(file: string, text: string): string {
  if (!file.endsWith(".ipynb")) {
    return text;
  }
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string | string[] }[] };
  const prose = cells.filter(({ cell_type: type }) => type === "markdown");
  return prose.map(({ source }) => [source].flat().join("")).join("\n\n");
}

describe("README, docs and examples", async () => {
  const documents = await figuresOfDocuments();

  it.each(documents)("$file has the measured figures: npm run figures", ({ standing, measured: expected }) => {
    expect(standing).toBe(expected);
  });

  it.each(documents)("$file has no figure without a measurement", ({ file, standing }) => {
    expect(unmeasuredFigures(proseOf(file, standing), Object.keys(facts))).toEqual([]);
  });

  it("have the pictures of the results: npm run figures", async () => {
    for (const { file, standing, measured: expected } of await picturesOfResults()) {
      expect(standing, file).toBe(expected);
    }
  });

  it("need every fact of the list", () => {
    const all = documents.map(({ file, standing }) => onOneLine(proseOf(file, standing))).join(" ");
    expect(Object.keys(facts).filter((fact) => !all.includes(fact))).toEqual([]);
    expect(documents.flatMap(({ standing }) => referencesIn(standing)).length).toBeGreaterThan(0);
  });
});
