import { cellOf, quantiserOf, quantisersOf } from "../../cells/cells.js";
import type { MatrixName } from "../../cells/contract.js";
import type { DataPart, TaskData } from "../../data/contract.js";
import { authorStyleMethod, validationMinibatches } from "../../experiment/evaluationMethod.js";
import type { AuthorStyle } from "../../experiment/evaluationMethod.js";
import type { ExperimentSpec } from "../../experiment/spec.js";
import { architectureOf, carriesState } from "../architecture.js";
import type { Architecture } from "../architecture.js";
import type { DirectionName } from "../bidirectional.js";
import { authorStyleLoss } from "./authorStyle.js";
import { averageStep } from "./averaging.js";
import { checkpointTensors, readCheckpoint } from "./checkpoint.js";
import type { TrainingState } from "./checkpoint.js";
import { clipGradients } from "./clipping.js";
import { chooseDeployedModel } from "../shipping/deploy.js";
import type { ChosenModel } from "../shipping/deploy.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { learningRateAt } from "./learningRate.js";
import type { MinibatchShape } from "./minibatch.js";
import type { NamedTensors } from "../../files/namedTensors.js";
import { Network } from "./network.js";
import { updateParameters } from "./optimiser.js";
import { gradientNorm, mapParameters, parameterShapes, startedParameters, updatedNames, withLayerPrefix } from "./parameters.js";
import type { Parameters } from "./parameters.js";
import { type Schedule, scheduledRate } from "./schedule.js";
import type { EvaluatedScore } from "../inference/score.js";
import { minibatchShape, trainingBatches } from "./trainingBatches.js";
import type { DeployedModel } from "../shipping/deployedModel.js";
import { Teacher } from "./teacher.js";
import { levelsOf, needsSecondMoment } from "../../quantisers/make.js";
import { StepGradients } from "./stepGradients.js";
import { TrainingDivergedError } from "./trainingDivergedError.js";
import { afterValidation, noValidations } from "./validationHistory.js";
import { weightShare } from "./weightReport.js";
import type { WeightShare } from "./weightReport.js";

export interface StepReport {
  /** Steps done, 1-based. */
  readonly step: number;
  /** Mean cross-entropy of the minibatch in nats per prediction, before the update. */
  readonly loss: number;
  readonly learningRate: number;
  /** The norm of all gradients together, before clipping. */
  readonly gradientNorm: number;
  readonly predictions: number;
  /** Predictions whose likeliest class was the target. */
  readonly correct: number;
}

/** One latent matrix, [rows, columns] row-major. */
export interface LatentMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** The latent weight at which a stochastic rule is certain, W0 of the paper; null where there is none. */
  readonly saturation: number | null;
}

/** A loss that so many times exceeds that of guessing has exploded. */
const explodedLoss = 20;

/**
 * Trains an experiment as the paper's code does (§1 of the method): weights are drawn once a minibatch, the gradient
 * taken at the drawn weights moves the latent ones. Deterministic: all randomness is addressed by the spec's seed and the
 * step.
 */
export class Trainer {
  readonly architecture: Architecture;
  private readonly shape: MinibatchShape;
  private readonly network: Network;
  /** Shape of each parameter, by its name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Names of the parameters that training moves. */
  readonly updated: readonly string[];
  private readonly stepGradients: StepGradients;
  private readonly teacher: Teacher | undefined;
  private readonly state: TrainingState;
  private lastGradients: Parameters = {};

  private constructor(
    private readonly spec: ExperimentSpec,
    private readonly data: TaskData,
    private readonly kernel: RecurrentKernel,
    begin: { readonly checkpoint?: NamedTensors; readonly start?: Parameters },
    private readonly schedule?: Schedule,
    teacher?: DeployedModel,
  ) {
    this.architecture = architectureOf(spec, data);
    this.shape = minibatchShape(spec.task, data);
    const batches = trainingBatches(data, this.shape, spec.seed, carriesState(this.architecture));
    this.network = new Network(this.architecture, this.shape, kernel, spec.seed);
    this.shapes = parameterShapes(this.architecture);
    this.updated = updatedNames(this.architecture);
    this.teacher = teacher && new Teacher(teacher, this.shape, kernel);
    this.stepGradients = new StepGradients(spec, data, { network: this.network, batches, teacher: this.teacher }, this.updated);
    this.state = begin.checkpoint === undefined ? this.initialState(begin.start ?? {}) : this.restoredState(begin.checkpoint);
  }

