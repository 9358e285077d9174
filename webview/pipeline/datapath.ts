import { cellHardware } from "../../src/hardware/cells/cells.js";
import { gateOfRow } from "../../src/hardware/schedule/shape.js";
import { columnsPerCycle, firstRowOf, groupRows, timing } from "../../src/hardware/schedule/timing.js";
import type { Theme } from "../shared/theme.js";
import { drawArray } from "./arrayBlock.js";
import type { BlockPen } from "./blockPen.js";
import { layoutOf, type Arrow, type Point } from "./datapathLayout.js";
import { elementWiseWork, firstBusy, lookUpRows, scaleRows } from "./blockStages.js";
import { blockTitle, blockWorks, curveOf, hexAddress, rowName, stateSize, statesOf, type Scene } from "./describe.js";
import { integer, real } from "./numbers.js";
import { minusColour, plusColour, stageColour, type Stage } from "./palette.js";
import { blockNames, type BlockName } from "./state.js";
import { roundRect, surfaceOf, write } from "./surface.js";

const blockStage: Readonly<Record<BlockName, Stage>> = {
  rom: "read",
  array: "accumulate",
  scale: "scale",
  lookUp: "lookUp",
  elementWise: "elementWise",
  state: "writeBack",
};

function drawFrameOf(pen: BlockPen, block: BlockName, selected: boolean): void {
  const { context, theme, rect, works } = pen;
  roundRect(context, rect, 6);
  context.fillStyle = theme.panel;
  context.fill();
  context.lineWidth = works ? 1.75 : 1;
  context.strokeStyle = works ? stageColour(theme, blockStage[block]) : theme.border;
  context.stroke();
  if (works) {
    context.globalAlpha = 0.08;
    context.fillStyle = stageColour(theme, blockStage[block]);
    context.fill();
    context.globalAlpha = 1;
  }
  const { shape } = pen.scene;
  const title = blockTitle(block, shape) + (block === "array" ? ` · ${shape.macUnits} units` : "");
  const colour = works ? theme.foreground : theme.muted;
  const maxWidth = rect.width - 12;
  write(context, theme, title, rect.x + rect.width / 2, rect.y + 18, { colour, bold: true, align: "center", maxWidth });
  if (selected) {
    context.fillStyle = theme.focus;
    context.fillRect(rect.x + 12, rect.y + rect.height - 3, rect.width - 24, 2);
  }
}

const wordColumns = 8;
const wordRows = 4;
const weightSize = 12;

/** One stored weight: + and − are written into the square, so that colour is not needed to read it. */
function drawWeight({ context, theme }: BlockPen, weight: number, x: number, y: number): void {
  const size = weightSize - 2;
  context.fillStyle = weight > 0 ? plusColour(theme) : weight < 0 ? minusColour(theme) : theme.muted;
  context.globalAlpha = weight === 0 ? 0.25 : 1;
  context.fillRect(x, y, size, size);
  context.globalAlpha = 1;
  context.fillStyle = theme.background;
  if (weight !== 0) {
    context.fillRect(x + 2, y + size / 2 - 0.75, size - 4, 1.5);
  }
  if (weight > 0) {
    context.fillRect(x + size / 2 - 0.75, y + 2, 1.5, size - 4);
  }
}

function drawWord(pen: BlockPen): void {
  const { rect, scene } = pen;
  const { romRead } = scene.state;
  const { network } = scene.values;
  const perUnit = columnsPerCycle(scene.shape);
  const shown = Math.min(scene.shape.macUnits * perUnit, wordColumns * wordRows);
  const firstRow = romRead ? firstRowOf(scene.shape, timing(scene.shape), romRead.group) : 0;
  const busyUnits = romRead ? groupRows(scene.shape, timing(scene.shape), romRead.group) : 0;
  const left = rect.x + (rect.width - wordColumns * weightSize) / 2;
  const rows = Math.ceil(shown / wordColumns);
  const top = rect.y + 34 + (wordRows - rows) * (weightSize / 2);
  for (let lane = 0; lane < shown; lane++) {
    const unit = Math.floor(lane / perUnit);
    const column = lane % perUnit;
    const isThere = romRead && network && unit < busyUnits && column < romRead.columns;
    const weight = isThere ? network.weight({ memory: romRead.memory, column: romRead.column + column }, firstRow + unit) : 0;
    const x = left + (lane % wordColumns) * weightSize;
    drawWeight(pen, weight, x, top + Math.floor(lane / wordColumns) * weightSize);
  }
}

