import * as z from "zod";

/** Mean and standard deviation of the training part, one of each for each value of a timestep as it was given. */
export interface Scaling {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/** How a CSV file was read. */
export interface TableForm {
  /** The column of the labels: its name in the header, or its number from 0. */
  readonly label: string | number;
  /** Names of the columns; null where the first row is a sequence. */
  readonly header: readonly string[] | null;
  /** Columns of one timestep. */
  readonly width: number;
  readonly delimiter: string;
}

/** How sequences as they were given became those that a model reads: later ones are prepared the same way. */
export interface Preparation {
  /** Absent: the values are as they were given. */
  readonly scaling?: Scaling | undefined;
  /** Absent: they did not come from a CSV file. */
  readonly table?: TableForm | undefined;
}

const positiveInteger = z.number().int().positive();
const finite = z.number();

/** What `data.safetensors` says about how its values came to be. */
export const preparationSchema = z.strictObject({
  scaling: z.strictObject({ means: z.array(finite).min(1), deviations: z.array(finite).min(1) }).optional(),
  table: z
    .strictObject({
      label: z.union([z.string(), z.number().int().nonnegative()]),
      header: z.array(z.string()).nullable(),
      width: positiveInteger,
      delimiter: z.string(),
    })
    .optional(),
}) satisfies z.ZodType<Preparation>;

/**
 * Values as a model reads them, in place: from each the mean of the training part is subtracted, and the rest divided by its
 * standard deviation. A value that never varied in the training part is not divided.
 * @param values [..., I] with I = the number of means
 */
export function standardise(values: Float32Array, { means, deviations }: Scaling): void {
  const width = means.length;
  for (let at = 0; at < values.length; at++) {
    const column = at % width;
    values[at] = (values[at]! - means[column]!) / (deviations[column]! || 1);
  }
}
