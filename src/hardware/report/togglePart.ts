import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import type { AreaModel } from "./areaModel.js";
import { arrayRun, layerReadings } from "./arrayOperands.js";
import { measuredLanes } from "./asicSynthesis.js";
import { figure, type Figure } from "./figure.js";
import { parseGateNetlist } from "./gateNetlist.js";
import { simulateArray, type Icarus } from "./gateSimulation.js";
import type { Liberty } from "./liberty.js";
import { powerClock } from "./opensta.js";
import { energyOfToggles, pinEnergy } from "./pinEnergy.js";
import type { TogglePart } from "./reportSchema.js";

const lanes = measuredLanes.few;
const isClock = (net: string): boolean => net === "clock";

/**
 * Energy of each layer's MAC array with its own weights and states as operands, from the toggles of its gates.
 * @param sequence of which a timestep is read
 * @throws ToolError, also where the gates' sums are not the twin's
 */
export async function togglePart(model: FixedModel, { designs }: Pick<AreaModel, "designs">, sequence: Sequence, liberty: Liberty, icarus: Icarus): Promise<TogglePart> {
  const readings = layerReadings(model, sequence);
  const energy = pinEnergy(liberty);
  const arrays = [];
  for (const [index, { few }] of designs.arrays.entries()) {
    const layer = model.layers[index]!;
    const netlist = parseGateNetlist(few.flatVerilog);
    const run = arrayRun(layer, { lanes, columnsPerCycle: model.columnsPerCycle }, readings[index]!);
    const activities = await simulateArray(few, netlist, run, liberty, icarus);
    const assumed = new Map([...activities.keys()].map((net) => [net, isClock(net) ? 2 : powerClock.activity]));
    const cyclesPerOperation = run.cycles.length / (run.macs * lanes);
    const own = (value: number, unit: string, words: string): Figure =>
      figure(value, unit, { node: liberty.node, tool: icarus.tool, version: icarus.version, source: `${words}; input pins of cells only (½CV²), no wires or clock tree` });
    const measured = `toggles in ${run.cycles.length} cycles of ${lanes} lanes with the layer's own weights and ${model.delta === undefined ? "states" : "states (not their changes)"}, glitches counted`;
    arrays.push({
      perOperation: own(energyOfToggles(netlist, activities, energy) * cyclesPerOperation, "pJ", measured),
      clock: own(energyOfToggles(netlist, activities, energy, isClock) * cyclesPerOperation, "pJ", measured),
      vectorless: own(energyOfToggles(netlist, assumed, energy) * cyclesPerOperation, "pJ", `the same with every net switching in ${powerClock.activity} of the cycles`),
      activity: own(meanActivity(activities), "toggles a cycle", measured),
    });
  }
  return { arrays };
}

function meanActivity(activities: ReadonlyMap<string, number>): number {
  const values = [...activities].filter(([net]) => !isClock(net)).map(([, activity]) => activity);
  return values.reduce((sum, activity) => sum + activity, 0) / values.length;
}
