import * as z from "zod";

/** How the CSV file of a run's sequences was read: later files are read the same way. */
export const tableFormSchema = z.strictObject({
  /** The column of the labels: its name in the header, or its number from 0. */
  label: z.union([z.string(), z.number().int().nonnegative()]),
  /** Names of the columns; null where the first row is a sequence. */
  header: z.array(z.string()).readonly().nullable(),
  /** Columns of one timestep. */
  width: z.number().int().positive(),
  delimiter: z.string(),
});
export type TableForm = z.infer<typeof tableFormSchema>;
