import type { BlockPen } from "./blockPen.js";
import { broadcastText } from "./describe.js";
import { integer } from "./numbers.js";
import { minusColour, plusColour, stageColour } from "./palette.js";
import { roundRect, write, type Rect } from "./surface.js";
import { unitCell, unitGrid } from "./unitGrid.js";

type Operation = "add" | "subtract" | "skip" | "busy" | "rest";

interface Cell {
  readonly rect: Rect;
  readonly operation: Operation;
  readonly text: string;
  readonly sum: string;
}

function operationOf(weight: number): Operation {
  return weight > 0 ? "add" : weight < 0 ? "subtract" : "skip";
}

function colourOf({ theme }: BlockPen, operation: Operation): string {
  switch (operation) {
    case "add":
      return plusColour(theme);
    case "subtract":
      return minusColour(theme);
    case "busy":
      return stageColour(theme, "accumulate");
    default:
      return theme.muted;
  }
}

/** A cell with the operation above and the sum below it. */
function drawFigureCell(pen: BlockPen, { rect, operation, text, sum }: Cell): void {
  const { context, theme } = pen;
  const colour = colourOf(pen, operation);
  const active = operation !== "skip" && operation !== "rest";
  roundRect(context, rect, 4);
  context.globalAlpha = active ? 0.2 : 0.06;
  context.fillStyle = active ? colour : theme.foreground;
  context.fill();
  context.globalAlpha = active ? 1 : 0.35;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 1;
  const centre = rect.x + rect.width / 2;
  const maxWidth = rect.width - 4;
  write(context, theme, text, centre, rect.y + rect.height * 0.32, { colour, size: 11, bold: true, align: "center", maxWidth });
  const sumColour = operation === "rest" ? theme.muted : theme.foreground;
  write(context, theme, sum, centre, rect.y + rect.height * 0.7, { colour: sumColour, size: 11, mono: true, align: "center", maxWidth });
}

/** A small cell: full square adds, half a square subtracts, a dot skips, so that colour is not needed to read it. */
function drawSmallCell(pen: BlockPen, { rect, operation }: Cell): void {
  const { context } = pen;
  const { x, y, width, height } = rect;
  context.fillStyle = colourOf(pen, operation);
  context.globalAlpha = operation === "skip" ? 0.55 : operation === "rest" ? 0.2 : 1;
  if (operation === "subtract") {
    context.fillRect(x, y + height / 2, width, height / 2);
  } else if (operation === "skip") {
    const dot = Math.max(1, width / 4);
    context.fillRect(x + (width - dot) / 2, y + (height - dot) / 2, dot, dot);
  } else {
    context.fillRect(x, y, width, height);
  }
  context.globalAlpha = 1;
}

const labels: Readonly<Record<"h" | "x", Readonly<Record<Operation, string>>>> = {
  h: { add: "+h", subtract: "−h", skip: "skip", busy: "", rest: "rest" },
  x: { add: "+x", subtract: "−x", skip: "skip", busy: "", rest: "rest" },
};

function cellsOf(pen: BlockPen): { cells: Cell[]; figures: boolean; shown: number } {
  const { scene, rect } = pen;
  const { accumulate } = scene.state;
  const { network } = scene.values;
  const grid = unitGrid(rect, scene.shape.macUnits);
  const sums = accumulate && network && grid.figures ? network.sumsWith(accumulate) : null;
  const letter = accumulate?.memory === "input" ? "x" : "h";
  const busyLabel = scene.shape.precision === "full" ? `×${letter}` : `±${letter}`;
  const cells = Array.from({ length: grid.shown }, (_, unit): Cell => {
    const place = unitCell(grid, unit);
    if (accumulate === null || unit >= accumulate.busyUnits) {
      return { rect: place, operation: "rest", text: labels.h.rest, sum: "" };
    }
    const sum = sums ? integer(sums[unit]!) : "";
    if (network === null || scene.shape.precision === "full" || accumulate.columns > 1) {
      return { rect: place, operation: "busy", text: busyLabel, sum };
    }
    const operation = operationOf(network.weight(accumulate, accumulate.firstRow + unit));
    return { rect: place, operation, text: labels[letter][operation], sum };
  });
  return { cells, figures: grid.figures, shown: grid.shown };
}

/** Every MAC unit with what it does in this cycle and, where there is room, its sum so far. */
export function drawArray(pen: BlockPen): void {
  const { context, theme, rect, scene, works } = pen;
  const { cells, figures, shown } = cellsOf(pen);
  cells.forEach((cell) => (figures ? drawFigureCell(pen, cell) : drawSmallCell(pen, cell)));
  const { accumulate } = scene.state;
  const broadcast = accumulate ? broadcastText(accumulate, scene.values) : "rests";
  const part = shown < scene.shape.macUnits ? `first ${shown} units · ` : "";
  write(context, theme, part + broadcast, rect.x + rect.width / 2, rect.y + rect.height - 16, {
    colour: works ? theme.foreground : theme.muted,
    size: 11,
    align: "center",
    maxWidth: rect.width - 16,
  });
}
