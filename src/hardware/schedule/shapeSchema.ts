import * as z from "zod";
import { defaultMacUnits, precisions, resets } from "./shape.js";

const fields = {
  inputs: z.number(),
  inputKind: z.enum(["one-hot", "dense"]).default("one-hot"),
  units: z.number(),
  macUnits: z.number().default(defaultMacUnits),
  columnsPerCycle: z.number().optional(),
  precision: z.enum(precisions),
  activationBits: z.number().optional(),
  clockMegahertz: z.number().optional(),
};

/** An accelerator's shape in JSON. `checkShape` then checks its counts. */
export const shapeSchema = z.discriminatedUnion("cell", [
  z.strictObject({ cell: z.literal("lstm"), ...fields }),
  z.strictObject({ cell: z.literal("min-gru"), ...fields }),
  z.strictObject({ cell: z.literal("gru"), reset: z.enum(resets), ...fields }),
]);
