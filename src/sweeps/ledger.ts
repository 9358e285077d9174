import { measures } from "../runs/measures.js";
import { type Arrival, promotion, rungSteps } from "./asha.js";
import type { SweepEvent, SweepEventOf, SweepSpec, Trial, TrialResult } from "./contract.js";
import { jobKey } from "./engine.js";
import { plannedPoints } from "./nextPoint.js";
import { pointKey } from "./points.js";
import type { Observation } from "./tpe.js";

export type Candidate = SweepEventOf<"candidate">;

/** What is to be done next. */
export type Decision =
  | { readonly type: "train"; readonly candidate: Candidate; readonly trial: Trial; readonly steps: number; readonly key: string }
  | { readonly type: "promote"; readonly candidate: number; readonly rung: number }
  /** Choose the next point. */
  | { readonly type: "choose" }
  /** Something that runs has to end first. */
  | { readonly type: "wait" }
  | { readonly type: "over" };

/**
 * What is known of a sweep: its log and its results, folded. What comes next follows from it alone, so that a sweep goes on in another
 * process as it would have in the first.
 */
export class Ledger {
  readonly candidates: Candidate[] = [];
  /** Keys of the points so far. */
  readonly chosen = new Set<string>();
  readonly results = new Map<string, TrialResult>();
  /** The latest by key, of jobs that the present driver gave up. */
  readonly abandoned = new Map<string, Pick<SweepEventOf<"abandoned">, "reason" | "why">>();
  /** Retries of each trial. */
  readonly retries = new Map<string, number>();
  started: SweepEventOf<"started"> | undefined;
  ended: SweepEventOf<"ended"> | undefined;
  /** What a person should know or do meanwhile. */
  notice: string | null = null;
  /** The furthest rung to which each candidate was sent; those that are missing are at the first. */
  private readonly sentTo = new Map<number, number>();
  /** The number of the candidate that first had a trial: it names the trial's directory. */
  private readonly firstWith = new Map<string, number>();
  /** Without early stopping: so many candidates from the first have all their results. */
  private trained = 0;

  constructor(readonly spec: SweepSpec) {}

  /** Takes an event of the log; one that is known already changes nothing. */
  add(event: SweepEvent): void {
    switch (event.type) {
      case "started":
        this.started = event;
        this.ended = undefined;
        this.notice = null;
        this.abandoned.clear();
        break;
      case "candidate":
        this.addCandidate(event);
        break;
      case "promoted":
        this.sentTo.set(event.number, Math.max(event.rung, this.rungOf(event.number)));
        break;
      case "retried":
        this.retries.set(event.trial, (this.retries.get(event.trial) ?? 0) + 1);
        break;
      case "abandoned":
        this.abandoned.set(jobKey(event.trial, event.steps), event);
        break;
      case "notice":
        this.notice = event.text;
        break;
      case "ended":
        this.ended = event;
    }
  }

  /** Takes a result; the first one of a job counts. */
  addResult(result: TrialResult): void {
    const key = jobKey(result.trial, result.steps);
    if (!this.results.has(key)) {
      this.results.set(key, result);
    }
  }

  /** How many candidates there will be. */
  get planned(): number {
    return plannedPoints(this.spec);
  }

  /** The steps of the rungs of a trial, rising, each at one of its validations; without early stopping its whole training. */
  rungsOf({ spec: { steps, validateEvery } }: Trial): number[] {
    const { stop } = this.spec;
    const rungs = stop === null ? [steps] : rungSteps(stop, steps);
    return [...new Set(rungs.map((rung) => Math.min(steps, Math.ceil(rung / validateEvery) * validateEvery)))];
  }

  /** The rung that a candidate is at, or on its way to. */
  rungOf(candidate: number): number {
    return this.sentTo.get(candidate) ?? 0;
  }

  /** The number that the directory of a trial begins with. */
  numberOf({ id }: Pick<Trial, "id">): number {
    return this.firstWith.get(id) ?? 0;
  }

  /**
   * What is to be done next.
   * @param running keys of the jobs that are under way
   * @param canChoose whether the trial function is at hand
   */
  next(running: ReadonlySet<string>, canChoose: boolean): Decision {
    const waiting = this.firstUntrained(running);
    if (waiting !== undefined) {
      return waiting;
    }
    const promoted = this.promoted();
    if (promoted !== undefined) {
      return { type: "promote", ...promoted };
    }
    if (canChoose && this.candidates.length < this.planned && this.mayChoose()) {
      return { type: "choose" };
    }
    return running.size > 0 ? { type: "wait" } : { type: "over" };
  }

