import fc from "fast-check";
import { expect, it } from "vitest";
import { incrementOf, noCurves, withIncrement } from "../../src/runs/curvesIncrement.js";
import { curvesOf } from "../../src/runs/runCurves.js";
import { curvesIncrementSchema, type RunCurves } from "../../src/runs/runViews.js";
import { courseOf } from "./events.js";
import { smallSpec, started, stepEvent } from "./spec.js";

const column = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 6 });
const series = fc.record({ step: column, value: column });
const curve = fc.record({ step: column, seconds: column, items: column, loss: column, figure: column });
const share = fc.record({ matrix: fc.constantFrom("output", "layer 1 input"), minus: fc.nat(1), zero: fc.nat(1), plus: fc.nat(1), flips: fc.nat(1), saturation: fc.constant(null), histogram: fc.constant(null) });
const curves: fc.Arbitrary<RunCurves> = fc.record({
  train: curve,
  validation: curve,
  learningRate: series,
  gradientNorm: series,
  itemsPerSecondHistory: series,
  weights: fc.record({ step: column, minus: column, zero: column, plus: column, flips: column, saturation: fc.constant([]) }),
  matrices: fc.array(share, { maxLength: 2 }),
});

it("makes the present state out of any earlier one", () => {
  fc.assert(
    fc.property(curves, curves, (before, now) => {
      const increment = incrementOf(before, now);
      expect(increment === undefined ? before : withIncrement(before, curvesIncrementSchema.parse(increment))).toEqual(now);
    }),
  );
});

it("has nothing to say where nothing is new", () => {
  fc.assert(
    fc.property(curves, (now) => {
      expect(incrementOf(now, structuredClone(now))).toBeUndefined();
    }),
  );
});

it("has a few points of a curve that grows, whatever its length and however many of its points are shown", () => {
  const course = courseOf(smallSpec(), [started()]);
  const known = new Map([100, 300, 2_000].map((most) => [most, noCurves]));
  const rejoined = new Map([...known.keys()].map((most) => [most, 0]));
  for (let step = 1; step <= 2_200; step++) {
    course.add(stepEvent(step, { loss: 2 + Math.sin(step) }));
    if (step % 20 !== 0) {
      continue;
    }
    for (const [most, before] of known) {
      const now = curvesOf(course, most);
      const { kept, columns } = incrementOf(before, now)!.train;
      expect(now.train.step.length).toBeLessThanOrEqual(most);
      expect(kept + columns.step.length).toBe(now.train.step.length);
      if (columns.step.length > 22) {
        rejoined.set(most, rejoined.get(most)! + 1);
      }
      known.set(most, now);
    }
  }
  // All points are new only when stretches are joined: each time the curve has doubled, from 100 points to 2,200, and from 2,000.
  expect(Object.fromEntries(rejoined)).toEqual({ 100: 5, 300: 3, 2_000: 1 });
});
