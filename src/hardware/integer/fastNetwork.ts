import type { FixedModel } from "../fixedModel.js";
import { FastLayer } from "./fastLayer.js";
import type { MatrixProduct, ProductOf } from "./fastLayer.js";
import type { LayerInput, SaturationCounts } from "./layer.js";

/** Bit for bit the hidden states of `IntegerNetwork`, for whole texts: nothing else is kept. */
export class FastNetwork {
  readonly layers: readonly FastLayer[];

  /** @param productOf what multiplies; default plain loops */
  constructor(
    readonly model: FixedModel,
    productOf: ProductOf = plainProduct,
  ) {
    this.layers = model.layers.map((layer) => new FastLayer(model, layer, productOf));
  }

  /** Every layer back to its initial state. */
  restart(): void {
    this.layers.forEach((layer) => layer.restart());
  }

  /** One timestep through all layers. @returns the last layer's hidden state, valid until the next call */
  step(input: LayerInput): Int32Array {
    return this.layers.reduce<LayerInput>((next, layer) => layer.step(next), input) as Int32Array;
  }

  /** Since the start, over all layers. */
  get saturations(): SaturationCounts {
    const sum = (of: (counts: SaturationCounts) => number): number =>
      this.layers.reduce((total, { saturations }) => total + of(saturations), 0);
    return { preactivation: sum(({ preactivation }) => preactivation), cell: sum(({ cell }) => cell) };
  }
}

/** Sums that 32 bits hold are added up in whole numbers, wider ones in floating point, which is exact below 2^53. */
export const plainProduct: ProductOf = ({ columns, codes }, sumBits): MatrixProduct => {
  const accumulators = sumBits <= 32 ? new Int32Array(columns) : new Float64Array(columns);
  return (values, sums) => {
    accumulators.fill(0);
    for (let input = 0; input < values.length; input++) {
      const value = values[input]!;
      if (value !== 0) {
        accumulate(codes, input * columns, value, accumulators);
      }
    }
    sums.set(accumulators);
  };
};

function accumulate(codes: Int8Array | Int32Array, offset: number, value: number, sums: Int32Array | Float64Array): void {
  for (let column = 0; column < sums.length; column++) {
    sums[column]! += codes[offset + column]! * value;
  }
}
