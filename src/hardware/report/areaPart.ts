import { blockExtents, totalArea, type AreaModel } from "./areaModel.js";
import type { FlatDesign } from "./asicSynthesis.js";
import { figure, scaled, type Figure, type Provenance } from "./figure.js";
import type { Liberty } from "./liberty.js";
import type { AreaPart } from "./reportSchema.js";
import type { Yosys } from "./yosys.js";

/** From 180 nm: the square of the shrink, and what libraries of two nodes show for the same circuits. */
const shrinks = [
  { node: "65 nm", factor: (65 / 180) ** 2, reason: "ideal shrink, (65/180)²; real libraries shrink less" },
  { node: "45 nm", factor: 1 / 13.95, reason: "the same multipliers in 180 nm and FreePDK45 (EvoApprox8b) are 13.8 to 14.1 times apart" },
];

/** @param flat the accelerator with so many MAC units in every layer, mapped as a whole */
export function areaPart(model: AreaModel, flat: FlatDesign, macUnits: number, liberty: Liberty, yosys: Yosys): AreaPart {
  const { tool, version } = yosys;
  const measured: Provenance = {
    node: liberty.node,
    tool,
    version,
    source: `generated Verilog mapped to ${liberty.name}, block by block; no wires, clock tree or placement`,
  };
  const flattened: Provenance = { ...measured, source: `generated Verilog flattened and mapped to ${liberty.name} as a whole, buffered: the netlist that is timed; no wires, clock tree or placement` };
  const unit = liberty.node === "180 nm" ? "µm²" : "area units of the library";
  const area = (value: number): Figure => figure(value, unit, measured);
  const cells = (value: number): Figure => figure(Math.round(value), "cells", measured);
  const extents = [...blockExtents(model, macUnits)];
  const total = figure(flat.area, unit, flattened);
  return {
    library: liberty.name,
    macUnits,
    blocks: extents.map(([block, extent]) => ({ block, area: area(extent.area), cells: cells(extent.cells) })),
    ofBlocks: area(totalArea(model, macUnits)),
    total,
    cells: figure(flat.cells, "cells", flattened),
    lanes: model.arrays.map(({ macUnit, registers }) => ({ macUnit: area(macUnit.area), registers: area(registers.area) })),
    stateMemoryBits: figure(model.memoryBits, "bits", { ...measured, node: null, source: "memories of the generated Verilog" }),
    scaled: liberty.node === "180 nm" ? shrinks.map(({ node, factor, reason }) => scaled(total, factor, node, reason)) : [],
  };
}
