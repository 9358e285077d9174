import type { BlockName } from "./state.js";
import type { Rect } from "./surface.js";

/** A connection between blocks, drawn with an arrow head at its last point. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Arrow {
  readonly points: readonly Point[];
  /** Text on a dashed arrow: what comes back around. */
  readonly label?: { readonly text: string; readonly x: number; readonly y: number };
}

export interface DatapathLayout {
  /** Drawing units are CSS pixels × scale. */
  readonly scale: number;
  /** Drawing units. */
  readonly height: number;
  readonly blocks: Readonly<Record<BlockName, Rect>>;
  readonly arrows: readonly Arrow[];
}

const widths = { rom: 132, scale: 122, lookUp: 118, elementWise: 132, state: 108 } as const;
const followers = ["scale", "lookUp", "elementWise", "state"] as const;
const gap = 20;
const margin = 4;
const blockHeight = 136;
const arrayHeight = 196;
/** Below this width the datapath takes two lines, below the second three; below the last it is drawn smaller. */
const narrow = 880;
const narrower = 560;
const narrowest = 340;
/** What comes back from the last line goes up beside the blocks. */
const channel = 18;

function toRight(from: Rect, to: Rect): Arrow {
  const y = to.y + to.height / 2;
  return { points: [{ x: from.x + from.width + 4, y }, { x: to.x - 3, y }] };
}

const feedback = "h of the next timestep";

/** All blocks side by side; the array takes what the others leave. */
function oneLine(width: number): Omit<DatapathLayout, "scale"> {
  const others = Object.values(widths).reduce((sum, each) => sum + each, 0);
  const middle = margin + 2 + arrayHeight / 2;
  let x = margin;
  const place = (blockWidth: number, height: number): Rect => {
    const rect = { x, y: middle - height / 2, width: blockWidth, height };
    x += blockWidth + gap;
    return rect;
  };
  const blocks = {
    rom: place(widths.rom, blockHeight),
    array: place(width - others - 5 * gap - 2 * margin, arrayHeight),
    scale: place(widths.scale, blockHeight),
    lookUp: place(widths.lookUp, blockHeight),
    elementWise: place(widths.elementWise, blockHeight),
    state: place(widths.state, blockHeight),
  };
  const { rom, array, scale, lookUp, elementWise, state } = blocks;
  const [left, right] = [array.x + array.width / 2, state.x + state.width / 2];
  const bottom = array.y + array.height;
  const back: Arrow = {
    points: [
      { x: right, y: state.y + state.height + 4 },
      { x: right, y: bottom + 16 },
      { x: left, y: bottom + 16 },
      { x: left, y: bottom + 3 },
    ],
    label: { text: feedback, x: (left + right) / 2, y: bottom + 25 },
  };
  const line = [rom, array, scale, lookUp, elementWise, state];
  const along = line.slice(1).map((to, index) => toRight(line[index]!, to));
  return { height: bottom + 34, blocks, arrows: [...along, back] };
}

/** ROM and array above, the blocks that follow below. */
function twoLines(width: number): Omit<DatapathLayout, "scale"> {
  const inner = width - 2 * margin;
  const array = { x: margin + widths.rom + gap, y: margin, width: inner - widths.rom - gap, height: arrayHeight };
  const rom = { x: margin, y: margin + (arrayHeight - blockHeight) / 2, width: widths.rom, height: blockHeight };
  const y = margin + arrayHeight + 36;
  const share = (inner - 3 * gap) / followers.length;
  const [scale, lookUp, elementWise, state] = followers.map((_, index) => ({
    x: margin + index * (share + gap),
    y,
    width: share,
    height: blockHeight,
  })) as [Rect, Rect, Rect, Rect];
  const bottom = array.y + array.height;
  const [down, up] = [Math.max(scale.x + share / 2, array.x + 24), state.x + state.width / 2];
  const across: Arrow = {
    points: [
      { x: down, y: bottom + 4 },
      { x: down, y: bottom + 18 },
      { x: scale.x + share / 2, y: bottom + 18 },
      { x: scale.x + share / 2, y: y - 3 },
    ],
  };
  const back: Arrow = {
    points: [{ x: up, y: y - 4 }, { x: up, y: bottom + 3 }],
    label: { text: feedback, x: up - 72, y: bottom + 18 },
  };
  const along = [toRight(rom, array), across, toRight(scale, lookUp), toRight(lookUp, elementWise), toRight(elementWise, state)];
  return { height: y + blockHeight + 6, blocks: { rom, array, scale, lookUp, elementWise, state }, arrows: [...along, back] };
}

/** The layout of a third column: ROM and array above, the blocks that follow below, two a line. */
function threeLines(width: number): Omit<DatapathLayout, "scale"> {
  const inner = width - 2 * margin;
  const array = { x: margin + widths.rom + gap, y: margin, width: inner - widths.rom - gap, height: arrayHeight };
  const rom = { x: margin, y: margin + (arrayHeight - blockHeight) / 2, width: widths.rom, height: blockHeight };
  const bottom = margin + arrayHeight;
  const share = (inner - gap - channel) / 2;
  const place = (column: number, line: number): Rect => ({
    x: margin + column * (share + gap),
    y: bottom + 36 + line * (blockHeight + 30),
    width: share,
    height: blockHeight,
  });
  const [scale, lookUp, elementWise, state] = [place(0, 0), place(1, 0), place(0, 1), place(1, 1)];
  const middleOf = ({ x, width: wide }: Rect): number => x + wide / 2;
  /** From the lower edge of a block to the upper edge of one in the next line. */
  const downTo = (x: number, from: number, to: Rect): Arrow => ({
    points: [
      { x, y: from + 4 },
      { x, y: from + 16 },
      { x: middleOf(to), y: from + 16 },
      { x: middleOf(to), y: to.y - 3 },
    ],
  });
  const right = width - margin - 4;
  const back: Arrow = {
    points: [
      { x: state.x + state.width + 4, y: state.y + blockHeight / 2 },
      { x: right, y: state.y + blockHeight / 2 },
      { x: right, y: bottom + 3 },
    ],
    label: { text: feedback, x: right - 72, y: bottom + 22 },
  };
  const along = [
    toRight(rom, array),
    downTo(Math.max(middleOf(scale), array.x + 16), bottom, scale),
    toRight(scale, lookUp),
    downTo(middleOf(lookUp), lookUp.y + blockHeight, elementWise),
    toRight(elementWise, state),
  ];
  return { height: state.y + blockHeight + 6, blocks: { rom, array, scale, lookUp, elementWise, state }, arrows: [...along, back] };
}

function placed(width: number): Omit<DatapathLayout, "scale"> {
  return width < narrower ? threeLines(width) : width < narrow ? twoLines(width) : oneLine(width);
}

/**
 * Places of the blocks in a panel of some width.
 * @param available CSS pixels
 */
export function layoutOf(available: number): DatapathLayout {
  const width = Math.max(narrowest, available);
  return { scale: available / width, ...placed(width) };
}
