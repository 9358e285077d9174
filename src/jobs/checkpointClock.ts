/** The most work, in seconds, that is lost when a process is killed. */
const mostSecondsLost = 60;

/** Says when it is time for a checkpoint whatever the steps between validations. */
export class CheckpointClock {
  private writtenAt: number;
  private stepEndedAt: number;

  /** @param seconds a clock that is never set back */
  constructor(private readonly seconds: () => number = () => performance.now() / 1000) {
    this.writtenAt = this.stepEndedAt = seconds();
  }

  /** To be asked after each step. A checkpoint is due when the next step, if it takes as long as this one, ends too late for one. */
  isDue(): boolean {
    const now = this.seconds();
    const lastStep = now - this.stepEndedAt;
    this.stepEndedAt = now;
    return now + lastStep - this.writtenAt >= mostSecondsLost;
  }

  /** A checkpoint holds all steps so far. */
  written(): void {
    this.writtenAt = this.stepEndedAt = this.seconds();
  }
}
