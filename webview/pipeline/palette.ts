import { paletteColour, type Theme } from "../shared/theme.js";
import type { IdleReason } from "../../src/hardware/schedule/schedule.js";

/** The stages of a gate row, in their order. */
export const stages = ["read", "accumulate", "wait", "reset", "scale", "lookUp", "elementWise", "writeBack"] as const;
export type Stage = (typeof stages)[number];

export const stageNames: Readonly<Record<Stage, string>> = {
  read: "read ROM",
  accumulate: "accumulate",
  wait: "wait for the look-up port",
  reset: "wait for the reset gate",
  scale: "scale",
  lookUp: "look-up",
  elementWise: "element-wise",
  writeBack: "write back",
};

const paletteIndex: Readonly<Record<Exclude<Stage, "wait" | "reset">, number>> = {
  read: 0,
  accumulate: 1,
  scale: 2,
  elementWise: 3,
  lookUp: 4,
  writeBack: 5,
};

export const stageColour = (theme: Theme, stage: Stage): string =>
  stage === "wait" || stage === "reset" ? theme.muted : paletteColour(theme, paletteIndex[stage]);

/** An idle stretch takes the colour of the block that the array waits for. */
export const idleColour = (theme: Theme, reason: IdleReason): string =>
  stageColour(theme, ({ "rom-latency": "read", "look-up-port": "lookUp", "reset-gate": "reset", recurrence: "elementWise" } as const)[reason]);

/** +1 and -1 in words of the ROM and on MAC units; 0 has no colour. */
export const plusColour = (theme: Theme): string => paletteColour(theme, 0);
export const minusColour = (theme: Theme): string => paletteColour(theme, 3);

const tile = 6;

type Mark = (context: OffscreenCanvasRenderingContext2D) => void;

function line(...points: [number, number][]): Mark {
  return (context) => {
    points.forEach(([x, y], index) => (index % 2 === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.stroke();
  };
}

/** What tells stages apart without colour. */
const marks: Readonly<Record<Stage, Mark | null>> = {
  read: null,
  accumulate: line([0, 3], [6, 3]),
  wait: null,
  reset: line([0, 6], [6, 0], [-1, 1], [1, -1], [5, 7], [7, 5], [0, 0], [6, 6]),
  scale: line([0, 6], [6, 0], [-1, 1], [1, -1], [5, 7], [7, 5]),
  lookUp: (context) => context.fillRect(2, 2, 2.4, 2.4),
  elementWise: line([0, 0], [6, 6], [0, 6], [6, 0]),
  writeBack: line([1.5, 0], [1.5, 6], [4.5, 0], [4.5, 6]),
};

/** The fill of a stage: its colour with its own pattern in the page's background colour. */
export function stageFill(context: CanvasRenderingContext2D, theme: Theme, stage: Stage): string | CanvasPattern {
  const colour = stageColour(theme, stage);
  const mark = marks[stage];
  const ratio = window.devicePixelRatio;
  const canvas = new OffscreenCanvas(tile * ratio, tile * ratio);
  const pen = canvas.getContext("2d");
  if (mark === null || pen === null) {
    return colour;
  }
  pen.scale(ratio, ratio);
  pen.fillStyle = colour;
  pen.fillRect(0, 0, tile, tile);
  pen.globalAlpha = stage === "accumulate" ? 0.14 : 0.65;
  pen.strokeStyle = theme.background;
  pen.fillStyle = theme.background;
  pen.lineWidth = 1;
  pen.beginPath();
  mark(pen);
  const pattern = context.createPattern(canvas, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern ?? colour;
}
