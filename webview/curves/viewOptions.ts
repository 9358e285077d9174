import * as z from "zod";

/** How the panel looks at the runs; saved by the editor and restored after a reload. */
export const viewOptionsSchema = z.object({
  /** Directories of the overlaid runs; null until the user or the extension chose some. */
  checked: z.array(z.string()).nullable(),
  /** The last choice the extension sent: the same one again does not overrule the user's boxes. */
  adopted: z.array(z.string()),
  xAxis: z.enum(["step", "seconds", "items"]),
  quantity: z.enum(["figure", "loss"]),
  logX: z.boolean(),
  logY: z.boolean(),
  /** Weight of the past in the moving average, 0 (none) to 0.99. */
  smoothing: z.number().min(0).max(0.99),
  train: z.boolean(),
  validation: z.boolean(),
  /** Whose measure is on the y axis when runs of several tasks are shown; null until the user chose. */
  task: z.enum(["character-model", "word-model", "classification"]).nullable().default(null),
  filter: z.string(),
  sort: z.enum(["newest", "name", "figure", "state"]).default("newest"),
});
export type ViewOptions = z.infer<typeof viewOptionsSchema>;

export const initialViewOptions: ViewOptions = {
  checked: null,
  adopted: [],
  xAxis: "step",
  quantity: "figure",
  logX: false,
  logY: false,
  smoothing: 0.8,
  train: true,
  validation: true,
  task: null,
  filter: "",
  sort: "newest",
};
