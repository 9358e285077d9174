import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkCycles, summariseNetwork } from "../../src/hardware/schedule/network.js";
import { networkSteps } from "./networkController.js";
import { summarise } from "../../src/hardware/schedule/schedule.js";
import { InvalidShapeError, type AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { networks } from "./shapes.js";

const lstm: AcceleratorShape = {
  cell: "lstm",
  inputs: 4,
  inputKind: "one-hot",
  units: 6,
  macUnits: 8,
  precision: "ternary",
  clockMegahertz: 400,
};
const above = (change: Partial<AcceleratorShape> = {}): AcceleratorShape => ({ ...lstm, inputs: 6, inputKind: "dense", ...change } as AcceleratorShape);

/** Start of each layer's timesteps as the clocked counters have them. */
function clockedStarts(network: readonly AcceleratorShape[], timesteps: number): { cycles: number; starts: number[][] } {
  const starts = network.map((): number[] => []);
  let cycles = 0;
  for (const state of networkSteps(network, timesteps)) {
    cycles = state.cycle + 1;
    state.layers.forEach((at, layer) => {
      if (at?.cycle === 0) {
        expect(at.timestep).toBe(starts[layer]!.length);
        starts[layer]!.push(state.cycle);
      }
    });
  }
  return { cycles, starts };
}

describe("the schedule of stacked layers", () => {
  it("is the same by the recurrence and by clocked frame buffers", () => {
    fc.assert(
      fc.property(networks, fc.integer({ min: 1, max: 7 }), (network, timesteps) => {
        const clocked = clockedStarts(network, timesteps);
        const { cycles, starts } = networkCycles(network, timesteps);
        expect(cycles).toBe(clocked.cycles);
        starts.forEach((own, layer) => expect(clocked.starts[layer]!.slice(0, timesteps)).toEqual(own));
      }),
      { numRuns: 60 },
    );
  });

  it("never has a layer in two timesteps, nor more than two frames between layers", () => {
    fc.assert(
      fc.property(networks, fc.integer({ min: 1, max: 6 }), (network, timesteps) => {
        const { starts } = networkCycles(network, timesteps);
        const end = (layer: number, timestep: number): number =>
          starts[layer]![timestep]! + summarise(network[layer]!).cyclesPerTimestep;
        for (let timestep = 0; timestep < timesteps; timestep++) {
          network.forEach((_, layer) => {
            const start = starts[layer]![timestep]!;
            expect(timestep === 0 || start >= end(layer, timestep - 1)).toBe(true);
            expect(layer === 0 || start >= end(layer - 1, timestep)).toBe(true);
            expect(timestep < 2 || layer === network.length - 1 || start >= end(layer + 1, timestep - 2)).toBe(true);
          });
        }
      }),
    );
  });

  it("starts when the first frame is there: one beat of a symbol, I beats of features", () => {
    expect(networkCycles([lstm], 1).starts).toEqual([[1]]);
    expect(networkCycles([above({ inputs: 9 })], 1).starts).toEqual([[9]]);
    expect(networkCycles([lstm], 3).cycles).toBe(1 + 3 * summarise(lstm).cyclesPerTimestep);
  });

  it("runs at the pace of its slowest layer, in the long run", () => {
    fc.assert(
      fc.property(networks, (network) => {
        const { cyclesPerTimestep, latencyCycles, slowestLayer, layers } = summariseNetwork(network);
        const lengths = layers.map((layer) => layer.cyclesPerTimestep);
        const margins = lengths.map((cycles) => cyclesPerTimestep - cycles).filter((margin) => margin > 0);
        const untilFull = 10 + Math.ceil((3 * network.length * cyclesPerTimestep) / Math.min(cyclesPerTimestep, ...margins));
        const { starts } = networkCycles(network, untilFull);
        const last = starts.length - 1;
        expect(starts[last]!.at(-1)! - starts[last]!.at(-2)!).toBe(cyclesPerTimestep);
        const latencies = starts[0]!.map((start, timestep) => starts[last]![timestep]! + lengths[last]! - start);
        expect(latencies[0]).toBe(latencyCycles.best);
        expect(latencyCycles.best).toBe(lengths.reduce((sum, cycles) => sum + cycles, 0));
        expect(Math.max(...latencies)).toBe(latencyCycles.worst);
        expect(Math.min(...latencies)).toBe(latencyCycles.best);
        expect(lengths[slowestLayer]).toBe(Math.max(...lengths));
      }),
      { numRuns: 40 },
    );
  });

  it("tells best and worst latency apart where a slow layer is above a fast one", () => {
    const { latencyCycles, slowestLayer, cyclesPerTimestep, operationsPerCycle } = summariseNetwork([lstm, above({ macUnits: 2 })]);
    expect(slowestLayer).toBe(1);
    expect(latencyCycles.worst).toBe(2 * cyclesPerTimestep);
    expect(latencyCycles.worst).toBeGreaterThan(latencyCycles.best);
    expect(operationsPerCycle.effective).toBeLessThan(operationsPerCycle.peak);
  });

  it.each([
    [[], "A network of no layers has no schedule; give at least one."],
    [[lstm, lstm], "Layer 1 has 4 one-hot inputs; give 6 dense ones, the units of the layer below."],
    [[lstm, above({ inputs: 5 })], "Layer 1 has 5 dense inputs; give 6 dense ones, the units of the layer below."],
    [[lstm, above({ clockMegahertz: 100 })], "Layer 1 has a clock of 100 MHz, the one below 400; give all layers one."],
  ])("refuses layers that do not fit, in words", (network, message) => {
    expect(() => networkCycles(network, 1)).toThrow(new InvalidShapeError(message));
    expect(() => networkSteps(network, 1).next()).toThrow(InvalidShapeError);
    expect(() => summariseNetwork(network)).toThrow(InvalidShapeError);
  });

  it("refuses no timesteps", () => {
    expect(() => networkCycles([lstm], 0)).toThrow("A network of 0 timesteps has no schedule; give a whole number from 1.");
  });
});
