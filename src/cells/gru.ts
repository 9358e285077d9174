import * as z from "zod";
import { isPlainObject } from "../experiment/optionNames.js";
import type { CellDescriptor, Gate, NormalisedPart } from "./contract.js";
import { checkLayerOptions, commonFields, recurrentFields, recurrentNames, requireLayerSpec, zoneoutRate } from "./fields.js";
import type { OptionNames, RecurrentOptions } from "./fields.js";
import { stateBits, type FixedState } from "./fixedState.js";

/** The GRU, in two forms: its equations are in `docs/engine.md` and `src/rnn/kernels/gruSequence.ts`. */

const gruSchema = z.strictObject({
  cell: z.literal("gru"),
  ...recurrentFields,
  /** Whether the reset gate multiplies h before its product with the candidate's matrix, or the product. */
  reset: z.enum(["before", "after"]),
  zoneout: z.strictObject({ hidden: zoneoutRate }),
  state: z.strictObject({ hiddenBits: stateBits }).meta({ makers: ["tl.fixedState()"] }).optional(),
});
/** A GRU layer, as a spec keeps it. */
export type GruSpec = z.infer<typeof gruSchema>;

/** The offset of the candidate's recurrent product is inside of the reset where the reset comes after the product. */
function isInsideReset({ reset }: GruSpec, part: NormalisedPart, { letter }: Gate): boolean {
  return reset === "after" && part === "recurrent" && letter === "n";
}

export const gruCell = {
  cell: "gru",
  title: "GRU",
  word: "tl.gru",
  schema: gruSchema,
  gates: [
    { letter: "r", name: "reset" },
    { letter: "z", name: "update" },
    { letter: "n", name: "candidate" },
  ],
  matrices: ["input", "recurrent"],
  states: ["hidden"],
  vectors: [
    { trained: "gammaInput", shipped: "gainInput", rom: "gate_scale_input", role: "gain", of: "input" },
    { trained: "gammaRecurrent", shipped: "gainRecurrent", rom: "gate_scale_recurrent", role: "gain", of: "recurrent" },
    {
      trained: "betaRecurrent",
      shipped: "shift",
      rom: "gate_shift",
      role: "shift",
      of: ["input", "recurrent"],
      takesOffset: (spec, part, gate) => !isInsideReset(spec, part, gate),
    },
    {
      trained: "betaReset",
      shipped: "shiftReset",
      rom: "reset_shift",
      role: "shift",
      of: ["recurrent"],
      gate: "n",
      takesOffset: isInsideReset,
      isTrained: ({ reset }) => reset === "after",
    },
    { trained: "initialHidden", shipped: "initialHidden", rom: "initial_hidden", role: "initial state", of: "hidden" },
  ],
  inWords: ({ reset }) => `GRU, reset ${reset}`,
} as const satisfies CellDescriptor<GruSpec>;

/** Options of `tl.gru()`. */
export interface GruOptions extends RecurrentOptions {
  /** Whether the reset gate acts before the product with the candidate's matrix or after. Default: after, as in cuDNN. */
  reset?: "before" | "after";
  /** Probability with which a unit keeps its old state (zoneout). Default 0. */
  zoneout?: { hidden?: number };
}

export const gruNames = {
  options: { ...recurrentNames, reset: true },
  zoneout: ["hidden"],
  matrices: gruCell.matrices,
} as const satisfies OptionNames;

/**
 * A GRU layer for `layers` of `tl.experiment()`. Only `units` must be given. The code that the paper's authors released has no GRU, so that
 * its normalisation is Tritloom's own.
 * @throws TypeError that names each wrong option or value, and the option that was meant
 */
export function gru(options: GruOptions): GruSpec {
  checkLayerOptions(gruCell.word, options, gruNames);
  return gruSpec(options, gruCell.word);
}

/** A GRU has no cell, and takes no range, which the schema then refuses. */
function ofHiddenState({ hiddenBits, hiddenRange }: FixedState) {
  return { hiddenBits, ...(hiddenRange !== undefined && { hiddenRange }) };
}

/** @throws TypeError that names each wrong value, and the word that it was given to */
export function gruSpec(options: GruOptions, word: string): GruSpec {
  const { recurrentDropout = 0, reset = "after", zoneout, state } = options;
  const spec = {
    cell: "gru",
    ...commonFields(options, gruCell.matrices),
    recurrentDropout,
    reset,
    zoneout: { hidden: 0, ...zoneout },
    ...(state !== undefined && { state: isPlainObject(state) ? ofHiddenState(state) : state }),
  };
  return requireLayerSpec(word, gruSchema, spec, options);
}
