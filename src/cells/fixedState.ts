import * as z from "zod";
import { requireValid } from "../experiment/faults.js";
import { requireKnownOptions } from "../experiment/optionNames.js";

/** A range that a binary fixed-point format can have. */
const powerOfTwo = z.number().positive().refine((value) => Number.isInteger(Math.log2(value)), "give a power of two, as 4 or 8");

export const stateBits = z.number().int().min(2).max(24);
export const stateRange = powerOfTwo.max(1024);

/**
 * States kept in fixed point, in training, evaluation and what ships: h signed over [-1, 1), c signed over
 * [-cellRange, cellRange), both rounded to nearest and saturated at each timestep.
 */
const lstmState = z.strictObject({ hiddenBits: stateBits, cellBits: stateBits, cellRange: stateRange });
export const lstmStateSchema = reachesRange(lstmState).meta({ makers: ["tl.fixedState()"] });
const fixedStateSchema = reachesRange(lstmState.extend({ hiddenRange: stateRange.optional() }));

function reachesRange<State extends z.ZodType<z.infer<typeof lstmState>>>(schema: State): State {
  return schema.refine(({ cellBits, cellRange }) => cellRange <= 2 ** (cellBits - 1), "cellBits must reach to whole numbers of the range: take more of them") as State;
}

/** h and c of a layer in fixed point. */
export interface FixedState {
  /** Bits of h. */
  readonly hiddenBits: number;
  /** Bits of c. */
  readonly cellBits: number;
  /** c saturates outside of [-cellRange, cellRange). */
  readonly cellRange: number;
  /** The range of a minGRU's h; absent where it was not given. */
  readonly hiddenRange?: number;
}

/** The range of states that no function bounds, where none was given. */
export const defaultRange = 8;

/** Options of `tl.fixedState()`. */
export interface FixedStateOptions {
  /** Bits of h, signed, over [-1, 1), of a minGRU over [-hiddenRange, hiddenRange). Default 12. */
  hiddenBits?: number;
  /** Bits of c, signed; a GRU has none. Default 16. */
  cellBits?: number;
  /** c saturates outside of [-cellRange, cellRange), a power of two. Default 8. */
  cellRange?: number;
  /** h of a minGRU saturates outside of [-hiddenRange, hiddenRange), a power of two. Default 8. Other cells have h in [-1, 1). */
  hiddenRange?: number;
}

export const fixedStateNames = ["hiddenBits", "cellBits", "cellRange", "hiddenRange"] as const satisfies readonly (keyof FixedStateOptions)[];

/**
 * Keeps the states of a layer as an accelerator does, for its option `state`: at each timestep they are rounded to the nearest number of
 * their format, ties upwards, and saturated. That holds for training, evaluation and what ships. Gradients go straight through, and are zero
 * where a state saturates. Such layers are computed with TensorFlow.js operations, many times slower than in native code.
 */
export function fixedState(options: FixedStateOptions = {}): FixedState {
  requireKnownOptions("tl.fixedState", options, fixedStateNames);
  const { hiddenBits = 12, cellBits = 16, cellRange = defaultRange, hiddenRange } = options;
  const state = { hiddenBits, cellBits, cellRange, ...(hiddenRange !== undefined && { hiddenRange }) };
  return requireValid("tl.fixedState()", fixedStateSchema, state);
}
