import type { LayerSpec } from "../../experiment/spec.js";
import { layerSeed } from "../../numbers/random.js";
import type { Quantiser } from "../../quantisers/contract.js";
import { layerInputs } from "../architecture.js";
import type { Architecture } from "../architecture.js";
import { directionNumber, joinDirections, reversedInput, reversedTimesteps, splitDirections } from "../bidirectional.js";
import type { DirectionName, Directions } from "../bidirectional.js";
import type { RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import { multiplyInto } from "./dropout.js";
import { EffectiveWeights } from "./effectiveWeights.js";
import type { Draw } from "./effectiveWeights.js";
import { LayerMasks } from "./layerMasks.js";
import type { LayerParameters } from "./layerParameters.js";
import { layerPass, trainingNormalisation } from "./layerPass.js";
import type { LayerPass, LayerPassMasks, LayerState } from "./layerPass.js";
import type { MinibatchShape } from "./minibatch.js";
import { layerParameters, withLayerPrefix } from "./parameters.js";
import type { Parameters } from "./parameters.js";

/** What determines a layer's forward pass beside its parameters and its input. */
export interface LayerOptions {
  readonly draw: Draw;
  /** Whether regularisers drop. */
  readonly training: boolean;
  /** The state to go on from, instead of the initial one. */
  readonly start?: LayerState;
  /** Adam's, for loss-aware quantisers. */
  readonly secondMoments?: Parameters;
}

/** One layer of a network in training; takes the parameters of the whole network. Owns its work space. */
export interface NetworkLayer {
  /** Weight matrices with their quantisers, by the parameter's name. */
  readonly quantisers: readonly (readonly [string, Quantiser])[];
  /** Quantises the matrices as a pass of this draw would. */
  quantise(parameters: Parameters, draw: Draw, secondMoments?: Parameters): void;
  /** `hidden` is [T, B, H], or [T, B, 2H] of a bidirectional layer, after dropout; valid until the next call. */
  forward(parameters: Parameters, input: SequenceInput, options: LayerOptions): { readonly hidden: Float32Array; readonly end: LayerState };
  /**
   * Gradients at the last `forward` by the parameters' names, and of the input [T, B, I] where it is dense; valid until the next call.
   * @param gradient of `hidden`; may be overwritten
   */
  backward(parameters: Parameters, gradient: Float32Array): { readonly gradients: Record<string, Float32Array>; readonly input?: Float32Array };
  dispose(): void;
}

/** One layer of a network in training, of one direction or of both. */
export function networkLayer(architecture: Architecture, layer: number, shape: MinibatchShape, kernel: RecurrentKernel, seed: number): NetworkLayer {
  const spec = architecture.layers[layer]!;
  const direction = (name: DirectionName): NetworkLayer =>
    new LayerDirection(spec, { layer, name }, { ...shape, inputs: layerInputs(architecture, layer) }, kernel, seed);
  return spec.bidirectional ? new BidirectionalLayer(spec, shape, { forward: direction("forward"), reverse: direction("reverse") }) : direction("forward");
}

/** A layer that reads its sequence once, in the order in which it is given. */
class LayerDirection implements NetworkLayer {
  private readonly pass: LayerPass;
  private readonly weights: EffectiveWeights;
  private readonly masks: LayerMasks;
  /** [T, B, H] after dropout; absent without it. */
  private readonly dropped?: Float32Array;
  /** The seed of the direction's own random numbers. */
  private readonly seed: number;

  constructor(
    spec: LayerSpec,
    private readonly place: { readonly layer: number; readonly name: DirectionName },
    shape: MinibatchShape & { readonly inputs: number },
    kernel: RecurrentKernel,
    seed: number,
  ) {
    const { timesteps, batch, inputs } = shape;
    this.seed = layerSeed(seed, directionNumber(place.layer, place.name));
    this.pass = layerPass(kernel, spec, { timesteps, batch, inputs, ...trainingNormalisation(spec) });
    this.weights = new EffectiveWeights(spec, inputs, this.seed);
    this.masks = new LayerMasks(spec, shape);
    if (spec.dropout > 0) {
      this.dropped = new Float32Array(timesteps * batch * spec.units);
    }
  }

  get quantisers(): readonly (readonly [string, Quantiser])[] {
    const { layer, name } = this.place;
    return Object.entries(withLayerPrefix(layer, Object.fromEntries(this.weights.quantisers), name));
  }

  quantise(parameters: Parameters, draw: Draw, secondMoments?: Parameters): LayerParameters {
    return this.weights.compute(this.own(parameters), draw, secondMoments && this.own(secondMoments));
  }

  forward(parameters: Parameters, input: SequenceInput, { draw, training, start, secondMoments }: LayerOptions) {
    const masks = this.drawnMasks(draw.masks ?? draw.number, training);
    const { hidden, end } = this.pass.forward(this.quantise(parameters, draw, secondMoments), input, { start, masks });
    return { hidden: training && this.dropped ? multiplyInto(this.dropped, hidden, this.masks.ofOutput!) : hidden, end };
  }

  backward(parameters: Parameters, gradient: Float32Array) {
    const mask = this.masks.ofOutput;
    const own = this.pass.backward(mask ? multiplyInto(gradient, gradient, mask) : gradient);
    this.weights.backward(this.own(parameters), own);
    const { input, ...ofWeights } = own;
    return { gradients: withLayerPrefix(this.place.layer, ofWeights, this.place.name), input };
  }

  dispose(): void {
    this.pass.dispose();
  }

  /** What a pass of training, or one in the manner of training, gives the recurrence; drawn anew. */
  private drawnMasks(number: number, training: boolean): LayerPassMasks {
    if (!training) {
      return this.masks.authorStyle(this.seed, number);
    }
    this.masks.draw(this.seed, number);
    return this.masks.ofRecurrence;
  }

  private own(parameters: Parameters): LayerParameters {
    return layerParameters(parameters, this.place.layer, this.place.name);
  }
}

/** Two directions whose outputs stand side by side; each drops its own half, which is dropout of the whole. */
class BidirectionalLayer implements NetworkLayer {
  private readonly joined: Float32Array;
  private readonly gradients: Directions;

  constructor(
    private readonly spec: LayerSpec,
    private readonly shape: MinibatchShape,
    private readonly directions: Readonly<Record<DirectionName, NetworkLayer>>,
  ) {
    const length = shape.timesteps * shape.batch * spec.units;
    this.joined = new Float32Array(2 * length);
    this.gradients = { forward: new Float32Array(length), reverse: new Float32Array(length) };
  }

  get quantisers(): readonly (readonly [string, Quantiser])[] {
    return [...this.directions.forward.quantisers, ...this.directions.reverse.quantisers];
  }

  quantise(parameters: Parameters, draw: Draw, secondMoments?: Parameters): void {
    this.directions.forward.quantise(parameters, draw, secondMoments);
    this.directions.reverse.quantise(parameters, draw, secondMoments);
  }

  /** `end` is that of the forward direction: nothing goes on from it, since only texts carry states. */
  forward(parameters: Parameters, input: SequenceInput, options: LayerOptions) {
    const forward = this.directions.forward.forward(parameters, input, options);
    const reverse = this.directions.reverse.forward(parameters, reversedInput(input, this.shape.timesteps), options);
    return { hidden: joinDirections({ forward: forward.hidden, reverse: reverse.hidden }, this.joinedShape, this.joined), end: forward.end };
  }

  backward(parameters: Parameters, gradient: Float32Array) {
    const own = splitDirections(gradient, this.joinedShape, this.gradients);
    const forward = this.directions.forward.backward(parameters, own.forward);
    const reverse = this.directions.reverse.backward(parameters, own.reverse);
    const fromReverse = reverse.input && reversedTimesteps(reverse.input, this.shape.timesteps);
    const input = forward.input?.map((value, index) => value + fromReverse![index]!);
    return { gradients: { ...forward.gradients, ...reverse.gradients }, ...(input && { input }) };
  }

  dispose(): void {
    this.directions.forward.dispose();
    this.directions.reverse.dispose();
  }

  private get joinedShape() {
    return { timesteps: this.shape.timesteps, units: this.spec.units };
  }
}
