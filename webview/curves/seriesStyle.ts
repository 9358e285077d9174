/** Lines differ by dash and mark as well as by colour, because colours are few and not everyone sees them. */
export interface SeriesStyle {
  /** A dash of Plotly's. */
  dash: (typeof dashes)[number];
  /** A mark of Plotly's. */
  symbol: (typeof symbols)[number];
}

const dashes = ["solid", "dash", "dot", "longdash", "dashdot"] as const;
const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star"] as const;

/** Numbers of dashes and marks share no factor with the six chart colours, so 210 runs get different lines. */
export function seriesStyle(index: number): SeriesStyle {
  return { dash: dashes[index % dashes.length]!, symbol: symbols[index % symbols.length]! };
}

/** The dash as an SVG `stroke-dasharray`, for the key in the run list. */
export const dashArrays: Record<SeriesStyle["dash"], string> = {
  solid: "none",
  dash: "6 3",
  dot: "2 2.5",
  longdash: "10 4",
  dashdot: "7 3 2 3",
};
