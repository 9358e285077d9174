import type { FixedModel } from "../fixedModel.js";
import { energyNode, energySource, timestepEnergy, totalEnergy } from "./energyTable.js";
import { figure, type Figure, type Provenance } from "./figure.js";
import type { RecurrentColumns } from "./recurrentColumns.js";
import type { EnergyPart } from "./reportSchema.js";

/** The published energies times the counts of a timestep that reads so many columns. */
export function tableEnergy(model: FixedModel, macUnits: number, { columns, words }: RecurrentColumns, own: Provenance): EnergyPart["table"] {
  const counted = timestepEnergy(model, macUnits, columns);
  const pico = (value: number): Figure => figure(value, "pJ", { ...own, node: energyNode, source: energySource });
  return {
    recurrentColumns: columns.map((count) => figure(count, "columns", { ...own, source: words })),
    multiplyAccumulate: pico(counted.multiplyAccumulate),
    weightReads: pico(counted.weightReads),
    hiddenStates: pico(counted.hiddenStates),
    gates: pico(counted.gates),
    cellStates: pico(counted.cellStates),
    constantReads: pico(counted.constantReads),
    lookUpTables: pico(counted.lookUpTables),
    streams: pico(counted.streams),
    deltaMemories: pico(counted.deltaMemories),
    postProcessing: pico(counted.postProcessing),
    total: pico(totalEnergy(counted)),
    weightReadsFromDram: pico(counted.weightReadsFromDram),
  };
}
