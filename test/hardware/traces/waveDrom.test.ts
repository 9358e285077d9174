import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { onml, renderAny, waveSkin } from "wavedrom";
import { stateAt } from "../../../src/hardware/schedule/schedule.js";
import type { AcceleratorShape } from "../../../src/hardware/schedule/shape.js";
import { timing } from "../../../src/hardware/schedule/timing.js";
import { waveDrom } from "../../../src/hardware/schedule/traces/waveDrom.js";
import { networks } from "../shapes.js";

const gru: AcceleratorShape = {
  cell: "gru",
  reset: "before",
  inputs: 3,
  inputKind: "one-hot",
  units: 4,
  macUnits: 4,
  precision: "ternary",
  clockMegahertz: 400,
};

/** What a lane shows in each cycle, read as WaveDrom's tutorial says: "=" takes the next label, "." stays, "x" has none. */
function shown({ wave, data = [] }: { wave: string; data?: readonly string[] }): (string | null)[] {
  const labels = [...data];
  let now: string | null = null;
  return [...wave].map((character) => {
    if (character !== ".") {
      now = character === "=" ? labels.shift()! : null;
    }
    return now;
  });
}

type Lanes = Record<string, (string | null)[]>;

function lanesOf(json: ReturnType<typeof waveDrom>, layer: number): Lanes {
  const [, ...lanes] = json.signal[1 + layer] as [string, ...{ name: string; wave: string; data?: readonly string[] }[]];
  return Object.fromEntries(lanes.map((lane) => [lane.name, shown(lane)]));
}

describe("a WaveDrom timing diagram", () => {
  it("is rendered by WaveDrom with every label in it", () => {
    const json = waveDrom([gru], { from: 20, to: 60 });
    const rendered = onml.stringify(renderAny(0, JSON.parse(JSON.stringify(json)), waveSkin));
    expect(rendered).toMatch(/^<svg/);
    for (const label of ["layer 0", "weight_rom", "reset_product_store", "cycles 20 to 59", "reset-gate", "z[0]"]) {
      expect(rendered).toContain(`>${label}<`);
    }
  });

  it("shows the schedule's rows, units and reasons in their cycles", () => {
    const cycles = timing(gru).cyclesPerTimestep;
    const lanes = lanesOf(waveDrom([gru], { from: 1, to: 1 + cycles }), 0);
    for (let cycle = 0; cycle < cycles; cycle++) {
      const state = stateAt(gru, cycle);
      const row = state.gateRows[0]!;
      expect(lanes.gate_scale![cycle]).toBe(row === null ? null : `${["r", "z", "n"][Math.floor(row / 4)]}[${row % 4}]`);
      expect(lanes.write_back![cycle]).toBe(state.writeBack === null ? null : `[${state.writeBack}]`);
      expect(lanes.idle![cycle]).toBe(state.idle);
      expect(lanes.take![cycle]).toBe(state.take === null ? null : `group ${state.take}`);
      expect(lanes.accumulate_array![cycle] === null).toBe(state.accumulate === null);
    }
  });

  it("has a character a cycle in every lane, of stacked layers too", () => {
    fc.assert(
      fc.property(networks, fc.nat(100), fc.integer({ min: 1, max: 80 }), (network, from, length) => {
        const { signal } = waveDrom(network, { from, to: from + length });
        expect(signal).toHaveLength(1 + network.length);
        for (const lane of signal.flatMap((entry) => (Array.isArray(entry) ? entry.slice(1) : [entry])) as { wave: string; data?: string[] }[]) {
          expect(lane.wave).toHaveLength(length);
          expect((lane.data ?? []).length).toBe([...lane.wave].filter((character) => character === "=").length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("of more cycles than one can read is refused, with what to do", () => {
    expect(() => waveDrom([gru], { from: 0, to: 2001 })).toThrow(/2001 cycles cannot be read; give at most 2000 .* write a .vcd or .kanata file/);
  });
});
