import { defaultCellNormaliser } from "../normalisers/ofLayer.js";
import * as z from "zod";
import { cellNormaliserSchema } from "../normalisers/lookup.js";
import type { CellNormaliserSpec } from "../normalisers/lookup.js";
import type { CellDescriptor } from "./contract.js";
import { checkLayerOptions, commonFields, recurrentFields, recurrentNames, requireLayerSpec, zoneoutRate } from "./fields.js";
import type { OptionNames, RecurrentOptions } from "./fields.js";
import { lstmStateSchema } from "./fixedState.js";
import { type ForgetShift, forgetShiftSchema } from "./forgetShift.js";

/** The LSTM: its equations are in `docs/engine.md` and `src/rnn/kernels/lstmSequence.ts`. */

const lstmSchema = z.strictObject({
  cell: z.literal("lstm"),
  ...recurrentFields,
  /** The normaliser of the cell state before the output tanh. */
  cellNormaliser: cellNormaliserSchema,
  zoneout: z.strictObject({ hidden: zoneoutRate, cell: zoneoutRate }),
  /** The shift of the forget gate at the start of training. Absent: 1. */
  forgetShift: forgetShiftSchema.optional(),
  state: lstmStateSchema.optional(),
});
/** An LSTM layer, as a spec keeps it. */
export type LstmSpec = z.infer<typeof lstmSchema>;

export const lstmCell = {
  cell: "lstm",
  title: "LSTM",
  word: "tl.lstm",
  schema: lstmSchema,
  gates: [
    { letter: "g", name: "candidate" },
    { letter: "f", name: "forget" },
    { letter: "i", name: "input" },
    { letter: "o", name: "output" },
  ],
  matrices: ["input", "recurrent"],
  states: ["hidden", "cell"],
  vectors: [
    { trained: "gammaInput", shipped: "gainInput", rom: "gate_scale_input", role: "gain", of: "input" },
    { trained: "gammaRecurrent", shipped: "gainRecurrent", rom: "gate_scale_recurrent", role: "gain", of: "recurrent" },
    {
      trained: "betaRecurrent",
      shipped: "shift",
      rom: "gate_shift",
      role: "shift",
      of: ["input", "recurrent"],
      initial: { forget: "f", input: "i", value: 1 },
    },
    { trained: "gammaCell", shipped: "gainCell", rom: "cell_scale", role: "gain", of: "cell" },
    { trained: "betaCell", shipped: "shiftCell", rom: "cell_shift", role: "shift", of: ["cell"] },
    {
      trained: "initialHidden",
      shipped: "initialHidden",
      rom: "initial_hidden",
      role: "initial state",
      of: "hidden",
      /**
       * Under batch normalisation it stays zero: it is equal for all sequences, so its product is its own mean, its gradient
       * exactly zero, and what a kernel returns for it rounding noise, which Adam would blow up. Zoneout lets it in by itself.
       */
      isTrained: ({ normaliser, zoneout }) => normaliser.kind !== "batch" || zoneout.hidden > 0,
    },
    { trained: "initialCell", shipped: "initialCell", rom: "initial_cell", role: "initial state", of: "cell" },
  ],
  inWords: () => "LSTM",
} as const satisfies CellDescriptor<LstmSpec>;

/** Options of `tl.lstm()`. */
export interface LstmOptions extends RecurrentOptions {
  /** The normaliser of the cell state before the output tanh. Default: batch normalisation where the products have it, else none. */
  cellNormaliser?: CellNormaliserSpec;
  /** Probabilities with which a unit keeps its old h and its old c (zoneout). Default 0. */
  zoneout?: { hidden?: number; cell?: number };
  /**
   * The shift of the forget gate at the start of training; the larger, the longer the cell remembers at first. With `tl.chrono(784)`
   * units remember from 1 up to 783 timesteps. Default 1.
   */
  forgetShift?: ForgetShift;
}

export const lstmNames = {
  options: { ...recurrentNames, cellNormaliser: true, forgetShift: true },
  zoneout: ["hidden", "cell"],
  matrices: lstmCell.matrices,
} as const satisfies OptionNames;

/**
 * An LSTM layer for `layers` of `tl.experiment()`: `tl.lstm({ units: 256, quantiser: tl.ternary() })`. Only `units` must be given.
 * @throws TypeError that names each wrong option or value, and the option that was meant
 */
export function lstm(options: LstmOptions): LstmSpec {
  checkLayerOptions(lstmCell.word, options, lstmNames);
  return lstmSpec(options, lstmCell.word);
}

/** @throws TypeError that names each wrong value, and the word that it was given to */
export function lstmSpec(options: LstmOptions, word: string): LstmSpec {
  const shared = commonFields(options, lstmCell.matrices);
  const { normaliser } = shared;
  const { recurrentDropout = 0, zoneout, state, forgetShift, cellNormaliser = defaultCellNormaliser(normaliser) } = options;
  const spec = {
    cell: "lstm",
    ...shared,
    recurrentDropout,
    cellNormaliser,
    zoneout: { hidden: 0, cell: 0, ...zoneout },
    ...(state !== undefined && { state }),
    ...(forgetShift !== undefined && { forgetShift }),
  };
  return requireLayerSpec(word, lstmSchema, spec, options);
}
