import * as z from "zod";
import type { TaskSpec } from "../experiment/taskSpec.js";
import { type RunEvent, type RunEventOf, runEventSchema } from "./contract.js";
import { measures } from "./measures.js";

const eventOf = <Type extends RunEvent["type"]>(type: Type) =>
  runEventSchema.transform((event, context): RunEventOf<Type> => {
    if (event.type !== type) {
      context.addIssue(`is no event "${type}"`);
      return z.NEVER;
    }
    return event as RunEventOf<Type>;
  });

/** An outline as plain data. */
export const outlineStateSchema = z.object({
  startedAt: z.number().optional(),
  started: eventOf("started").optional(),
  last: runEventSchema.optional(),
  lastReport: eventOf("step").optional(),
  lastValidation: eventOf("validation").optional(),
  leastLoss: eventOf("validation").optional(),
  best: z.object({ figure: z.number(), validation: eventOf("validation") }).optional(),
  reportedStep: z.number(),
  seconds: z.number(),
  events: z.number(),
});
export type OutlineState = z.infer<typeof outlineStateSchema>;

/** The part of a spec that tells by which figure a run is judged, and how many items a step has. */
export interface JudgedSpec {
  readonly task: { readonly kind: TaskSpec["kind"]; readonly batchSize: number; readonly sequenceLength?: number };
}

/** Takes this part of a spec. */
export const judgedSpecSchema: z.ZodType<JudgedSpec> = z.object({
  task: z.object({ kind: z.custom<TaskSpec["kind"]>((kind) => typeof kind === "string" && Object.hasOwn(measures, kind)), batchSize: z.number(), sequenceLength: z.number().optional() }),
});

/**
 * What a run's log says apart from its curves: how far it came and its best validations, exact for a log of any length. Events are
 * added in the order of the log; one of each kind is kept.
 */
export class Outline {
  /** Whether each report of a step must be added, or only the last one before any other event. */
  readonly needsEveryStep: boolean = false;

  /** Seconds since the epoch of the first event. */
  startedAt: number | undefined;
  /** The event with which the present owner began. */
  started: RunEventOf<"started"> | undefined;
  last: RunEvent | undefined;
  lastReport: RunEventOf<"step"> | undefined;
  lastValidation: RunEventOf<"validation"> | undefined;
  /** The earliest of those with the least loss. */
  leastLoss: RunEventOf<"validation"> | undefined;
  /** The earliest of those with the best figure of the task, and this figure. */
  best: { readonly figure: number; readonly validation: RunEventOf<"validation"> } | undefined;
  /** The furthest step with a report that counts. */
  reportedStep = 0;
  /** Seconds of training up to the last report, validations and checkpoints between the steps included: a run's training time. */
  seconds = 0;
  /** How many were added. */
  events = 0;
  private since: number | undefined;

  constructor(readonly spec: JudgedSpec) {}

  /** Steps done. */
  get step(): number {
    return this.last?.step ?? 0;
  }

  /** The outline as plain data, to be restored: the log that it was made of grows no more. */
  get state(): OutlineState {
    const { startedAt, started, last, lastReport, lastValidation, leastLoss, best, reportedStep, seconds, events } = this;
    return { startedAt, started, last, lastReport, lastValidation, leastLoss, best, reportedStep, seconds, events };
  }

  /** The outline that had this state. */
  static restored(spec: JudgedSpec, state: OutlineState): Outline {
    return Outline.restore(new Outline(spec), state);
  }

  /** Gives an empty outline, or a course, this state. */
  static restore<Log extends Outline>(log: Log, state: OutlineState): Log {
    return Object.assign(log, state);
  }

  /** @param counts false for a report of a step that was done again after a resume */
  add(event: RunEvent, counts = true): void {
    this.events += 1;
    this.advanceClock(event);
    this.startedAt ??= event.time;
    this.last = event;
    if (event.type === "started") {
      this.started = event;
    } else if (counts) {
      this.report(event);
    }
  }

  /** Seconds that so many steps take at the present owner's pace; null while nobody knows. */
  secondsFor(_steps: number): number | null {
    return null;
  }

  /** Breaks between two owners do not count. Where a clock was set back between two reports, no time has passed. */
  private advanceClock({ type, time }: RunEvent): void {
    switch (type) {
      case "started":
        this.since = time;
        break;
      case "step":
      case "validation":
      case "weights":
        this.seconds += Math.max(0, time - (this.since ?? time));
        this.since = time;
    }
  }

  /** An event that counts. */
  protected report(event: RunEvent): void {
    switch (event.type) {
      case "step":
        this.lastReport = event;
        break;
      case "validation":
        this.validate(event);
        break;
      case "weights":
        break;
      default:
        return;
    }
    this.reportedStep = Math.max(this.reportedStep, event.step);
  }

  private validate(validation: RunEventOf<"validation">): void {
    this.lastValidation = validation;
    if (this.leastLoss === undefined || validation.loss < this.leastLoss.loss) {
      this.leastLoss = validation;
    }
    const { better, of } = measures[this.spec.task.kind];
    const figure = of(validation);
    if (figure !== undefined && (this.best === undefined || better(this.best.figure, figure) !== this.best.figure)) {
      this.best = { figure, validation };
    }
  }
}
