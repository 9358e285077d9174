import { findPreset, shapeOf, type Preset } from "../../src/hardware/schedule/presets.js";
import { idleReasons, summarise, type ScheduleSummary } from "../../src/hardware/schedule/schedule.js";
import type { LayerShape } from "../../src/hardware/schedule/shape.js";
import { count } from "./numbers.js";

/** The accelerators of about the same area, slowest first. */
export const racers: readonly { preset: Preset; name: string; className: string }[] = [
  { preset: findPreset("full-precision", "full"), name: "full precision", className: "full" },
  { preset: findPreset("high-speed", "ternary"), name: "ternary", className: "ternary" },
  { preset: findPreset("high-speed", "binary"), name: "binary", className: "binary" },
];

/** Where one accelerator of the race is at a cycle of the common clock. */
export interface Standing {
  readonly name: string;
  readonly className: string;
  readonly macUnits: number;
  /** 0 to 1. */
  readonly progress: number;
  readonly text: string;
  /** Where its cycles go, for hover. */
  readonly why: string;
}

/** The race at a cycle: every accelerator works on the same network, one timestep, with the same clock. */
export function standings(network: LayerShape, cycle: number): Standing[] {
  const summaries = racers.map(({ preset }) => summarise(shapeOf(network, preset)));
  const reference = summaries[0]!.cyclesPerTimestep;
  return racers.map(({ name, className }, index) => {
    const summary = summaries[index]!;
    const cycles = summary.cyclesPerTimestep;
    const done = Math.min(cycles, cycle + 1);
    const finished = `done at cycle ${count(cycles - 1)} ✓${index === 0 ? "" : ` · ${gain(reference / cycles)}`}`;
    const text = done === cycles ? finished : `${count(done)} of ${count(cycles)} cycles`;
    return { name, className, macUnits: summary.shape.macUnits, progress: done / cycles, text, why: whereCyclesGo(summary) };
  });
}

const gain = (factor: number): string => (factor.toFixed(1) === "1.0" ? "no faster" : `${factor.toFixed(1)}× faster`);

/** Why an accelerator is as fast as it is. */
function whereCyclesGo({ utilisation, stalls, unusedSlots, shape }: ScheduleSummary): string {
  const idle = idleReasons.filter((reason) => stalls[reason] > 0).map((reason) => `${count(stalls[reason])} idle (${reason})`);
  const unused = unusedSlots > 0 ? [`${count(unusedSlots)} MAC slots without a row`] : [];
  const busy = `${(100 * utilisation).toFixed(0)} % of ${count(shape.macUnits)} MAC units busy`;
  return [busy, ...idle, ...unused].join(", ");
}
