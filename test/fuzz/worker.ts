import { parentPort, workerData } from "node:worker_threads";
import { mutated } from "./mutate.js";
import { targets } from "./targets.js";

/** What a worker is asked to do; `progress` has the seed at work, and how many cases are done. */
export interface FuzzWork {
  readonly target: string;
  readonly firstSeed: number;
  readonly count: number;
  readonly progress: Int32Array;
}

const { target: name, firstSeed, count, progress } = workerData as FuzzWork;
const target = targets.find((each) => each.name === name)!;
for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  progress[0] = seed;
  progress[1]!++;
  try {
    target.read(mutated(seed, target.files));
  } catch (error) {
    throw new Error(`${(error as Error).name}: ${(error as Error).message}\n${(error as Error).stack ?? ""}`, { cause: error });
  }
}
parentPort!.postMessage("done");
