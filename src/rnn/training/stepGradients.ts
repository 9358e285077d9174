import type { TaskData } from "../../data/contract.js";
import { isInDeterministicTail } from "../../experiment/evaluationMethod.js";
import type { ExperimentSpec } from "../../experiment/spec.js";
import type { TrainingState } from "./checkpoint.js";
import { classWeightsOf } from "./classWeights.js";
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
  /** Of the spec's objective; valid until the next step's. */
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

/** States before a minibatch. */
type States = Pick<TrainingState, "carried" | "teacher">;

/** Loss and gradients of each step of a training. */
export class StepGradients {
  private readonly classWeights: Float32Array | undefined;

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
    const pass = this.minibatch(state, state.stepsDone, state);
    const updated = this.updated.map((name) => pass.gradients[name]!);
    return { ...pass, updated, norm: gradientNorm(updated) };
  }

  /** What a step draws. @param step from 0; after the last one, as the last */
  drawAt(step: number): Draw {
    return { number: step, ...(isInDeterministicTail(this.spec, step) && { sampling: "deterministic" }) };
  }

  private minibatch(state: TrainingState, number: number, { carried, teacher }: States) {
    const minibatch = this.parts.batches.at(number);
    const taught = this.taught(minibatch, teacher);
    const objective: Objective = { classWeights: this.classWeights, distillation: taught?.distillation };
    const { secondMoments } = state;
    const pass = this.parts.network.lossAndGradients(state.parameters, minibatch, this.drawAt(state.stepsDone), { start: carried, secondMoments, objective });
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
