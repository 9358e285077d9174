import { stateAt } from "../../src/hardware/schedule/schedule.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { busyUnits, gateStarts, timing } from "../../src/hardware/schedule/timing.js";
import type { Theme } from "../shared/theme.js";
import { idleColour, stageColour } from "./palette.js";
import { surfaceOf, write, type Surface } from "./surface.js";

const barHeight = 30;
const top = 4;
const idleHeight = 5;

/** One bar per cycle where they are wide enough to see, else one per pixel. */
function drawBars(surface: Surface, theme: Theme, shape: AcceleratorShape, current: number): void {
  const { context, width } = surface;
  const plan = timing(shape);
  const bins = Math.min(plan.cyclesPerTimestep, Math.floor(width));
  const gap = width / bins >= 3 ? 1 : 0;
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * plan.cyclesPerTimestep) / bins);
    const to = Math.max(from + 1, Math.floor(((bin + 1) * plan.cyclesPerTimestep) / bins));
    const busy = busyUnits(shape, plan, from, to) / shape.macUnits;
    const idle = busy === 0 ? stateAt(shape, from).idle : null;
    const height = idle ? idleHeight : Math.max(1, busy * barHeight);
    context.globalAlpha = from > current ? 0.45 : 1;
    context.fillStyle = idle ? idleColour(theme, idle) : stageColour(theme, "accumulate");
    context.fillRect((bin * width) / bins, top + barHeight - height, width / bins - gap, height);
  }
  context.globalAlpha = 1;
}

/** Busy MAC units over the whole timestep, gate by gate, with a cursor at the current cycle. */
export function drawTimeStrip(canvas: HTMLCanvasElement, theme: Theme, shape: AcceleratorShape, current: number): void {
  const surface = surfaceOf(canvas);
  const { context, width } = surface;
  const plan = timing(shape);
  context.fillStyle = theme.grid;
  context.globalAlpha = 0.35;
  context.fillRect(0, top + barHeight, width, 1);
  context.globalAlpha = 1;
  drawBars(surface, theme, shape, current);
  let free = 0;
  for (const { cycle, gates } of gateStarts(shape, plan)) {
    const x = Math.max(free, (cycle * width) / plan.cyclesPerTimestep);
    const label = `${gates.length > 1 ? "gates" : "gate"} ${gates.join(", ")}`;
    write(context, theme, label, x, top + barHeight + 12, { colour: theme.muted, size: 11 });
    free = x + context.measureText(label).width + 8;
  }
  const cursor = ((current + 0.5) * width) / plan.cyclesPerTimestep;
  context.fillStyle = theme.foreground;
  context.fillRect(Math.min(width - 2, Math.max(0, cursor - 1)), 0, 2, top + barHeight + 4);
}
