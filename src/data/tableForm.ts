import * as z from "zod";

const column = z.number().int().nonnegative();

/** How the CSV file of a run's sequences was read: later files are read the same way. Columns are numbers from 0. */
export const tableFormSchema = z.strictObject({
  /** How many columns the file has. */
  columns: z.number().int().positive(),
  /** Names of the columns; null where the first row has data. */
  header: z.array(z.string()).readonly().nullable(),
  label: column.nullable(),
  /** What tells the sequences of a table with a timestep in each row apart; empty for a sequence in each row. */
  id: z.array(column).readonly(),
  time: column.nullable(),
  /** The value columns in the order in which the model reads them: those of one timestep where there is an id, else those of a whole sequence. */
  values: z.array(column).min(1).readonly(),
  /** Names of the values of one timestep. */
  features: z.array(z.string()).min(1).readonly(),
  /** Whether sequences of other lengths are cut and padded to the one that the model was trained on. */
  isPadded: z.boolean(),
  delimiter: z.string().length(1),
  decimal: z.enum([".", ","]),
  /** What a missing number stands for; null where there must be none. */
  missing: z.number().nullable(),
});
export type TableForm = z.infer<typeof tableFormSchema>;