  /**
   * @param start latent parameters to begin with in place of the initial ones, by their names; others begin as always
   * @param schedule the function that a custom learning rate names
   * @param teacher what ships of the network that the spec's distillation names
   * @throws TextTooShortError or TooFewSequencesError when a part cannot fill one minibatch
   */
  static create(spec: ExperimentSpec, data: TaskData, kernel: RecurrentKernel, start?: Parameters, schedule?: Schedule, teacher?: DeployedModel): Trainer {
    return new Trainer(spec, data, kernel, { start }, schedule, teacher);
  }

  /**
   * Continues from a checkpoint, bit for bit as if training had never stopped.
   * @param schedule the function that a custom learning rate names; without it there is no further step
   * @param teacher what ships of the network that the spec's distillation names; without it there is no further step
   * @throws InvalidTensorsError when the checkpoint is damaged, or of another model or vocabulary
   */
  static restore(spec: ExperimentSpec, data: TaskData, kernel: RecurrentKernel, checkpoint: NamedTensors, schedule?: Schedule, teacher?: DeployedModel): Trainer {
    return new Trainer(spec, data, kernel, { checkpoint }, schedule, teacher);
  }

  private initialState(start: Parameters): TrainingState {
    const { spec, architecture } = this;
    const zeros = () => mapParameters(architecture, (_, length) => new Float32Array(length));
    const initial = () => startedParameters(architecture, spec.seed, start);
    return {
      stepsDone: 0,
      parameters: initial(),
      firstMoments: zeros(),
      secondMoments: zeros(),
      ...(this.averages && { averaged: initial() }),
      ...(this.keepsBest && { best: initial() }),
      ...(this.keepsBest && this.isLossAware && { bestSecondMoments: zeros() }),
      reportedCodes: Object.fromEntries([...this.codeLengths()].map(([name, length]) => [name, new Int8Array(length)])),
      history: noValidations,
    };
  }

  private restoredState(checkpoint: NamedTensors): TrainingState {
    const { architecture, averages, keepsBest, isLossAware, shape } = this;
    const carries = carriesState(architecture);
    const keepsMoments = keepsBest && isLossAware;
    return readCheckpoint(checkpoint, {
      architecture,
      averages,
      keepsBest,
      keepsMoments,
      batch: shape.batch,
      carriedLayers: carries ? architecture.layers : [],
      teacherLayers: carries ? (this.teacher?.layers ?? []) : [],
      codeLengths: this.codeLengths(),
    });
  }

  private get averages(): boolean {
    return this.spec.averaging.kind === "exponential";
  }

  private get keepsBest(): boolean {
    return this.spec.stopAfter !== null;
  }

  /** Whether shipped weights follow from Adam's second moments too. */
  private get isLossAware(): boolean {
    const { layers, outputQuantiser } = this.architecture;
    const quantisers = [...layers.flatMap(quantisersOf), outputQuantiser];
    return quantisers.some(needsSecondMoment);
  }

  /** The number of codes of each quantised matrix, by its name. */
  private codeLengths(): ReadonlyMap<string, number> {
    const quantised = [...this.network.quantisers].filter(([name]) => !this.isFullPrecision(name));
    return new Map(quantised.map(([name, { rows, columns }]) => [name, rows * columns]));
  }

  private isFullPrecision(name: string): boolean {
    const [, layer, matrix] = /^layers\.(\d+)\.(?:reverse\.)?(input|recurrent)Weights$/.exec(name) ?? [];
    const quantiser =
      layer === undefined
        ? this.spec.output.quantiser
        : quantiserOf(this.spec.layers[Number(layer)]!, matrix as MatrixName);
    return levelsOf(quantiser) === "full";
  }

  get stepsDone(): number {
    return this.state.stepsDone;
  }

  /** Whether all steps are done, or validation has not improved for as long as the spec allows. */
  get isFinished(): boolean {
    const { steps, stopAfter } = this.spec;
    return this.state.stepsDone >= steps || (stopAfter !== null && this.state.history.sinceBest >= stopAfter);
  }

