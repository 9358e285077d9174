/** A program that ends more often than this within that time would not come to rest by being started once more. */
const mostEnds = 4;
const withinMilliseconds = 3 * 60_000;

/** How often a program ended of late, and so whether it is worth starting again. */
export class Crashes {
  private times: number[] = [];

  /** @param now milliseconds of a clock */
  constructor(private readonly now: () => number = Date.now) {}

  /** Counts an end. @returns whether to start the program again */
  isWorthAnother(): boolean {
    const time = this.now();
    this.times = [...this.times.filter((earlier) => time - earlier < withinMilliseconds), time];
    return this.times.length <= mostEnds;
  }
}
