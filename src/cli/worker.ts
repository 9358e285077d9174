import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import type * as Workers from "../jobs/redisWorker.js";
import { ownProgram } from "../programs/ownProgram.js";
import { TrainingInterruption } from "../runs/interruption.js";
import { redisPlace } from "../sweeps/redis/place.js";
import { type Command, type CommandLine, positiveInteger, type Report, UsageError } from "./command.js";
import { EndedBySignalError, Interruption } from "./interruption.js";
import { tell } from "./terminal.js";

const exitMilliseconds = 1000;

export const workerCommand: Command = {
  summary: "Trains the trials of sweeps that wait in a Redis, until it is stopped; trials under way are then handed back with checkpoints.",
  operands: [{ name: "URL", description: "the Redis of tl.redis(): redis://host:6379, with TLS rediss://…; its password may stand in TRITLOOM_REDIS_PASSWORD" }],
  options: {
    workers: { value: "N", description: "trials that are trained at the same time; default one for each core" },
    idle: { value: "SECONDS", description: "end when there was nothing to do for so long; default: wait for ever" },
  },
  work,
};

async function work({ operands: [url], values }: CommandLine): Promise<Report> {
  const cores = availableParallelism();
  const number = (name: string): number | undefined => (values[name] === undefined ? undefined : positiveInteger(name, values[name]));
  const workers = number("workers") ?? cores;
  const place = placeOf(url!);
  const { serveTrials } = (await import(pathToFileURL(ownProgram("redis-worker")).href)) as typeof Workers;
  const stopping = new AbortController();
  const interruption = new Interruption((why) => stopping.abort(new TrainingInterruption(why)));
  try {
    const trained = await serveTrials({
      place,
      workers,
      threads: Math.max(1, Math.floor(cores / workers)),
      program: ownProgram("trial-worker"),
      idleSeconds: number("idle"),
      signal: stopping.signal,
      tell,
    });
    if (interruption.ending !== undefined) {
      throw new EndedBySignalError(`The worker was stopped after ${trained} trials.`, interruption.ending);
    }
    return { text: `${trained} ${trained === 1 ? "trial" : "trials"} trained`, json: { trained } };
  } finally {
    interruption.stopListening();
    // BullMQ goes on trying to reach a server that is away: that keeps nobody from ending.
    setTimeout(() => process.exit(), exitMilliseconds).unref();
  }
}

/** @throws UsageError */
function placeOf(url: string): ReturnType<typeof redisPlace> {
  try {
    return redisPlace("tritloom worker", url);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
