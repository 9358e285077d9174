/** Reproducible draws for test vectors (Park and Miller's generator). */
export class Draws {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 7919 + 12345) % 2147483647;
    this.integer(0, 1);
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    this.state = (this.state * 48271) % 2147483647;
    return least + Math.floor((this.state / 2147483647) * (most - least + 1));
  }

  /** One of these. */
  of<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)]!;
  }

  /** Signed numbers of so many bits, in every fourth draw one of the corners. */
  signed(bits: number): number {
    const limit = 2 ** (bits - 1);
    return this.integer(0, 3) === 0 ? this.of([-limit, -limit + 1, -1, 0, 1, limit - 2, limit - 1].filter((corner) => corner >= -limit && corner < limit)) : this.integer(-limit, limit - 1);
  }

  /** Opening of a gate: 0 to 1 inclusive in `bits` bits, in every fourth draw a corner. */
  opening(bits: number): number {
    const one = 2 ** (bits - 1);
    return this.integer(0, 3) === 0 ? this.of([0, 1, one - 1, one]) : this.integer(0, one);
  }
}
