import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrate, integerInput } from "../../src/hardware/calibrate.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { FastNetwork } from "../../src/hardware/integer/fastNetwork.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { randomSequence } from "../../src/hardware/randomNetwork.js";
import { randomModel } from "./randomModel.js";
import { anyCell, widths } from "./randomModels.js";

const timesteps = 12;

test("the fast network has the hidden and cell states and the saturations of the readable one", () => {
  fc.assert(
    fc.property(anyCell, widths, fc.boolean(), fc.constantFrom(undefined, 0, 5), (shape, given, isCalibrated, deltaThreshold) => {
      const model = randomModel(shape);
      // Sums of r·h cannot be kept from timestep to timestep, and a minGRU has none.
      const options = shape.cell === "min-gru" || (shape.cell === "gru" && shape.reset === "before") ? given : { ...given, deltaThreshold };
      const sequence = randomSequence(model, shape.seed, timesteps);
      const calibration = isCalibrated ? calibrate(model, [sequence], options) : undefined;
      const fixed = fixModel(model, { ...options, calibration });
      const [slow, fast] = [new IntegerNetwork(fixed), new FastNetwork(fixed)];
      for (let timestep = 0; timestep < timesteps; timestep++) {
        const input = integerInput(slow, sequence, timestep);
        const traces = slow.step(input);
        expect([...fast.step(input)]).toEqual([...traces.at(-1)!.hidden]);
        expect(fast.layers.map(({ cell }) => [...cell])).toEqual(traces.map(({ cell }) => [...cell]));
      }
      const count = (of: "preactivation" | "cell"): number => slow.layers.reduce((sum, { saturations }) => sum + saturations[of], 0);
      expect(fast.saturations).toEqual({ preactivation: count("preactivation"), cell: count("cell") });
      fast.restart();
      expect(fast.layers.map(({ hidden }) => [...hidden])).toEqual(fixed.layers.map(({ initialHidden }) => [...initialHidden.integers]));
    }),
    { numRuns: 150 },
  );
});
