import type { DirectionName } from "../rnn/bidirectional.js";
import { type DeployedModel, matricesOf, type ShippedMatrix, shippedValues } from "../rnn/shipping/deployedModel.js";
import { cellOf } from "../cells/cells.js";
import type { LatentMatrix } from "../rnn/training/trainer.js";
import { histogramSvg, type GateWeights } from "../display/histogram.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** The columns of one gate, row after row. */
function gateBlock<A extends Float32Array | Int8Array>(values: A, rows: number, columns: number, units: number, gate: number): A {
  const block = values.slice(0, rows * units) as A;
  for (let row = 0; row < rows; row += 1) {
    const from = row * columns + gate * units;
    block.set(values.subarray(from, from + units), row * units);
  }
  return block;
}

/** Signs of the weights; of several planes the sum decides. */
function signsOf(matrix: ShippedMatrix): Int8Array | undefined {
  if (matrix.kind === "full-precision") {
    return undefined;
  }
  const [only, ...more] = matrix.planes;
  return more.length === 0 ? only!.codes : Int8Array.from(shippedValues(matrix), Math.sign);
}

function sharesOf(codes: Int8Array): [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const code of codes) {
    counts[code + 1]! += 1;
  }
  return counts.map((count) => count / codes.length) as [number, number, number];
}

/** Latent and shipped weights of one matrix, gate by gate. */
export class WeightPicture implements Displayable {
  /** The latent and the shipped weights of each gate. */
  readonly gates: readonly GateWeights[];
  private readonly unit: string;

  constructor(
    /** Which matrix of the layer it is. */
    readonly matrix: "input" | "recurrent",
    layer: number,
    latent: LatentMatrix,
    model: DeployedModel,
    private readonly direction: DirectionName = "forward",
  ) {
    const { rows, columns, values, saturation } = latent;
    const shipped = direction === "reverse" ? model.layers[layer]!.reverse! : model.layers[layer]!;
    const signs = signsOf(matricesOf(shipped).find(({ name }) => name === matrix)!.matrix);
    const block = <A extends Float32Array | Int8Array>(all: A, gate: number): A =>
      gateBlock(all, rows, columns, shipped.units, gate);
    this.unit = saturation === null ? "" : " in units of W0";
    this.gates = cellOf(shipped.spec).gates.map(({ letter, name }, index) => ({
      gate: `${letter} ${name}`,
      latent: block(values, index).map((value) => value / (saturation ?? 1)),
      shares: signs ? sharesOf(block(signs, index)) : null,
    }));
  }

  [displaySymbol](): MimeBundle {
    const title = `${this.direction === "reverse" ? "reverse " : ""}${this.matrix} weights: latent${this.unit}, and the quantised ones that ship`;
    const svg = histogramSvg(title, this.gates);
    const lines = this.gates.map(({ gate, shares }) =>
      shares === null
        ? `  ${gate.padEnd(12)} full precision`
        : `  ${gate.padEnd(12)} -1: ${percent(shares[0])}   0: ${percent(shares[1])}   +1: ${percent(shares[2])}`,
    );
    return { "image/svg+xml": svg, "text/html": svg, "text/plain": [title, ...lines].join("\n") };
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`.padStart(7);
}
