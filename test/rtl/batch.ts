import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fixModel } from "../../src/hardware/fixModel.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import { acceleratorVerilog, defaultRomFolder } from "../../src/hardware/rtl/accelerator.js";
import { acceleratorFiles, testbenchFiles } from "../../src/hardware/rtl/acceleratorFiles.js";
import { verilogModules } from "../../src/hardware/rtl/modules.js";
import { defaultVectorFolder, testbenchVerilog } from "../../src/hardware/rtl/testbench.js";
import type { Shape } from "./shapes.js";

export interface Batch {
  /** Verilog files, relative to the folder; the top module is `batch`. */
  readonly sources: readonly string[];
  /** What each accelerator has to print. */
  readonly verdicts: readonly string[];
}

/** Accelerators with their testbenches, each under a number of its own, in one simulation: most of a simulation's time is its build. */
export function writeBatch(folder: string, shapes: readonly Shape[]): Batch {
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const verdicts = shapes.map((shape, number) => {
    const { network, options, macUnits, sequences } = shape;
    const model = randomNetwork(network);
    const fixed = fixModel(model, options);
    const { files, timesteps, scheduleCycles } = testbenchFiles(fixed, macUnits, sequences.map((length, index) => randomSequence(model, network.seed + index, length)));
    for (const [name, text] of [...acceleratorFiles(fixed, macUnits), ...files]) {
      if (name.endsWith(".mem")) {
        write(`${number}/${name}`, text);
      }
    }
    write(`${number}/accelerator.v`, acceleratorVerilog(fixed, macUnits, { module: `accelerator_${number}`, romFolder: `${number}/${defaultRomFolder}` }));
    const testbench = testbenchVerilog(fixed, { timesteps, mostCycles: 100_000, module: `accelerator_${number}`, vectorFolder: `${number}/${defaultVectorFolder}` });
    write(`${number}/testbench.v`, partOfBatch(testbench, number));
    return `${number}: PASS timesteps=${timesteps} cycles=${scheduleCycles}`;
  });
  write("modules.v", Object.values(verilogModules).join("\n"));
  write("batch.v", batchVerilog(shapes.length));
  const own = shapes.flatMap((_, number) => [`${number}/accelerator.v`, `${number}/testbench.v`]);
  return { sources: ["batch.v", ...own, "modules.v"], verdicts };
}

/** The testbench as it is shipped, but for its name, a number before what it prints, and the end: it waits for the others. */
function partOfBatch(testbench: string, number: number): string {
  const changes: [string, string][] = [
    ["module testbench;", `module testbench_${number};`],
    ["$dumpvars(0, testbench);", `$dumpvars(0, testbench_${number});`],
    // Its clock stands still while it waits.
    ["always #5 clock = !clock;", "reg ended = 1'b0;\n    initial while (!ended) #5 clock = !clock;"],
    ["$finish;", "ended = 1'b1; batch.end_one;"],
    ['$display("', `$display("${number}: `],
  ];
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) {
      throw new Error(`The testbench has no ${from}`);
    }
    return text.replaceAll(from, to);
  }, testbench);
}

function batchVerilog(count: number): string {
  const instances = Array.from({ length: count }, (_, number) => `    testbench_${number} bench_${number} ();`);
  return `\`timescale 1ns / 1ps
module batch;
    integer left = ${count};
    task end_one;
        begin
            left = left - 1;
            if (left == 0) $finish;
        end
    endtask
${instances.join("\n")}
endmodule
`;
}

/** The verdicts that a simulation printed, by the accelerators' numbers. */
export function printedVerdicts(output: string): string[] {
  const lines = output.split("\n").filter((line) => /^\d+: /.test(line));
  return lines.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** Verdicts of simulations that pause, which take longer. */
export function withoutCycles(verdicts: readonly string[]): string[] {
  return verdicts.map((line) => line.replace(/ cycles=\d+$/, ""));
}

/** Works in a folder of its own, removed afterwards. */
export function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), "tritloom-rtl-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
