import { escapeHtml } from "../text/markup.js";

export interface GateWeights {
  /** "g candidate" */
  readonly gate: string;
  /** Latent weights in units of W0. */
  readonly latent: Float32Array;
  /** Shares of -1, 0, +1; null for full precision. */
  readonly shares: readonly [minus: number, zero: number, plus: number] | null;
}

const width = 170;
const height = 90;
const bins = 48;
/** Share of the weights that the picture's range holds; the few beyond count in the outermost bins. */
const shown = 0.99;

/** The latent weight, in units of W0, at which the picture ends on either side; it is at least 1.5, so that W0 is in it. */
export function histogramRange(gates: readonly GateWeights[]): number {
  const magnitudes = Float32Array.from(gates.flatMap(({ latent }) => Array.from(latent, Math.abs))).sort();
  return Math.max(1.5, magnitudes[Math.floor(magnitudes.length * shown)] ?? 0);
}

/** Counts of `values` in `bins` equal bins over [-range, range], those beyond in the outermost. */
export function histogram(values: Float32Array, range: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.floor(((value + range) / (2 * range)) * bins);
    counts[Math.min(bins - 1, Math.max(0, bin))]! += 1;
  }
  return counts;
}

function latentBars(values: Float32Array, range: number): string {
  const counts = histogram(values, range);
  const highest = Math.max(...counts, 1);
  return counts
    .map((count, bin) => {
      const barHeight = (count / highest) * height;
      const x = (bin / bins) * width;
      return `<rect x="${x.toFixed(1)}" y="${(height - barHeight).toFixed(1)}" width="${(width / bins).toFixed(1)}" height="${barHeight.toFixed(1)}"/>`;
    })
    .join("");
}

function shareBars(shares: readonly [number, number, number]): string {
  const colours = ["#d9534f", "#8a8a8a", "#3794ff"];
  const labels = ["-1", "0", "+1"];
  return shares
    .map((share, index) => {
      const barHeight = share * height;
      const x = 8 + index * 34;
      const percent = `${(share * 100).toFixed(1)} %`;
      return (
        `<rect x="${x}" y="${(height - barHeight).toFixed(1)}" width="26" height="${barHeight.toFixed(1)}" fill="${colours[index]}"><title>${labels[index]}: ${percent}</title></rect>` +
        `<text x="${x + 13}" y="${height + 14}" text-anchor="middle">${labels[index]}</text>`
      );
    })
    .join("");
}

function marks(range: number): string {
  return [-1, 1]
    .map((w0) => {
      const x = ((w0 + range) / (2 * range)) * width;
      // Set outwards, so that the two stay apart when the weights reach far beyond W0.
      const [label, anchor] = w0 < 0 ? ["-W0", "end"] : ["+W0", "start"];
      return `<line x1="${x}" x2="${x}" y1="0" y2="${height}" stroke="currentColor" stroke-dasharray="3 3" opacity="0.6"/><text x="${x}" y="${height + 14}" text-anchor="${anchor}">${label}</text>`;
    })
    .join("");
}

/** One row per gate: latent weights to the left, what ships to the right. Colours read on light and dark pages. */
export function histogramSvg(title: string, gates: readonly GateWeights[]): string {
  const rowHeight = height + 44;
  const range = histogramRange(gates);
  const rows = gates.map(({ gate, latent, shares }, row) => {
    const bars = `<g fill="#2ea043">${latentBars(latent, range)}</g>${marks(range)}`;
    const shipped = shares === null ? "" : `<g transform="translate(${width + 30} 0)">${shareBars(shares)}</g>`;
    return `<g transform="translate(80 ${row * rowHeight + 40})"><text x="-72" y="${height / 2}">${escapeHtml(gate)}</text>${bars}${shipped}</g>`;
  });
  const total = { width: width + 240, height: gates.length * rowHeight + 20 };
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${total.width}" height="${total.height}" viewBox="0 0 ${total.width} ${total.height}" font-family="sans-serif" font-size="11" fill="#808080" color="#808080">` +
    `<title>${escapeHtml(title)}</title>` +
    `<text x="80" y="20" font-weight="bold">latent</text><text x="${width + 110}" y="20" font-weight="bold">quantised</text>${rows.join("")}</svg>`
  );
}