  /**
   * Computes the next step and throws it away: what would fail in it fails here, before there is a run.
   * @throws TrainingDivergedError when its loss is not finite
   */
  rehearse(): void {
    const learningRate = this.learningRate();
    const { loss, norm, gradients } = this.stepGradients.of(this.state);
    this.requireFinite(loss, norm, learningRate, gradients);
  }

  /**
   * The learning rate of the next step.
   * @throws what a person's schedule throws; ScheduleError where it gives what is no learning rate
   */
  learningRate(): number {
    const { steps, optimiser } = this.spec;
    const { stepsDone: step, history } = this.state;
    return optimiser.learningRate.kind === "custom"
      ? scheduledRate(optimiser.learningRate, this.schedule, { step, steps, validations: history.validations ?? [] })
      : learningRateAt(optimiser.learningRate, step, steps, history.reductions);
  }

  /** The latent parameters as training moves them; they change with the next step. */
  get parameters(): Parameters {
    return this.state.parameters;
  }

  /** The latent parameters that would ship now: the best where one was found, averaged where the spec wants it. */
  get shippingParameters(): Parameters {
    return this.shipping.parameters;
  }

  /** The gradients of the last step, after clipping, valid until the next pass; empty before the first step. */
  get gradients(): Parameters {
    return this.lastGradients;
  }

  /** @throws TrainingDivergedError before the update, so that the parameters stay those of the step before; as `learningRate` */
  step(learningRate = this.learningRate()): StepReport {
    const { spec, state } = this;
    const { loss, correct, gradients, end, teacherEnd, updated, norm, predictions } = this.stepGradients.of(this.state);
    this.requireFinite(loss, norm, learningRate, gradients);
    clipGradients(updated, norm, spec.optimiser.clipping);
    this.lastGradients = gradients;
    state.stepsDone++;
    updateParameters(spec.optimiser, this.kernel, state, this.updated, gradients, learningRate);
    this.network.constrain(state.parameters);
    this.average();
    state.carried = carriesState(this.architecture) ? end : undefined;
    state.teacher = state.carried && teacherEnd;
    return { step: state.stepsDone, loss, learningRate, gradientNorm: norm, predictions, correct };
  }

  private requireFinite(loss: number, norm: number, learningRate: number, gradients: Parameters): void {
    const isExploded = !(loss < explodedLoss * Math.log(Math.max(2, this.architecture.outputs.length)));
    if (isExploded || !Number.isFinite(norm)) {
      const parameter = this.updated.find((name) => !Number.isFinite(gradientNorm([gradients[name]!])));
      throw new TrainingDivergedError({ step: this.state.stepsDone + 1, learningRate, loss, parameter });
    }
  }

  private average(): void {
    const { averaged, parameters, stepsDone } = this.state;
    if (averaged !== undefined && this.spec.averaging.kind === "exponential") {
      for (const name of this.updated) {
        averageStep(averaged[name]!, parameters[name]!, this.spec.averaging.decay, stepsDone);
      }
    }
  }

  /** The latent parameters that are evaluated now: their moving average where the spec wants one. */
  private get current(): Parameters {
    return this.state.averaged ?? this.state.parameters;
  }

  /** The latent parameters, and their second moments, that would ship: the best where one was found. */
  private get shipping(): { readonly parameters: Parameters; readonly secondMoments: Parameters } {
    const { best, bestSecondMoments, secondMoments } = this.state;
    return this.shipsBest
      ? { parameters: best!, secondMoments: bestSecondMoments ?? secondMoments }
      : { parameters: this.current, secondMoments };
  }

  private get shipsBest(): boolean {
    return this.state.best !== undefined && Number.isFinite(this.state.history.best);
  }

  /**
   * Author-style loss on the first part of the validation data; quick, for the curve. Plateaus and the early stop follow
   * from it.
   */
  validate(): EvaluatedScore {
    const { state, spec } = this;
    const { secondMoments } = state;
    const how = { step: this.lastStep, at: "last-step", mostMinibatches: validationMinibatches } as const;
    const score = this.authorStyleOf({ parameters: this.current, secondMoments }, "validation", how);
    if (score.loss < state.history.best) {
      state.bestStep = this.lastStep;
      Object.entries(state.best ?? {}).forEach(([name, values]) => values.set(this.current[name]!));
      Object.entries(state.bestSecondMoments ?? {}).forEach(([name, values]) => values.set(secondMoments[name]!));
    }
    state.history = afterValidation(state.history, score.loss, spec.optimiser.learningRate, state.stepsDone);
    return score;
  }

