import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { checkValues } from "../experiment/options.js";
import { ownProgram } from "../programs/ownProgram.js";
import type { SweepEngine } from "./engine.js";
import type { EngineSpec, EngineSpecOf } from "./engineSpec.js";
import { LocalEngine } from "./localEngine.js";
import { redisPlace } from "./redis/place.js";
import type * as Redis from "./redis/redisEngine.js";
import { slurmEngineOf } from "./slurm/slurmEngineOf.js";

/** Options of `tl.local()`. */
export interface LocalEngineOptions {
  /** Processes that train at the same time. Default: one for each core. */
  workers?: number;
  /** Threads of each of them. Default: so many that workers times threads is the number of cores. */
  threads?: number;
}

const count = z.number().int().min(1).max(1024).optional();
const localSchema = z.strictObject({ workers: count, threads: count });

/** Trains the trials of a sweep in processes of this machine, which share its cores. */
export function local(options: LocalEngineOptions = {}): EngineSpec {
  const cores = availableParallelism();
  const { workers = cores, threads } = checkValues("tl.local", options, { workers: true, threads: true }, localSchema);
  return { kind: "local", workers, threads: threads ?? Math.max(1, Math.floor(cores / workers)) };
}

/** Options of `tl.redis()`. */
export interface RedisEngineOptions {
  /**
   * Trials that are given out at a time: at least as many as all workers train at once. A search that learns knows the less of the earlier
   * trials the more there are. Default 16.
   */
  workers?: number;
}

const redisSchema = z.strictObject({ workers: count });

/** The passwords of URLs that this process was given; a password stands in no spec and no file. */
const passwords = new Map<string, string>();

/**
 * Trains the trials of a sweep on any number of machines, on each of which `tritloom worker URL` runs; Redis passes on trials, data,
 * checkpoints and results, so that the machines share no files.
 * @param url "redis://host:6379", with TLS "rediss://host:6379"; user and password as in "redis://user:password@host". A password that is not in
 * it is taken from the environment variable TRITLOOM_REDIS_PASSWORD. No file keeps the password
 */
export function redis(url: string, options: RedisEngineOptions = {}): EngineSpec {
  const { workers = 16 } = checkValues("tl.redis", options, { workers: true }, redisSchema);
  const place = redisPlace("tl.redis()", url);
  if (place.password !== undefined) {
    passwords.set(place.url, place.password);
  }
  return { kind: "redis", url: place.url, workers };
}

/**
 * An engine at work; to be stopped.
 * @param dir the sweep's directory
 * @throws RedisError where there is no server, or it lets nobody in
 */
export async function engineOf(spec: EngineSpec, dir: string): Promise<SweepEngine> {
  switch (spec.kind) {
    case "local":
      return new LocalEngine({ workers: spec.workers, threads: spec.threads, program: ownProgram("trial-worker") });
    case "redis":
      return redisEngine(spec);
    case "slurm":
      return slurmEngineOf(spec, dir);
  }
}

async function redisEngine({ url, workers }: EngineSpecOf<"redis">): Promise<SweepEngine> {
  const place = redisPlace("the sweep's engine", url);
  const { RedisEngine } = (await import(pathToFileURL(ownProgram("redis-engine")).href)) as typeof Redis;
  return RedisEngine.open({ ...place, password: passwords.get(place.url) ?? place.password }, workers);
}

/** What a repeated sweep must know: a search that learns may look back no further than so many trials that can be under way. */
export function windowOf({ workers }: EngineSpec): number {
  return workers === 1 ? 1 : 2 * workers;
}
