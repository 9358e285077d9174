import * as z from "zod";
import { type Displayable, displaySymbol, type MimeBundle } from "../display/host.js";
import { table } from "../display/html.js";
import { checkValues, requireText } from "../experiment/options.js";
import { type ImportedCurves as Imported, importCurves as readCurves, type ImportMeasure, importMeasures } from "../trackers/importCurves.js";

/** Options of `tl.importCurves()`. */
export interface ImportCurvesOptions {
  /** Folder of runs that gets a directory for each run of the file. Default: TRITLOOM_RUNS or `runs`. */
  runs?: string;
  /** What they are called in lists. Default: as the file says, else the name of the file. */
  name?: string;
  /** The column of steps. Default: one that is called a step, iteration or epoch. */
  step?: string;
  /** The character between fields. Default: whichever of comma, semicolon, bar and tab makes columns of numbers. */
  delimiter?: string;
  /** What the curves are judged by. Default: accuracy, BPC or perplexity, whichever the file has. */
  measure?: ImportMeasure;
}

const names = { runs: true, name: true, step: true, delimiter: true, measure: true } as const;
const text = z.string().min(1).optional();
const optionsSchema = z.strictObject({ runs: text, name: text, step: text, delimiter: z.string().length(1).optional(), measure: z.enum(importMeasures).optional() });

/** Curves of another tool, which the list of runs and the panel of curves show beside own runs. */
export class ImportedCurves implements Displayable {
  constructor(
    readonly file: string,
    readonly runs: readonly Imported[],
  ) {}

  [displaySymbol](): MimeBundle {
    const rows = this.runs.flatMap(({ dir, name, measure, points, notes }) => [
      [name, `${measure}, ${points.train} points of training, ${points.validation} of validation`] as const,
      ["directory", dir] as const,
      ...notes.map((note) => ["read as", note] as const),
    ]);
    return table(`Curves of ${this.file}`, rows);
  }
}

/**
 * Reads a CSV file of curves that another tool wrote (TensorBoard, MLflow, Weights & Biases, Keras, Lightning), to be shown beside own
 * runs: a column of steps, and a column for each metric or a row for each number.
 * @throws TypeError for arguments that are none; CorpusError or CurvesError that names file, place and remedy
 */
export async function importCurves(file: string, options: ImportCurvesOptions = {}): Promise<ImportedCurves> {
  requireText("tl.importCurves", file, 'a path, as "curves.csv"');
  return new ImportedCurves(file, await readCurves(file, checkValues("tl.importCurves", options, names, optionsSchema)));
}
