import * as z from "zod";
import { bitEncodings, tritEncodings } from "../hardware/rom/encoding.js";
import { gateOrderNames } from "../hardware/rom/layout.js";
import { directionNames } from "../rnn/bidirectional.js";

/** What the options of a run and of its accelerator are; ranges that hardware decides are checked where it is made. */

const timesteps = z.number().int().positive().optional();
const overwrite = z.boolean().optional();

export const sampleSchema = z.strictObject({
  length: z.number().int().min(0).optional(),
  temperature: z.number().min(0).optional(),
  topK: z.number().int().positive().optional(),
  seed: z.number().int().min(0).optional(),
});

export const sequenceChoiceSchema = z.strictObject({ sequence: z.number().int().min(0).optional() });

export const weightsSchema = z.strictObject({ layer: z.number().int().min(0).optional(), direction: z.enum(directionNames).optional() });

export const evaluationSchema = z.strictObject({ timesteps });

export const romSchema = z.strictObject({
  formats: z.array(z.string()).meta({ give: 'a list of formats, as ["mem", "coe"]' }).optional(),
  layout: z
    .strictObject({
      trits: z.enum(Object.keys(tritEncodings)).optional(),
      bits: z.enum(Object.keys(bitEncodings)).optional(),
      bitOrder: z.enum(["lsb-first", "msb-first"]).optional(),
      lstmOrder: z.enum(Object.keys(gateOrderNames.lstm)).optional(),
      gruOrder: z.enum(Object.keys(gateOrderNames.gru)).optional(),
      maxWidth: z.number().optional(),
    })
    .optional(),
  overwrite,
});

export const verilogSchema = z.strictObject({ timesteps, overwrite });

export const verifySchema = z.strictObject({
  timesteps,
  simulators: z.array(z.string()).meta({ give: 'a list of simulators, as ["icarus"]' }).optional(),
});

export const reportSchema = z.strictObject({
  liberty: z.string().optional(),
  fpga: z.array(z.string()).meta({ give: 'a list of FPGA families, as ["ice40"]' }).optional(),
  clockMegahertz: z.number().positive().optional(),
  memory: z.strictObject({ accessNanoseconds: z.number().min(0).optional(), setupNanoseconds: z.number().min(0).optional() }).optional(),
  place: z.boolean().optional(),
});

export const traceSchema = z.strictObject({ from: z.number().int().min(0).optional(), to: z.number().int().min(0).optional(), overwrite });
