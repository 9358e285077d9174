import { cellHardware, forCell, type ForCells } from "../cells/cells.js";
import { gateRows, type FixedLayer, type FixedModel } from "../fixedModel.js";
import { rowGroups } from "../rowGroups.js";
import { rowPhases } from "../schedule/rowPhases.js";
import { addressBits } from "./addressBits.js";
import { gruMemories } from "./cells/gru.js";
import { lstmMemories } from "./cells/lstm.js";
import { minGruMemories } from "./cells/minGru.js";
import { weightBits } from "./layerParameters.js";
import { banks, initialRom, placed, tableRom, wideMemory, wordsOf, type LayerPlace, type PlacedMemory } from "./placedMemory.js";

/**
 * Every memory of the accelerator with P = `macUnits` in each layer.
 * @param recurrentColumns read in a timestep by each layer, on average; default all. Only delta updates read fewer
 */
export function placedMemories(
  model: FixedModel,
  macUnits: number,
  recurrentColumns: readonly number[] = model.layers.map(({ recurrentWeights }) => recurrentWeights.rows),
): PlacedMemory[] {
  const { layers, formats, columnsPerCycle } = model;
  const width = formats.hidden.bits;
  const last = layers.at(-1)!;
  const inputs = layers.flatMap((layer, index) => {
    const groups = rowGroups(layer, macUnits).length;
    const { inputs: length } = layer;
    const reads = groups * wordsOf(length, columnsPerCycle);
    return layer.inputKind === "one-hot" ? [] : banks(`buffer_${index}`, { content: "streams", width, length, lanes: columnsPerCycle, reads });
  });
  return [
    ...inputs,
    ...layers.flatMap((layer, index) => layerMemories(layer, { model, path: `layer_${index}`, macUnits, columns: recurrentColumns[index]! })),
    ...banks("out_buffer", { content: "streams", width, length: last.units, lanes: 1, reads: last.units }),
  ];
}

const ownMemories: ForCells<FixedLayer, [place: LayerPlace], PlacedMemory[]> = { lstm: lstmMemories, gru: gruMemories, "min-gru": minGruMemories };

function layerMemories(layer: FixedLayer, place: LayerPlace): PlacedMemory[] {
  return [...weightRoms(layer, place), ...hiddenMemories(layer, place), ...constantRoms(layer, place), ...forCell(ownMemories, layer)(layer, place)];
}

/** `gate_sums.v` or `input_sums.v` */
function weightRoms(layer: FixedLayer, { model, path, macUnits, columns }: LayerPlace): PlacedMemory[] {
  const { units, inputs, inputKind, recurrentWeights, inputWeights } = layer;
  const { delta, columnsPerCycle } = model;
  const groups = rowGroups(layer, macUnits).length;
  const isSymbol = inputKind === "one-hot";
  const rom = (name: string, perWord: number, length: number, bits: number, reads: number): PlacedMemory => {
    const [width, depth] = [macUnits * perWord * bits, groups * wordsOf(length, perWord)];
    const unusedBits = width * depth - gateRows(layer) * length * bits;
    return placed({ path: `${path}.sums.${name}_weights_rom`, kind: "rom", content: "weights", width, depth, unusedBits, reads: groups * reads });
  };
  const recurrentWords = delta === undefined ? wordsOf(units, columnsPerCycle) : columns;
  const perInputWord = isSymbol ? 1 : columnsPerCycle;
  return [
    ...(recurrentWeights.rows > 0 ? [rom("recurrent", columnsPerCycle, units, weightBits(recurrentWeights), recurrentWords)] : []),
    rom("input", perInputWord, inputs, weightBits(inputWeights), isSymbol ? 1 : wordsOf(inputs, perInputWord)),
  ];
}

/** The memories of the h that the sums read: `hidden_memory.v`, or with delta updates `delta_memory.v` and the kept sums of `mac_array.v`. */
function hiddenMemories(layer: FixedLayer, place: LayerPlace): PlacedMemory[] {
  if (layer.recurrentWeights.rows === 0) {
    return [];
  }
  return place.model.delta === undefined ? denseMemories(layer, place) : deltaMemories(layer, place);
}

function denseMemories(layer: FixedLayer, { model, path, macUnits }: LayerPlace): PlacedMemory[] {
  const lanes = model.columnsPerCycle;
  const { units: length } = layer;
  const words = wordsOf(length, lanes);
  const common = { content: "hidden states", width: model.formats.hidden.bits, length, lanes } as const;
  const at = `${path}.sums.all_columns`;
  const phases = rowPhases(layer).map(({ rows }) => Math.ceil(rows / macUnits));
  // In the second phase the candidate's columns read r h.
  const resetGroups = layer.reset === "before" ? phases.at(-1)! : 0;
  const groups = rowGroups(layer, macUnits).length - resetGroups;
  return [
    initialRom(`${at}.hidden_states.initial_rom`, model, length, lanes),
    ...banks(`${at}.hidden_states`, { ...common, reads: groups * words }),
    ...(resetGroups === 0 ? [] : wideMemory(`${at}.reset_before.reset_states`, { ...common, reads: resetGroups * words, share: 1 })),
  ];
}

function deltaMemories(layer: FixedLayer, { model, path, macUnits, columns }: LayerPlace): PlacedMemory[] {
  const { units, bits } = layer;
  const width = model.formats.hidden.bits;
  const groups = rowGroups(layer, macUnits).length;
  const at = `${path}.sums.listed.change_list`;
  const memory = { kind: "memory", content: "delta" } as const;
  // The number of a unit, and the change of its h, which has a bit more than h.
  const list = { ...memory, width: addressBits(units) + width + 1, depth: units, reads: (groups * columns) / 2, writes: columns / 2 };
  return [
    initialRom(`${at}.initial_rom`, model, units, 1),
    initialRom(`${at}.initial_reference`, model, units, 1),
    placed({ path: `${at}.references`, ...memory, width, depth: units, reads: units, writes: units }),
    placed({ path: `${at}.list_0`, ...list }),
    placed({ path: `${at}.list_1`, ...list }),
    placed({
      path: `${path}.sums.array.kept_over_time.sums_before`,
      ...memory,
      width: macUnits * bits.recurrentSum,
      depth: groups,
      reads: groups,
      writes: groups,
    }),
  ];
}

/** Scales and shifts of the gate rows, and the tables of the gates: a row takes a word of either. */
function constantRoms(layer: FixedLayer, { model, path }: LayerPlace): PlacedMemory[] {
  const rows = gateRows(layer);
  const { units, shift } = layer;
  const { vectors, candidate } = cellHardware(layer.cell);
  const ofRows = vectors.filter(({ of }) => of === "row");
  const constant = { kind: "rom", width: shift.format.bits, depth: rows, reads: rows } as const;
  return [
    ...ofRows.map(({ key, image }) => placed({ path: `${path}.${image}_rom`, content: key === "shift" ? "shifts" : "scales", ...constant })),
    tableRom(`${path}.sigmoid`, model.tables.sigmoid, rows - units),
    ...(candidate.curve === "tanh" ? [tableRom(`${path}.tanh`, model.tables.tanh, units)] : []),
  ];
}
