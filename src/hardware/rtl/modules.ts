import { cells, type CellName } from "../cells/cells.js";
import deltaMemory from "./verilog/delta_memory.v";
import elementWiseGru from "./verilog/element_wise_gru.v";
import elementWiseLstm from "./verilog/element_wise_lstm.v";
import elementWiseMinGru from "./verilog/element_wise_min_gru.v";
import frameBuffer from "./verilog/frame_buffer.v";
import frameReader from "./verilog/frame_reader.v";
import gateSums from "./verilog/gate_sums.v";
import gruLayer from "./verilog/gru_layer.v";
import hiddenMemory from "./verilog/hidden_memory.v";
import inputSums from "./verilog/input_sums.v";
import lookUp from "./verilog/look_up.v";
import lstmLayer from "./verilog/lstm_layer.v";
import macArray from "./verilog/mac_array.v";
import macPair from "./verilog/mac_pair.v";
import macUnit from "./verilog/mac_unit.v";
import memory from "./verilog/memory.v";
import minGruLayer from "./verilog/min_gru_layer.v";
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
  input_sums: inputSums,
  scale_shift: scaleShift,
  scale_shift_reset: scaleShiftReset,
  look_up: lookUp,
  element_wise_lstm: elementWiseLstm,
  element_wise_gru: elementWiseGru,
  element_wise_min_gru: elementWiseMinGru,
  hidden_memory: hiddenMemory,
  delta_memory: deltaMemory,
  state_memory: stateMemory,
  lstm_layer: lstmLayer,
  gru_layer: gruLayer,
  min_gru_layer: minGruLayer,
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

/** What reads h for the sums of gate rows. */
const ofRecurrentWeights: readonly VerilogModule[] = ["gate_sums", "hidden_memory", "delta_memory"];

function modulesOf({ verilog: { layer, others } }: (typeof cells)[CellName]): VerilogModule[] {
  return [layer, ...others];
}

/** The modules that an accelerator with these cells instantiates. */
export function modulesFor(of: readonly CellName[], inputKind: "one-hot" | "dense"): VerilogModule[] {
  const hasRecurrentWeights = of.some((cell) => cells[cell].hasRecurrentWeights);
  const shared = common.filter((name) => hasRecurrentWeights || !ofRecurrentWeights.includes(name));
  const needed = [...shared, ...new Set(of.flatMap((cell) => modulesOf(cells[cell])))];
  return inputKind === "one-hot" ? [...needed, "symbol_buffer"] : needed;
}
