import type { FixedGru } from "../../fixedModel.js";
import type { Parameters } from "../parameters.js";
import { initialRom, placed, unitMemory, type LayerPlace, type PlacedMemory } from "../placedMemory.js";

/** What `gru_layer.v` does not derive by itself beside its gate rows. */
export function gruParameters({ reset, resetShiftAlignment }: FixedGru): Parameters {
  return { RESET_BEFORE: reset === "before" ? 1 : 0, RESET_SHIFT_ALIGNMENT: resetShiftAlignment };
}

/** `gru_layer.v`, with a second memory of h for z h, and r h where the reset comes before the product. */
export function gruMemories({ units, reset, shiftReset }: FixedGru, { model, path }: LayerPlace): PlacedMemory[] {
  const width = model.formats.hidden.bits;
  const gate = unitMemory(units, "gates", width);
  const lanes = model.columnsPerCycle;
  const isBefore = reset === "before";
  return [
    placed({ path: `${path}.reset_shift_rom`, kind: "rom", content: "shifts", width: shiftReset.format.bits, depth: units, reads: units }),
    gate(`${path}.update_gates`),
    { ...unitMemory(units, "hidden states", width)(`${path}.states_before.states`), reads: isBefore ? 2 * units : units },
    initialRom(`${path}.states_before.${lanes === 1 ? "one" : "several"}_a_word.initial_rom`, model, units, lanes),
    ...(isBefore ? [] : [gate(`${path}.after_product.reset_gates`)]),
  ];
}
