import * as tf from "@tensorflow/tfjs";
import type { LayerSpec } from "../../experiment/spec.js";
import { layerSeed } from "../../numbers/random.js";
import { directionNumber } from "../bidirectional.js";
import { initialLayerParameters, isUpdated, layerParameterShapes } from "../training/layerParameters.js";
import { cellOf, quantiserOf } from "../../cells/cells.js";
import type { LayerParameters } from "../training/layerParameters.js";
import type { LayerForward, LayerState } from "../training/layerPass.js";
import type { PopulationStatistics } from "../shipping/populationStatistics.js";
import { kernelFor } from "../kernels/choose.js";
import { LayerComputation } from "./layerComputation.js";
import type { LayerCall } from "./layerComputation.js";
import { needsSecondMoment } from "../../quantisers/make.js";
import type { RecurrentLayerConfig } from "./layerConfig.js";
import { layerKernel } from "./layerKernel.js";
import { MovingStatistics, statisticRows } from "./movingStatistics.js";
import { countsOf, paddingOf } from "./padding.js";
import type { Padding } from "./padding.js";

/** The number of the draw that inference uses; no training call has it. */
const inferenceDraw = -1;
/** Decay of the squared gradients that loss-aware quantisers read, Adam's usual one. */
const secondMomentDecay = 0.999;

/**
 * A recurrent layer with quantised weights for TensorFlow.js models: input [B, T, I]. The whole layer is one operation
 * with a gradient of its own, computed by a recurrent kernel.
 *
 * The layer's weights are the latent ones. They are quantised once in each training call; gradients pass to them by the
 * quantiser's rule. In inference one fixed draw is used. Quantisers with a range (BinaryConnect) clip the latent weights
 * at the start of each training call, so that after the optimiser's last step they may be outside of it by that step.
 * Loss-aware quantisers (LAB, LAQ) read a moving average of the squared gradients, which the layer keeps itself as a
 * weight that is saved with it: Adam's second moment with beta2 = 0.999, since an optimiser keeps its own to itself.
 */
export abstract class RecurrentLayer extends tf.layers.Layer {
  protected readonly goBackwards: boolean;
  protected readonly returnSequences: boolean;
  protected readonly inferenceStatistics: "moving" | "batch";
  protected readonly seed: number;
  private readonly variables = new Map<string, tf.LayerVariable>();
  private parameterNames: readonly string[] = [];
  private computation: LayerComputation | undefined;
  private moving: MovingStatistics | undefined;
  private state: LayerState | undefined;
  private inputs = 0;

  constructor(
    config: RecurrentLayerConfig,
    readonly spec: LayerSpec,
  ) {
    super(config);
    this.goBackwards = config.goBackwards ?? false;
    this.returnSequences = config.returnSequences ?? false;
    this.inferenceStatistics = config.inferenceStatistics ?? "moving";
    this.seed = config.seed ?? 1;
    this.supportsMasking = true;
    this._stateful = spec.initialState === "carried";
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { cell: _cell, ...options } = this.spec;
    const { goBackwards, returnSequences, inferenceStatistics, seed } = this;
    return { ...super.getConfig(), ...options, goBackwards, returnSequences, inferenceStatistics, seed };
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const [, timesteps = null, inputs, ...more] = inputShape as tf.Shape;
    if (typeof inputs !== "number" || more.length > 0) {
      throw new RangeError(`${this.spec.cell}() takes input of shape [batch, timesteps, inputs], not [${inputShape.join(", ")}].`);
    }
    const rows = statisticRows(this.spec, timesteps);
    this.inputs = inputs;
    const ownSeed = layerSeed(this.seed, this.ownNumber);
    this.computation = new LayerComputation(kernelFor([this.spec], layerKernel()).kernel, this.spec, inputs, ownSeed);
    this.addParameters(inputs);
    const constant = (name: string, shape: number[]): tf.LayerVariable =>
      this.addWeight(name, shape, "float32", tf.initializers.zeros(), undefined, false);
    this.moving = new MovingStatistics(this.spec, rows, constant);
    const shapes = layerParameterShapes(this.spec, inputs);
    for (const name of lossAware(this.spec)) {
      this.variables.set(secondMomentOf(name), constant(secondMomentOf(name), shapes[name]!));
    }
    this.variables.set("trainingCalls", constant("training_calls", [1]));
    super.build(inputShape);
  }

