import { columnScales, type ShippedMatrix } from "../rnn/shipping/deployedModel.js";

/** The columns `from` up to `to` of values [R, columns]. */
export function constantColumns<Values extends Float32Array | Int8Array>(values: Values, columns: number, from: number, to: number): Values {
  return values.filter((_, index) => index % columns >= from && index % columns < to) as Values;
}

/** The columns `from` up to `to` of a matrix. */
export function matrixColumns(matrix: ShippedMatrix, from: number, to: number): ShippedMatrix {
  const { rows, columns } = matrix;
  if (matrix.kind === "full-precision") {
    return { kind: "full-precision", rows, columns: to - from, values: constantColumns(matrix.values, columns, from, to) };
  }
  const planes = matrix.planes.map((plane) => ({
    levels: plane.levels,
    codes: constantColumns(plane.codes, columns, from, to),
    scales: plane.scales.length === 1 ? plane.scales : columnScales(plane, columns).slice(from, to),
  }));
  return { kind: "planes", rows, columns: to - from, planes };
}
