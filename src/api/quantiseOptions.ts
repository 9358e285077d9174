import * as z from "zod";
import type { QuantiserChoice } from "../cells/fields.js";
import type { TaskData } from "../data/contract.js";
import { thousands } from "../display/html.js";
import { checkValues, shown } from "../experiment/options.js";
import { quantiserSchema, type QuantiserSpec } from "../quantisers/quantiserSpec.js";
import type { CalibrationSequence } from "../rnn/afterTraining/calibrate.js";
import { scaleGroups, type ScaleGroup } from "../rnn/afterTraining/quantise.js";
import type { Architecture } from "../rnn/architecture.js";
import { type ImportedSequence, importedInputs, trainingSequences } from "./importedInputs.js";

const word = "imported.quantise";

/** Options of `imported.quantise()`. */
export interface QuantiseOptions {
  /** The quantiser of the input and the recurrent matrices; its deterministic rule is used. Default: `tl.ternary()`. */
  quantiser?: QuantiserChoice;
  /**
   * What shares a scale: each gate row by itself ("row", default; an accelerator has one for each anyway), the rows of a gate, or a whole
   * matrix. Calibration fits each row.
   */
  scales?: ScaleGroup;
  /**
   * Whether codes, scales, shifts and the output layer are then fitted on data, so that the gates' pre-activations and the logits come nearest to
   * those of the float network: `true` for the first 10,000 timesteps of the task's training part, `{ timesteps: 50_000 }` for more of it, or a list
   * of sequences. Default: true where there is a task, else false.
   */
  calibrate?: boolean | { timesteps?: number } | readonly ImportedSequence[];
}

const quantiseNames = { quantiser: true, scales: true, calibrate: true } as const;
const quantiseSchema = z.object({
  quantiser: z.union([quantiserSchema, z.object({ input: quantiserSchema, recurrent: quantiserSchema })]).optional(),
  scales: z.enum(scaleGroups).optional(),
});

/** Timesteps of the training part that scales are fitted on. */
const calibrationTimesteps = 10_000;

type Quantisers = Readonly<Record<"input" | "recurrent", QuantiserSpec>>;

/** @throws TypeError that names each wrong option */
export function checkedQuantise(options: QuantiseOptions): { quantiser: Quantisers; scales: ScaleGroup; calibrate: QuantiseOptions["calibrate"] } {
  const { quantiser = { kind: "ternary", sampling: "stochastic" }, scales = "row", calibrate } = checkValues(word, options, quantiseNames, quantiseSchema);
  return { quantiser: "kind" in quantiser ? { input: quantiser, recurrent: quantiser } : quantiser, scales, calibrate };
}

/**
 * What the quantised network is fitted on; none: it is not fitted.
 * @param dataOf the task's data; it throws where there is no task
 */
export function calibrationSequences(
  input: Architecture["input"],
  calibrate: NonNullable<QuantiseOptions["calibrate"]>,
  dataOf: () => TaskData,
): readonly CalibrationSequence[] {
  if (calibrate === false) {
    return [];
  }
  if (Array.isArray(calibrate)) {
    const sequences = (calibrate as readonly ImportedSequence[]).map((one) => importedInputs(word, input, one));
    if (sequences.every(({ length }) => length === 0)) {
      throw new TypeError(`${word}() got calibrate without a timestep: give a list of sequences, or calibrate: false`);
    }
    return sequences;
  }
  if (calibrate !== true && (typeof calibrate !== "object" || calibrate === null)) {
    throw new TypeError(`${word}() takes calibrate as true, false, { timesteps: 10000 } or a list of sequences, not ${shown(calibrate)}`);
  }
  const data = dataOf();
  const schema = z.object({ timesteps: z.number().int().positive().max(1_000_000).optional() });
  const chosen = calibrate === true ? {} : checkValues(`calibrate of ${word}`, calibrate as { timesteps?: number }, { timesteps: true }, schema);
  return trainingSequences(data, chosen.timesteps ?? calibrationTimesteps);
}

const scaleInWords = { row: "gate row", gate: "gate", matrix: "matrix" } as const;

function quantiserInWords({ input, recurrent }: Quantisers): string {
  return input.kind === recurrent.kind ? `${recurrent.kind} weights` : `${input.kind} input weights, ${recurrent.kind} recurrent weights`;
}

/** "ternary weights, a scale for each gate row, calibrated on 2,000 timesteps" */
export function quantisationInWords(quantiser: Quantisers, scales: ScaleGroup, sequences: readonly CalibrationSequence[]): string {
  const timesteps = sequences.reduce((sum, { length }) => sum + length, 0);
  const fitted = timesteps === 0 ? "not calibrated" : `calibrated on ${thousands(timesteps)} timesteps`;
  return `${quantiserInWords(quantiser)}, a scale for each ${sequences.length === 0 ? scaleInWords[scales] : "gate row"}, ${fitted}`;
}
