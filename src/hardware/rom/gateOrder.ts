import type { AcceleratorLayer } from "../acceleratorModel.js";
import { cellHardware, type CellName } from "../cells/cells.js";
import { vectorOf, type FixedLayer, type FixedMatrix } from "../fixedModel.js";
import { gateLetters } from "./layout.js";
import type { WordLayout } from "./layout.js";

/** Other names of the candidate: Keras and ONNX say c in the LSTM and h in the GRU. */
const sameGate: Readonly<Record<string, string>> = { c: "g", h: "n" };

/** The vectors that have a number for each gate row. */
function gateVectors(cell: CellName): string[] {
  return cellHardware(cell).vectors.flatMap(({ key, of }) => (of === "row" ? [key] : []));
}

/** For each block of rows in the layout's order, which block it is in the model's. */
export function blockSources(cell: CellName, layout: WordLayout): number[] {
  const own = cellHardware(cell).gates;
  return gateLetters(cell, layout).map((letter) => own.indexOf(sameGate[letter] ?? letter));
}

/**
 * The layer with its gate rows in the layout's order. The candidate of a GRU stays last in every order, so that the rows
 * keep the phases in which they are computed.
 */
export function inGateOrder<Layer extends FixedLayer>(layer: Layer, layout: WordLayout): Layer {
  const sources = blockSources(layer.cell, layout);
  if (sources.every((source, block) => source === block)) {
    return layer;
  }
  const { units } = layer;
  const vectors = gateVectors(layer.cell).map((key) => {
    const vector = vectorOf(layer, key);
    return [key, { ...vector, integers: inOrder(vector.integers, units, sources) }] as const;
  });
  return {
    ...layer,
    inputWeights: matrixInOrder(layer.inputWeights, units, sources),
    recurrentWeights: matrixInOrder(layer.recurrentWeights, units, sources),
    ...Object.fromEntries(vectors),
  };
}

/** The same for the real numbers that the integers round. */
export function realInGateOrder(layer: AcceleratorLayer, layout: WordLayout): AcceleratorLayer {
  const sources = blockSources(layer.cell, layout);
  const real = layer as unknown as Readonly<Record<string, Float32Array>>;
  return { ...layer, ...Object.fromEntries(gateVectors(layer.cell).map((key) => [key, inOrder(real[key]!, layer.units, sources)])) };
}

function matrixInOrder(matrix: FixedMatrix, units: number, sources: readonly number[]): FixedMatrix {
  const { rows } = matrix;
  return { ...matrix, codes: rowsInOrder(matrix.codes, rows, units, sources) } as FixedMatrix;
}

function rowsInOrder<Codes extends Int8Array | Int32Array>(codes: Codes, rows: number, units: number, sources: readonly number[]): Codes {
  const columns = units * sources.length;
  const ordered = codes.slice() as Codes;
  for (let row = 0; row < rows; row++) {
    ordered.set(inOrder(codes.subarray(row * columns, (row + 1) * columns), units, sources), row * columns);
  }
  return ordered;
}

/** Blocks of `units` numbers, block b from block `sources[b]`. */
function inOrder<Numbers extends Int8Array | Int32Array | Float32Array>(numbers: Numbers, units: number, sources: readonly number[]): Numbers {
  const ordered = numbers.slice() as Numbers;
  sources.forEach((source, block) => ordered.set(numbers.subarray(source * units, (source + 1) * units), block * units));
  return ordered;
}
