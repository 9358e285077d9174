import type { RecurrentSpec } from "../../cells/contract.js";
import { drawDropoutMask, drawZoneoutMask } from "./dropout.js";
import type { LayerPassMasks } from "./layerPass.js";
import { normalAt, randomStream } from "../../numbers/random.js";
import type { Purpose } from "../../numbers/random.js";

interface MaskShape {
  readonly timesteps: number;
  readonly batch: number;
}

/** The masks and the noise of one layer's regularisers; allocated once, absent where a rate is zero. */
export class LayerMasks {
  private readonly dropout?: Float32Array;
  private readonly recurrent?: Float32Array;
  private readonly zoneoutHidden?: Float32Array;
  private readonly zoneoutCell?: Float32Array;
  private readonly initialNoise?: Float32Array;

  constructor(
    private readonly spec: RecurrentSpec,
    { timesteps, batch }: MaskShape,
  ) {
    const { units, dropout, recurrentDropout = 0, zoneout, initialNoise = 0 } = spec;
    const mask = (rate: number, length: number): Float32Array | undefined =>
      rate > 0 ? new Float32Array(length) : undefined;
    this.initialNoise = mask(initialNoise, batch * units);
    this.dropout = mask(dropout, timesteps * batch * units);
    this.recurrent = mask(recurrentDropout, batch * units);
    this.zoneoutHidden = mask(zoneout.hidden, timesteps * batch * units);
    this.zoneoutCell = mask(zoneout.cell ?? 0, timesteps * batch * units);
  }

  /**
   * Draws all masks of a training step.
   * @param seed the layer's own
   */
  draw(seed: number, step: number): void {
    const { dropout, recurrentDropout = 0, zoneout } = this.spec;
    const stream = (purpose: Purpose) => randomStream(seed, purpose, step);
    if (this.dropout) {
      drawDropoutMask(this.dropout, dropout, stream("dropout"));
    }
    if (this.recurrent) {
      drawDropoutMask(this.recurrent, recurrentDropout, stream("recurrent-dropout"));
    }
    if (this.zoneoutHidden) {
      drawZoneoutMask(this.zoneoutHidden, zoneout.hidden, stream("zoneout-hidden"));
    }
    if (this.zoneoutCell) {
      drawZoneoutMask(this.zoneoutCell, zoneout.cell ?? 0, stream("zoneout-cell"));
    }
    this.drawNoise(seed, step);
  }

  private drawNoise(seed: number, number: number): void {
    const { initialNoise: deviation = 0 } = this.spec;
    const stream = randomStream(seed, "initial-noise", number);
    this.initialNoise?.forEach((_, index, noise) => {
      noise[index] = deviation * normalAt(stream, index);
    });
  }

  /** What the recurrence takes in training, as last drawn. */
  get ofRecurrence(): LayerPassMasks {
    const { recurrent, zoneoutHidden, zoneoutCell, initialNoise } = this;
    return { recurrentMask: recurrent, zoneoutHidden, zoneoutCell, initialNoise };
  }

  /** [T, B, H] factors on the layer's output in training, as last drawn. */
  get ofOutput(): Float32Array | undefined {
    return this.dropout;
  }

  /**
   * What the recurrence takes in an author-style evaluation: expectations, but noise all the same, as in the paper's code.
   * @param seed the layer's own
   * @param number of the draw
   */
  authorStyle(seed: number, number: number): LayerPassMasks {
    this.drawNoise(seed, number);
    return { ...this.expected(), initialNoise: this.initialNoise };
  }

  /** What the recurrence takes in evaluation: nothing is dropped, no noise, and zoneout mixes by its expectation. */
  expected(): LayerPassMasks {
    return expectedMasks(this.spec, this.zoneoutHidden?.length ?? this.zoneoutCell?.length ?? 0);
  }
}

/**
 * The masks of evaluation.
 * @param length T * B * H
 */
export function expectedMasks({ zoneout }: RecurrentSpec, length: number): LayerPassMasks {
  const filled = (rate: number): Float32Array | undefined => (rate > 0 ? new Float32Array(length).fill(rate) : undefined);
  return { zoneoutHidden: filled(zoneout.hidden), zoneoutCell: filled(zoneout.cell ?? 0) };
}
