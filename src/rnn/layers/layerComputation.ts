import type { LayerSpec } from "../../experiment/spec.js";
import { shippedForm } from "../../normalisers/lookup.js";
import { measuresMinibatches, normalisersOf } from "../../normalisers/ofLayer.js";
import { hasCellState } from "../../cells/cells.js";
import { kernelWeights } from "../inference/deployedNetwork.js";
import { multiplyInto } from "../training/dropout.js";
import { EffectiveWeights } from "../training/effectiveWeights.js";
import { foldedLayer } from "../shipping/foldedLayer.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { paddingKernel } from "../kernels/choose.js";
import { LayerMasks } from "../training/layerMasks.js";
import type { LayerParameters } from "../training/layerParameters.js";
import { layerPass, trainingNormalisation } from "../training/layerPass.js";
import type { LayerForward, LayerPass, LayerPassMasks, LayerPassShape, LayerState } from "../training/layerPass.js";
import type { PopulationStatistics } from "../shipping/populationStatistics.js";
import { heldStates } from "./padding.js";
import type { Padding } from "./padding.js";

/** One call of a layer: everything that determines its result. */
export interface LayerCall {
  readonly timesteps: number;
  readonly batch: number;
  /** [T, B, I] */
  readonly input: Float32Array;
  readonly parameters: LayerParameters;
  /** Whether regularisers drop, or pass on expectations. */
  readonly training: boolean;
  /** Number of all draws in this call. */
  readonly draw: number;
  /** What batch normalisation uses instead of the statistics of this batch. */
  readonly statistics?: PopulationStatistics;
  readonly start?: LayerState;
  readonly padding?: Padding;
  /** For loss-aware quantisers. */
  readonly secondMoments?: LayerParameters;
}

/** A layer's work space at one shape. */
interface Slot {
  readonly pass: LayerPass;
  readonly masks: LayerMasks;
}

const mostSlots = 4;

/** A whole layer on arrays: quantisers, normalisers, recurrence and regularisers, forward and backward. */
export class LayerComputation {
  private readonly weights: EffectiveWeights;
  private readonly slots = new Map<string, Slot>();
  /** The call that the work space holds; its gradient needs no second forward pass. */
  private latest: LayerCall | undefined;

  constructor(
    private readonly kernel: RecurrentKernel,
    private readonly spec: LayerSpec,
    private readonly inputs: number,
    private readonly seed: number,
  ) {
    this.weights = new EffectiveWeights(spec, inputs, seed);
  }

  /** The result's arrays are the caller's. */
  forward(call: LayerCall): LayerForward {
    const { input, parameters, start } = call;
    const { pass, masks } = this.slotOf(call);
    const drawn = this.weights.compute(parameters, { number: call.draw }, call.secondMoments);
    const weights = call.statistics ? this.folded(parameters, call.statistics) : drawn;
    if (call.training) {
      masks.draw(this.seed, call.draw);
    }
    const forward = pass.forward(weights, { kind: "dense", values: input }, {
      start,
      masks: this.masksOf(call, masks),
    });
    this.latest = call;
    return { ...forward, hidden: this.afterDropout(call, masks, forward.hidden) };
  }

  /**
   * Gradients of the parameters and of `input` at a call, [T, B, H] of its result given; valid until the next call.
   * A call with statistics has none.
   */
  backward(call: LayerCall, gradHidden: Float32Array): Record<string, Float32Array> {
    if (call.statistics !== undefined) {
      throw new Error('Inference with moving statistics has no gradient; use inferenceStatistics: "batch" or training: true.');
    }
    if (this.latest !== call) {
      this.forward(call);
    }
    this.latest = undefined;
    const { pass, masks } = this.slotOf(call);
    const gradients = pass.backward(this.afterDropout(call, masks, gradHidden));
    this.weights.backward(call.parameters, gradients);
    return gradients;
  }

  /** Brings the latent matrices back into their quantisers' ranges, in place. */
  constrain(parameters: LayerParameters): void {
    this.weights.constrain(parameters);
  }

  dispose(): void {
    this.slots.forEach(({ pass }) => pass.dispose());
    this.slots.clear();
    this.latest = undefined;
  }

  private afterDropout({ training }: LayerCall, masks: LayerMasks, values: Float32Array): Float32Array {
    const copy = values.slice();
    return training && masks.ofOutput ? multiplyInto(copy, copy, masks.ofOutput) : copy;
  }

  /** The kernel's weights with the normalisers folded to gains and shifts. */
  private folded(parameters: LayerParameters, statistics: PopulationStatistics): LayerParameters {
    return kernelWeights(foldedLayer(this.spec, this.inputs, this.weights.ship(), parameters, statistics));
  }

  private masksOf(call: LayerCall, masks: LayerMasks): LayerPassMasks {
    const { padding } = call;
    const own = call.training ? masks.ofRecurrence : masks.expected();
    if (padding === undefined) {
      return own;
    }
    const held = heldStates(own, padding, this.spec.units, hasCellState(this.spec));
    return this.leavesPaddingOut(call) ? { ...held, countedRows: padding.counted } : held;
  }

  /** Whether batch statistics of this call must not count padding. */
  private leavesPaddingOut({ padding, statistics }: LayerCall): boolean {
    return padding !== undefined && statistics === undefined && measuresMinibatches(this.spec);
  }

  private slotOf(call: LayerCall): Slot {
    const { timesteps, batch } = call;
    const folded = call.statistics !== undefined;
    const isPadded = this.leavesPaddingOut(call);
    const key = `${timesteps} ${batch} ${folded} ${isPadded}`;
    const known = this.slots.get(key);
    if (known !== undefined) {
      return known;
    }
    this.forgetOldest();
    const shape: LayerPassShape = { timesteps, batch, inputs: this.inputs, ...this.normalisation(folded) };
    const slot = { pass: layerPass(isPadded ? paddingKernel(this.kernel) : this.kernel, this.spec, shape), masks: new LayerMasks(this.spec, { timesteps, batch }) };
    this.slots.set(key, slot);
    return slot;
  }

  private normalisation(folded: boolean): ReturnType<typeof trainingNormalisation> {
    const training = trainingNormalisation(this.spec);
    return folded ? { ...training, ...foldedNormalisation(this.spec) } : training;
  }

  private forgetOldest(): void {
    const [oldest] = this.slots;
    if (oldest !== undefined && this.slots.size >= mostSlots) {
      oldest[1].pass.dispose();
      this.slots.delete(oldest[0]);
      this.latest = undefined;
    }
  }
}

/** Everything folds to gains and shifts but statistics of rows. */
function foldedNormalisation(spec: LayerSpec): Pick<LayerPassShape, "normalisation" | "cellNormalisation"> {
  const [normalisation, cellNormalisation = "affine"] = normalisersOf(spec).map(shippedForm);
  return { normalisation: normalisation!, cellNormalisation };
}
