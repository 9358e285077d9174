/**
 * The resumes of one log. A resume goes on from a checkpoint, so the steps after that one are done again and their first reports no
 * longer count.
 */
export class Resumes {
  /** Positions and steps both rise: of a resume followed by one from an earlier step, the later one tells all. */
  private stairs: { readonly position: number; readonly step: number }[] = [];
  private furthest = -1;

  /** @param end step of a resume that is still to come */
  constructor(private readonly end = Infinity) {}

  clear(): void {
    this.stairs = [];
    this.furthest = -1;
  }

  /** Whether a resume at this position of the log is further on than all noted ones. */
  isNew(position: number): boolean {
    return position > this.furthest;
  }

  /** Notes a resume; one that is known already may be noted again. */
  note(position: number, step: number): void {
    if (this.isNew(position)) {
      this.furthest = position;
      this.stairs = [...this.stairs.filter((stair) => stair.step < step), { position, step }];
    }
  }

  /** Whether the report of a step at this position of the log was, or is to be, done again. */
  overtake(position: number, step: number): boolean {
    const next = this.stairs.find((stair) => stair.position > position);
    return step > Math.min(next?.step ?? Infinity, this.end);
  }
}
