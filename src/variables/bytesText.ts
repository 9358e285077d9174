const units = ["B", "kB", "MB", "GB"];

/** "950 B", "32.8 kB", "1.2 MB": of 1000 bytes. */
export function bytesText(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}
