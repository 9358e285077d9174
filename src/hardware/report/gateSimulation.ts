import { createReadStream } from "node:fs";
import path from "node:path";
import { VcdReader } from "../verify/vcd.js";
import type { ArrayRun } from "./arrayOperands.js";
import { arrayTestbench, operandText } from "./arrayTestbench.js";
import type { AsicDesign } from "./asicSynthesis.js";
import { cellModels } from "./cellModels.js";
import type { GateNetlist } from "./gateNetlist.js";
import type { Liberty } from "./liberty.js";
import type { Activities } from "./pinEnergy.js";
import { inTemporaryFolder, runProgram, ToolError } from "../../programs/runProgram.js";
import { ToggleCounter } from "./toggleCounter.js";

/** Icarus Verilog, which simulates gates. */
export interface Icarus {
  readonly tool: "Icarus Verilog";
  readonly version: string;
  readonly signal?: AbortSignal;
}

const remedy = "install Icarus Verilog (Debian: iverilog).";

/** @throws MissingToolError when `iverilog` is not on PATH */
export async function findIcarus(signal?: AbortSignal): Promise<Icarus> {
  const text = await runProgram({ program: "iverilog", args: ["-V"], signal, remedy });
  return { tool: "Icarus Verilog", version: /Icarus Verilog version (\S+)/.exec(text)?.[1] ?? "of unknown version", signal };
}

/**
 * Feeds a run to the gates of a MAC array and counts toggles, glitches too.
 * @param netlist of the same Verilog
 * @returns activity of each net on a cell's pin
 * @throws ToolError when the simulator fails or a sum is not the twin's
 */
export async function simulateArray(
  { flatVerilog, top }: Pick<AsicDesign, "flatVerilog" | "top">,
  netlist: GateNetlist,
  run: ArrayRun,
  liberty: Liberty,
  { signal }: Icarus,
): Promise<Activities> {
  const files = new Map([
    ["cells.v", cellModels(liberty)],
    ["array.v", `\`timescale 1ps/1ps\n${flatVerilog}`],
    ["operands.mem", operandText(netlist, run.cycles)],
    ["testbench.v", arrayTestbench(netlist, top, run.cycles.length)],
  ]);
  return inTemporaryFolder(files, async (cwd) => {
    const sources = ["testbench.v", "array.v", "cells.v"];
    await runProgram({ program: "iverilog", args: ["-g2012", "-s", "testbench", "-o", "array.vvp", ...sources], cwd, signal, remedy });
    const output = await runProgram({ program: "vvp", args: ["-n", "array.vvp"], cwd, signal, remedy });
    compareSums(output, run);
    return activities(netlist, await countToggles(path.join(cwd, "toggles.vcd")), run.cycles.length);
  });
}

function compareSums(output: string, { expected }: ArrayRun): void {
  const lines = output.split("\n").filter((line) => /^[01xz]+ [01xz]+$/.test(line));
  for (const { cycle, recurrentSum, inputSum } of expected) {
    const found = lines[cycle]?.split(" ").map(signed).join(" and ");
    if (found !== `${recurrentSum} and ${inputSum}`) {
      throw new ToolError(
        `The synthesised MAC array is not its twin: in cycle ${cycle} its gates have the recurrent and input sums ${found}, the integer model ${recurrentSum} and ${inputSum}.`,
      );
    }
  }
}

function signed(bits: string): string {
  return /^[01]+$/.test(bits) ? String(BigInt.asIntN(bits.length, BigInt(`0b${bits}`))) : bits;
}

async function countToggles(file: string): Promise<ToggleCounter> {
  const counter = new ToggleCounter();
  const reader = new VcdReader(counter);
  for await (const chunk of createReadStream(file, "utf8")) {
    reader.push(chunk as string);
  }
  reader.end();
  return counter;
}

function activities({ pins }: GateNetlist, counter: ToggleCounter, cycles: number): Activities {
  const toggles = (net: string): number => {
    const found = /^\d+'/.test(net) ? 0 : counter.toggles(net);
    if (found === undefined) {
      throw new ToolError(`The net ${net} is not in the dump of the gate simulation.`);
    }
    return found;
  };
  return new Map(pins.map(({ net }) => [net, toggles(net) / cycles]));
}