function drawRom(pen: BlockPen): void {
  drawWord(pen);
  const { context, theme, rect, scene, works } = pen;
  const { romRead } = scene.state;
  const centre = rect.x + rect.width / 2;
  const maxWidth = rect.width - 10;
  const shown = wordColumns * wordRows;
  const lanes = scene.shape.macUnits * columnsPerCycle(scene.shape);
  if (lanes > shown) {
    const part = `first ${shown} of ${lanes}`;
    write(context, theme, part, centre, rect.y + 94, { colour: theme.muted, size: 10, align: "center", maxWidth });
  }
  const text = romRead ? `${romRead.memory === "input" ? "input " : ""}word ${hexAddress(romRead.address)}` : "rests";
  const colour = works ? theme.foreground : theme.muted;
  write(context, theme, text, centre, rect.y + rect.height - 17, { colour, size: 11, mono: true, align: "center", maxWidth });
}

/** Lines of text under a block's title; the first is the value, the others say what it is. */
function drawLines(pen: BlockPen, lines: readonly { text: string; mono?: boolean; muted?: boolean }[], from = 44): void {
  const { context, theme, rect, works } = pen;
  lines.forEach(({ text, mono = false, muted = false }, index) => {
    const colour = muted || !works ? theme.muted : theme.foreground;
    write(context, theme, text, rect.x + rect.width / 2, rect.y + from + index * 19, {
      colour,
      size: mono ? 12 : 11,
      mono,
      align: "center",
      maxWidth: rect.width - 10,
    });
  });
}

function drawScale(pen: BlockPen): void {
  const { scene, rect } = pen;
  const scaleRow = firstBusy(scaleRows(scene.shape, scene.state));
  if (scaleRow === null) {
    drawLines(pen, [{ text: "p = s·sum + shift" }]);
    return;
  }
  const name = { text: `row ${rowName(scene.shape, scaleRow)}`, muted: true };
  const values = scene.values.network?.row(scaleRow);
  const lines = values
    ? [
        { text: integer(values.scaledSum), mono: true },
        { text: `× ${real(values.scale)} + …`, muted: true },
        { text: `→ ${integer(values.preActivation)}`, mono: true },
        { text: `p = ${real(values.preActivationValue)}`, muted: true },
      ]
    : [{ text: "p = s·sum + shift" }];
  drawLines(pen, lines, 40);
  drawLines(pen, [name], rect.height - 17);
}

interface Curve {
  readonly name: string;
  readonly of: (value: number) => number;
  readonly lowest: number;
  readonly highest: number;
  /** The curve is drawn from -reach to reach. */
  readonly reach: number;
}

const tanhCurve: Curve = { name: "tanh", of: Math.tanh, lowest: -1, highest: 1, reach: 3 };
const sigmoidCurve: Curve = { name: "σ", of: (value) => 1 / (1 + Math.exp(-value)), lowest: 0, highest: 1, reach: 6 };

/** A candidate that is its pre-activation, up to the ends of h's range. */
function linearCurve(range: number): Curve {
  return { name: "n", of: (value) => value, lowest: -range, highest: range, reach: range };
}

function curveIn({ shape, values }: Scene, row: number): Curve {
  switch (curveOf(shape, gateOfRow(shape, row).gate)) {
    case "tanh":
      return tanhCurve;
    case "σ":
      return sigmoidCurve;
    case "linear":
      return linearCurve(values.network?.hiddenRange ?? 1);
  }
}

function drawCurve({ context, theme, rect, works }: BlockPen, curve: Curve, point: { x: number; y: number } | null): void {
  const { reach, lowest, highest } = curve;
  const area = { x: rect.x + 14, y: rect.y + 34, width: rect.width - 28, height: 58 };
  const within = (value: number): number => Math.min(reach, Math.max(-reach, value));
  const px = (value: number): number => area.x + ((within(value) + reach) / (2 * reach)) * area.width;
  const py = (value: number): number => area.y + area.height - ((value - lowest) / (highest - lowest)) * area.height;
  context.strokeStyle = works ? stageColour(theme, "lookUp") : theme.muted;
  context.lineWidth = 1.75;
  context.beginPath();
  for (let value = -reach; value <= reach; value += reach / 24) {
    context.lineTo(px(value), py(curve.of(value)));
  }
  context.stroke();
  if (point) {
    context.fillStyle = theme.foreground;
    context.beginPath();
    context.arc(px(point.x), py(point.y), 4, 0, 2 * Math.PI);
    context.fill();
  }
}

