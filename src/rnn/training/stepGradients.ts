import type { TaskData } from "../../data/contract.js";
import { isInDeterministicTail, quantisedShare } from "../../experiment/evaluationMethod.js";
import type { ExperimentSpec } from "../../experiment/spec.js";
import type { TrainingState } from "./checkpoint.js";
import { classWeightsOf, totalWeight } from "./classWeights.js";
import type { Draw } from "./effectiveWeights.js";
import type { Minibatch, TrainingBatches } from "./minibatch.js";
import type { Network, NetworkState } from "./network.js";
import type { Objective } from "./objective.js";
import { gradientNorm } from "./parameters.js";
import type { Teacher } from "./teacher.js";

/** What a step computes before it moves anything. */
export interface StepPass {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  readonly correct: number;
  readonly predictions: number;
  /** The gradients of the spec's objective; valid until the next step's. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
  /** Those of the parameters that training moves. */
  readonly updated: readonly Float32Array[];
  /** Euclidean norm of these together. */
  readonly norm: number;
  /** States after the step. */
  readonly end: NetworkState;
  /** Those of the teacher. */
  readonly teacherEnd?: NetworkState | undefined;
}

type MinibatchPass = Omit<StepPass, "updated" | "norm">;

/** States before a minibatch. */
type States = Pick<TrainingState, "carried" | "teacher">;

/** Loss and gradients of each step of a training. */
export class StepGradients {
  private readonly classWeights: Float32Array | undefined;
  /** Mean gradients of several minibatches; empty where each makes a step of its own. */
  private readonly sums: Record<string, Float32Array> = {};

  /** @param updated names of the parameters that training moves */
  constructor(
    private readonly spec: ExperimentSpec,
    data: TaskData,
    private readonly parts: { readonly network: Network; readonly batches: TrainingBatches; readonly teacher: Teacher | undefined },
    private readonly updated: readonly string[],
  ) {
    this.classWeights = classWeightsOf(spec, data);
  }

  /** The next step's. */
  of(state: TrainingState): StepPass {
    const { accumulate = 1 } = this.spec;
    const pass = accumulate > 1 ? this.accumulated(state, accumulate) : this.minibatch(state, state.stepsDone, state);
    const updated = this.updated.map((name) => pass.gradients[name]!);
    return { ...pass, updated, norm: gradientNorm(updated) };
  }

  /** What a step draws. @param step from 0; after the last one, as the last */
  drawAt(step: number): Draw {
    return { number: step, share: quantisedShare(this.spec, step), ...(isInDeterministicTail(this.spec, step) && { sampling: "deterministic" }) };
  }

  /**
   * The mean of several minibatches, with the same weights drawn and masks of their own: the step of one minibatch that has all their rows,
   * but for the statistics of batch normalisation, which are those of each. States are carried on from one to the next.
   */
  private accumulated(state: TrainingState, count: number): MinibatchPass {
    const first = state.stepsDone * count;
    const meanWeight = this.meanWeight(first, count);
    let last: MinibatchPass | undefined;
    let [loss, correct, predictions] = [0, 0, 0];
    for (let index = 0; index < count; index++) {
      const before: States = last === undefined ? state : { carried: last.end, teacher: last.teacherEnd };
      last = this.minibatch(state, first + index, before, meanWeight);
      this.add(last.gradients, index === 0, 1 / count);
      loss += last.loss / count;
      correct += last.correct;
      predictions += last.predictions;
    }
    return { ...last!, gradients: this.sums, loss, correct, predictions };
  }

  private add(gradients: Readonly<Record<string, Float32Array>>, isFirst: boolean, factor: number): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const sum = (this.sums[name] ??= new Float32Array(gradient.length));
      for (let index = 0; index < sum.length; index++) {
        sum[index] = (isFirst ? 0 : sum[index]!) + factor * gradient[index]!;
      }
    }
  }

  /** The weight of a minibatch's targets, by which its loss is divided, in the mean of several. */
  private meanWeight(first: number, count: number): number | undefined {
    const { classWeights } = this;
    if (classWeights === undefined) {
      return undefined;
    }
    let total = 0;
    for (let index = 0; index < count; index++) {
      total += totalWeight(this.parts.batches.at(first + index).targets, classWeights);
    }
    return total / count;
  }

  /** @param number of the minibatch */
  private minibatch(state: TrainingState, number: number, { carried, teacher }: States, meanWeight?: number): MinibatchPass {
    const minibatch = this.parts.batches.at(number);
    const taught = this.taught(minibatch, teacher);
    const objective: Objective = { classWeights: this.classWeights, meanWeight, labelSmoothing: this.spec.labelSmoothing, distillation: taught?.distillation };
    const { secondMoments } = state;
    const draw = { ...this.drawAt(state.stepsDone), masks: number };
    const pass = this.parts.network.lossAndGradients(state.parameters, minibatch, draw, { start: carried, secondMoments, objective });
    return { ...pass, predictions: minibatch.targets.length, teacherEnd: taught?.end };
  }

  /** What the teacher makes of a minibatch; undefined without one. */
  private taught(minibatch: Minibatch, start: NetworkState | undefined) {
    const { distillation } = this.spec;
    if (distillation === undefined) {
      return undefined;
    }
    if (this.parts.teacher === undefined) {
      throw new Error(`Training needs its teacher, ${distillation.teacher.name}, whose file was not read.`);
    }
    const { temperature, share } = distillation;
    const { logits, end } = this.parts.teacher.read(minibatch.input, minibatch.continues ? start : undefined);
    return { distillation: { logits, temperature, share }, end };
  }
}
