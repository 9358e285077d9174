import fc from "fast-check";
import { expect, it } from "vitest";
import { GrowingCurve } from "../../src/runs/growingCurve.js";

interface Point {
  readonly at: number;
  readonly loss: number;
  readonly accuracy: number;
}
const loss = (point: Point): number => point.loss;
const accuracy = (point: Point): number => point.accuracy;
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const heights = fc.array(fc.tuple(finite, finite), { maxLength: 600 });
const limits = fc.integer({ min: 16, max: 60 });

function grown(values: readonly (readonly [number, number])[], limit: number, by: readonly ((point: Point) => number)[]) {
  const all = values.map(([first, second], at) => ({ at, loss: first, accuracy: second }));
  const curve = new GrowingCurve<Point>(limit, by);
  all.forEach((point) => curve.add(point));
  return { all, kept: curve.points() };
}

it("keeps at most its limit, in order, with first, last, lowest and highest, at any length", () => {
  fc.assert(
    fc.property(heights, limits, fc.constantFrom([loss], [loss, accuracy]), (values, limit, by) => {
      const { all, kept } = grown(values, limit, by);
      expect(kept.length).toBeLessThanOrEqual(limit);
      const places = kept.map(({ at }) => at);
      expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
      expect([kept[0], kept.at(-1)]).toEqual([all[0], all.at(-1)]);
      for (const height of by) {
        expect(Math.max(...kept.map(height))).toBe(Math.max(...all.map(height)));
        expect(Math.min(...kept.map(height))).toBe(Math.min(...all.map(height)));
      }
    }),
  );
});

it("keeps all points while they are few", () => {
  fc.assert(
    fc.property(heights, fc.constantFrom([loss], [loss, accuracy]), (values, by) => {
      const { all, kept } = grown(values, Math.max(16, values.length + 3 + 4 * by.length), by);
      expect(kept).toEqual(all);
    }),
  );
});

it("keeps a lone peak wherever it is, and draws no part of a long curve finer than another", () => {
  const length = 100_000;
  const peaks = [3, 41_234, 77_000, 99_998];
  const { kept } = grown(Array.from({ length }, (_, at) => [peaks.includes(at) ? 9 : Math.sin(at), 0]), 200, [loss]);
  const places = kept.map(({ at }) => at);
  expect(places).toEqual(expect.arrayContaining(peaks));
  const gaps = places.slice(1).map((place, index) => place - places[index]!);
  expect(Math.max(...gaps)).toBeLessThanOrEqual((4 * length) / kept.length);
  expect(kept.length).toBeGreaterThanOrEqual(90);
});
