import type { FixedModel } from "../fixedModel.js";
import { FastLayer } from "./fastLayer.js";
import type { MatrixProduct, ProductOf } from "./fastUnits.js";
import type { LayerInput, SaturationCounts } from "./layerUnits.js";

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

/** Products by plain loops: bits and trits in whole numbers of 32 bits, all else in floating point, exact below 2^53. */
export const plainProduct: ProductOf = ({ columns, codes }, sumBits): MatrixProduct =>
  codes instanceof Int8Array && sumBits <= 32 ? shortProduct(codes, columns) : wideProduct(codes, columns);

function shortProduct(codes: Int8Array, columns: number): MatrixProduct {
  const accumulators = new Int32Array(columns);
  return (values, sums) => {
    accumulators.fill(0);
    values.forEach((value, input) => {
      if (value !== 0) {
        accumulateShort(codes, input * columns, value, accumulators);
      }
    });
    sums.set(accumulators);
  };
}

function wideProduct(codes: Int8Array | Int32Array, columns: number): MatrixProduct {
  return (values, sums) => {
    sums.fill(0);
    values.forEach((value, input) => {
      if (value !== 0) {
        accumulateWide(codes, input * columns, value, sums);
      }
    });
  };
}

// Alike but for their types: a loop that meets one kind of array only is compiled to several times faster code.
function accumulateShort(codes: Int8Array, offset: number, value: number, sums: Int32Array): void {
  for (let column = 0; column < sums.length; column++) {
    sums[column] = (sums[column]! + Math.imul(codes[offset + column]!, value)) | 0;
  }
}

function accumulateWide(codes: Int8Array | Int32Array, offset: number, value: number, sums: Float64Array): void {
  for (let column = 0; column < sums.length; column++) {
    sums[column]! += codes[offset + column]! * value;
  }
}
