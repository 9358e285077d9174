import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Arrival, best, leastCandidates, promotion, rungSteps } from "../../src/sweeps/asha.js";

interface Sent {
  readonly candidate: number;
  readonly rung: number;
  /** Arrivals at the rung below when it was sent on; none for a new candidate. */
  readonly below: readonly Arrival[];
}

/**
 * Workers that ask for work, finish in any order, and now and then fail: everything that a schedule can meet.
 * @param lossAt of a candidate at a rung
 * @param pick which of the running jobs ends next
 */
function simulated(plan: { reduction: number; rungs: number; candidates: number; workers: number }, lossAt: (candidate: number, rung: number) => number, pick: (running: number) => number) {
  const rungs: Arrival[][] = Array.from({ length: plan.rungs }, () => []);
  const goneOn = rungs.map(() => new Set<number>());
  const sent: Sent[] = [];
  const running: { candidate: number; rung: number }[] = [];
  let made = 0;
  for (;;) {
    while (running.length < plan.workers) {
      const next = promotion(plan, rungs, goneOn) ?? (made < plan.candidates ? { candidate: made++, rung: 0 } : undefined);
      if (next === undefined) {
        break;
      }
      sent.push({ ...next, below: next.rung === 0 ? [] : [...rungs[next.rung - 1]!] });
      goneOn[next.rung]!.add(next.candidate);
      running.push(next);
    }
    if (running.length === 0) {
      return { rungs, sent };
    }
    const [ended] = running.splice(pick(running.length), 1);
    rungs[ended!.rung]!.push({ candidate: ended!.candidate, loss: lossAt(ended!.candidate, ended!.rung) });
  }
}

const plans = fc.record({
  reduction: fc.integer({ min: 2, max: 4 }),
  rungs: fc.integer({ min: 1, max: 4 }),
  candidates: fc.integer({ min: 1, max: 60 }),
  workers: fc.integer({ min: 1, max: 8 }),
});
const losses = fc.array(fc.oneof({ weight: 9, arbitrary: fc.double({ noNaN: true, min: 0, max: 10 }) }, fc.constant(Infinity)), { minLength: 240, maxLength: 240 });
const picks = fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 });

describe("asynchronous successive halving", () => {
  it("sends on, at each moment, one of the best 1/reduction of a rung, each candidate once, and leaves none behind", () => {
    fc.assert(
      fc.property(plans, losses, picks, (plan, values, order) => {
        let turn = 0;
        const { rungs, sent } = simulated(plan, (candidate, rung) => values[(candidate * 4 + rung) % values.length]!, (running) => order[turn++ % order.length]! % running);
        expect(new Set(sent.map(({ candidate, rung }) => `${candidate} ${rung}`)).size).toBe(sent.length);
        for (const { candidate, rung, below } of sent.filter((each) => each.rung > 0)) {
          const own = below.find((arrival) => arrival.candidate === candidate)!;
          expect(own.loss).toBeLessThan(Infinity);
          const better = below.filter(({ loss }) => loss < own.loss).length;
          expect(better).toBeLessThan(Math.floor(below.length / plan.reduction));
          expect(sent.some((each) => each.candidate === candidate && each.rung === rung - 1)).toBe(true);
        }
        expect(rungs[0]).toHaveLength(plan.candidates);
        for (let rung = 0; rung < plan.rungs - 1; rung++) {
          const goneOn = new Set(rungs[rung + 1]!.map(({ candidate }) => candidate));
          expect(best(rungs[rung]!, plan.reduction).every(({ candidate }) => goneOn.has(candidate))).toBe(true);
          expect(goneOn.size).toBeLessThanOrEqual(rungs[rung]!.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is successive halving where every candidate ends a rung before the next begins", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 64 }), (reduction, values) => {
        const rungs: Arrival[][] = [values.map((loss, candidate) => ({ candidate, loss })), [], []];
        const goneOn = rungs.map(() => new Set<number>());
        for (let next; (next = promotion({ reduction }, rungs, goneOn)) !== undefined; ) {
          goneOn[next.rung]!.add(next.candidate);
          // The arrivals of a rung are complete only once all of them were sent on to it.
          if (goneOn[1]!.size === Math.floor(values.length / reduction) && rungs[1]!.length === 0) {
            rungs[1] = [...goneOn[1]!].map((candidate) => ({ candidate, loss: values[candidate]! }));
          }
        }
        const ranked = values.map((_, candidate) => candidate).toSorted((a, b) => values[a]! - values[b]!);
        const first = Math.floor(values.length / reduction);
        expect([...goneOn[1]!]).toEqual(ranked.slice(0, first));
        expect([...goneOn[2]!]).toEqual(ranked.slice(0, Math.floor(first / reduction)));
      }),
      { numRuns: 30 },
    );
  });

  it("has rungs from the fewest steps to all of them", () => {
    expect(rungSteps({ min: 100, reduction: 3 }, 2700)).toEqual([100, 300, 900, 2700]);
    expect(rungSteps({ min: 100, reduction: 3 }, 1000)).toEqual([100, 300, 900, 1000]);
    expect(rungSteps({ min: 100, reduction: 3 }, 100)).toEqual([100]);
    expect(leastCandidates({ reduction: 3 }, 4)).toBe(27);
  });
});
