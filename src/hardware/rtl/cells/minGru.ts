import type { FixedMinGru, FixedModel } from "../../fixedModel.js";
import type { Parameters } from "../parameters.js";
import { initialRom, unitMemory, type LayerPlace, type PlacedMemory } from "../placedMemory.js";

/** What `min_gru_layer.v` does not derive by itself beside its gate rows. */
export function minGruParameters(_layer: FixedMinGru, { formats }: Pick<FixedModel, "formats">): Parameters {
  return { CANDIDATE_SHIFT: formats.preactivation.fractionBits - formats.hidden.fractionBits };
}

/** `min_gru_layer.v`: h is read by its own unit alone, so there is one memory of it. */
export function minGruMemories({ units }: FixedMinGru, { model, path }: LayerPlace): PlacedMemory[] {
  const { bits } = model.formats.hidden;
  return [
    unitMemory(units, "gates", bits)(`${path}.update_gates`),
    unitMemory(units, "hidden states", bits)(`${path}.states_before.states`),
    initialRom(`${path}.states_before.one_a_word.initial_rom`, model, units, 1),
  ];
}
