import { expect, test } from "vitest";
import { roundShift, saturate } from "../../../src/hardware/integer/arithmetic.js";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";

const draws = new Draws(1);

/** Every number of a few bits, else draws with the corners. */
function numbers(bits: number): number[] {
  return bits <= 8
    ? Array.from({ length: 2 ** bits }, (_, index) => index - 2 ** (bits - 1))
    : Array.from({ length: 300 }, () => draws.signed(bits));
}

test("round_shift is roundShift, for every shift", () => {
  const shifts = [-20, -7, -1, 0, 1, 2, 5, 7, 9, 13, 24, 30];
  const blocks = [2, 3, 8, 17, 30].flatMap((bits) =>
    shifts.map((shift) => {
      const outBits = Math.max(2, bits - shift + 1);
      return {
        module: "round_shift" as const,
        parameters: { IN_BITS: bits, OUT_BITS: outBits, SHIFT: shift },
        isClocked: false,
        inputs: { in: { bits } },
        outputs: { out: { bits: outBits, isSigned: true } },
        rows: numbers(bits).map((value) => ({ in: value })),
      };
    }),
  );
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { parameters, rows } = blocks[index]!;
    outcomes.forEach(({ out }, row) => {
      expect(out, `${rows[row]!.in} by ${parameters.SHIFT}`).toBe(roundShift(rows[row]!.in, parameters.SHIFT) + 0);
    });
  });
});

test("saturate is saturate, at both ends", () => {
  const blocks = [[3, 2], [8, 4], [8, 7], [13, 12], [33, 15], [40, 16]].map(([inBits, outBits]) => ({
    module: "saturate" as const,
    parameters: { IN_BITS: inBits!, OUT_BITS: outBits! },
    isClocked: false,
    inputs: { in: { bits: inBits! } },
    outputs: { out: { bits: outBits!, isSigned: true } },
    rows: [
      ...numbers(inBits!),
      ...[-1, 0, 1].flatMap((step) => [2 ** (outBits! - 1) + step, -(2 ** (outBits! - 1)) + step]),
    ].map((value) => ({ in: value })),
  }));
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { parameters, rows } = blocks[index]!;
    outcomes.forEach(({ out }, row) => expect(out).toBe(saturate(rows[row]!.in, parameters.OUT_BITS)));
  });
});
