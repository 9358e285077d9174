import { keepsTimesteps } from "../../normalisers/ofLayer.js";
import type { LayerSpec } from "../../experiment/spec.js";
import { type DirectionName, reversedInput } from "../bidirectional.js";
import { normalisedParts } from "../../cells/cells.js";
import type { NormalisedPart } from "../../cells/contract.js";
import type { DeployedInput, DeployedLayer } from "./deployedModel.js";
import { DeployedNetwork } from "../inference/deployedNetwork.js";
import { momentNames } from "../kernels/contract.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { LayerMasks } from "../training/layerMasks.js";
import type { LayerParameters } from "../training/layerParameters.js";
import { layerPass, trainingNormalisation } from "../training/layerPass.js";
import type { LayerState } from "../training/layerPass.js";
import type { StatisticsSource } from "./statisticsSource.js";

/** Means and variances by the kernel's names ("meanInput", ...): [C], or [T, C] with one row for each timestep. */
export type PopulationStatistics = Readonly<Record<string, Float32Array>>;

/**
 * Means and variances of the products and the cell state of one direction of a layer over the training data, for exactly these weights and exactly
 * the layers before it that ship: batch-normalised sequences run through the layer, and their statistics are pooled by
 * the law of total variance, over all timesteps unless the normaliser keeps them apart. Noise on the first hidden state is
 * drawn as in training: without it, sequences that begin alike have no variance at their first timesteps, and constants made
 * of that would blow up rounding errors.
 * @param weights effective ones, by the kernel's names
 * @param before the layers between the input and this one
 * @param seed the direction's own
 */
export function populationStatistics(
  kernel: RecurrentKernel,
  { spec, inputs, direction }: { readonly spec: LayerSpec; readonly inputs: number; readonly direction: DirectionName },
  weights: LayerParameters,
  before: { readonly input: DeployedInput; readonly layers: readonly DeployedLayer[] },
  source: StatisticsSource,
  seed: number,
): PopulationStatistics {
  const { timesteps, batch } = source;
  const pass = layerPass(kernel, spec, { timesteps, batch, inputs, ...trainingNormalisation(spec) });
  const earlier = new DeployedNetwork(before, kernel, batch);
  const masks = new LayerMasks(spec, source);
  let drawn = firstNoise;
  const pooled = new PooledStatistics(normalisedParts(spec), keepsTimesteps(spec) ? timesteps : 1, timesteps);
  let state: LayerState | undefined;
  for (const { input, continues, counts } of source.chunks()) {
    if (!continues) {
      earlier.reset();
      state = undefined;
    }
    const below = earlier.through(input);
    const read = direction === "reverse" ? reversedInput(below, timesteps) : below;
    const { end, statistics } = pass.forward(weights, read, { start: state, masks: masks.authorStyle(seed, drawn--) });
    state = end;
    if (counts && statistics !== undefined) {
      pooled.add(statistics as unknown as PopulationStatistics);
    }
  }
  pass.dispose();
  earlier.dispose();
  return pooled.result();
}

/** Draws of noise here have numbers that neither training nor an evaluation has. */
const firstNoise = -0x2000_0000;

/** Sums of means and of mean squares, per column and, where they are kept apart, per timestep. */
class PooledStatistics {
  private minibatches = 0;
  private readonly sums = new Map<NormalisedPart, { readonly means: Float64Array; readonly squares: Float64Array }>();

  /** @param rows R: 1, or T */
  constructor(
    private readonly parts: readonly NormalisedPart[],
    private readonly rows: number,
    private readonly timesteps: number,
  ) {}

  add(statistics: PopulationStatistics): void {
    for (const part of this.parts) {
      const batchMeans = statistics[momentNames[part].mean]!;
      const batchVariances = statistics[momentNames[part].variance]!;
      const length = (batchMeans.length / this.timesteps) * this.rows;
      const { means, squares } = this.sumsOf(part, length);
      for (let index = 0; index < batchMeans.length; index++) {
        const cell = index % length;
        means[cell]! += batchMeans[index]!;
        squares[cell]! += batchVariances[index]! + batchMeans[index]! ** 2;
      }
    }
    this.minibatches++;
  }

  private sumsOf(part: NormalisedPart, length: number): { readonly means: Float64Array; readonly squares: Float64Array } {
    const sums = this.sums.get(part) ?? { means: new Float64Array(length), squares: new Float64Array(length) };
    this.sums.set(part, sums);
    return sums;
  }

  result(): PopulationStatistics {
    const count = this.minibatches * (this.timesteps / this.rows);
    const entries = [...this.sums].flatMap(([part, { means, squares }]): [string, Float32Array][] => [
      [momentNames[part].mean, Float32Array.from(means, (sum) => sum / count)],
      [momentNames[part].variance, Float32Array.from(squares, (sum, cell) => Math.max(0, sum / count - (means[cell]! / count) ** 2))],
    ]);
    return Object.fromEntries(entries);
  }
}
