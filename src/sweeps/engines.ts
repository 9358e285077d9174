import { availableParallelism } from "node:os";
import * as z from "zod";
import { checkValues } from "../experiment/options.js";
import { ownProgram } from "../programs/ownProgram.js";
import type { SweepEngine } from "./engine.js";
import type { EngineSpec } from "./engineSpec.js";
import { LocalEngine } from "./localEngine.js";
import { slurmEngineOf } from "./slurm/slurmEngineOf.js";

/** Options of `tl.local()`. */
export interface LocalEngineOptions {
  /** Processes that train at the same time. Default: one for each core. */
  workers?: number;
  /** Threads of each of them. Default: so many that workers times threads is the number of cores. */
  threads?: number;
}

const localSchema = z.strictObject({
  workers: z.number().int().min(1).max(1024).optional(),
  threads: z.number().int().min(1).max(1024).optional(),
});

/** Trains the trials of a sweep in processes of this machine, which share its cores. */
export function local(options: LocalEngineOptions = {}): EngineSpec {
  const cores = availableParallelism();
  const { workers = cores, threads } = checkValues("tl.local", options, { workers: true, threads: true }, localSchema);
  return { kind: "local", workers, threads: threads ?? Math.max(1, Math.floor(cores / workers)) };
}

/**
 * An engine at work; to be stopped.
 * @param dir the sweep's directory
 */
export function engineOf(spec: EngineSpec, dir: string): SweepEngine {
  switch (spec.kind) {
    case "local":
      return new LocalEngine({ workers: spec.workers, threads: spec.threads, program: ownProgram("trial-worker") });
    case "slurm":
      return slurmEngineOf(spec, dir);
  }
}

/** What a repeated sweep must know: a search that learns may look back no further than so many trials that can be under way. */
export function windowOf({ workers }: EngineSpec): number {
  return workers === 1 ? 1 : 2 * workers;
}
