import * as tf from "@tensorflow/tfjs";
import { isPromise, shown } from "../experiment/shown.js";
import type { StepReport, Trainer } from "../rnn/training/trainer.js";

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** What a callback sees of a step that was just done. */
export interface StepContext {
  /** Steps done, from 1. */
  readonly step: number;
  /** Mean cross-entropy of the minibatch in nats per prediction, before the update; class weights do not enter. */
  readonly loss: number;
  /** The learning rate of this step. */
  readonly rate: number;
  /**
   * Latent parameters after the update, by their names in a checkpoint ("layers.0.recurrentWeights", "output.bias"). A tensor is made
   * where one is read; all tensors of a callback are disposed after it, but for those that `tf.keep()` was called with.
   */
  readonly parameters: Tensors;
  /** The gradients of this step, after clipping, of the parameters that training moves. */
  readonly gradients: Tensors;
  /** Ends the training after this step as an early stop: it is validated, what is trained ships, and the result has the reason. */
  readonly stop: (reason: string) => void;
}

/** Called after each step; training waits where it returns a Promise. */
export type OnStep = (context: StepContext) => unknown;

/** A person's callback with what it sees. */
export class StepCallback {
  private readonly parameters: Tensors;
  private readonly gradients: Tensors;
  private isOpen = false;
  private reason: string | undefined;

  constructor(
    private readonly onStep: OnStep,
    trainer: Trainer,
  ) {
    const lazy = (names: readonly string[], array: (name: string) => Float32Array): Tensors =>
      Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { enumerable: true, get: () => this.tensor(array(name), trainer.shapes[name]!) }])));
    this.parameters = lazy(Object.keys(trainer.shapes), (name) => trainer.parameters[name]!);
    this.gradients = lazy(trainer.updated, (name) => trainer.gradients[name]!);
  }

  /** Why the callback stopped the training, once it has. */
  get stopReason(): string | undefined {
    return this.reason;
  }

  /**
   * Calls the callback for a step that is done; a Promise where it returned one.
   * @throws what the callback throws
   */
  after({ step, loss, learningRate: rate }: StepReport): Promise<unknown> | undefined {
    const { parameters, gradients } = this;
    const close = this.open();
    try {
      const result = this.onStep({ step, loss, rate, parameters, gradients, stop: (reason) => this.stop(reason) });
      if (isPromise(result)) {
        return Promise.resolve(result).finally(close);
      }
    } catch (error) {
      close();
      throw error;
    }
    close();
    return undefined;
  }

  /** Begins a scope of TensorFlow.js, so that no tensor of the callback outlives it. */
  private open(): () => void {
    const engine = tf.engine();
    engine.startScope("onStep");
    this.isOpen = true;
    return () => {
      this.isOpen = false;
      engine.endScope();
    };
  }

  private tensor(values: Float32Array, shape: readonly number[]): tf.Tensor {
    if (!this.isOpen) {
      throw new Error("The parameters and gradients of onStep are those of one step: read them before the callback ends.");
    }
    return tf.tensor(values.slice(), [...shape]);
  }

  private stop(reason: string): void {
    if (typeof reason !== "string" || reason.trim() === "") {
      throw new TypeError(`stop() of onStep takes the reason as a text, stop("the loss is low enough"), not ${shown(reason)}`);
    }
    this.reason ??= reason;
  }
}
