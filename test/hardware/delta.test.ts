import fc from "fast-check";
import { expect, test } from "vitest";
import { cellHardware } from "../../src/hardware/cells/cells.js";
import { integerInput } from "../../src/hardware/calibrate.js";
import type { FixedModel } from "../../src/hardware/fixedModel.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { randomSequence } from "../../src/hardware/randomNetwork.js";
import { deltaCycles } from "../../src/hardware/schedule/delta.js";
import { timing } from "../../src/hardware/schedule/timing.js";
import { randomModel } from "./randomModel.js";
import { anyModel, widths } from "./randomModels.js";
import { shapes } from "./shapes.js";

/** Delta updates: recurrent sums that are corrected by the columns whose h changed. */

const timesteps = 10;

/** Recurrent sums are of h itself in all of them. */
const models = anyModel.map((shape) => ({ ...shape, reset: "after" as const }));
const narrow = widths.map((options) => ({ ...options, lookUp: { ...options.lookUp, entries: 16 } }));

function networksOf(shape: Parameters<typeof randomModel>[0], options: Parameters<typeof fixModel>[1], deltaThreshold: number) {
  const model = randomModel(shape);
  const sequence = randomSequence(model, shape.seed ?? 1, timesteps);
  const [usual, delta] = [new IntegerNetwork(fixModel(model, options)), new IntegerNetwork(fixModel(model, { ...options, deltaThreshold }))];
  return { usual, delta, input: (timestep: number) => integerInput(usual, sequence, timestep) };
}

test("with a threshold of 0 every signal is that of reading all columns", () => {
  fc.assert(
    fc.property(models, narrow, (shape, options) => {
      const { usual, delta, input } = networksOf(shape, options, 0);
      for (let timestep = 0; timestep < timesteps; timestep++) {
        const wanted = usual.step(input(timestep));
        delta.step(input(timestep)).forEach(({ columns, ...signals }, layer) => {
          const { columns: all, ...own } = wanted[layer]!;
          expect(signals).toEqual(own);
          expect(columns).toBeLessThanOrEqual(all);
        });
      }
    }),
    { numRuns: 40 },
  );
});

/** A layer's h·Qh of these values, whole numbers of any size. */
function sumsOf({ layers }: FixedModel, layer: number, values: readonly number[]): number[] {
  const { codes, columns } = layers[layer]!.recurrentWeights;
  return Array.from({ length: columns }, (_, column) =>
    Number(values.reduce((sum, value, row) => sum + BigInt(value) * BigInt(codes[row * columns + column]!), 0n)),
  );
}

test("with a threshold the sums are those of the values that were held, and as many columns are read as have changed", () => {
  fc.assert(
    fc.property(models, narrow, fc.integer({ min: 1, max: 7 }), (shape, options, threshold) => {
      const { delta, input } = networksOf(shape, options, threshold);
      const { model } = delta;
      const held = model.layers.map(({ initialHidden }) => [...initialHidden.integers]);
      let columns = held.map(({ length }) => length);
      for (let timestep = 0; timestep < timesteps; timestep++) {
        const traces = delta.step(input(timestep));
        traces.forEach(({ recurrentSums }, layer) => expect([...recurrentSums]).toEqual(sumsOf(model, layer, held[layer]!)));
        expect(traces.map((trace) => trace.columns)).toEqual(columns);
        columns = traces.map(({ hidden }, layer) => {
          const own = held[layer]!;
          const changed = own.flatMap((value, unit) => (Math.abs(hidden[unit]! - value) > threshold ? [unit] : []));
          changed.forEach((unit) => (own[unit] = hidden[unit]!));
          return Math.max(1, changed.length);
        });
      }
    }),
    { numRuns: 40 },
  );
});

test("a timestep takes the longer the more columns it reads, and for all of them one cycle more in each phase than without a list", () => {
  fc.assert(
    // Where h has no weights there are no columns to leave out.
    fc.property(shapes.filter(({ cell }) => cellHardware(cell).hasRecurrentWeights), (drawn) => {
      const shape = { ...drawn, columnsPerCycle: 1 };
      const lengths = Array.from({ length: shape.units }, (_, index) => deltaCycles(shape, index + 1));
      expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
      const { phases, cyclesPerTimestep } = timing(shape);
      expect(lengths.at(-1)).toBe(cyclesPerTimestep + phases.length);
    }),
    { numRuns: 150 },
  );
});
