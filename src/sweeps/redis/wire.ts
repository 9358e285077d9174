import * as z from "zod";
import { version } from "../../../package.json";
import { experimentSpecSchema } from "../../experiment/spec.js";
import { trialResultSchema } from "../contract.js";
import { jobKey } from "../engine.js";
import { trialId } from "../trialId.js";

/** What passes between a sweep and its workers through Redis; each side checks what it receives. */

export const queueName = "tritloom-trials";

/** Seconds after which what nobody fetched is gone from Redis. */
export const keptSeconds = 24 * 3600;

/** How often a trial is tried whose worker, or its machine, fails; and the pause before the second time, which doubles each time. */
export const mostAttempts = 5;
export const firstPauseMilliseconds = 1000;
/** How often a trial may lose its worker. */
export const mostLost = 5;

/** Names one try of a trial by one worker, so that two of them never mix their files. */
const token = z.string().regex(/^[0-9a-f-]{36}$/);
export const tokenSchema = token;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A trial for a worker: data alone, and no path of any machine. */
export const wireJobSchema = z.strictObject({
  /** The version of Tritloom: another one may train other numbers. */
  version: z.string(),
  trial: trialResultSchema.options[0].shape.trial,
  spec: experimentSpecSchema,
  steps: z.number().int().positive(),
  /** SHA-256 of the file with its data, which is in Redis; null for data that every machine finds by its name. */
  data: sha256.nullable(),
});
export type WireJob = z.infer<typeof wireJobSchema>;

/** A job that a worker refuses; the message says why. */
export class RefusedJobError extends Error {
  override readonly name = "RefusedJob";
}

/**
 * A job as it came out of the queue, into which anybody may have put anything.
 * @param id the job's own, which must be that of its trial
 * @throws RefusedJobError
 */
export function checkedJob(id: string | undefined, data: unknown): WireJob {
  const { version: other } = (data ?? {}) as { version?: unknown };
  if (typeof other === "string" && other !== version) {
    throw new RefusedJobError(`The sweep is of Tritloom ${other.slice(0, 40)}, and this worker of ${version}: use the same version on both sides.`);
  }
  const parsed = wireJobSchema.safeParse(data);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new RefusedJobError(`The job is no trial of a sweep: ${path.join(".") || "the whole of it"}: ${message}.`);
  }
  const fault = faultOf(id, parsed.data);
  if (fault !== undefined) {
    throw new RefusedJobError(`The job is no trial of a sweep: ${fault}.`);
  }
  return parsed.data;
}

function faultOf(id: string | undefined, { trial, spec, steps, data }: WireJob): string | undefined {
  if (trialId(spec) !== trial || jobKey(trial, steps) !== id) {
    return "its name is not that of its spec";
  }
  const { kind } = sourceOf(spec);
  const isFitting = kind !== "file" && (kind === "inline") === (data !== null);
  return isFitting ? undefined : `it has data of the kind "${kind}" ${data === null ? "without" : "with"} a file in Redis`;
}

/** The place that the data of a trial comes from. */
export function sourceOf({ task }: WireJob["spec"]): { readonly name: string; readonly kind: "embedded" | "dataset" | "file" | "inline"; readonly isText: boolean } {
  const { name, source } = task.kind === "classification" ? task.data : task.corpus;
  return { name, kind: source.kind, isText: task.kind !== "classification" };
}

/** The files of a run that a worker sends back whole. */
export const sentFiles = ["checkpoint", "model", "result"] as const;
export type SentFile = (typeof sentFiles)[number];

export const answerSchema = z.discriminatedUnion("type", [
  /** Trained, or wrong in itself; `files` are in Redis under the token. */
  z.object({ type: z.literal("trained"), token, result: trialResultSchema, files: z.array(z.enum(sentFiles)) }),
  /** Asked to stop by a sweep. */
  z.object({ type: z.literal("stopped"), token, files: z.array(z.enum(sentFiles)) }),
]);
export type Answer = z.infer<typeof answerSchema>;

/** Which try is under way; told once, at its beginning. */
export const progressSchema = z.object({ token });

/** Names of what is in Redis beside the queue. */
export const keys = {
  data: (digest: string): string => `tritloom:data:${digest}`,
  /** Lines of `events.jsonl` so far. */
  events: (job: string, token: string): string => `tritloom:trial:${job}:${token}:events`,
  file: (job: string, token: string, file: SentFile): string => `tritloom:trial:${job}:${token}:${file}`,
  /** The token whose events and checkpoint the next try goes on from. */
  start: (job: string): string => `tritloom:trial:${job}:start`,
  /** A request to stop, with the reason. */
  stop: (job: string): string => `tritloom:trial:${job}:stop`,
} as const;

/** All that a try may have left. */
export function keysOfTry(job: string, token: string): string[] {
  return [keys.events(job, token), ...sentFiles.map((file) => keys.file(job, token, file))];
}
