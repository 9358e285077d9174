import { type SweepSummary, summaryOf } from "../sweeps/summary.js";
import { readSweep, runningJobs } from "../sweeps/sweepDirectory.js";
import { sweepBundle } from "../sweeps/sweepPicture.js";
import type { Report } from "./command.js";

/** @throws SweepError when the directory holds no sweep */
export async function summaryNow(dir: string): Promise<SweepSummary> {
  const reading = await readSweep(dir);
  return summaryOf(reading, await runningJobs(reading));
}

/** What the command line tells of a sweep. */
export function sweepReport(summary: SweepSummary): Report {
  return { text: sweepText(summary), json: { sweep: sweepJson(summary) } };
}

/** Whether trials were given up because workers, disks or machines failed. */
export function isIncomplete({ abandoned }: SweepSummary): boolean {
  return abandoned.length > 0;
}

export function sweepText(summary: SweepSummary): string {
  return sweepBundle(summary)["text/plain"]!;
}

export function sweepJson({ measure, ...summary }: SweepSummary): object {
  return { ...summary, measure: measure?.name ?? null };
}
