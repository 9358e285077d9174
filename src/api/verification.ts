import type { GeneratedAccelerator } from "../hardware/rtl/generate.js";
import type { SimulatorName, SimulatorResult } from "../hardware/verify/simulators.js";
import type { Verification } from "../hardware/verify/verify.js";
import { table, thousands, type Row } from "../display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** Options of `accelerator.exportVerilog()`. */
export interface VerilogOptions {
  /** Timesteps that the testbench feeds, taken from the validation part. Default 50. */
  timesteps?: number;
  /** Replace an earlier accelerator in the same folder. Default false: an existing folder is an error. */
  overwrite?: boolean;
}

/** Options of `accelerator.verify()`. */
export interface VerifyAcceleratorOptions {
  /** Timesteps that are simulated, taken from the validation part. Default 50. */
  timesteps?: number;
  /** "icarus", "verilator". Default: both. */
  simulators?: readonly SimulatorName[];
}

/** The folder and the files of an accelerator in Verilog. */
export class VerilogFiles implements Displayable {
  constructor(
    /** The folder, the names of its files, and the number of timesteps that the testbench runs. */
    readonly generated: GeneratedAccelerator,
  ) {}

  [displaySymbol](): MimeBundle {
    const { dir, files, timesteps, scheduleCycles } = this.generated;
    return table("Accelerator in Verilog", [
      ["folder", dir],
      ["files", `${files.length}; README.md tells how to simulate and synthesise`],
      ["testbench", `${thousands(timesteps)} timesteps, ${thousands(scheduleCycles)} cycles by the schedule`],
    ]);
  }
}

/** How the simulations ended, beside what the schedule predicts. */
export class VerifiedAccelerator implements Displayable {
  constructor(
    /** The outcome of each simulator, and the cycles that the schedule predicts. */
    readonly verification: Verification,
  ) {}

  /** Whether every simulator computed what the integer model computes, in the cycles of the schedule. */
  get ok(): boolean {
    return this.verification.ok;
  }

  [displaySymbol](): MimeBundle {
    const { ok, steps, scheduleCycles, simulators } = this.verification;
    return table(ok ? "Equal to the integer model" : "Different from the integer model", [
      ["timesteps", thousands(steps)],
      ["schedule", `${thousands(scheduleCycles)} cycles`],
      ...simulators.map((result): Row => [`${result.name} ${result.version}`, resultInWords(result)]),
    ]);
  }
}

function resultInWords({ cycles, firstDifference }: SimulatorResult): string {
  if (firstDifference === undefined) {
    return `${thousands(cycles)} cycles; every gate, c, h and output equal`;
  }
  const { layer, timestep, unit, gate, expected, got } = firstDifference;
  return `layer ${layer}, timestep ${timestep}, unit ${unit}, gate ${gate}: expected ${expected}, got ${got}`;
}
