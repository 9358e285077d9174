import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidShapeError, type AcceleratorShape } from "../../../src/hardware/schedule/shape.js";
import { saveTrace, TraceFileError } from "../../../src/hardware/schedule/traces/saveTrace.js";
import { readKanata } from "./kanataReader.js";
import { readVcd } from "./vcdReader.js";

const lstm: AcceleratorShape = {
  cell: "lstm",
  inputs: 3,
  inputKind: "one-hot",
  units: 4,
  macUnits: 4,
  precision: "ternary",
  clockMegahertz: 400,
};
const stack: AcceleratorShape[] = [lstm, { ...lstm, inputs: 4, inputKind: "dense" }];

let folder: string;
const file = (name: string): string => path.join(folder, name);
const written = (name: string): Promise<string> => readFile(file(name), "utf8");

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tritloom-trace-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe("saving a schedule", () => {
  it("writes what the file's name ends with", async () => {
    for (const name of ["a.kanata", "a.log", "A.VCD", "a.json", "a.svg"]) {
      expect(await saveTrace(file(name), stack)).toBe(file(name));
    }
    expect(new Set(readKanata(await written("a.kanata")).map(({ thread }) => thread))).toEqual(new Set([0, 1]));
    expect(await written("a.log")).toBe(await written("a.kanata"));
    expect(readVcd(await written("A.VCD")).has("layer1.write_back.unit")).toBe(true);
    expect(JSON.parse(await written("a.json"))).toMatchObject({ signal: [{ name: "clk" }, ["layer 0"], ["layer 1"]].map((each) => (Array.isArray(each) ? expect.arrayContaining(each) : each)) });
    expect(await written("a.svg")).toMatch(/^<svg [^]*<svg [^]*<svg [^]*<\/svg>\n$/);
    expect(await readdir(folder)).toHaveLength(5);
  });

  it("keeps to a range of cycles", async () => {
    await saveTrace(file("a.kanata"), [lstm], { from: 10, to: 20 });
    expect(await written("a.kanata")).toMatch(/^Kanata\t0004\nC=\t10\n/);
  });

  it("leaves a file that is there as it is, unless asked to overwrite it", async () => {
    await writeFile(file("a.vcd"), "mine");
    await expect(saveTrace(file("a.vcd"), [lstm])).rejects.toThrow(TraceFileError);
    await expect(saveTrace(file("a.vcd"), [lstm])).rejects.toThrow(/a\.vcd is there already; remove it, give another name, or ask to overwrite it \(overwrite: true\)/);
    expect(await written("a.vcd")).toBe("mine");
    await saveTrace(file("a.vcd"), [lstm], { overwrite: true });
    expect(await written("a.vcd")).toMatch(/^\$version/);
  });

  it.each([
    ["a.txt", {}, TraceFileError, /a\.txt does not say what to write; let it end with \.kanata, \.log, \.vcd, \.json, \.svg\./],
    ["a.svg", { from: 3 }, RangeError, /An \.svg file shows the whole timestep/],
    ["a.vcd", { from: 20, to: 20 }, RangeError, /Cycles 20 to 20 are no range/],
    ["a.vcd", { from: -1 }, RangeError, /are no range; give whole numbers/],
    ["a.json", { to: 5000 }, RangeError, /5000 cycles cannot be read/],
  ])("%s with %j is refused and leaves nothing behind", async (name, range, type, message) => {
    await expect(saveTrace(file(name), [lstm], range)).rejects.toThrow(type);
    await expect(saveTrace(file(name), [lstm], range)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses layers that do not fit", async () => {
    await expect(saveTrace(file("a.vcd"), [lstm, lstm])).rejects.toThrow(InvalidShapeError);
    expect(await readdir(folder)).toEqual([]);
  });
});
