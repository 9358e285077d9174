import { cells, type CellName } from "../cells/cells.js";
import deltaMemory from "./verilog/delta_memory.v";
import elementWiseGru from "./verilog/element_wise_gru.v";
import elementWiseLstm from "./verilog/element_wise_lstm.v";
import frameBuffer from "./verilog/frame_buffer.v";
import frameReader from "./verilog/frame_reader.v";
import gateSums from "./verilog/gate_sums.v";
import gruLayer from "./verilog/gru_layer.v";
import hiddenMemory from "./verilog/hidden_memory.v";
import lookUp from "./verilog/look_up.v";
import lstmLayer from "./verilog/lstm_layer.v";
import macArray from "./verilog/mac_array.v";
import macPair from "./verilog/mac_pair.v";
import macUnit from "./verilog/mac_unit.v";
import memory from "./verilog/memory.v";
import pairSums from "./verilog/pair_sums.v";
import rom from "./verilog/rom.v";
import roundShift from "./verilog/round_shift.v";
import saturate from "./verilog/saturate.v";
import scaleShift from "./verilog/scale_shift.v";
import scaleShiftReset from "./verilog/scale_shift_reset.v";
import sequencer from "./verilog/sequencer.v";
import stateMemory from "./verilog/state_memory.v";
import symbolBuffer from "./verilog/symbol_buffer.v";
import wideMemory from "./verilog/wide_memory.v";

/** The blocks of which every accelerator is made, one module a file, by the module's name. */
export const verilogModules = {
  mac_pair: macPair,
  mac_unit: macUnit,
  pair_sums: pairSums,
  mac_array: macArray,
  sequencer,
  gate_sums: gateSums,
  scale_shift: scaleShift,
  scale_shift_reset: scaleShiftReset,
  look_up: lookUp,
  element_wise_lstm: elementWiseLstm,
  element_wise_gru: elementWiseGru,
  hidden_memory: hiddenMemory,
  delta_memory: deltaMemory,
  state_memory: stateMemory,
  lstm_layer: lstmLayer,
  gru_layer: gruLayer,
  symbol_buffer: symbolBuffer,
  frame_buffer: frameBuffer,
  frame_reader: frameReader,
  rom,
  memory,
  wide_memory: wideMemory,
  round_shift: roundShift,
  saturate,
} as const;

export type VerilogModule = keyof typeof verilogModules;

/** What all cells are made of. */
const common: readonly VerilogModule[] = [
  "mac_pair",
  "mac_unit",
  "pair_sums",
  "mac_array",
  "sequencer",
  "gate_sums",
  "look_up",
  "hidden_memory",
  "delta_memory",
  "state_memory",
  "frame_buffer",
  "frame_reader",
  "rom",
  "memory",
  "wide_memory",
  "round_shift",
  "saturate",
];

function modulesOf({ verilog: { layer, others } }: (typeof cells)[CellName]): VerilogModule[] {
  return [layer, ...others];
}

/** The modules that an accelerator with these cells instantiates. */
export function modulesFor(of: readonly CellName[], inputKind: "one-hot" | "dense"): VerilogModule[] {
  const needed = [...common, ...new Set(of.flatMap((cell) => modulesOf(cells[cell])))];
  return inputKind === "one-hot" ? [...needed, "symbol_buffer"] : needed;
}