  /** Trained arrays first, in the kernel's order: the order of getWeights(). */
  private addParameters(inputs: number): void {
    const initial = initialLayerParameters(this.spec, inputs, this.seed, this.ownNumber);
    const shapes = layerParameterShapes(this.spec, inputs);
    this.parameterNames = Object.keys(shapes);
    for (const [name, shape] of Object.entries(shapes)) {
      const trainable = isUpdated(name, this.spec);
      const variable = this.addWeight(name, shape, "float32", tf.initializers.zeros(), undefined, trainable);
      write(variable, initial[name]!);
      this.variables.set(name, variable);
    }
  }

  /** Both layers of a `tf.layers.bidirectional` have one seed. */
  private get ownNumber(): number {
    return directionNumber(0, this.goBackwards ? "reverse" : "forward");
  }

  /** I, and copies of the latent weights by the kernel's names; undefined before the layer is built. */
  get latent(): { readonly inputs: number; readonly parameters: LayerParameters } | undefined {
    if (this.computation === undefined) {
      return undefined;
    }
    const parameters = Object.fromEntries(this.parameterNames.map((name) => [name, this.values(name).slice()]));
    return { inputs: this.inputs, parameters };
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch = null, timesteps = null] = inputShape as tf.Shape;
    return this.returnSequences ? [batch, timesteps, this.spec.units] : [batch, this.spec.units];
  }

  /** A mask [B, T] goes on to the next layer with the sequences that it is of. */
  override computeMask(_inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [own = null] = Array.isArray(mask) ? mask : [mask];
    // TensorFlow.js says "no mask" by null, which its type leaves out.
    return (this.returnSequences ? own : null) as tf.Tensor;
  }

  /**
   * @param kwargs `mask` [B, T], as `tf.layers.masking` gives it: at timesteps where it is false the states are carried on and the
   *   output repeats that of the timestep before, and batch statistics leave them out.
   */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean; mask?: tf.Tensor | tf.Tensor[] | null }): tf.Tensor {
    return tf.tidy(() => {
      const asRead = <T extends tf.Tensor>(given: T): T => (this.goBackwards ? tf.reverse(given, 1) : given);
      const [given] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor3D];
      const input = asRead(given);
      const [batch, timesteps] = input.shape;
      const [masked] = Array.isArray(kwargs.mask) ? kwargs.mask : [kwargs.mask];
      const mask = masked && asRead(masked);
      const padding = mask ? paddingOf(mask, batch, timesteps) : undefined;
      const { hidden, end, statistics } = this.compute(input, this.conditions(timesteps, batch, kwargs.training ?? false, padding));
      if (this.stateful) {
        this.state = end;
      }
      if (kwargs.training) {
        const counts = padding && countsOf(padding, timesteps);
        this.countTrainingCall(timesteps, statistics as unknown as PopulationStatistics | undefined, counts);
      }
      return this.returnSequences
        ? tf.transpose(hidden, [1, 0, 2])
        : tf.reshape(tf.slice(hidden, [timesteps - 1, 0, 0], [1, -1, -1]), [batch, this.spec.units]);
    });
  }

  /** Forgets the carried state: the next call starts from zeros. */
  override resetStates(): void {
    this.state = undefined;
  }

  override dispose(): ReturnType<tf.layers.Layer["dispose"]> {
    this.computation?.dispose();
    return super.dispose();
  }

  /** All that determines a call but input and parameters. */
  private conditions(timesteps: number, batch: number, training: boolean, padding?: Padding): Omit<LayerCall, "input" | "parameters"> {
    const moving = this.moving!;
    if (training) {
      moving.checkTrainingLength(timesteps, padding && countsOf(padding, timesteps));
      this.constrain();
    }
    const start = this.carriedState(batch);
    const frozen = !training && this.inferenceStatistics === "moving" && moving.isNeeded;
    const secondMoments = Object.fromEntries(lossAware(this.spec).map((name) => [name, this.values(secondMomentOf(name))]));
    return {
      timesteps,
      batch,
      training,
      draw: training ? this.trainingCalls : inferenceDraw,
      secondMoments,
      ...(start && { start }),
      ...(padding && { padding }),
      ...(frozen && { statistics: moving.read(timesteps) }),
    };
  }

  /** The layer as one differentiable operation of its input and its parameters; hidden states [T, B, H]. */
  private compute(input: tf.Tensor3D, conditions: Omit<LayerCall, "input" | "parameters">): TensorForward {
    let result: LayerForward | undefined;
    const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
      const [values, ...parameters] = (args.slice(0, -1) as tf.Tensor[]).map((tensor) => tensor.dataSync<"float32">());
      const named = Object.fromEntries(this.parameterNames.map((name, index) => [name, parameters[index]!]));
      const call: LayerCall = { ...conditions, input: values!, parameters: named };
      result = this.computation!.forward(call);
      const value = tf.tensor3d(result.hidden, [call.timesteps, call.batch, this.spec.units]);
      return { value, gradFunc: (dy: tf.Tensor) => this.gradients(call, dy) };
    });
    const parameters = this.parameterNames.map((name) => this.variable(name).read());
    const hidden = operation(tf.transpose(input, [1, 0, 2]), ...parameters) as tf.Tensor3D;
    return { ...result!, hidden };
  }

  /** The gradients in the order of the operation's inputs. */
  private gradients(call: LayerCall, dy: tf.Tensor): tf.Tensor[] {
    const gradients = this.computation!.backward(call, dy.dataSync<"float32">());
    this.updateSecondMoments(call, gradients);
    const input = tf.tensor3d(gradients["input"]!.slice(), [call.timesteps, call.batch, this.inputs]);
    const shapes = layerParameterShapes(this.spec, this.inputs);
    return [input, ...this.parameterNames.map((name) => tf.tensor(gradients[name]!.slice(), shapes[name]!))];
  }

  private updateSecondMoments({ secondMoments }: LayerCall, gradients: LayerParameters): void {
    for (const [name, moment] of Object.entries(secondMoments ?? {})) {
      const gradient = gradients[name]!;
      const next = moment.map((value, at) => secondMomentDecay * value + (1 - secondMomentDecay) * gradient[at]! ** 2);
      write(this.variable(secondMomentOf(name)), next);
    }
  }

  private carriedState(batch: number): LayerState | undefined {
    const held = this.state && this.state.hidden.length / this.spec.units;
    if (held !== undefined && held !== batch) {
      throw new RangeError(
        `${this.name} carries the states of ${held} sequences and got ${batch}: keep the batch size, or call resetStates() first.`,
      );
    }
    return this.state;
  }

  private constrain(): void {
    const names = cellOf(this.spec).matrices.map((matrix) => `${matrix}Weights`);
    const after = Object.fromEntries(names.map((name) => [name, this.values(name).slice()]));
    this.computation!.constrain(after);
    for (const name of names.filter((name) => differ(this.values(name), after[name]!))) {
      write(this.variable(name), after[name]!);
    }
  }

  private get trainingCalls(): number {
    return this.values("trainingCalls")[0]!;
  }

  private countTrainingCall(timesteps: number, statistics: PopulationStatistics | undefined, counts: Float32Array | undefined): void {
    const calls = this.trainingCalls;
    if (statistics !== undefined) {
      this.moving!.update(statistics, timesteps, calls, counts);
    }
    write(this.variable("trainingCalls"), Float32Array.of(calls + 1));
  }

  private values(name: string): Float32Array {
    return this.variable(name).read().dataSync<"float32">();
  }

  private variable(name: string): tf.LayerVariable {
    const variable = this.variables.get(name);
    if (variable === undefined) {
      throw new Error(`The layer ${this.name} is not built yet; give the first layer of a model an inputShape.`);
    }
    return variable;
  }
}

type TensorForward = Omit<LayerForward, "hidden"> & { readonly hidden: tf.Tensor3D };

/** The matrices whose quantisers read the second moment of their gradients. */
function lossAware(spec: LayerSpec): string[] {
  return cellOf(spec).matrices.filter((matrix) => needsSecondMoment(quantiserOf(spec, matrix))).map((matrix) => `${matrix}Weights`);
}

function secondMomentOf(name: string): string {
  return `${name}SecondMoment`;
}

function differ(left: Float32Array, right: Float32Array): boolean {
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) {
      return true;
    }
  }
  return false;
}

function write(variable: tf.LayerVariable, values: Float32Array): void {
  tf.tidy(() => {
    variable.write(tf.tensor(values, variable.shape as number[]));
  });
}
