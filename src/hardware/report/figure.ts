import * as z from "zod";

/** A number with where it comes from. */
export const figureSchema = z.strictObject({
  value: z.number(),
  unit: z.string().describe("um2, cells, bits, ns, MHz, pJ, mW, …"),
  node: z.string().nullable().describe("technology that the number is of, or null where it depends on none"),
  tool: z.string().describe("program that measured or computed it"),
  version: z.string().describe("version of that program"),
  source: z.string().describe("what was measured, or which published table the number rests on"),
  scaledBy: z
    .strictObject({ factor: z.number(), reason: z.string() })
    .optional()
    .describe("the measured number was multiplied by this to stand for another node"),
});

export type Figure = z.infer<typeof figureSchema>;

/** Everything of a figure but its number. */
export type Provenance = Pick<Figure, "node" | "tool" | "version" | "source">;

/** A figure with its unit and where it comes from. */
export function figure(value: number, unit: string, provenance: Provenance): Figure {
  return { value, unit, ...provenance };
}

/** A figure that was scaled from another technology, which it says. */
export function scaled(measured: Figure, factor: number, node: string, reason: string): Figure {
  return { ...measured, value: measured.value * factor, node, scaledBy: { factor, reason } };
}
