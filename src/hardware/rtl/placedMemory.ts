import type { FixedModel } from "../fixedModel.js";
import { tableWordBits } from "../tableWord.js";

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
export interface LayerPlace {
  readonly model: FixedModel;
  readonly path: string;
  readonly macUnits: number;
  /** Recurrent columns that a timestep reads. */
  readonly columns: number;
}

/** Bits of these memories. */
export function bitsOf(memories: readonly PlacedMemory[]): number {
  return memories.reduce((sum, { width, depth }) => sum + width * depth, 0);
}

/** A value of each unit, written and read once a timestep. */
export function unitMemory(units: number, content: MemoryContent, width: number): (path: string) => PlacedMemory {
  return (path) => placed({ path, kind: "memory", content, width, depth: units, reads: units, writes: units });
}

/** `look_up.v` */
export function tableRom(path: string, table: FixedModel["tables"]["tanh"], reads: number): PlacedMemory {
  const { value, slope } = tableWordBits(table);
  const kind = table.segmentBits === 0 ? "direct" : "linear";
  return placed({ path: `${path}.${kind}.table_rom`, kind: "rom", content: "tables", width: value + slope, depth: table.entries, reads });
}

/** The ROM of initial hidden states, which is read in a sequence's first timestep alone. */
export function initialRom(path: string, { formats }: FixedModel, units: number, lanes: number): PlacedMemory {
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
export function banks(path: string, place: WidePlace): PlacedMemory[] {
  return [0, 1].flatMap((bank) => wideMemory(`${path}.bank_${bank}`, { ...place, share: 1 / 2 }));
}

/** `wide_memory.v`: a memory for each lane. */
export function wideMemory(path: string, { content, width, length, lanes, reads, share }: WidePlace & { readonly share: number }): PlacedMemory[] {
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

/** A memory at its place in the generated hierarchy. */
export function placed(place: Place): PlacedMemory {
  return { unusedBits: 0, reads: 0, writes: 0, ...place };
}

/** The words that hold so many values. */
export function wordsOf(values: number, perWord: number): number {
  return Math.ceil(values / perWord);
}
