import * as z from "zod";
import { initialTableOptions, tableOptionsSchema } from "../../src/runTable/tableView.js";

export const comparisonNames = ["none", "curves", "differences", "best", "parameter", "parallel", "importance"] as const;
export type ComparisonName = (typeof comparisonNames)[number];

/** How the panel looks at the runs; saved by the editor and restored after a reload. */
export const viewOptionsSchema = tableOptionsSchema.extend({
  /** What is open beside the table. */
  comparison: z.enum(comparisonNames),
  /** Id of the hyper-parameter on the x axis; null: the first that differs. */
  parameter: z.string().nullable(),
});
export type ViewOptions = z.infer<typeof viewOptionsSchema>;

export const initialViewOptions: ViewOptions = { ...initialTableOptions, comparison: "none", parameter: null };
