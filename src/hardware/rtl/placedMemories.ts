import { gateRows, type FixedGru, type FixedLayer, type FixedLstm, type FixedModel } from "../fixedModel.js";
import { rowGroups } from "../rowGroups.js";
import { rowPhases } from "../schedule/rowPhases.js";
import { tableWordBits } from "../tableWord.js";
import { addressBits } from "./addressBits.js";
import { weightBits } from "./layerParameters.js";

/** What a memory holds. `delta`: what delta updates add; `streams`: frames between layers and at the output. */
export type MemoryContent =
  | "weights"
  | "scales"
  | "shifts"
  | "initial states"
  | "tables"
  | "hidden states"
  | "gates"
  | "cell states"
  | "delta"
  | "streams";

/** A memory of the generated Verilog, an instance of `rom.v` or `memory.v`. */
export interface PlacedMemory {
  /** The path of the instance below the accelerator: "layer_0.sums.recurrent_weights_rom". */
  readonly path: string;
  readonly kind: "rom" | "memory";
  readonly content: MemoryContent;
  /** Bits of a word. */
  readonly width: number;
  /** Words. */
  readonly depth: number;
  /** Bits of lanes that hold nothing, of all words together. */
  readonly unusedBits: number;
  /**
   * Words that a timestep within a sequence uses, and words that it writes. A word that is read and not used is not counted:
   * the other bank, the table of the other function, the initial state.
   */
  readonly reads: number;
  readonly writes: number;
}

type Place = Omit<PlacedMemory, "unusedBits" | "reads" | "writes"> & Partial<PlacedMemory>;

/** A layer of the model, and where it is. */
interface LayerPlace {
  readonly model: FixedModel;
  readonly path: string;
  readonly macUnits: number;
  /** Recurrent columns that a timestep reads. */
  readonly columns: number;
}

/**
 * Every memory of the accelerator with P = `macUnits` in each layer.
 * @param recurrentColumns read in a timestep by each layer, on average; default all. Only delta updates read fewer
 */
export function placedMemories(
  model: FixedModel,
  macUnits: number,
  recurrentColumns: readonly number[] = model.layers.map(({ units }) => units),
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

/** Bits of these memories. */
export function bitsOf(memories: readonly PlacedMemory[]): number {
  return memories.reduce((sum, { width, depth }) => sum + width * depth, 0);
}

function layerMemories(layer: FixedLayer, place: LayerPlace): PlacedMemory[] {
  const own = layer.cell === "lstm" ? lstmMemories(layer, place) : gruMemories(layer, place);
  return [...weightRoms(layer, place), ...hiddenMemories(layer, place), ...constantRoms(layer, place), ...own];
}

/** `gate_sums.v` */
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
    rom("recurrent", columnsPerCycle, units, weightBits(recurrentWeights), recurrentWords),
    rom("input", perInputWord, inputs, weightBits(inputWeights), isSymbol ? 1 : wordsOf(inputs, perInputWord)),
  ];
}

/** `hidden_memory.v`, or with delta updates `delta_memory.v` and the kept sums of `mac_array.v`. */
function hiddenMemories(layer: FixedLayer, place: LayerPlace): PlacedMemory[] {
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
  const resetGroups = layer.cell === "gru" && layer.reset === "before" ? phases.at(-1)! : 0;
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
  const { units, gateShift } = layer;
  const constant = { kind: "rom", width: gateShift.format.bits, depth: rows, reads: rows } as const;
  return [
    placed({ path: `${path}.gate_scale_recurrent_rom`, content: "scales", ...constant }),
    placed({ path: `${path}.gate_scale_input_rom`, content: "scales", ...constant }),
    placed({ path: `${path}.gate_shift_rom`, content: "shifts", ...constant }),
    tableRom(`${path}.sigmoid`, model.tables.sigmoid, rows - units),
    tableRom(`${path}.tanh`, model.tables.tanh, units),
  ];
}

