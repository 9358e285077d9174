import { access } from "node:fs/promises";
import path from "node:path";
import { hasAccelerator } from "../../hardware/acceleratorModel.js";
import { readVerification, verificationInWords } from "../../api/verifiedRun.js";
import { runFiles } from "../../runs/runFiles.js";
import { readOwner } from "../../runs/owner.js";
import { RunError, RunFollower, type RunReading } from "../../runs/readRun.js";
import { snapshotOf } from "../../runs/runSnapshot.js";
import type { ListedRun } from "./runList.js";

/** Reads runs for the list; of one that trains it reads only what was appended since the last time. */
export class RunReader {
  private readonly followers = new Map<string, RunFollower>();

  /** @param onFault told when a directory looks like a run but cannot be read as one */
  constructor(private readonly onFault: (error: unknown) => void) {}

  readonly read = async (dir: string, colour: number): Promise<ListedRun | undefined> => {
    try {
      return await this.listed(await this.follow(dir), colour);
    } catch (error) {
      this.followers.delete(dir);
      if (!(error instanceof RunError)) {
        this.onFault(error);
      }
      return undefined;
    }
  };

  private async follow(dir: string): Promise<RunReading> {
    const follower = this.followers.get(dir) ?? new RunFollower(dir);
    const reading = await follower.poll();
    if (reading.state === "running") {
      this.followers.set(dir, follower);
    } else {
      this.followers.delete(dir);
    }
    return reading;
  }

  private async listed(reading: RunReading, colour: number): Promise<ListedRun> {
    const { dir, spec, events } = reading;
    const verification = await readVerification(dir);
    return {
      dir,
      snapshot: snapshotOf(reading, colour),
      startedAt: events[0]?.time ?? Infinity,
      owner: (await readOwner(dir))?.pid,
      ...(verification && { verification: verificationInWords(verification) }),
      isExportable: hasAccelerator(spec) && (await exists(path.join(dir, runFiles.model))),
    };
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
