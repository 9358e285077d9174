import type { RunEvent, RunEventOf } from "./contract.js";

type Timed<E> = E & { readonly seconds: number };

/** A run's events without those that a resume from an earlier checkpoint has overtaken. */
export interface Course {
  started?: RunEventOf<"started">;
  /** Seconds of training up to each; breaks between two owners do not count. */
  readonly reports: Timed<RunEventOf<"step">>[];
  readonly validations: Timed<RunEventOf<"validation">>[];
  readonly weights: RunEventOf<"weights">[];
  /** Reports before the present owner's first. */
  earlierReports: number;
  /** Seconds of training up to the last report, validations and checkpoints between the steps included: a run's training time. */
  seconds: number;
  step: number;
}

/** The one reading of a run's events: curves, training time and pace are all told from it. */
export function courseOf(events: readonly RunEvent[]): Course {
  const course: Course = { reports: [], validations: [], weights: [], earlierReports: 0, seconds: 0, step: 0 };
  let since: number | undefined;
  for (const event of events) {
    course.step = event.step;
    switch (event.type) {
      case "started":
        since = event.time;
        resumeAt(course, event);
        continue;
      case "step":
      case "validation":
      case "weights":
        // A clock that was set back must not shorten the time.
        course.seconds += Math.max(0, event.time - (since ?? event.time));
        since = event.time;
        report(course, event);
    }
  }
  return course;
}

function report(course: Course, event: RunEventOf<"step" | "validation" | "weights">): void {
  const { seconds } = course;
  switch (event.type) {
    case "step":
      course.reports.push({ ...event, seconds });
      break;
    case "validation":
      course.validations.push({ ...event, seconds });
      break;
    case "weights":
      course.weights.push(event);
      break;
  }
}

/** Steps after the checkpoint that a resume starts from are done again: their first reports no longer count. */
function resumeAt(course: Course, started: RunEventOf<"started">): void {
  course.started = started;
  for (const reports of [course.reports, course.validations, course.weights]) {
    while (reports.length > 0 && reports.at(-1)!.step > started.step) {
      reports.pop();
    }
  }
  course.earlierReports = course.reports.length;
}

/** Characters, words or sequences a second at the last report; validations and checkpoints are not in it. */
export function itemsPerSecond({ reports }: Course): number | null {
  return reports.at(-1)?.charactersPerSecond ?? null;
}

/** The time left is told from the pace of the last so many reports. */
const reportsForPace = 50;

/**
 * Seconds that so many steps take at the present owner's pace, validations and checkpoints between the steps included; null
 * where too little is known.
 */
export function secondsFor(steps: number, { reports, earlierReports }: Course): number | null {
  const last = reports.at(-1);
  const first = reports[Math.max(earlierReports, reports.length - reportsForPace)];
  return last === undefined || first === undefined || last.step <= first.step
    ? null
    : ((last.seconds - first.seconds) / (last.step - first.step)) * Math.max(0, steps);
}
