import * as z from "zod";
import { precisions, type Precision } from "../../src/hardware/schedule/shape.js";

/** Cycles a second that the speed slider offers. */
export const speeds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 200_000] as const;

export const blockNames = ["rom", "array", "scale", "lookUp", "elementWise", "state"] as const;
export type BlockName = (typeof blockNames)[number];

/** The part of the schedule that the chart shows. */
export const chartWindowSchema = z.object({
  firstCycle: z.number(),
  firstRow: z.number(),
  pixelsPerCycle: z.number().positive(),
  rowHeight: z.number().positive(),
});
export type ChartWindow = z.infer<typeof chartWindowSchema>;

/** What the editor keeps for the panel: how it looks at the accelerator, never the accelerator itself. */
export const pipelineViewSchema = z.object({
  /** Which chip the options below were chosen for. */
  chip: z.string(),
  /** Cycles since the timestep began; fractions add up while playing. */
  position: z.number().nonnegative(),
  speed: z.number().positive(),
  /** The user's choice instead of the chip's own. */
  precision: z.enum(precisions).nullable(),
  block: z.enum(blockNames),
  /** Which of the stacked layers, from the input on. */
  layer: z.number().int().nonnegative().default(0),
  /** MAC unit whose sum is spelled out. */
  unit: z.number().int().nonnegative(),
  chart: chartWindowSchema.nullable(),
});
export type SavedView = z.infer<typeof pipelineViewSchema>;

/** A panel never starts by itself: whether it plays is not saved. */
export interface PipelineView extends SavedView {
  readonly playing: boolean;
}

export const initialView: SavedView = {
  chip: "",
  position: 0,
  speed: 20,
  precision: null,
  block: "array",
  layer: 0,
  unit: 0,
  chart: null,
};

export type Action =
  | { type: "play" }
  | { type: "pause" }
  | { type: "tick"; seconds: number }
  | { type: "step"; by: number }
  | { type: "seek"; cycle: number }
  | { type: "speed"; speed: number }
  | { type: "precision"; precision: Precision }
  | { type: "layer"; layer: number }
  | { type: "block"; block: BlockName }
  | { type: "unit"; unit: number }
  | { type: "chart"; window: ChartWindow }
  | { type: "shown"; chip: string };

export const cycleOf = (view: SavedView): number => Math.floor(view.position);

function moveTo(view: PipelineView, position: number, cycles: number): PipelineView {
  return { ...view, position: Math.min(Math.max(position, 0), cycles - 1) };
}

function tick(view: PipelineView, seconds: number, cycles: number): PipelineView {
  if (!view.playing) {
    return view;
  }
  const moved = moveTo(view, view.position + seconds * view.speed, cycles);
  return { ...moved, playing: cycleOf(moved) < cycles - 1 };
}

function play(view: PipelineView, cycles: number): PipelineView {
  const atEnd = cycleOf(view) >= cycles - 1;
  return { ...view, playing: true, position: atEnd ? 0 : view.position };
}

/** Another chip starts afresh; the same one, sent again, is looked at as before. */
function shown(view: PipelineView, chip: string, cycles: number): PipelineView {
  return chip === view.chip
    ? moveTo(view, view.position, cycles)
    : { ...view, ...initialView, speed: view.speed, chip, playing: false };
}

/** Another shape has other cycles: the same share of the timestep would mislead, so it starts at the first. */
function reshaped(view: PipelineView, change: Partial<SavedView>): PipelineView {
  return { ...view, ...change, playing: false, position: 0, unit: 0, chart: null };
}

type Handlers = { [Type in Action["type"]]: (view: PipelineView, action: Extract<Action, { type: Type }>, cycles: number) => PipelineView };

const handlers: Handlers = {
  play: (view, _, cycles) => play(view, cycles),
  pause: (view) => ({ ...view, playing: false }),
  tick: (view, { seconds }, cycles) => tick(view, seconds, cycles),
  step: (view, { by }, cycles) => moveTo({ ...view, playing: false }, cycleOf(view) + by, cycles),
  seek: (view, { cycle }, cycles) => moveTo(view, Math.floor(cycle), cycles),
  speed: (view, { speed }) => ({ ...view, speed }),
  precision: (view, { precision }) => reshaped(view, { precision }),
  layer: (view, { layer }) => reshaped(view, { layer }),
  block: (view, { block }) => ({ ...view, block }),
  unit: (view, { unit }) => ({ ...view, unit: Math.max(0, unit), block: "array" }),
  chart: (view, { window }) => ({ ...view, chart: window }),
  shown: (view, { chip }, cycles) => shown(view, chip, cycles),
};

/**
 * The panel's state after an action.
 * @param cycles length of the timestep that is shown
 */
export function reduce<Type extends Action["type"]>(
  view: PipelineView,
  action: Extract<Action, { type: Type }>,
  cycles: number,
): PipelineView {
  const handle = handlers[action.type as Type] as (v: PipelineView, a: typeof action, c: number) => PipelineView;
  return handle(view, action, cycles);
}

/** The part of the state that the editor keeps. */
export function saved({ playing: _playing, ...view }: PipelineView): SavedView {
  return view;
}
