/**
 * A clock that shows the time of day at the call and from then on runs steadily, whoever sets the computer's clock: differences
 * between its times are durations, never negative ones. Where the computer sleeps, the time
 * may not count.
 * @returns whole milliseconds since the epoch at each call
 */
export function steadyClock(): () => number {
  const [timeOfDay, since] = [Date.now(), performance.now()];
  return () => timeOfDay + Math.round(performance.now() - since);
}
