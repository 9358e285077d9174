import type { FixedLstm, FixedModel } from "../../fixedModel.js";
import { updateAlignment } from "../../layerBits.js";
import type { Parameters } from "../parameters.js";
import { placed, tableRom, unitMemory, type LayerPlace, type PlacedMemory } from "../placedMemory.js";

/** What `lstm_layer.v` does not derive by itself beside its gate rows. */
export function lstmParameters(layer: FixedLstm, { formats }: Pick<FixedModel, "formats">): Parameters {
  const { kept, added } = updateAlignment(layer.cellFormat, formats.hidden);
  return {
    CELL_BITS: layer.cellFormat.bits,
    KEPT_SHIFT: kept,
    ADDED_SHIFT: added,
    UPDATE_BITS: layer.cellBits.update,
    CELL_SCALE_SHIFT: layer.cellShiftRight,
    CELL_SHIFT_ALIGNMENT: layer.cellShiftAlignment,
    CELL_TOTAL_BITS: layer.cellBits.total,
  };
}

/** `lstm_layer.v` and `element_wise_lstm.v`, with a second table of tanh. */
export function lstmMemories({ units, cellFormat, gainCell }: FixedLstm, { model, path }: LayerPlace): PlacedMemory[] {
  const gate = unitMemory(units, "gates", model.formats.hidden.bits);
  const constant = { kind: "rom", width: gainCell.format.bits, depth: units, reads: units } as const;
  return [
    ...["candidates", "forget_gates", "input_gates"].map((name) => gate(`${path}.${name}`)),
    unitMemory(units, "cell states", cellFormat.bits)(`${path}.cell_states.states`),
    placed({ path: `${path}.cell_states.one_a_word.initial_rom`, kind: "rom", content: "initial states", width: cellFormat.bits, depth: units }),
    placed({ path: `${path}.cell_scale_rom`, content: "scales", ...constant }),
    placed({ path: `${path}.cell_shift_rom`, content: "shifts", ...constant }),
    tableRom(`${path}.element_wise.tanh`, model.tables.tanh, units),
  ];
}
