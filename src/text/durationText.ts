/** A duration in the one or two units that matter: 45 s, 4 min, 2 h 5 min. @param seconds below 0 count as 0 */
export function durationText(seconds: number): string {
  if (seconds < 90) {
    return `${Math.max(0, Math.round(seconds))}\u202fs`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes}\u202fmin` : `${Math.floor(minutes / 60)}\u202fh ${minutes % 60}\u202fmin`;
}
