import { stateAt } from "../../src/hardware/schedule/schedule.js";
import { checkShape, type AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { busyUnits, timing } from "../../src/hardware/schedule/timing.js";
import type { PipelineSnapshot } from "../contract.js";
import { readTheme, type Theme } from "../shared/theme.js";
import { blockWorks, type Scene } from "./describe.js";
import { valuesOf, type Values } from "./values.js";
import { count } from "./numbers.js";
import { idleColour, minusColour, plusColour, stageColour, type Stage } from "./palette.js";
import type { BlockName } from "./state.js";
import { roundRect, surfaceOf, write, type Rect, type Surface } from "./surface.js";

/** CSS pixels. */
export const frameHeight = 104;
const stripHeight = 20;

const frameBlocks: readonly { block: BlockName; label: string; stage: Stage; share: number }[] = [
  { block: "rom", label: "ROM", stage: "read", share: 1 },
  { block: "array", label: "MAC", stage: "accumulate", share: 2.4 },
  { block: "scale", label: "scale", stage: "scale", share: 1 },
  { block: "lookUp", label: "σ", stage: "lookUp", share: 1 },
  { block: "elementWise", label: "h", stage: "elementWise", share: 1 },
  { block: "state", label: "write", stage: "writeBack", share: 1 },
];

function drawStrip({ context, width }: Surface, theme: Theme, shape: AcceleratorShape, cycle: number): void {
  const plan = timing(shape);
  const bins = Math.min(plan.cyclesPerTimestep, Math.floor(width / 2));
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * plan.cyclesPerTimestep) / bins);
    const to = Math.floor(((bin + 1) * plan.cyclesPerTimestep) / bins);
    const busy = busyUnits(shape, plan, from, to) / shape.macUnits;
    const idle = busy === 0 ? stateAt(shape, from).idle : null;
    const height = idle ? 3 : Math.max(1, busy * stripHeight);
    context.globalAlpha = from > cycle ? 0.4 : 1;
    context.fillStyle = idle ? idleColour(theme, idle) : stageColour(theme, "accumulate");
    context.fillRect((bin * width) / bins, stripHeight - height, width / bins, height);
  }
  context.globalAlpha = 1;
  context.fillStyle = theme.foreground;
  context.fillRect(Math.min(width - 2, (cycle * width) / plan.cyclesPerTimestep), 0, 2, stripHeight + 3);
}

/** Weight at a MAC unit in this cycle; "busy" where no values are known, "rest" where the unit has no row. */
function unitWork({ state, values, shape }: Scene, unit: number): number | "busy" | "rest" {
  const { accumulate } = state;
  if (accumulate === null || unit >= accumulate.busyUnits) {
    return "rest";
  }
  const isOneSign = shape.precision !== "full" && accumulate.columns === 1;
  return values.network && isOneSign ? values.network.weight(accumulate, accumulate.firstRow + unit) : "busy";
}

function unitColour(theme: Theme, work: number | "busy" | "rest"): string {
  if (work === "busy") {
    return stageColour(theme, "accumulate");
  }
  return work === 1 ? plusColour(theme) : work === -1 ? minusColour(theme) : theme.muted;
}

/** The first MAC units as small squares: full ones add, half ones subtract, faint ones skip or rest. */
function drawUnits({ context }: Surface, theme: Theme, scene: Scene, rect: Rect): void {
  const size = 8;
  const columns = Math.max(1, Math.floor((rect.width - 8) / size));
  const rows = Math.floor((rect.height - 8) / size);
  const shown = Math.min(scene.shape.macUnits, columns * rows);
  const left = rect.x + (rect.width - Math.min(shown, columns) * size) / 2 + 1;
  const top = rect.y + (rect.height - Math.ceil(shown / columns) * size) / 2 + 1;
  for (let unit = 0; unit < shown; unit++) {
    const work = unitWork(scene, unit);
    const height = work === -1 ? (size - 2) / 2 : size - 2;
    const y = top + Math.floor(unit / columns) * size + (size - 2 - height);
    context.fillStyle = unitColour(theme, work);
    context.globalAlpha = work === 0 || work === "rest" ? 0.3 : 1;
    context.fillRect(left + (unit % columns) * size, y, size - 2, height);
  }
  context.globalAlpha = 1;
}

function drawBlocks(surface: Surface, theme: Theme, scene: Scene): void {
  const { context, width } = surface;
  const gap = 5;
  const shares = frameBlocks.reduce((sum, { share }) => sum + share, 0);
  const unitWidth = (width - 2 - gap * (frameBlocks.length - 1)) / shares;
  let x = 1;
  for (const { block, label, stage, share } of frameBlocks) {
    const works = blockWorks(block, scene);
    const rect = { x, y: stripHeight + 10, width: unitWidth * share, height: 38 };
    const colour = stageColour(theme, stage);
    roundRect(context, rect, 4);
    context.fillStyle = colour;
    context.globalAlpha = works ? 0.25 : 0.05;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = works ? colour : theme.border;
    context.lineWidth = works ? 1.5 : 1;
    context.stroke();
    if (block === "array") {
      drawUnits(surface, theme, scene, rect);
    } else {
      const text = works ? theme.foreground : theme.muted;
      write(context, theme, label, x + rect.width / 2, rect.y + 19, { colour: text, size: 11, align: "center", maxWidth: rect.width - 4 });
    }
    x += rect.width + gap;
  }
}

/** Decoding a network's weights costs more than a frame: they are kept as long as the snapshot. */
const decoded = new WeakMap<PipelineSnapshot, Values>();

function valuesFor(snapshot: PipelineSnapshot, shape: AcceleratorShape): Values {
  const values = decoded.get(snapshot) ?? valuesOf(snapshot.layers[0]!, shape);
  decoded.set(snapshot, values);
  return values;
}

/**
 * Draws one small frame of the first layer's pipeline: the time strip, which blocks work, and what the first MAC units do.
 * The canvas takes the width of its place and `frameHeight`.
 * @param cycle any whole number; it wraps around at the end of the timestep
 * @returns the frame in words, for the canvas's accessible name
 */
export function drawFrame(canvas: HTMLCanvasElement, snapshot: PipelineSnapshot, cycle: number): string {
  const shape = checkShape(snapshot.layers[0]!.shape);
  const { cyclesPerTimestep } = timing(shape);
  const shown = ((cycle % cyclesPerTimestep) + cyclesPerTimestep) % cyclesPerTimestep;
  const scene = { shape, state: stateAt(shape, shown), values: valuesFor(snapshot, shape) };
  canvas.style.setProperty("height", `${frameHeight}px`);
  const surface = surfaceOf(canvas);
  const theme = readTheme();
  drawStrip(surface, theme, shape, shown);
  drawBlocks(surface, theme, scene);
  const { accumulate, idle } = scene.state;
  const work = accumulate ? `${count(accumulate.busyUnits)} of ${count(shape.macUnits)} MAC units busy` : `idle: ${idle ?? ""}`;
  const text = `cycle ${count(shown)} of ${count(cyclesPerTimestep)} · ${work}`;
  const maxWidth = surface.width;
  write(surface.context, theme, text, 0, frameHeight - 16, { colour: theme.muted, size: 11, maxWidth });
  return text;
}
