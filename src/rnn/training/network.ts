import type { LayerSpec } from "../../experiment/spec.js";
import { outputInputs } from "../architecture.js";
import type { Architecture } from "../architecture.js";
import { finalStates, spreadFinalStates } from "../bidirectional.js";
import { drawDropoutMask, multiplyInto } from "./dropout.js";
import type { Draw } from "./effectiveWeights.js";
import { embeddingGradient, lookUpEmbedding } from "./embedding.js";
import type { RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import type { LayerState } from "./layerPass.js";
import type { Minibatch, MinibatchShape } from "./minibatch.js";
import { networkLayer } from "./networkLayer.js";
import type { NetworkLayer } from "./networkLayer.js";
import type { Objective } from "./objective.js";
import { OutputLayer } from "./output.js";
import type { OutputLoss, OutputWeights } from "./output.js";
import type { Parameters } from "./parameters.js";
import type { Quantiser } from "../../quantisers/contract.js";
import { makeQuantiser } from "../../quantisers/make.js";
import { randomStream } from "../../numbers/random.js";

/** States of all layers between two minibatches. */
export type NetworkState = readonly LayerState[];

export interface NetworkLoss extends OutputLoss {
  readonly end: NetworkState;
}

export interface PassOptions {
  /** States to go on from, read by layers that carry their state. */
  readonly start?: NetworkState;
  /** Adam's, for loss-aware quantisers. */
  readonly secondMoments?: Parameters;
  /** What the gradients are of. Default: the mean cross-entropy. */
  readonly objective?: Objective | undefined;
}

/**
 * The network of an experiment over minibatches of one shape: word vectors where there are any, stacked recurrent
 * layers, output layer; forward and backward with quantised weights. Owns its work space.
 */
export class Network {
  private readonly layers: readonly NetworkLayer[];
  private readonly output: OutputLayer;
  readonly outputQuantiser: Quantiser;
  private readonly embedded?: { readonly values: Float32Array; readonly mask?: Float32Array; readonly gradient: Float32Array };
  /** [T, B, H] gradient of the last layer's hidden states where only the last timestep is read. */
  private readonly lastGradient?: Float32Array;

  constructor(
    private readonly architecture: Architecture,
    private readonly shape: MinibatchShape,
    kernel: RecurrentKernel,
    private readonly seed: number,
  ) {
    const { input, layers, outputs, outputQuantiser, readout } = architecture;
    const { timesteps, batch } = shape;
    const rows = timesteps * batch;
    this.layers = layers.map((_, index) => networkLayer(architecture, index, shape, kernel, seed));
    const units = outputInputs(architecture);
    const every = readout === "every-timestep";
    this.output = new OutputLayer(kernel, every ? rows : batch, units, outputs.length);
    this.outputQuantiser = makeQuantiser(outputQuantiser, units, outputs.length);
    if (!every) {
      this.lastGradient = new Float32Array(rows * units);
    }
    if (input.kind === "embedding") {
      const length = rows * input.units;
      this.embedded = {
        values: new Float32Array(length),
        gradient: new Float32Array(input.symbols.length * input.units),
        ...(input.dropout > 0 && { mask: new Float32Array(length) }),
      };
    }
  }

  /** Loss without regularisers, for evaluation in the manner of training. */
  loss(parameters: Parameters, minibatch: Minibatch, draw: Draw, options: PassOptions = {}): NetworkLoss {
    const { hidden, end } = this.forward(parameters, minibatch, draw, options);
    const weights = this.outputWeights(parameters, draw, options.secondMoments);
    return { ...this.output.loss(weights, this.read(hidden), minibatch.targets), end };
  }

  /** One step of training: loss, and the gradients of all parameters, which are valid until the next call. */
  lossAndGradients(
    parameters: Parameters,
    minibatch: Minibatch,
    draw: Draw,
    options: PassOptions = {},
  ): NetworkLoss & { readonly gradients: Record<string, Float32Array> } {
    const { hidden, end } = this.forward(parameters, minibatch, draw, { ...options, training: true });
    const weights = this.outputWeights(parameters, draw, options.secondMoments);
    const { gradients: ofOutput, ...loss } = this.output.lossAndGradients(weights, this.read(hidden), minibatch.targets, options.objective);
    const scales = this.outputQuantiser.backward(parameters["output.weights"]!, ofOutput.weights);
    const gradients: Record<string, Float32Array> = {
      "output.weights": ofOutput.weights,
      "output.bias": ofOutput.bias,
      ...(scales.length > 0 && { "output.scales": scales }),
    };
    this.backward(parameters, minibatch.input, this.spread(ofOutput.hidden), gradients);
    return { ...loss, end, gradients };
  }

  /** Weight matrices with their quantisers, by the parameter's name. */
  get quantisers(): ReadonlyMap<string, Quantiser> {
    return new Map([...this.layers.flatMap(({ quantisers }) => quantisers), ["output.weights", this.outputQuantiser]]);
  }

  /** Quantises all matrices as a pass of this draw would, for a report on them. */
  quantise(parameters: Parameters, draw: Draw, secondMoments?: Parameters): void {
    this.layers.forEach((layer) => layer.quantise(parameters, draw, secondMoments));
    this.outputWeights(parameters, draw, secondMoments);
  }

  /** Brings latent matrices back into their quantisers' ranges after an update. */
  constrain(parameters: Parameters): void {
    this.quantisers.forEach((quantiser, name) => quantiser.constrain(parameters[name]!));
  }

  dispose(): void {
    this.layers.forEach((layer) => layer.dispose());
  }

  private forward(
    parameters: Parameters,
    minibatch: Minibatch,
    draw: Draw,
    options: PassOptions & { readonly training?: boolean },
  ): { hidden: Float32Array; end: NetworkState } {
    const { training = false, secondMoments } = options;
    const end: LayerState[] = [];
    let input = this.firstInput(parameters, minibatch.input, training ? (draw.masks ?? draw.number) : undefined);
    let hidden: Float32Array = new Float32Array(0);
    this.layers.forEach((layer, index) => {
      const carries = this.architecture.layers[index]!.initialState === "carried";
      const start = carries && minibatch.continues ? options.start?.[index] : undefined;
      const forward = layer.forward(parameters, input, { draw, training, start, secondMoments });
      end.push(forward.end);
      hidden = forward.hidden;
      input = { kind: "dense", values: hidden };
    });
    return { hidden, end };
  }

  /** What the first layer reads. @param step of training, for dropout */
  private firstInput(parameters: Parameters, input: SequenceInput, step?: number): SequenceInput {
    const { embedded, architecture } = this;
    if (embedded === undefined || architecture.input.kind !== "embedding" || input.kind !== "symbols") {
      return input;
    }
    const { units, dropout } = architecture.input;
    const values = lookUpEmbedding(parameters["embedding"]!, units, input.symbols, embedded.values);
    if (embedded.mask && step !== undefined) {
      multiplyInto(values, values, drawDropoutMask(embedded.mask, dropout, randomStream(this.seed, "embedding-dropout", step)));
    }
    return { kind: "dense", values };
  }

  /** @param gradHidden [T, B, H] of the last layer's output */
  private backward(parameters: Parameters, input: SequenceInput, gradHidden: Float32Array, gradients: Record<string, Float32Array>): void {
    let gradient = gradHidden;
    for (const layer of this.layers.toReversed()) {
      const own = layer.backward(parameters, gradient);
      Object.assign(gradients, own.gradients);
      gradient = own.input ?? gradient;
    }
    this.embeddingBackward(input, gradient, gradients);
  }

  private embeddingBackward(input: SequenceInput, gradient: Float32Array, gradients: Record<string, Float32Array>): void {
    const { embedded, architecture } = this;
    if (embedded && architecture.input.kind === "embedding" && input.kind === "symbols") {
      const kept = embedded.mask ? multiplyInto(gradient, gradient, embedded.mask) : gradient;
      gradients["embedding"] = embeddingGradient(kept, architecture.input.units, input.symbols, embedded.gradient);
    }
  }

  private outputWeights(parameters: Parameters, { number, sampling, share }: Draw, secondMoments?: Parameters): OutputWeights {
    const weights = this.outputQuantiser.quantise(parameters["output.weights"]!, {
      stream: randomStream(this.seed, "output-weights", number),
      sampling,
      share,
      secondMoment: secondMoments?.["output.weights"],
      scales: parameters["output.scales"],
    });
    return { weights, bias: parameters["output.bias"]! };
  }

  /** The hidden states that the output layer reads. */
  private read(hidden: Float32Array): Float32Array {
    return this.lastGradient ? finalStates(this.lastLayer, hidden, this.shape.batch) : hidden;
  }

  /** The output's gradient at its place among all timesteps. */
  private spread(gradient: Float32Array): Float32Array {
    if (this.lastGradient) {
      spreadFinalStates(this.lastLayer, gradient, this.lastGradient);
    }
    return this.lastGradient ?? gradient;
  }

  private get lastLayer(): LayerSpec {
    return this.architecture.layers.at(-1)!;
  }
}
