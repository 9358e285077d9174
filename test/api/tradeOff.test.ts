import { expect, it } from "vitest";
import { displaySymbol } from "../../src/display/host.js";
import { TradeOff } from "../../src/api/tradeOff.js";
import { isOnFront, type TradeOffRow } from "../../src/jobs/tradeOff.js";
import { measures } from "../../src/runs/measures.js";

const row = (number: number, figure: number, romBits: number, cyclesPerTimestep: number): TradeOffRow => ({ number, parameters: { units: 2 ** number, "<b>": "&" }, figure, romBits, cyclesPerTimestep, isOnFront: number !== 2, run: `/r/${number}` });

it("the Pareto front has whoever cannot be beaten in all three, and somebody who beats each of the others", () => {
  let state = 7;
  const cost = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 16) % 5;
  };
  for (const { better } of Object.values(measures)) {
    const rows = Array.from({ length: 40 }, (_, number) => row(number, cost(), cost(), cost()));
    const atLeastAsGood = (one: TradeOffRow, other: TradeOffRow): boolean =>
      better(one.figure, other.figure) === one.figure && one.romBits <= other.romBits && one.cyclesPerTimestep <= other.cyclesPerTimestep;
    const isSame = (one: TradeOffRow, other: TradeOffRow): boolean => atLeastAsGood(one, other) && atLeastAsGood(other, one);
    const front = rows.filter((each) => isOnFront(each, rows, better));
    expect(front.every((one) => rows.every((other) => isSame(one, other) || !atLeastAsGood(other, one)))).toBe(true);
    expect(rows.every((other) => front.some((one) => atLeastAsGood(one, other)))).toBe(true);
    expect(front.length).toBeLessThan(rows.length);
  }
});

it("it shows itself as a table and a picture, foreign names as text", () => {
  const bundle = new TradeOff([row(3, 0.9875, 123_456, 72), row(1, 0.95, 1000, 40), row(2, 0.94, 2000, 40)], measures.classification)[displaySymbol]();
  expect(bundle["text/plain"]).toMatch(/^ {2}3 \* +8 +& +98\.75 % +123,456 +72$/m);
  expect(bundle["text/plain"]).toMatch(/^ {2}2 +4 +& +94\.00 % +2,000 +40$/m);
  expect(bundle["text/html"]).toMatch(/^<svg .*<polyline .*<\/svg><table>/s);
  expect(bundle["text/html"]).not.toContain("<b>");
  expect(bundle["text/html"]).not.toContain("NaN");
});
