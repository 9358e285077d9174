import type { FixedModel } from "../fixedModel.js";
import { measuredLanes, synthesiseAccelerator, synthesiseArray, type AsicDesign } from "./asicSynthesis.js";
import type { Liberty } from "./liberty.js";
import { extents, nothing, together, type Extent } from "./netlist.js";
import type { Yosys } from "./yosys.js";

/** Blocks of the accelerator, as its documentation names them. */
export const blocks = [
  "MAC units",
  "array registers",
  "sequencer",
  "scale and shift",
  "look-up",
  "element-wise unit",
  "state memories' control",
  "stream buffers' control",
  "layer control",
] as const;
export type Block = (typeof blocks)[number];

/** Memories have no cells. */
const blockOfModule: Readonly<Record<string, Block | null>> = {
  memory: null,
  rom: null,
  mac_unit: "MAC units",
  pair_sums: "array registers",
  mac_array: "array registers",
  sequencer: "sequencer",
  scale_shift: "scale and shift",
  scale_shift_reset: "scale and shift",
  look_up: "look-up",
  element_wise_lstm: "element-wise unit",
  element_wise_gru: "element-wise unit",
  element_wise_min_gru: "element-wise unit",
  hidden_memory: "state memories' control",
  delta_memory: "state memories' control",
  state_memory: "state memories' control",
  symbol_buffer: "stream buffers' control",
  frame_buffer: "stream buffers' control",
  frame_reader: "stream buffers' control",
  gate_sums: "layer control",
  input_sums: "layer control",
  lstm_layer: "layer control",
  gru_layer: "layer control",
  min_gru_layer: "layer control",
  accelerator: "layer control",
};

/** Cells of one layer's array: `fixed` whatever its size, `macUnit` and `registers` for each lane. */
export interface ArrayArea {
  readonly fixed: Extent;
  readonly macUnit: Extent;
  readonly registers: Extent;
}

/** What was measured, from which the area of the accelerator with any number of MAC units follows. */
export interface AreaModel {
  /** Everything but the arrays. */
  readonly shared: ReadonlyMap<Block, Extent>;
  /** One for each layer, from the input on. */
  readonly arrays: readonly ArrayArea[];
  /** Bits of the state memories and stream buffers, which are in no area. */
  readonly memoryBits: number;
  /** The netlists, for a timing analyser. */
  readonly designs: { readonly accelerator: AsicDesign; readonly arrays: readonly ArrayDesigns[] };
}

export interface ArrayDesigns {
  readonly few: AsicDesign;
  readonly more: AsicDesign;
}

/** @throws ToolError */
export async function measureArea(model: FixedModel, yosys: Yosys, liberty: Liberty): Promise<AreaModel> {
  const accelerator = await synthesiseAccelerator(model, yosys, liberty);
  const arrays: ArrayDesigns[] = [];
  for (const layer of model.layers.keys()) {
    const array = (lanes: number): Promise<AsicDesign> => synthesiseArray(model, accelerator.netlist, layer, lanes, yosys, liberty);
    arrays.push({ few: await array(measuredLanes.few), more: await array(measuredLanes.more) });
  }
  const whole = extents(accelerator.netlist, accelerator.top, liberty);
  return {
    shared: sharedBlocks(whole),
    arrays: arrays.map((designs) => arrayArea(designs, liberty)),
    memoryBits: whole.get("memory")?.memoryBits ?? 0,
    designs: { accelerator, arrays },
  };
}

/** Cells of each block with so many MAC units in every layer. */
export function blockExtents({ shared, arrays }: AreaModel, macUnits: number): ReadonlyMap<Block, Extent> {
  const ofArrays = (part: (array: ArrayArea) => Extent): Extent => arrays.map(part).reduce(together, nothing);
  return new Map([
    ["MAC units", ofArrays(({ macUnit }) => times(macUnit, macUnits))],
    ["array registers", ofArrays(({ fixed, registers }) => together(fixed, times(registers, macUnits)))],
    ...shared,
  ]);
}

/** Area of the accelerator's cells, in the library's unit. */
export function totalArea(model: AreaModel, macUnits: number): number {
  return [...blockExtents(model, macUnits).values()].reduce((sum, { area }) => sum + area, 0);
}

function sharedBlocks(whole: ReadonlyMap<string, Extent>): Map<Block, Extent> {
  const found = new Map<Block, Extent>();
  for (const [module, extent] of whole) {
    const block = blockOfModule[module];
    if (block === undefined) {
      throw new Error(`The module ${module} belongs to no block of the report.`);
    }
    if (block !== null && block !== "MAC units" && block !== "array registers") {
      found.set(block, together(found.get(block) ?? nothing, extent));
    }
  }
  return found;
}

function arrayArea({ few, more }: ArrayDesigns, liberty: Liberty): ArrayArea {
  const [ofFew, ofMore] = [few, more].map(({ netlist, top }) => extents(netlist, top, liberty)) as [Map<string, Extent>, Map<string, Extent>];
  const lanes = measuredLanes.more - measuredLanes.few;
  const own = (found: Map<string, Extent>): Extent => found.get("mac_array")!;
  const shared = ofFew.get("pair_sums") ?? nothing;
  const registers = times(together(own(ofMore), times(own(ofFew), -1)), 1 / lanes);
  return {
    registers,
    fixed: together(together(own(ofFew), times(registers, -measuredLanes.few)), shared),
    macUnit: times(ofFew.get("mac_unit")!, 1 / measuredLanes.few),
  };
}

function times(extent: Extent, factor: number): Extent {
  const { area, cells, memoryBits, romBits } = extent;
  return { area: area * factor, cells: cells * factor, memoryBits: memoryBits * factor, romBits: romBits * factor };
}
