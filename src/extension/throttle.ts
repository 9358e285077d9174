import type { Disposable } from "./disposable.js";

/**
 * Lets an action run at most once per interval: the first request at once, later ones merged into one run at the end
 * of the interval. The action therefore always runs after the last request. An action that returns a promise runs again
 * only when that has settled, so that whoever works off what the action sends is never more than one run behind.
 */
export class Throttle implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private wanted = false;

  /** @param milliseconds shortest time between two runs; a function tells it after each */
  constructor(
    private readonly action: () => unknown,
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
    const timer = setTimeout(() => {
      if (result instanceof Promise) {
        void result.catch(() => {}).then(() => this.pass(timer));
      } else {
        this.pass(timer);
      }
    }, typeof milliseconds === "number" ? milliseconds : milliseconds());
    this.timer = timer;
    const result = this.action();
  }

  private pass(timer: NodeJS.Timeout): void {
    if (this.timer !== timer) {
      return;
    }
    this.timer = undefined;
    if (this.wanted) {
      this.run();
    }
  }
}
