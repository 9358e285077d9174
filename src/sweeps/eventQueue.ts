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

  /** Gives whoever iterates an error, after what waits. */
  fail(fault: Error): void {
    this.fault = fault;
    this.wake?.();
  }

  /** Ends the queue after what waits. */
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
