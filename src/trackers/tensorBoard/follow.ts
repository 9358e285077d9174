import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { inTurns } from "../../runs/inTurns.js";
import type { RunFollower } from "../../runs/readRun.js";
import type { Transcript } from "../measurements.js";
import type { EventFile } from "./eventFile.js";

/** How often what runs report is appended. */
const pollMilliseconds = 1000;

/** An event file, and the run whose reports it holds so far. */
export interface GrowingEventFile {
  readonly file: string;
  readonly events: EventFile;
  readonly follower: RunFollower<Transcript>;
}

/** Appends what the runs report from now on, until none of them trains any more or `signal` aborts. */
export async function followRuns(files: readonly GrowingEventFile[], signal: AbortSignal): Promise<void> {
  let growing = files;
  while (growing.length > 0 && !signal.aborted) {
    const trains = await inTurns(growing, appendNews);
    growing = growing.filter((_, index) => trains[index]);
    if (growing.length > 0) {
      await sleep(pollMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Whole records in one write each time: TensorBoard waits for the rest of a torn one. @returns whether the run still trains */
async function appendNews({ file, events, follower }: GrowingEventFile): Promise<boolean> {
  const reading = await follower.poll();
  const news = events.news(reading);
  if (news.length > 0) {
    await appendFile(file, news);
  }
  return reading.state === "running";
}
