import * as z from "zod";
import { isPlainObject } from "../experiment/optionNames.js";
import type { CellDescriptor } from "./contract.js";
import { checkLayerOptions, commonFields, inputFields, layerNames, requireLayerSpec, zoneoutRate } from "./fields.js";
import type { LayerOptions, OptionNames, QuantiserChoice } from "./fields.js";
import { defaultRange, stateBits, stateRange } from "./fixedState.js";

/**
 * The minGRU (Feng et al. 2024, "Were RNNs All We Needed?", section 3.1): no product of the hidden state, so that training runs
 * over all timesteps at once. Its equations are in `docs/engine.md` and `src/rnn/kernels/minGruSequence.ts`.
 */

const minGruSchema = z.strictObject({
  cell: z.literal("min-gru"),
  ...inputFields,
  zoneout: z.strictObject({ hidden: zoneoutRate }),
  /** h signed over [-hiddenRange, hiddenRange), since no tanh bounds it; rounded to nearest and saturated at each timestep. */
  state: z
    .strictObject({ hiddenBits: stateBits, hiddenRange: stateRange })
    .refine(({ hiddenBits, hiddenRange }) => hiddenRange <= 2 ** (hiddenBits - 1), "hiddenBits must reach to whole numbers of the range: take more of them")
    .meta({ makers: ["tl.fixedState()"] })
    .optional(),
});
/** A minGRU layer, as a spec keeps it. */
export type MinGruSpec = z.infer<typeof minGruSchema>;

export const minGruCell = {
  cell: "min-gru",
  title: "minGRU",
  word: "tl.minGru",
  schema: minGruSchema,
  gates: [
    { letter: "z", name: "update" },
    { letter: "n", name: "candidate" },
  ],
  matrices: ["input"],
  states: ["hidden"],
  vectors: [
    { trained: "gammaInput", shipped: "gainInput", rom: "gate_scale_input", role: "gain", of: "input" },
    { trained: "betaInput", shipped: "shift", rom: "gate_shift", role: "shift", of: ["input"] },
    { trained: "initialHidden", shipped: "initialHidden", rom: "initial_hidden", role: "initial state", of: "hidden" },
  ],
  inWords: () => "minGRU",
} as const satisfies CellDescriptor<MinGruSpec>;

/** Options of `tl.minGru()`. */
export interface MinGruOptions extends LayerOptions {
  /** The quantiser of the one matrix, that of the input. Default: ternary, stochastic. */
  quantiser?: QuantiserChoice<"input">;
  /** Probability with which a unit keeps its old state (zoneout). Default 0. */
  zoneout?: { hidden?: number };
}

export const minGruNames = {
  options: layerNames,
  zoneout: ["hidden"],
  matrices: minGruCell.matrices,
} as const satisfies OptionNames;

/**
 * A minGRU layer for `layers` of `tl.experiment()` (Feng et al. 2024). Its update gate z and its candidate n read the input alone,
 * h = (1 - z) h + z n, so that it trains over all timesteps at once. Its hidden state is not bounded. Only `units` must be given.
 * @throws TypeError that names each wrong option or value, and the option that was meant
 */
export function minGru(options: MinGruOptions): MinGruSpec {
  checkLayerOptions(minGruCell.word, options, minGruNames);
  return minGruSpec(options, minGruCell.word);
}

/** @throws TypeError that names each wrong value, and the word that it was given to */
export function minGruSpec(options: MinGruOptions, word: string): MinGruSpec {
  const { zoneout, state } = options;
  const spec = {
    cell: "min-gru",
    ...commonFields(options, minGruCell.matrices),
    zoneout: { hidden: 0, ...zoneout },
    ...(state !== undefined && {
      state: isPlainObject(state) ? { hiddenBits: state.hiddenBits, hiddenRange: state.hiddenRange ?? defaultRange } : state,
    }),
  };
  return requireLayerSpec(word, minGruSchema, spec, options);
}
