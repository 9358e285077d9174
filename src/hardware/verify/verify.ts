import { writeFiles } from "../../files/writeFiles.js";
import { inTemporaryFolder } from "../../files/temporary.js";
import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { acceleratorFiles, testbenchFiles } from "../rtl/acceleratorFiles.js";
import { simulate, simulatorNames, simulatorTitles } from "./simulators.js";
import type { SimulationOptions, SimulationProgress, SimulatorName, SimulatorResult } from "./simulators.js";

export interface Verification {
  /** All simulators computed what the integer model computes, in the cycles that the schedule predicts. */
  readonly ok: boolean;
  /** Timesteps. */
  readonly steps: number;
  readonly scheduleCycles: number;
  readonly simulators: readonly SimulatorResult[];
}

/** How far a verification is. */
export interface VerifyProgress {
  /** The share of the timesteps of all simulators that is done, 0 to 1. */
  readonly share: number;
  /** "Icarus Verilog 12.0: timestep 12 of 50" */
  readonly words: string;
}

export interface VerifyOptions extends Pick<SimulationOptions, "signal" | "plusArguments"> {
  readonly macUnits: number;
  /** Default: all. */
  readonly simulators?: readonly SimulatorName[];
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/**
 * Generates an accelerator in a temporary folder, simulates it on these sequences, and compares every gate, c, h and output
 * at every timestep with the integer model. Nothing stays behind.
 * @throws MissingToolError, SimulationError
 */
export async function verifyAccelerator(model: FixedModel, sequences: readonly Sequence[], options: VerifyOptions): Promise<Verification> {
  const { macUnits, simulators = simulatorNames, onProgress, ...simulation } = options;
  return inTemporaryFolder("verify", async (folder) => {
    const { files, timesteps, scheduleCycles } = testbenchFiles(model, macUnits, sequences);
    await writeFiles(folder, acceleratorFiles(model, macUnits));
    await writeFiles(folder, files);
    const results: SimulatorResult[] = [];
    for (const [index, name] of simulators.entries()) {
      const tell = onProgress && ((progress: SimulationProgress): void => onProgress(progressOf(progress, index, simulators.length, timesteps)));
      results.push(await simulate(name, folder, scheduleCycles, { ...simulation, ...(tell && { onProgress: tell }) }));
    }
    const stalls = simulation.plusArguments?.includes("+stalls") ?? false;
    const isEqual = ({ mismatches, cycles }: SimulatorResult): boolean => mismatches === 0 && (stalls || cycles === scheduleCycles);
    return { ok: results.every(isEqual), steps: timesteps, scheduleCycles, simulators: results };
  });
}

function progressOf(progress: SimulationProgress, index: number, simulators: number, timesteps: number): VerifyProgress {
  const name = `${simulatorTitles[progress.simulator]} ${progress.version}`;
  return progress.stage === "build"
    ? { share: index / simulators, words: `${name}: compiling` }
    : { share: (index + progress.timestep / timesteps) / simulators, words: `${name}: timestep ${progress.timestep} of ${timesteps}` };
}