function drawLookUp(pen: BlockPen): void {
  const { rect, scene } = pen;
  const lookUpRow = firstBusy(lookUpRows(scene.shape, scene.state));
  const bottom = rect.height - 32;
  if (lookUpRow === null) {
    const { candidate } = cellHardware(scene.shape.cell);
    drawCurve(pen, sigmoidCurve, null);
    drawLines(pen, [{ text: "" }, { text: `σ; ${candidate.curve === "tanh" ? "tanh for " : "none for "}${candidate.gate}`, muted: true }], bottom);
    return;
  }
  const name = rowName(scene.shape, lookUpRow);
  const curve = curveIn(scene, lookUpRow);
  const values = scene.values.network?.row(lookUpRow);
  drawCurve(pen, curve, values ? { x: values.preActivationValue, y: values.activationValue } : null);
  const text = values ? `${curve.name} → ${real(values.activationValue)}` : curve.name;
  drawLines(pen, [{ text, mono: true }, { text: `row ${name}`, muted: true }], bottom);
}

function drawElementWise(pen: BlockPen): void {
  const { context, theme, rect, scene } = pen;
  const stages = elementWiseWork(scene.shape, scene.state);
  const height = Math.min(22, (rect.height - 34) / stages.length);
  stages.forEach(({ work, unit }, stage) => {
    const top = rect.y + 30 + stage * height;
    const busy = unit !== null;
    if (busy) {
      context.fillStyle = stageColour(theme, "elementWise");
      context.globalAlpha = 0.25;
      context.fillRect(rect.x + 5, top, rect.width - 10, height - 1);
      context.globalAlpha = 1;
    }
    const colour = busy ? theme.foreground : theme.muted;
    const middle = top + height / 2;
    const size = height < 16 ? 9.5 : 10.5;
    write(context, theme, work, rect.x + 9, middle, { colour, size, maxWidth: rect.width - 18 - (busy ? 30 : 0) });
    if (busy) {
      write(context, theme, String(unit), rect.x + rect.width - 9, middle, { colour, size, mono: true, align: "right" });
    }
  });
}

function drawState(pen: BlockPen): void {
  const { scene, rect } = pen;
  const { writeBack } = scene.state;
  const size = { text: stateSize(scene), muted: true };
  const values = writeBack === null ? undefined : scene.values.network?.unit(writeBack);
  const lines =
    writeBack === null
      ? [{ text: `${statesOf(scene.shape, " and ")}${cellHardware(scene.shape.cell).hasRecurrentWeights ? ", 2 banks" : ""}`, muted: true }]
      : [
          { text: `unit ${writeBack}` },
          ...(values
            ? [
                ...(values.cell === null ? [] : [{ text: `c ${integer(values.cell)}`, mono: true }]),
                { text: `h ${integer(values.hidden)}`, mono: true },
              ]
            : [{ text: `${statesOf(scene.shape, ", ")} written` }]),
        ];
  drawLines(pen, lines, 42);
  drawLines(pen, [size], rect.height - 17);
}

const painters: Readonly<Record<BlockName, (pen: BlockPen) => void>> = {
  rom: drawRom,
  array: drawArray,
  scale: drawScale,
  lookUp: drawLookUp,
  elementWise: drawElementWise,
  state: drawState,
};

function arrowHead(context: CanvasRenderingContext2D, x: number, y: number, dx: number, dy: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 7 * dx - 4 * dy, y - 7 * dy - 4 * dx);
  context.lineTo(x - 7 * dx + 4 * dy, y - 7 * dy + 4 * dx);
  context.fill();
}

function drawArrow(context: CanvasRenderingContext2D, theme: Theme, { points, label }: Arrow): void {
  context.strokeStyle = theme.muted;
  context.fillStyle = theme.muted;
  context.lineWidth = 1.25;
  context.setLineDash(label ? [4, 3] : []);
  context.beginPath();
  points.forEach(({ x, y }) => context.lineTo(x, y));
  context.stroke();
  context.setLineDash([]);
  const [before, end] = points.slice(-2) as [Point, Point];
  arrowHead(context, end.x, end.y, Math.sign(end.x - before.x), Math.sign(end.y - before.y));
  if (label) {
    write(context, theme, label.text, label.x, label.y, { colour: theme.muted, size: 10, align: "center" });
  }
}

/** The blocks of the accelerator; only those that work in this cycle are lit. */
export function drawDatapath(canvas: HTMLCanvasElement, theme: Theme, scene: Scene, selection: { block: BlockName; unit: number }): void {
  const { context, width } = surfaceOf(canvas);
  const { scale, blocks, arrows } = layoutOf(width);
  context.save();
  context.scale(scale, scale);
  arrows.forEach((arrow) => drawArrow(context, theme, arrow));
  for (const block of blockNames) {
    const pen = { context, theme, rect: blocks[block], scene, works: blockWorks(block, scene) };
    drawFrameOf(pen, block, selection.block === block);
    painters[block](pen);
  }
  context.restore();
}
