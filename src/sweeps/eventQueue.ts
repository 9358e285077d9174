/** Passes on what happens to whoever iterates, in order; what comes before somebody listens waits. */
export class EventQueue<Event> implements AsyncIterable<Event> {
  private readonly waiting: Event[] = [];
  private wake: (() => void) | undefined;
  private isEnded = false;
  private fault: Error | undefined;

  push(event: Event): void {
    this.waiting.push(event);
    this.wake?.();
  }

  /** After what waits, whoever iterates gets an error. */
  fail(fault: Error): void {
    this.fault = fault;
    this.wake?.();
  }

  /** After what waits there is no more. */
  end(): void {
    this.isEnded = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    for (;;) {
      const event = this.waiting.shift();
      if (event !== undefined) {
        yield event;
      } else if (this.fault !== undefined) {
        throw this.fault;
      } else if (this.isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        this.wake = undefined;
      }
    }
  }
}
