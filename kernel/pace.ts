/** What is held back is sent after this long. */
export const paceMilliseconds = 16;
/** Messages per such interval that are sent at once: a cell that prints and then computes for long is seen to print. */
const promptMessages = 16;

/** Keeps a cell that says much from flooding its host with messages. */
export class Pace {
  private intervalStart = 0;
  private sentInInterval = 0;

  maySendAtOnce(): boolean {
    const now = performance.now();
    if (now - this.intervalStart >= paceMilliseconds) {
      this.intervalStart = now;
      this.sentInInterval = 0;
    }
    this.sentInInterval += 1;
    return this.sentInInterval <= promptMessages;
  }
}
