import * as z from "zod";
import type { CsvTableOptions } from "../data/csvSequences.js";
import type { SequenceOptions } from "../data/labelledSequences.js";
import { permutation, randomStream } from "../numbers/random.js";

/** How sequences are dealt out to the three parts, and scaled. */
export interface DealtOptions extends Omit<SequenceOptions, "shuffle"> {
  /** Seed of the order in which sequences are dealt out to the parts. Default: as given. */
  shuffle?: number;
}

const fraction = z.number().gt(0).lt(1);
const dealtFields = {
  split: z.tuple([fraction, fraction, fraction]).meta({ give: "three fractions above 0 that sum to 1, as [0.8, 0.1, 0.1]" }).optional(),
  stratified: z.boolean().optional(),
  shuffle: z.number().int().min(0).max(0xffff_ffff).meta({ give: "the seed of the order, a whole number as shuffle: 1" }).optional(),
  normalise: z.enum(["none", "standardise"]).optional(),
};

export const dealtSchema = z.strictObject(dealtFields);

const column = z.union([z.string(), z.number().int().min(0)]).meta({ give: 'the name of a column, or its number from 0' });
const columns = z.array(column).min(1).meta({ give: 'a list of columns, by name or number, as ["x", "y"]' });

/** How a CSV file is read, in the words of `tl.data.csv`. */
export const csvTableFields = {
  id: z.union([column, columns]).meta({ give: "the name or number of the column that tells sequences apart, or a list of them" }).optional(),
  time: column.optional(),
  features: columns.optional(),
  width: z.number().int().positive().optional(),
  timesteps: z.number().int().positive().optional(),
  header: z.boolean().optional(),
  delimiter: z.string().length(1).meta({ give: 'one character, as ";"' }).optional(),
  decimal: z.enum([".", ","]).optional(),
  missing: z.number().optional(),
} satisfies Record<Exclude<keyof CsvTableOptions, "label">, z.ZodType>;

export const csvSchema = z.strictObject({ label: column, ...csvTableFields, ...dealtFields });

/** The seed of an order becomes that order. */
export function dealt<O extends DealtOptions>({ shuffle, ...options }: O): Omit<O, "shuffle"> & Pick<SequenceOptions, "shuffle"> {
  if (shuffle === undefined) {
    return options;
  }
  return { ...options, shuffle: (count) => permutation(randomStream(shuffle, "sequence-order", -1), count) };
}
