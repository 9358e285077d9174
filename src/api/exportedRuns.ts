import * as z from "zod";
import { type Displayable, displaySymbol, type MimeBundle } from "../display/host.js";
import { table } from "../display/html.js";
import { checkValues } from "../experiment/options.js";
import { exportRuns, type RunsExport, type Tracker, trackers } from "../trackers/exportRuns.js";

/** Options of `run.export()` and `sweep.export()`. */
export interface ExportOptions {
  /** What is to read it: TensorBoard (event files), MLflow (its file store) or anything that reads CSV. */
  to: Tracker;
  /** The folder to write, relative to the notebook's folder. Default: `tensorboard`, `mlruns` or `curves`. */
  out?: string;
  /** For `to: "csv"`: true writes one file with a row for each number, in place of a file for each run with a row for each step. Default false. */
  long?: boolean;
  /** The name of the experiment, for `to: "mlflow"`. Default "tritloom". */
  experiment?: string;
  /** Replace what an earlier export wrote of the same runs. Default false: that is an error. */
  overwrite?: boolean;
}

const names = { to: true, out: true, long: true, experiment: true, overwrite: true } as const;

const text = z.string().min(1);
const optionsSchema = z.strictObject({
  to: z.enum(trackers),
  out: text.optional(),
  long: z.boolean().optional(),
  experiment: text.optional(),
  overwrite: z.boolean().optional(),
});

/** What an export wrote, for another tool to read. */
export class ExportedRuns implements Displayable {
  constructor(private readonly written: RunsExport) {}

  /** The folder of all, absolute. */
  get out(): string {
    return this.written.out;
  }

  /** The file or the folder of each run, in the order of the runs. */
  get places(): readonly string[] {
    return this.written.runs.map(({ place }) => place);
  }

  [displaySymbol](): MimeBundle {
    const { to, out, runs } = this.written;
    return table(`Exported to ${to}`, [
      ["folder", out],
      ["runs", String(runs.length)],
      ...(to === "csv" ? [] : [["to see them", readers[to](JSON.stringify(out))] as const]),
    ]);
  }
}

const readers = {
  tensorboard: (out: string): string => `tensorboard --logdir ${out}`,
  mlflow: (out: string): string => `MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri ${out}`,
} as const;

/**
 * Writes runs for another tool.
 * @param word as the cell writes it
 * @throws TypeError for options that are none; RunsExportError where one is there already
 */
export async function exportFromCell(word: string, dirs: readonly string[], options: ExportOptions): Promise<ExportedRuns> {
  return new ExportedRuns(await exportRuns(dirs, checkValues(word, options ?? {}, names, optionsSchema)));
}
