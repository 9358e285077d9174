import * as z from "zod";

/** What a kernel says of the variables of its cells. The kernel makes these values; the editor lists and draws them. */

const count = z.number().int().nonnegative();

/** The cell whose run declared something: its number among the code cells then, and the [n] of that run. */
export const placeSchema = z.object({ cell: z.number().int().positive(), executionCount: z.number().int().positive() });
export type Place = z.infer<typeof placeSchema>;

export const variableKindSchema = z.enum(["nothing", "boolean", "number", "string", "array", "tensor", "object", "function", "class"]);
export type VariableKind = z.infer<typeof variableKindSchema>;

/** A value in a few words. */
export const valueSummarySchema = z.object({
  kind: variableKindSchema,
  /** "number", "Map", "Tensor float32", the name of a class. */
  type: z.string(),
  /** "[64, 128]", "12 elements"; empty where the value has no size. */
  size: z.string(),
  /** One line. */
  value: z.string(),
  /** Bytes of the tensors and typed arrays that are reached from the value; null where there are none. */
  bytes: count.nullable(),
});
export type ValueSummary = z.infer<typeof valueSummarySchema>;

export const variableRowSchema = valueSummarySchema.extend({ name: z.string(), place: placeSchema });
export type VariableRow = z.infer<typeof variableRowSchema>;

/** Tensors of one cell that no variable reaches any more; `cell` is null for those that no cell made. */
export const leakSchema = z.object({ cell: z.number().int().positive().nullable(), tensors: count, bytes: count });
export type Leak = z.infer<typeof leakSchema>;

export const variableListSchema = z.object({
  /** In the order in which the names were first declared. */
  rows: z.array(variableRowSchema),
  /** Variables beyond those that are listed. */
  omitted: count,
  /** Null where there are too many objects to look through. */
  leaks: z.array(leakSchema).nullable(),
});
export type VariableList = z.infer<typeof variableListSchema>;

/** How a value can be shown. */
export const wayOfShowingSchema = z.enum(["table", "histogram", "heat map", "image", "text"]);
export type WayOfShowing = z.infer<typeof wayOfShowingSchema>;

/** Which part of which value to show. */
export const lookSchema = z.object({
  name: z.string(),
  /** From the variable to a part of its value: each number is a row of the table of what was reached so far. */
  path: z.array(count).max(50),
  /** Null: by what the value is. */
  way: wayOfShowingSchema.nullable(),
  /** The first row of a table or heat map, the image of a batch, the first character of a text. */
  first: count,
  /** The first column of a table or heat map. */
  firstColumn: count,
});
export type Look = z.infer<typeof lookSchema>;

/** A part of something larger: `shown` of `total`, from `first` on. */
const rangeSchema = z.object({ first: count, shown: count, total: count });
export type Range = z.infer<typeof rangeSchema>;

const tableSchema = z.object({
  kind: z.literal("table"),
  /** What a row is: "index", "property", "key". */
  rowName: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.object({ head: z.string(), cells: z.array(z.string()), opens: z.boolean() })),
  rowRange: rangeSchema,
  columnRange: rangeSchema,
});

const histogramSchema = z.object({
  kind: z.literal("histogram"),
  /** Bars from the least value to the greatest; with `isDiscrete` one for each value that occurs, else [from, to). */
  isDiscrete: z.boolean(),
  bars: z.array(z.object({ from: z.number(), to: z.number(), count })),
});

const heatMapSchema = z.object({
  kind: z.literal("heat map"),
  rows: count,
  columns: count,
  /** Base64 of little-endian Float32 [rows, columns]; NaN where there is no number. */
  values: z.string(),
  /** Values that one cell is the mean of, down and across. */
  rowsPerCell: z.number().int().positive(),
  columnsPerCell: z.number().int().positive(),
  /** The greatest magnitude of all cells: the strongest colour. */
  greatest: z.number().nonnegative(),
});

const imageSchema = z.object({
  kind: z.literal("image"),
  width: count,
  height: count,
  /** Base64 of RGBA [height, width, 4]. */
  pixels: z.string(),
  /** Pixels of the value that one shown pixel is the mean of, each way. */
  reducedBy: z.number().int().positive(),
  /** Which image of a batch. */
  image: rangeSchema,
});

const textSchema = z.object({ kind: z.literal("text"), text: z.string(), range: rangeSchema });

export const shownValueSchema = z.discriminatedUnion("kind", [tableSchema, histogramSchema, heatMapSchema, imageSchema, textSchema]);
export type ShownValue = z.infer<typeof shownValueSchema>;
export type ShownTable = z.infer<typeof tableSchema>;
export type ShownHistogram = z.infer<typeof histogramSchema>;
export type ShownHeatMap = z.infer<typeof heatMapSchema>;
export type ShownImage = z.infer<typeof imageSchema>;
export type ShownText = z.infer<typeof textSchema>;

/** A value, or a part of it, ready to be drawn; at most 200 kB as JSON. */
export const valueViewSchema = z.object({
  look: lookSchema,
  /** Names of the parts that the path leads through. */
  trail: z.array(z.string()),
  summary: valueSummarySchema,
  /** The first is the one that fits best. */
  ways: z.array(wayOfShowingSchema).min(1),
  /** Statistics and other things worth knowing, each with its name. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  shown: shownValueSchema,
});
export type ValueView = z.infer<typeof valueViewSchema>;
