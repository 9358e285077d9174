import type { LayerSpec } from "../../experiment/spec.js";
import { normaliserOf } from "../../normalisers/lookup.js";
import type { ShippedMatrix } from "../shipping/deployedModel.js";
import { gatesOf, layerMatrices, matrixRows } from "./layerParameters.js";
import type { LayerMatrix, LayerParameters } from "./layerParameters.js";
import type { Quantiser, Sampling } from "../../quantisers/contract.js";
import { makeQuantiser } from "../../quantisers/make.js";
import { randomStream } from "../../numbers/random.js";
import { normaliseColumns, normaliseColumnsBackward } from "./weightNormalisation.js";

/** Which weights a pass gets: same latent weights, seed and draw, same weights. */
export interface Draw {
  /** Step of training, or a negative number outside of it. */
  readonly number: number;
  /** Another sampling than that of the quantisers' specs. */
  readonly sampling?: Sampling;
}

interface NormalisedMatrix {
  readonly rows: number;
  readonly gamma: string;
  readonly values: Float32Array;
}

const gammas: Record<LayerMatrix, string> = { input: "gammaInput", recurrent: "gammaRecurrent" };

/**
 * What a layer multiplies with, made from its latent weights: both matrices quantised and, under weight normalisation,
 * normalised after that. Owns its work space.
 */
export class EffectiveWeights {
  readonly quantisers: Readonly<Record<LayerMatrix, Quantiser>>;
  /** Work space of weight normalisation; absent without it. */
  private readonly normalised?: Readonly<Record<LayerMatrix, NormalisedMatrix>>;
  private quantised: Record<string, Float32Array> = {};

  /**
   * @param inputs I
   * @param seed the layer's own
   */
  constructor(
    spec: LayerSpec,
    inputs: number,
    private readonly seed: number,
  ) {
    const columns = gatesOf(spec) * spec.units;
    const forEach = <T>(make: (matrix: LayerMatrix, rows: number) => T): Record<LayerMatrix, T> => ({
      input: make("input", matrixRows("input", spec, inputs)),
      recurrent: make("recurrent", matrixRows("recurrent", spec, inputs)),
    });
    this.quantisers = forEach((matrix, rows) => makeQuantiser(spec.quantiser[matrix], rows, columns, gatesOf(spec)));
    if (normaliserOf(spec.normaliser).measures === "matrix") {
      this.normalised = forEach((matrix, rows) => ({
        rows,
        gamma: gammas[matrix],
        values: new Float32Array(rows * columns),
      }));
    }
  }

  /**
   * The weights of a pass; matrices are valid until the next call.
   * @param secondMoments Adam's, for loss-aware rules
   */
  compute(parameters: LayerParameters, { number, sampling }: Draw, secondMoments?: LayerParameters): LayerParameters {
    for (const matrix of layerMatrices) {
      const name = `${matrix}Weights` as const;
      this.quantised[name] = this.quantisers[matrix].quantise(parameters[name]!, {
        stream: randomStream(this.seed, `${matrix}-weights`, number),
        sampling,
        secondMoment: secondMoments?.[name],
        scales: parameters[`${matrix}Scales`],
      });
    }
    return { ...parameters, ...this.quantised, ...this.normalise(parameters) };
  }

  private normalise(parameters: LayerParameters): LayerParameters {
    if (this.normalised === undefined) {
      return {};
    }
    const entries = layerMatrices.map((matrix) => {
      const { rows, gamma, values } = this.normalised![matrix];
      const gains = parameters[gamma]!;
      normaliseColumns(this.quantised[`${matrix}Weights`]!, gains, rows, gains.length, values);
      return [`${matrix}Weights`, values] as const;
    });
    return Object.fromEntries(entries);
  }

  /**
   * Turns the kernel's gradients at the weights of the last `compute` into those at the parameters, in place; adds those
   * of learned scales.
   */
  backward(parameters: LayerParameters, gradients: Record<string, Float32Array>): void {
    for (const matrix of layerMatrices) {
      const name = `${matrix}Weights` as const;
      if (this.normalised !== undefined) {
        const { gamma } = this.normalised[matrix];
        normaliseColumnsBackward(this.quantised[name]!, parameters[gamma]!, gradients[name]!, gradients[gamma]!);
      }
      const scales = this.quantisers[matrix].backward(parameters[name]!, gradients[name]!);
      if (scales.length > 0) {
        gradients[`${matrix}Scales`] = scales;
      }
    }
  }

  /** Brings the latent matrices back into their quantisers' ranges after an update. */
  constrain(parameters: LayerParameters): void {
    layerMatrices.forEach((matrix) => this.quantisers[matrix].constrain(parameters[`${matrix}Weights`]!));
  }

  /** A matrix of the last `compute` as it ships, without weight normalisation, which is folded into gains. */
  ship(matrix: LayerMatrix): ShippedMatrix {
    return this.quantisers[matrix].ship();
  }
}
