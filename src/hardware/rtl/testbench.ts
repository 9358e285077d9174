import { gateRows } from "../fixedModel.js";
import { cellHardware, type CellName } from "../cells/cells.js";
import type { FixedModel } from "../fixedModel.js";
import { defaultModule, inputBits } from "./accelerator.js";
import { fillTemplate } from "./template.js";
import cellChecks from "./templates/cell_checks.v";
import layerChecks from "./templates/layer_checks.v";
import testbench from "./templates/testbench.v";

export interface TestbenchText {
  readonly timesteps: number;
  /** Longest time without any beat that is not a fault, in cycles. */
  readonly mostCycles: number;
  readonly module?: string;
  /** Folder of the vectors as the Verilog spells it, with its last slash. Default "vectors/". */
  readonly vectorFolder?: string;
}

export const defaultVectorFolder = "vectors/";

/** SystemVerilog that feeds the vectors of `testVectors` and compares each signal. */
export function testbenchVerilog(model: FixedModel, options: TestbenchText): string {
  const { timesteps, mostCycles, module = defaultModule, vectorFolder: vectors = defaultVectorFolder } = options;
  const { layers, formats } = model;
  const [first] = layers;
  return fillTemplate(testbench, {
    module,
    vectors,
    timesteps,
    mostCycles,
    beats: first!.inputKind === "one-hot" ? 1 : first!.inputs,
    outputs: layers.at(-1)!.units,
    inputBits: inputBits(model),
    outputBits: formats.hidden.bits,
    lastLayer: layers.length - 1,
    traced: layers.map((_, index) => `, dut.layer_${index}`).join(""),
    checks: layers.map((_, index) => checksOf(model, index, vectors)).join(""),
  });
}

function checksOf({ layers, formats }: FixedModel, index: number, vectors: string): string {
  const layer = layers[index]!;
  const checks = fillTemplate(layerChecks, {
    index,
    vectors,
    units: layer.units,
    rows: gateRows(layer),
    activationBits: formats.hidden.bits,
    gateName: gateName(layer.cell, index),
    candidate: cellHardware(layer.cell).gates.indexOf(cellHardware(layer.cell).candidate.gate),
  });
  return layer.cellFormat === undefined ? checks : `${checks}${fillTemplate(cellChecks, { index, vectors, cellBits: layer.cellFormat.bits })}`;
}

/** The gate's letter as a Verilog expression. */
function gateName(cell: CellName, index: number): string {
  const names = cellHardware(cell).gates;
  const signal = `dut.layer_${index}.gate_name`;
  const choices = names.slice(0, -1).map((name, number) => `${signal} == ${number} ? "${name}" : `);
  return `${choices.join("")}"${names.at(-1)}"`;
}
