import * as z from "zod";
import { notebookNameSchema } from "./contract.js";
import { kernelRecordSchema } from "./record.js";

/** What a keeper is told by whoever starts it. */
export const keeperStartSchema = z.object({
  notebook: notebookNameSchema,
  /** Tells apart notebooks of equal names that were never saved. */
  scope: z.string(),
  /** The folder that cells work in. */
  folder: z.string(),
  /** The kernel's bundle. */
  kernelPath: z.string(),
  /** How long the kernel stays with nothing to run, before anybody has attached. */
  idleSeconds: z.number().min(0),
});
export type KeeperStart = z.infer<typeof keeperStartSchema>;

export const keeperStartedSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), record: kernelRecordSchema }),
  /** The notebook has got a kernel meanwhile. */
  z.object({ type: z.literal("exists") }),
  z.object({ type: z.literal("failed"), message: z.string() }),
]);
/** A keeper's answer. */
export type KeeperStarted = z.infer<typeof keeperStartedSchema>;
