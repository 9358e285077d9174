import * as z from "zod";
import { slurmSchema } from "./slurm/slurmSpec.js";

const count = z.number().int().min(1).max(1024);

const localSchema = z.strictObject({
  kind: z.literal("local"),
  workers: count,
  /** Threads of each worker. */
  threads: count,
});

/** Where the trials of a sweep are trained, as a plain value that `sweep.json` keeps; made by `tl.local()` and `tl.slurm()`. */
export const engineSchema = z.discriminatedUnion("kind", [localSchema, slurmSchema]).meta({ makers: ["tl.local()", 'tl.slurm({ time: "4:00:00" })'] });
export type EngineSpec = z.infer<typeof engineSchema>;
