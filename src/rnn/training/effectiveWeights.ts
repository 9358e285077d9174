import type { LayerSpec } from "../../experiment/spec.js";
import { cellOf, gatesOf, quantiserOf } from "../../cells/cells.js";
import type { MatrixName } from "../../cells/contract.js";
import type { ShippedMatrix } from "../shipping/deployedModel.js";
import { matrixRows } from "./layerParameters.js";
import type { LayerParameters } from "./layerParameters.js";
import type { Quantiser, Sampling } from "../../quantisers/contract.js";
import { makeQuantiser } from "../../quantisers/make.js";
import { normaliserOf as descriptorOf } from "../../normalisers/lookup.js";
import { randomStream } from "../../numbers/random.js";
import { normaliseColumns, normaliseColumnsBackward } from "./weightNormalisation.js";

/** Which weights a pass gets: same latent weights, seed and draw, same weights. */
export interface Draw {
  /** Step of training, or a negative number outside of it. */
  readonly number: number;
  /** Another sampling than that of the quantisers' specs. */
  readonly sampling?: Sampling;
  /** How much of the weights is quantised, 0 to 1. Default 1. */
  readonly share?: number | undefined;
  /** Number of the regularisers' masks. Default: that of the draw. */
  readonly masks?: number;
}

/** One matrix of the layer and the names of what belongs to it. */
interface WeightMatrix {
  readonly matrix: MatrixName;
  readonly weights: `${MatrixName}Weights`;
  readonly scales: string;
  readonly gamma: string;
  readonly rows: number;
  readonly quantiser: Quantiser;
  /** [rows, G * H] work space of weight normalisation; absent without it. */
  readonly normalised?: Float32Array;
}

/**
 * What a layer multiplies with, made from its latent weights: its matrices quantised and, under weight normalisation,
 * normalised after that. Owns its work space.
 */
export class EffectiveWeights {
  private readonly matrices: readonly WeightMatrix[];
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
    const { matrices, vectors } = cellOf(spec);
    const gates = gatesOf(spec);
    const columns = gates * spec.units;
    this.matrices = matrices.map((matrix) => {
      const rows = matrixRows(matrix, spec, inputs);
      return {
        matrix,
        weights: `${matrix}Weights`,
        scales: `${matrix}Scales`,
        gamma: vectors.find((vector) => vector.role === "gain" && vector.of === matrix)!.trained,
        rows,
        quantiser: makeQuantiser(quantiserOf(spec, matrix), rows, columns, gates),
        ...(descriptorOf(spec.normaliser).measures === "matrix" && { normalised: new Float32Array(rows * columns) }),
      };
    });
  }

  /** Each matrix's quantiser, by the name of its weights. */
  get quantisers(): ReadonlyMap<string, Quantiser> {
    return new Map(this.matrices.map(({ weights, quantiser }) => [weights, quantiser]));
  }

  /**
   * The weights of a pass; matrices are valid until the next call.
   * @param secondMoments Adam's, for loss-aware rules
   */
  compute(parameters: LayerParameters, { number, sampling, share }: Draw, secondMoments?: LayerParameters): LayerParameters {
    for (const { matrix, weights, scales, quantiser } of this.matrices) {
      this.quantised[weights] = quantiser.quantise(parameters[weights]!, {
        stream: randomStream(this.seed, `${matrix}-weights`, number),
        sampling,
        share,
        secondMoment: secondMoments?.[weights],
        scales: parameters[scales],
      });
    }
    return { ...parameters, ...this.quantised, ...this.normalise(parameters) };
  }

  private normalise(parameters: LayerParameters): LayerParameters {
    const entries = this.matrices.flatMap(({ weights, gamma, rows, normalised }): [string, Float32Array][] => {
      if (normalised === undefined) {
        return [];
      }
      const gains = parameters[gamma]!;
      normaliseColumns(this.quantised[weights]!, gains, rows, gains.length, normalised);
      return [[weights, normalised]];
    });
    return Object.fromEntries(entries);
  }

  /**
   * Turns the kernel's gradients at the weights of the last `compute` into those at the parameters, in place; adds those
   * of learned scales.
   */
  backward(parameters: LayerParameters, gradients: Record<string, Float32Array>): void {
    for (const { weights, scales, gamma, quantiser, normalised } of this.matrices) {
      if (normalised !== undefined) {
        normaliseColumnsBackward(this.quantised[weights]!, parameters[gamma]!, gradients[weights]!, gradients[gamma]!);
      }
      const ofScales = quantiser.backward(parameters[weights]!, gradients[weights]!);
      if (ofScales.length > 0) {
        gradients[scales] = ofScales;
      }
    }
  }

  /** Brings the latent matrices back into their quantisers' ranges after an update. */
  constrain(parameters: LayerParameters): void {
    this.matrices.forEach(({ weights, quantiser }) => quantiser.constrain(parameters[weights]!));
  }

  /** The matrices of the last `compute` as they ship, without weight normalisation, which is folded into gains. */
  ship(): Readonly<Record<string, ShippedMatrix>> {
    return Object.fromEntries(this.matrices.map(({ weights, quantiser }) => [weights, quantiser.ship()]));
  }
}
