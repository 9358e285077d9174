import type { RomManifestImage } from "./manifest.js";

/** More fields than this are drawn by their ends. */
const mostDrawn = 8;
const ends = 3;

interface Cell {
  readonly bits: string;
  readonly lanes: string;
}

/**
 * One word of an image as lines of text: its bits, the most significant on the left, and which lane sits in them. Lanes of a
 * bank are numbered as in the whole word.
 */
export function wordPicture({ width, encoding, packing }: RomManifestImage): string {
  const { bits, valuesPerField = 1 } = encoding;
  const { lanes, bitOrder, bank } = packing;
  const firstLane = bank?.firstLane ?? 0;
  const fields = width / bits;
  const cells = Array.from({ length: fields }, (_, fromLeft): Cell => {
    const low = width - (fromLeft + 1) * bits;
    const first = (bitOrder === "msb-first" ? fromLeft : fields - 1 - fromLeft) * valuesPerField;
    const last = Math.min(first + valuesPerField, lanes) - 1;
    return { bits: range(low + bits - 1, low), lanes: range(firstLane + first, firstLane + last) };
  });
  const drawn = cells.length <= mostDrawn ? cells : [...cells.slice(0, ends), { bits: "...", lanes: "..." }, ...cells.slice(-ends)];
  return [row("bits", drawn, (cell) => cell.bits), row("lane", drawn, (cell) => cell.lanes)].join("\n");
}

function range(from: number, to: number): string {
  return from === to ? String(from) : `${from}..${to}`;
}

function row(title: string, cells: readonly Cell[], text: (cell: Cell) => string): string {
  const padded = cells.map((cell) => text(cell).padStart(Math.max(cell.bits.length, cell.lanes.length)));
  return `    ${title} | ${padded.join(" | ")} |`;
}
