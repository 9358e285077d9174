import * as z from "zod";
import type { ShippedMatrix, WeightPlane } from "./deployedModel.js";
import { InvalidTensorsError, tensorData } from "../../files/namedTensors.js";
import type { NamedTensor, NamedTensors } from "../../files/namedTensors.js";

/** How a matrix that ships lies in a file of tensors: one pair of tensors for each plane, or its values. */

export const matrixHeaderSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("full-precision") }),
  z.object({
    kind: z.literal("planes"),
    /** Length of the plane's scales, which divides the number of columns. */
    planes: z.array(z.object({ levels: z.enum(["binary", "ternary"]), scales: z.number().int().positive() })).min(1),
  }),
]);
type MatrixHeader = z.infer<typeof matrixHeaderSchema>;

/** What the model file's header says of a matrix. */
export function matrixHeader(matrix: ShippedMatrix): MatrixHeader {
  return matrix.kind === "full-precision"
    ? { kind: "full-precision" }
    : { kind: "planes", planes: matrix.planes.map(({ levels, scales }) => ({ levels, scales: scales.length })) };
}

/** @param name under which the matrix is found again */
export function matrixTensors(name: string, matrix: ShippedMatrix): Record<string, NamedTensor> {
  const shape = [matrix.rows, matrix.columns];
  if (matrix.kind === "full-precision") {
    return { [name]: { shape, data: matrix.values } };
  }
  const entries = matrix.planes.flatMap(({ codes, scales }, plane): [string, NamedTensor][] => [
    [`${name}.${plane}.codes`, { shape, data: codes }],
    [`${name}.${plane}.scales`, { shape: [scales.length], data: scales }],
  ]);
  return Object.fromEntries(entries);
}

/** @throws InvalidTensorsError when a tensor is missing, of another shape, or holds a code outside its levels */
export function readMatrix(
  file: NamedTensors,
  source: string,
  name: string,
  header: MatrixHeader,
  rows: number,
  columns: number,
): ShippedMatrix {
  if (header.kind === "full-precision") {
    return { kind: "full-precision", rows, columns, values: tensorData(file, source, name, "float32", [rows, columns]) };
  }
  const planes = header.planes.map(({ levels, scales }, index): WeightPlane => {
    if (columns % scales !== 0) {
      throw new InvalidTensorsError(
        `In the ${source}, "${name}" has ${scales} scales; it should have 1, ${columns}, or one for each of equally wide blocks of its ${columns} columns.`,
      );
    }
    const plane = `${name}.${index}`;
    const codes = tensorData(file, source, `${plane}.codes`, "int8", [rows, columns]);
    checkCodes(codes, levels, source, plane);
    return { levels, codes, scales: tensorData(file, source, `${plane}.scales`, "float32", [scales]) };
  });
  return { kind: "planes", rows, columns, planes };
}

function checkCodes(codes: Int8Array, levels: WeightPlane["levels"], source: string, name: string): void {
  const wrong = codes.findIndex((code) => Math.abs(code) > 1 || (levels === "binary" && code === 0));
  if (wrong >= 0) {
    throw new InvalidTensorsError(`In the ${source}, the ${levels} matrix "${name}" holds the code ${codes[wrong]} at ${wrong}.`);
  }
}
