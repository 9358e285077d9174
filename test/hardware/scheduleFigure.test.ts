import { describe, expect, it } from "vitest";
import { scheduleSvg, scheduleText } from "../../src/hardware/schedule/figure.js";
import { summarise } from "../../src/hardware/schedule/schedule.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { cells } from "./shapes.js";

const layer = {
  inputs: 83,
  inputKind: "one-hot",
  units: 512,
  macUnits: 1000,
  precision: "binary",
  clockMegahertz: 400,
} as const;
const shape: AcceleratorShape = { cell: "lstm", ...layer };
const gru: AcceleratorShape = { cell: "gru", reset: "before", ...layer };

describe("the picture of a schedule", () => {
  it("is one SVG of bounded size, however many cycles there are", () => {
    const large = scheduleSvg({ ...shape, units: 1000, macUnits: 1 });
    expect(large).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>$/);
    expect(large.length).toBeLessThan(120_000);
    expect(large).not.toMatch(/<script|NaN|undefined|Infinity/);
  });

  it("is small where the array works evenly, to be kept in a notebook", () => {
    expect(scheduleSvg(shape).length).toBeLessThan(8_000);
  });

  it("says how many cycles and why the array rests", () => {
    const svg = scheduleSvg(shape);
    expect(svg).toContain("2,576 cycles per timestep");
    expect(svg).toContain("look-up port: the sums before these still wait");
    expect(svg).toContain("recurrence: the next timestep needs");
  });

  it("shows the gates of a GRU, its reset gate's wait, and no cell state", () => {
    const svg = scheduleSvg(gru);
    expect(svg).toMatch(/>gate r, z<.*>gate n</);
    expect(svg).toContain("reset gate: the candidate needs r");
    expect(svg).toContain(">34 idle: reset gate<");
    expect(svg).toContain(">State h<");
    expect(scheduleSvg(shape)).not.toContain("reset gate");
  });

  it("says how many units are busy, not how many columns they take", () => {
    const wide = { ...shape, columnsPerCycle: 4 };
    const busy = [...scheduleSvg(wide).matchAll(/([\d.]+) units busy</g)].map(([, units]) => Number(units));
    expect(busy.length).toBeGreaterThan(0);
    expect(Math.max(...busy)).toBeGreaterThan(shape.macUnits / 2);
    expect(Math.max(...busy)).toBeLessThanOrEqual(shape.macUnits);
  });

  it("accounts for every cycle once, in order", () => {
    const sizes = [1, 5, 100, 1000].flatMap((macUnits) => cells.map((cell) => ({ ...layer, ...cell, units: 40, macUnits })));
    for (const small of sizes) {
      const titles = scheduleSvg(small).matchAll(/<title>cycles? ([\d,]+)(?: to ([\d,]+))?:/g);
      let next = 0;
      for (const [, from, to] of titles) {
        expect(Number(from!.replaceAll(",", ""))).toBe(next);
        next = Number((to ?? from)!.replaceAll(",", "")) + 1;
      }
      expect(next).toBe(summarise(small).cyclesPerTimestep);
    }
  });
});

describe("the text of a schedule", () => {
  it("has every figure", () => {
    const text = scheduleText(summarise(shape));
    expect(text).toContain("cycles per timestep  2,576 (6.44 µs)");
    expect(scheduleText(summarise({ ...shape, columnsPerCycle: 4 }))).toMatch(/^array +[\d,]+ MAC units of 4 columns at /m);
    expect(text).toContain("MAC operations       1,050,624");
    expect(text).toContain("974  look-up port");
    expect(text).toContain("of 800 GOPS peak");
    expect(text).toContain("weight ROM           1,536 + 249 words of 1,000 bit");
    expect(text).not.toContain("reset gate");
    expect(scheduleText(summarise(gru))).toMatch(/GRU, reset before the product, 512 units, [^]*34 {2}reset gate: the candidate/);
  });
});
