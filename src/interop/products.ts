import { columnScales, type ShippedMatrix, shippedValues } from "../rnn/shipping/deployedModel.js";
import type { GraphBuilder } from "./graphBuilder.js";

/** What is multiplied by a matrix: rows of values, or numbers of symbols, each of which takes a row of the matrix. */
export interface Factor {
  readonly kind: "values" | "symbols";
  readonly name: string;
}

function times(graph: GraphBuilder, { kind, name }: Factor, matrix: string): string {
  return kind === "values" ? graph.node("MatMul", [name, matrix]) : graph.node("Gather", [matrix, name], { axis: { int: 0 } });
}

/** x times the weights as numbers. */
export function floatProduct(graph: GraphBuilder, name: string, x: Factor, matrix: ShippedMatrix): string {
  return times(graph, x, graph.constant(name, [matrix.rows, matrix.columns], shippedValues(matrix)));
}

/** x times each plane's codes, annotated for QONNX, times its scales, summed over the planes. */
export function planesProduct(graph: GraphBuilder, name: string, x: Factor, matrix: ShippedMatrix): string {
  if (matrix.kind === "full-precision") {
    return floatProduct(graph, name, x, matrix);
  }
  const { rows, columns, planes } = matrix;
  const parts = planes.map((plane) => {
    const { levels, codes } = plane;
    const scales = plane.scales.length === 1 ? plane.scales : columnScales(plane, columns);
    const datatype = levels === "binary" ? "BIPOLAR" : "TERNARY";
    const product = times(graph, x, graph.constant(name, [rows, columns], Float32Array.from(codes), datatype));
    const isScaled = scales.some((scale) => scale !== 1);
    return isScaled ? graph.node("Mul", [product, graph.constant(`${name}Scales`, [scales.length], scales)]) : product;
  });
  return parts.reduce((sum, part) => graph.node("Add", [sum, part]));
}
