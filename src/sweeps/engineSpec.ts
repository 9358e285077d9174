import * as z from "zod";

const positive = z.number().int().positive();

/** Where the trials of a sweep are trained, as `sweep.json` keeps it. */
export const engineSpecSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("local"),
    workers: positive,
    /** Threads of each worker. */
    threads: positive,
  }),
  z.object({
    kind: z.literal("redis"),
    /** Without a password, which no file keeps. */
    url: z.string(),
    /** Trials that are given out at a time. */
    workers: positive,
  }),
]);

/** Where the trials of a sweep are trained; made by `tl.local()` and `tl.redis()`. */
export type EngineSpec = z.infer<typeof engineSpecSchema>;
export type EngineSpecOf<K extends EngineSpec["kind"]> = Extract<EngineSpec, { kind: K }>;
