/** Numbers as a filter writes them: 256, 1e-3, 96.5%, and with units of time: 90s, 10min, 1h30min. */

const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, sec: 1, min: 60, h: 3600, d: 86_400 };
const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const durationPart = /(\d+\.?\d*|\.\d+)(ms|sec|s|min|h|d)/gi;

export function isTimeUnit(word: string): boolean {
  return Object.hasOwn(secondsOf, word.toLowerCase());
}

export function isNumber(text: string): boolean {
  return plainNumber.test(text);
}

/** A number, or a share in per cent; undefined for anything else. */
export function numberOf(text: string): number | undefined {
  const share = text.endsWith("%") ? text.slice(0, -1) : undefined;
  if (share !== undefined) {
    return isNumber(share) ? Number(share) / 100 : undefined;
  }
  return isNumber(text) ? Number(text) : undefined;
}

/** Seconds; a number without a unit counts as seconds; undefined for anything else. */
export function secondsIn(text: string): number | undefined {
  if (isNumber(text)) {
    return Number(text);
  }
  const parts = [...text.matchAll(durationPart)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  return parts.length > 0 && length === text.length ? parts.reduce((sum, [, number, unit]) => sum + Number(number) * secondsOf[unit!.toLowerCase()]!, 0) : undefined;
}

/** A day or minute of the local calendar, "2026-11-30", "2026-11-30 14:00": seconds since the epoch, from the first to before the second. */
export function stretchOfTime(text: string): readonly [from: number, to: number] | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const [year, month, day, hour, minute] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const start = new Date(year!, month! - 1, day, hour ?? 0, minute ?? 0);
  const isReal = start.getMonth() === month! - 1 && start.getDate() === day && start.getHours() === (hour ?? 0);
  const end = hour === undefined ? new Date(year!, month! - 1, day! + 1) : new Date(start.getTime() + 60_000);
  return isReal ? [start.getTime() / 1000, end.getTime() / 1000] : undefined;
}
