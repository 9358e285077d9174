import type { Disposable } from "./disposable.js";

/**
 * Lets an action run at most once per interval: the first request at once, later ones merged into one run at the end
 * of the interval. The action therefore always runs after the last request.
 */
export class Throttle implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private wanted = false;

  /** @param milliseconds shortest time between two runs; a function tells it after each */
  constructor(
    private readonly action: () => void,
    private readonly milliseconds: number | (() => number),
  ) {}

  request(): void {
    if (this.timer !== undefined) {
      this.wanted = true;
      return;
    }
    this.run();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wanted = false;
  }

  private run(): void {
    this.wanted = false;
    const { milliseconds } = this;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.wanted) {
        this.run();
      }
    }, typeof milliseconds === "number" ? milliseconds : milliseconds());
    this.action();
  }
}
