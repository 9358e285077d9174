import { readFileSync } from "node:fs";
import { expect, it, describe } from "vitest";
import { verilogFunction } from "../../../src/hardware/report/booleanFunction.js";
import { cellModels } from "../../../src/hardware/report/cellModels.js";
import { defaultLibertyFile, readLiberty } from "../../../src/hardware/report/liberty.js";
import { inTemporaryFolder, runProgram } from "../../../src/programs/runProgram.js";

/** The same cells as their maker wrote them in Verilog. */
const makersModels = readFileSync(defaultLibertyFile.replace(/\.lib$/, ".v"), "utf8");

/** Drives every input of every cell through all its values, six times over, so that flip-flops see their clock. */
function testbench(cells: readonly Cell[]): string {
  const instances = cells.map(({ name, inputs, outputs }, index) => {
    const ports = [...inputs.map((pin, bit) => `.${pin}(count[${bit}])`), ...outputs.map((pin, bit) => `.${pin}(out_${index}[${bit}])`)];
    return `wire [${outputs.length - 1}:0] out_${index}; ${name} cell_${index} (${ports.join(", ")});`;
  });
  return [
    "`timescale 1ps/1ps",
    "module testbench;",
    "reg [7:0] count = 0;",
    ...instances,
    "initial begin",
    `repeat (96) begin #10000 $display("${cells.map(() => "%b").join(" ")}", ${cells.map((_, index) => `out_${index}`).join(", ")}); count = count + 1; end`,
    "$finish; end",
    "endmodule",
  ].join("\n");
}

interface Cell {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function cellsOf(verilog: string): Cell[] {
  return [...verilog.matchAll(/module (\w+) \((.*)\);/g)].map(([, name, ports]) => {
    const pins = (direction: string): string[] => [...ports!.matchAll(new RegExp(`${direction} (\\w+)`, "g"))].map(([, pin]) => pin!);
    return { name: name!, inputs: pins("input"), outputs: pins("output") };
  });
}

async function simulate(models: string, cells: readonly Cell[]): Promise<string[]> {
  return inTemporaryFolder(new Map([["cells.v", models], ["testbench.v", testbench(cells)]]), async (cwd) => {
    await runProgram({ program: "iverilog", args: ["-g2012", "-s", "testbench", "-o", "cells.vvp", "testbench.v", "cells.v"], cwd, remedy: "" });
    return (await runProgram({ program: "vvp", args: ["-n", "cells.vvp"], cwd, remedy: "" })).trim().split("\n");
  });
}

describe("Simulation models made from a liberty file", () => {
  it("do what the models of the library's maker do, for all inputs", async () => {
    const models = cellModels(await readLiberty());
    const cells = cellsOf(models);
    expect(cells.map(({ name }) => name)).toEqual(expect.arrayContaining(["AOI22X1", "DFFPOSX1", "DFFNEGX1", "FAX1", "INVX8", "MUX2X1", "XNOR2X1"]));
    expect(cells).toHaveLength(28);
    const [own, makers] = [await simulate(models, cells), await simulate(makersModels, cells)];
    // The maker's flip-flops begin unknown, until all clocks have risen and fallen once.
    expect(own.slice(8)).toEqual(makers.slice(8));
    expect(makers.slice(8).join("")).not.toContain("x");
    expect(own[3]).not.toBe(own[4]);
  });

  it("have the delay of the middle of their tables, in the library's unit of time", () => {
    const library = (unit: string): string => `library (l) { time_unit : "${unit}"; cell (INV) { area : 1;
      pin (A) { direction : input; } pin (Y) { direction : output; function : "A'";
      timing () { cell_rise (t) { index_1 ("1, 2"); values ("1, 2, 40"); } cell_fall (t) { values ("3", "20", "7"); } } } } }`;
    expect(cellModels({ text: library("1ps") })).toContain("assign #11 Y = (~A);");
    expect(cellModels({ text: library("10ps") })).toContain("assign #110 Y = (~A);");
    expect(cellModels({ text: library("1ns") })).toContain("assign #11000 Y = (~A);");
  });
});

describe("A liberty function in Verilog", () => {
  it("keeps Liberty's order of operators, whatever Verilog's is", () => {
    expect(verilogFunction("A B + !C * D'")).toBe("((A & B) | (~C & (~D)))");
    expect(verilogFunction("A * B ^ C")).toBe("(A & (B ^ C))");
    expect(verilogFunction("(A+B)' 1")).toBe("((~(A | B)) & 1'b1)");
  });

  it("that is none is refused with the place", () => {
    expect(() => verilogFunction("(A + ")).toThrow('"(A + " in the liberty file is no Boolean function at its end.');
    expect(() => verilogFunction("A # B")).toThrow('"A # B" in the liberty file is no Boolean function at #.');
  });
});
