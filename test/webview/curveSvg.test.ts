import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { curveSvg, roundTicks } from "../../src/runs/curveSvg.js";
import { snapshot } from "./snapshots.js";

/** Checks nesting and quoting with a reader of its own; the browser's parser has its turn in renderer.test.ts. */
function elementNames(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  for (const [tag, closing, name, , self] of xml.matchAll(/<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g)) {
    if (closing === "/") {
      expect(open.pop()).toBe(name);
    } else {
      names.push(name!);
      if (self === "") {
        open.push(name!);
      }
    }
    expect(tag).not.toContain("undefined");
  }
  expect(open).toEqual([]);
  return names;
}

describe("curveSvg", () => {
  it("names and describes itself", () => {
    const run = snapshot({ reports: 30 });
    const svg = curveSvg(run, "neutral");
    expect(svg).toContain("<title>Training curve of ternary: running, step 300 of 3000</title>");
    expect(svg).toContain(
      `<desc>Training ${run.train.figure[29]!.toFixed(3)} bits per character at step 300; validation ${run.validation.figure[2]!.toFixed(3)} bits per character at step 300.</desc>`,
    );
  });

  it("has the words of its task", () => {
    const classes = snapshot({ reports: 30, task: "classification" });
    const accuracy = (share: number | undefined): string => `accuracy ${(100 * share!).toFixed(2)} %`;
    const svg = curveSvg(classes, "neutral");
    expect(svg).toContain(`<desc>Training ${accuracy(classes.train.figure[29])} at step 300; validation ${accuracy(classes.validation.figure[2])} at step 300.</desc>`);
    expect(svg).toMatch(/>accuracy<\/text>/);
    expect(svg).toMatch(/>\d\d %<\/text>/);
    expect(curveSvg(snapshot({ task: "word-model" }), "neutral")).toMatch(/<desc>Training perplexity \d+\.\d at step/);
  });

  it("is well-formed and self-contained for any name and length", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 2000 }), fc.constantFrom("wide", "narrow"), (name, reports, size) => {
        const svg = curveSvg(snapshot({ name, reports, steps: 20_000 }), "neutral", size);
        expect(elementNames(svg)[0]).toBe("svg");
        expect(svg).not.toMatch(/NaN|Infinity|undefined|href|url\(|<script|<style|style=| id=|var\(/);
        expect(svg.length).toBeLessThan(20_000);
      }),
      { numRuns: 40 },
    );
  });

  it("says so when there is nothing to draw", () => {
    expect(curveSvg(snapshot({ reports: 0 }), "neutral")).toContain(">No step reported yet.</text>");
  });

  it("draws one training line, and a validation line once there is one", () => {
    const lines = (reports: number): number => elementNames(curveSvg(snapshot({ reports }), "neutral")).filter((name) => name === "polyline").length;
    expect(lines(5)).toBe(1);
    expect(lines(50)).toBe(2);
  });

  it("follows the editor's colours when asked", () => {
    expect(curveSvg(snapshot(), "css-variables")).toContain('stroke="var(--vscode-charts-blue, #3f87cf)"');
  });

  it("keeps neutral colours at 3:1 against white and against a dark page", () => {
    const luminance = (hex: string): number => {
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
      const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear(r!) + 0.7152 * linear(g!) + 0.0722 * linear(b!);
    };
    const contrast = (a: string, b: string): number => {
      const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (high! + 0.05) / (low! + 0.05);
    };
    const colours = new Set(curveSvg(snapshot(), "neutral").match(/#[0-9a-f]{6}(?=")/g));
    expect(colours.size).toBe(3);
    for (const colour of colours) {
      expect(contrast(colour, "#ffffff")).toBeGreaterThanOrEqual(3);
      expect(contrast(colour, "#1f1f1f")).toBeGreaterThanOrEqual(3);
    }
  });
});

describe("roundTicks", () => {
  it("gives a few evenly spaced numbers inside the range", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.double({ min: 0.01, max: 1e4, noNaN: true }), (low, span) => {
        const ticks = roundTicks(low, low + span, 5);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(6);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(low - 1e-6 * span);
          expect(tick).toBeLessThanOrEqual(low + span * (1 + 1e-6));
        }
      }),
    );
  });

  it("uses steps people count in", () => {
    expect(roundTicks(0, 3000, 6)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
    expect(roundTicks(2, 2, 5)).toEqual([2]);
  });
});
