import * as z from "zod";
import type { ExperimentSpec } from "../experiment/spec.js";
import { isSameStamp, stampSchema } from "./keptFile.js";
import { KeptLog, type LogForm } from "./keptLog.js";
import { type JudgedSpec, Outline, outlineStateSchema } from "./outline.js";
import { runFiles } from "./runFiles.js";

const version = 2;
const keptSchema = z.object({ version: z.literal(version), log: stampSchema, task: z.string(), outline: outlineStateSchema });

/** As JSON. The best validation depends on how the task is judged. */
function outlineForm(spec: JudgedSpec): LogForm<Outline> {
  return {
    file: runFiles.outline,
    encode: ({ state }, log) => JSON.stringify({ version, log, task: spec.task.kind, outline: state }),
    decode: (bytes, stamp) => {
      const { log, task, outline } = keptSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
      return isSameStamp(log, stamp) && task === spec.task.kind ? Outline.restored(spec, outline) : undefined;
    },
  };
}

/** The outline of a run's log. */
export class OutlineLog extends KeptLog<Outline> {
  constructor(dir: string, spec: ExperimentSpec) {
    super(dir, outlineForm(spec), () => new Outline(spec));
  }
}