  /**
   * The evaluation of the paper's released code: windows as in training, statistics of the minibatch itself, and the weights
   * of the training step that they come from: stochastic ones drawn anew for each minibatch, but in the deterministic tail.
   */
  authorStyle(part: DataPart): EvaluatedScore {
    const { shipsBest, lastStep } = this;
    const step = shipsBest ? (this.state.bestStep ?? lastStep) : lastStep;
    return this.authorStyleOf(this.shipping, part, { step, at: shipsBest ? "best-validation" : "last-step", mostMinibatches: null });
  }

  private authorStyleOf(latent: Trainer["shipping"], part: DataPart, style: AuthorStyle): EvaluatedScore {
    const how = authorStyleMethod(this.spec, style);
    const score = authorStyleLoss(this.network, this.data, this.shape, { ...latent, part, how });
    return { ...score, how };
  }

  /** The step that was trained last, from 0; the first while none was. */
  private get lastStep(): number {
    return Math.max(0, this.state.stepsDone - 1);
  }

  /**
   * The weights drawn for the next step, matrix by matrix, after the last step by that one's rule; full-precision ones are left
   * out.
   */
  weightReport(): WeightShare[] {
    const { parameters, secondMoments, reportedCodes, stepsDone } = this.state;
    this.network.quantise(parameters, this.stepGradients.drawAt(stepsDone), secondMoments);
    return [...this.network.quantisers].flatMap(([name, quantiser]) => {
      const previous = reportedCodes[name];
      return previous === undefined ? [] : [weightShare(matrixTitle(name), quantiser, parameters[name]!, previous)];
    });
  }

  /**
   * The latent weights as they are now, a copy.
   * @param layer from 0
   * @throws RangeError where there is no such layer, or it has no such direction
   */
  latent(matrix: MatrixName, layer = 0, direction: DirectionName = "forward"): LatentMatrix {
    const [name] = Object.keys(withLayerPrefix(layer, { [`${matrix}Weights`]: undefined }, direction)) as [string];
    const quantiser = this.network.quantisers.get(name);
    if (quantiser === undefined) {
      throw new RangeError(this.whyNoMatrix(matrix, layer));
    }
    const { rows, columns, saturation } = quantiser;
    return { rows, columns, values: this.shipping.parameters[name]!.slice(), saturation };
  }

  private whyNoMatrix(matrix: MatrixName, layer: number): string {
    const spec = this.spec.layers[layer];
    if (spec === undefined) {
      return `There is no layer ${layer}: the network has ${this.spec.layers.length}, numbered from 0.`;
    }
    const { title, matrices } = cellOf(spec);
    return matrices.includes(matrix)
      ? `Layer ${layer} has no reverse direction: it is not bidirectional.`
      : `Layer ${layer} is a ${title}, which has no ${matrix} matrix; ask for ${matrices.join(" or ")}.`;
  }

  /** Everything that `restore` needs; copies, so that training may go on while it is written. */
  checkpoint(): NamedTensors {
    return checkpointTensors(this.state, this.architecture);
  }

  /** Chooses the weights that ship and folds the normalisers into constants; takes a few seconds. */
  deploy(): ChosenModel {
    const { spec, architecture, data, kernel } = this;
    return chooseDeployedModel({
      architecture,
      shipping: spec.shipping,
      seed: spec.seed,
      ...this.shipping,
      data,
      kernel,
    });
  }

  dispose(): void {
    this.network.dispose();
    this.teacher?.dispose();
  }
}

/** "layers.0.inputWeights" as a person reads it: "layer 1 input"; "layer 1 reverse input" of the second direction. */
function matrixTitle(name: string): string {
  const [, layer, direction = "", matrix] = /^layers\.(\d+)\.(reverse\.)?(input|recurrent)Weights$/.exec(name) ?? [];
  return layer === undefined ? "output" : `layer ${Number(layer) + 1} ${direction.replace(".", " ")}${matrix}`;
}
