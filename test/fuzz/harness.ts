import path from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import type { FuzzWork } from "./worker.js";

export interface FuzzLimits {
  /** Of one case. */
  readonly seconds: number;
  /** Of JavaScript's heap. */
  readonly mebibytes: number;
}

/** A case that broke a limit, or threw what a reader must not throw. */
export interface FuzzFailure {
  readonly target: string;
  readonly seed: number;
  readonly reason: string;
}

/** Bundles the program of the workers into a folder. @returns its path */
export async function buildFuzzWorker(folder: string): Promise<string> {
  const outfile = path.join(folder, "fuzz-worker.cjs");
  const loader = { ".v": "text", ".md": "text" } as const;
  await build({ entryPoints: [path.join(import.meta.dirname, "worker.ts")], bundle: true, platform: "node", format: "cjs", loader, outfile, logLevel: "error", define: { "import.meta.url": "__filename" } });
  return outfile;
}

/** How often the watchdog looks at the case at work. */
const lookMilliseconds = 100;

/**
 * Reads cases made from the seeds `firstSeed` to below `firstSeed + count` in one worker, and stops at the first that fails.
 * @returns the failure; undefined when every case was read within the limits
 */
export async function fuzz(program: string, target: string, firstSeed: number, count: number, limits: FuzzLimits): Promise<FuzzFailure | undefined> {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const workerData: FuzzWork = { target, firstSeed, count, progress };
  const worker = new Worker(program, { workerData, resourceLimits: { maxOldGenerationSizeMb: limits.mebibytes } });
  const reason = await new Promise<string | undefined>((resolve) => {
    let [done, since] = [0, Date.now()];
    const watchdog = setInterval(() => {
      if (progress[1] !== done) {
        [done, since] = [progress[1]!, Date.now()];
      } else if (done > 0 && Date.now() - since > 1000 * limits.seconds) {
        resolve(`it took more than ${limits.seconds} s`);
      }
    }, lookMilliseconds);
    worker.once("message", () => resolve(undefined));
    worker.once("error", (error) => resolve(error.message));
    worker.once("exit", () => {
      clearInterval(watchdog);
      resolve("the worker ended");
    });
  });
  await worker.terminate();
  return reason === undefined ? undefined : { target, seed: progress[0]!, reason };
}
