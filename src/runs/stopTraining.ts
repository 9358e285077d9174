import { setTimeout as sleep } from "node:timers/promises";
import { ownerText } from "./owner.js";
import { readRun, type RunReading } from "./readRun.js";
import { requestStop } from "./stopRequest.js";

const lookMilliseconds = 200;

/**
 * Asks whoever trains a run to stop with a checkpoint, and waits until nobody does. A run may get another owner before the request
 * arrives, as when a sweep gives it to another worker: that one is asked, too.
 */
export async function stopTraining(dir: string): Promise<RunReading> {
  for (let asked: string | undefined; ; ) {
    const owner = await ownerText(dir);
    if (owner !== undefined && owner !== asked) {
      await requestStop(dir);
      asked = owner;
    }
    const reading = await readRun(dir);
    if (reading.state !== "running") {
      return reading;
    }
    await sleep(lookMilliseconds);
  }
}
