import type { Theme } from "../shared/theme.js";

/** How a cell is filled. */
export interface CellFill {
  readonly colour: string;
  /** 0 to 1. */
  readonly opacity: number;
}

/** The faintest of numbers that are not zero still stands out from the background. */
const least = 0.3;
/** High contrast has no room for shades as faint. */
const leastInContrast = 0.6;

/** Two colours for the signs, stronger for larger numbers; undefined for zero, which is the background. What is missing is grey. */
export function cellFill(value: number | undefined, greatest: number, { palette, muted, kind }: Theme): CellFill | undefined {
  if (value === 0) {
    return undefined;
  }
  if (value === undefined) {
    return { colour: muted, opacity: least };
  }
  const faintest = kind === "dark" || kind === "light" ? least : leastInContrast;
  return { colour: (value > 0 ? palette[0] : palette[3]) ?? muted, opacity: faintest + ((1 - faintest) * Math.abs(value)) / greatest };
}
