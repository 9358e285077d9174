import * as z from "zod";
import { slurmSchema } from "./slurm/slurmSpec.js";

const count = z.number().int().min(1).max(1024);

const localSchema = z.strictObject({
  kind: z.literal("local"),
  workers: count,
  /** Threads of each worker. */
  threads: count,
});

const redisSchema = z.strictObject({
  kind: z.literal("redis"),
  /** Without a password, which no file keeps. */
  url: z.string(),
  /** Trials that are given out at a time. */
  workers: count,
});

export const engineSchema = z
  .discriminatedUnion("kind", [localSchema, redisSchema, slurmSchema])
  .meta({ makers: ["tl.local()", 'tl.redis("redis://host:6379")', 'tl.slurm({ time: "4:00:00" })'] });
/** The place where the trials of a sweep are trained, as a plain value that `sweep.json` keeps; made by `tl.local`, `tl.redis` and `tl.slurm`. */
export type EngineSpec = z.infer<typeof engineSchema>;
export type EngineSpecOf<K extends EngineSpec["kind"]> = Extract<EngineSpec, { kind: K }>;
