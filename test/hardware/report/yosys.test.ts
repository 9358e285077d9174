import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { readLiberty } from "../../../src/hardware/report/liberty.js";
import { ToolError } from "../../../src/programs/runProgram.js";
import { findYosys, wasmYosys, type Yosys } from "../../../src/hardware/report/yosys.js";

vi.setConfig({ testTimeout: 120_000 });

/** `@yowasp/yosys` under another name: what looks for it by its own does not find it in a clone, as on most machines. */
const installed = "yowasp-yosys";

const accumulator = `
module accumulator(input clk, input [1:0] weight, input signed [3:0] x, output reg signed [5:0] sum);
  always @(posedge clk)
    case (weight)
      2'b01: sum <= sum + x;
      2'b11: sum <= sum - x;
      default: sum <= sum;
    endcase
endmodule
`;
const script = `
read_verilog rtl/accumulator.v
synth -flatten -top accumulator
dfflibmap -liberty cells.lib
abc -liberty cells.lib
opt_clean
tee -o stat.txt stat -liberty cells.lib
`;

async function mapped({ run }: Yosys): Promise<{ area: number; flipFlops: number }> {
  const { text } = await readLiberty();
  const outputs = await run(script, new Map([["rtl/accumulator.v", accumulator], ["cells.lib", text]]), ["stat.txt"]);
  const stat = outputs.get("stat.txt")!;
  // "DFFPOSX1  6" of Yosys 0.23, "6 576 DFFPOSX1" of 0.55.
  const [, after, before] = /DFFPOSX1 +(\d+)|(\d+) +\S+ +DFFPOSX1/.exec(stat) ?? [];
  return { area: Number(/Chip area for module .*: ([\d.]+)/.exec(stat)?.[1]), flipFlops: Number(after ?? before) };
}

describe("Yosys as WebAssembly", () => {
  it("maps a ternary accumulator to the area of the program on PATH, and each names its version", async () => {
    const [native, wasm] = [await findYosys(), (await wasmYosys(installed))!];
    const packed = JSON.parse(readFileSync(new URL(`../../../node_modules/${installed}/package.json`, import.meta.url), "utf8")) as { version: string };
    expect([native.tool, wasm.tool]).toEqual(["Yosys", "Yosys (WebAssembly)"]);
    expect(native.version).toMatch(/^\d+\.\d+/);
    // The package's third number counts builds, not releases of Yosys.
    expect(packed.version).toMatch(new RegExp(`^${/^\d+\.\d+/.exec(wasm.version)?.[0]}\\.`));
    const of = await mapped(native);
    expect(of.flipFlops).toBe(6);
    expect(await mapped(wasm)).toEqual(of);
  });

  it("tells Yosys's own words for what it cannot read", async () => {
    const wasm = (await wasmYosys(installed))!;
    await expect(wasm.run("read_verilog top.v", new Map([["top.v", "module top("]]), [])).rejects.toThrow(ToolError);
    await expect(wasm.run("read_verilog top.v", new Map([["top.v", "module top("]]), [])).rejects.toThrow(/top\.v:1: ERROR: syntax error/);
  });

  it("is nothing where the package is not installed", async () => {
    expect(await wasmYosys("@yowasp/not-installed")).toBeUndefined();
  });
});