/** `lstm_layer.v` and `element_wise_lstm.v`, with a second table of tanh. */
function lstmMemories({ units, cellFormat, cellScale }: FixedLstm, { model, path }: LayerPlace): PlacedMemory[] {
  const gate = unitMemory(units, "gates", model.formats.hidden.bits);
  const constant = { kind: "rom", width: cellScale.format.bits, depth: units, reads: units } as const;
  return [
    ...["candidates", "forget_gates", "input_gates"].map((name) => gate(`${path}.${name}`)),
    unitMemory(units, "cell states", cellFormat.bits)(`${path}.cell_states.states`),
    placed({ path: `${path}.cell_states.one_a_word.initial_rom`, kind: "rom", content: "initial states", width: cellFormat.bits, depth: units }),
    placed({ path: `${path}.cell_scale_rom`, content: "scales", ...constant }),
    placed({ path: `${path}.cell_shift_rom`, content: "shifts", ...constant }),
    tableRom(`${path}.element_wise.tanh`, model.tables.tanh, units),
  ];
}

/** `gru_layer.v`, with a second memory of h for z h, and r h where the reset comes before the product. */
function gruMemories({ units, reset, resetShift }: FixedGru, { model, path }: LayerPlace): PlacedMemory[] {
  const width = model.formats.hidden.bits;
  const gate = unitMemory(units, "gates", width);
  const lanes = model.columnsPerCycle;
  const isBefore = reset === "before";
  return [
    placed({ path: `${path}.reset_shift_rom`, kind: "rom", content: "shifts", width: resetShift.format.bits, depth: units, reads: units }),
    gate(`${path}.update_gates`),
    { ...unitMemory(units, "hidden states", width)(`${path}.states_before.states`), reads: isBefore ? 2 * units : units },
    initialRom(`${path}.states_before.${lanes === 1 ? "one" : "several"}_a_word.initial_rom`, model, units, lanes),
    ...(isBefore ? [] : [gate(`${path}.after_product.reset_gates`)]),
  ];
}

/** A value of each unit, written and read once a timestep. */
function unitMemory(units: number, content: MemoryContent, width: number): (path: string) => PlacedMemory {
  return (path) => placed({ path, kind: "memory", content, width, depth: units, reads: units, writes: units });
}

/** `look_up.v` */
function tableRom(path: string, table: FixedModel["tables"]["tanh"], reads: number): PlacedMemory {
  const { value, slope } = tableWordBits(table);
  const kind = table.segmentBits === 0 ? "direct" : "linear";
  return placed({ path: `${path}.${kind}.table_rom`, kind: "rom", content: "tables", width: value + slope, depth: table.entries, reads });
}

/** The ROM of initial hidden states, which is read in a sequence's first timestep alone. */
function initialRom(path: string, { formats }: FixedModel, units: number, lanes: number): PlacedMemory {
  const depth = wordsOf(units, lanes);
  const { bits } = formats.hidden;
  return placed({ path, kind: "rom", content: "initial states", width: lanes * bits, depth, unusedBits: (depth * lanes - units) * bits });
}

interface WidePlace {
  readonly content: MemoryContent;
  readonly width: number;
  /** Values, each written once a timestep. */
  readonly length: number;
  readonly lanes: number;
  /** Words of all lanes. */
  readonly reads: number;
}

/** Two banks that take turns. */
function banks(path: string, place: WidePlace): PlacedMemory[] {
  return [0, 1].flatMap((bank) => wideMemory(`${path}.bank_${bank}`, { ...place, share: 1 / 2 }));
}

/** `wide_memory.v`: a memory for each lane. */
function wideMemory(path: string, { content, width, length, lanes, reads, share }: WidePlace & { readonly share: number }): PlacedMemory[] {
  return Array.from({ length: lanes }, (_, lane) =>
    placed({
      path: lanes === 1 ? `${path}.one.values` : `${path}.several.lanes[${lane}].values`,
      kind: "memory",
      content,
      width,
      depth: wordsOf(length, lanes),
      reads: share * reads,
      writes: share * Math.ceil((length - lane) / lanes),
    }),
  );
}

function placed(place: Place): PlacedMemory {
  return { unusedBits: 0, reads: 0, writes: 0, ...place };
}

function wordsOf(values: number, perWord: number): number {
  return Math.ceil(values / perWord);
}
