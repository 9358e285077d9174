import type { Sequence } from "../hardware/calibrate.js";
import type { Chip } from "../hardware/chip.js";
import type { ChipOptions } from "../hardware/chipOptions.js";
import type { SimulatorName } from "../hardware/verify/simulators.js";
import { type Verification, verifyAccelerator, type VerifyProgress } from "../hardware/verify/verify.js";
import { keepVerification, modelDigest } from "./verifiedRun.js";

export interface VerifyChipOptions {
  /** The run that the outcome is kept with, and how its chip was made; absent for a chip that is of no run. */
  readonly run?: { readonly dir: string; readonly options: ChipOptions };
  /** Default: all that are known. */
  readonly simulators?: readonly SimulatorName[];
  /** Both streams pause at random, and cycles are then not compared. Default: no. */
  readonly stalls?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/**
 * Simulates a chip, compares every gate, c, h and output with the integer model, and keeps the outcome in the run's directory.
 * @throws MissingToolError, SimulationError; the signal's reason when it aborts
 */
export async function verifyChip({ fixed, macUnits }: Chip, sequences: readonly Sequence[], options: VerifyChipOptions): Promise<Verification> {
  const { run, simulators, stalls = false, signal, onProgress } = options;
  // Taken before: a run that is trained on meanwhile ships another model than the one that is verified.
  const sha256 = run && (await modelDigest(run.dir));
  const plusArguments = stalls ? ["+stalls"] : [];
  const verification = await verifyAccelerator(fixed, sequences, { macUnits, simulators, plusArguments, signal, onProgress });
  if (run !== undefined && sha256 !== undefined) {
    await keepVerification(run.dir, verification, { options: run.options, stalls, sha256 });
  }
  return verification;
}