  /** What a search may know when it chooses the next point. */
  history(): Observation[] {
    return this.knownCandidates().map((candidate) => {
      const furthest = this.furthest(candidate);
      return { point: candidate.point, loss: furthest?.loss ?? Infinity, resource: furthest === undefined ? 0 : furthest.rung + 1 };
    });
  }

  /** The mean loss of a candidate over its seeds at a rung: what is to become small. Undefined until all of them came there. */
  lossAt(candidate: Candidate, rung: number): number | undefined {
    if (candidate.trials.length === 0) {
      return rung === 0 ? Infinity : undefined;
    }
    const losses = candidate.trials.map((trial) => this.trialLoss(trial, rung));
    return losses.includes(undefined) ? undefined : losses.reduce<number>((sum, loss) => sum + loss!, 0) / losses.length;
  }

  /** The furthest rung to which all seeds of a candidate came, and its mean loss there. */
  furthest(candidate: Candidate): { readonly rung: number; readonly loss: number } | undefined {
    for (let rung = this.rungOf(candidate.number); rung >= 0; rung--) {
      const loss = this.lossAt(candidate, rung);
      if (loss !== undefined) {
        return { rung, loss };
      }
    }
    return undefined;
  }

  private trialLoss(trial: Trial, rung: number): number | undefined {
    const key = jobKey(trial.id, this.rungsOf(trial)[rung]!);
    const result = this.results.get(key);
    if (result === undefined) {
      return this.abandoned.has(key) ? Infinity : undefined;
    }
    if (result.outcome === "error") {
      return Infinity;
    }
    return measures[trial.spec.task.kind].better(0, 1) === 1 ? -result.value : result.value;
  }

  private firstUntrained(running: ReadonlySet<string>): Decision | undefined {
    while (this.spec.stop === null && this.isTrained(this.candidates[this.trained])) {
      this.trained += 1;
    }
    for (const candidate of this.candidates.slice(this.trained)) {
      for (const trial of candidate.trials) {
        const steps = this.rungsOf(trial)[this.rungOf(candidate.number)]!;
        const key = jobKey(trial.id, steps);
        if (!this.results.has(key) && !running.has(key) && !this.abandoned.has(key)) {
          return { type: "train", candidate, trial, steps, key };
        }
      }
    }
    return undefined;
  }

  private isTrained(candidate: Candidate | undefined): boolean {
    return candidate !== undefined && candidate.trials.every(({ id, spec: { steps } }) => this.results.has(jobKey(id, steps)));
  }

  private promoted(): { readonly candidate: number; readonly rung: number } | undefined {
    const first = this.candidates.find(({ trials }) => trials.length > 0)?.trials[0];
    const { stop } = this.spec;
    if (stop === null || first === undefined) {
      return undefined;
    }
    const rungs = this.rungsOf(first).map((_, rung) => this.arrivals(rung));
    const goneOn = rungs.map((_, rung) => new Set(this.candidates.filter(({ number }) => this.rungOf(number) >= rung).map(({ number }) => number)));
    return promotion(stop, rungs, goneOn);
  }

  private arrivals(rung: number): Arrival[] {
    return this.candidates.flatMap((candidate) => {
      const loss = this.rungOf(candidate.number) >= rung ? this.lossAt(candidate, rung) : undefined;
      return loss === undefined ? [] : [{ candidate: candidate.number, loss }];
    });
  }

  /** A search that learns waits for the results that it may know. */
  private mayChoose(): boolean {
    return this.spec.search.kind !== "tpe" || this.knownCandidates().every((candidate) => this.lossAt(candidate, 0) !== undefined);
  }

  private knownCandidates(): Candidate[] {
    return this.candidates.slice(0, Math.max(0, this.candidates.length + 1 - this.spec.window));
  }

  private addCandidate(candidate: Candidate): void {
    if (candidate.number !== this.candidates.length) {
      return;
    }
    this.candidates.push(candidate);
    this.chosen.add(pointKey(candidate.point));
    for (const { id } of candidate.trials) {
      if (!this.firstWith.has(id)) {
        this.firstWith.set(id, candidate.number);
      }
    }
  }
}
