/**
 * Jupyter counts places in code points, JavaScript in UTF-16 code units ("cursor_pos and unicode offsets" of the messaging
 * specification).
 */

/** @param points a place in code points; beyond the end it is the end */
export function unitsOf(text: string, points: number): number {
  return [...text].slice(0, Math.max(0, points)).join("").length;
}

/** @param units a place in UTF-16 code units */
export function pointsOf(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}
