import type { RecurrentSpec } from "../cells/contract.js";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs";
import type { TaskData } from "../data/contract.js";
import { checkCombinations } from "../experiment/combinations.js";
import { requireValid } from "../experiment/faults.js";
import type { NamedTensors } from "../files/namedTensors.js";
import { isPlainObject } from "../experiment/optionNames.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import { lstm, lstmNames, type LstmOptions } from "../cells/lstm.js";
import type { AveragingSpec, ExperimentSpec, LayerSpec, OptimiserSpec, ShippingSpec } from "../experiment/spec.js";
import { experimentSpecSchema } from "../experiment/spec.js";
import { architectureOf } from "../rnn/architecture.js";
import type { Parameters } from "../rnn/training/parameters.js";
import { Trainer } from "../rnn/training/trainer.js";
import { minibatchShape } from "../rnn/training/trainingBatches.js";
import { requireMemory } from "../rnn/training/trainingMemory.js";
import { parametersInWords } from "../runs/specInWords.js";
import { Course } from "../runs/course.js";
import { createRun, type RunWriter } from "../runs/runWriter.js";
import { deleteRun } from "../runs/readRun.js";
import { cellPoints } from "../runs/runCurves.js";
import { table, thousands } from "../display/html.js";
import { environmentFor } from "../jobs/environment.js";
import { type Displayable, displaySymbol, type MimeBundle } from "../display/host.js";
import { type ClassWeightsOption, classWeightsSpec } from "./classWeights.js";
import { callbackSpec, type CustomFunctions, scheduleOfOptions } from "./customFunctions.js";
import { type DistillationOptions, type Teacher, type Teaching, teachingOf } from "./distillation.js";
import { adam, bestOf, oneCycle } from "./optimisers.js";
import { checkOptions, requireText, shown } from "../experiment/options.js";
import { fullPrecision, ternary } from "../quantisers/quantisers.js";
import { Run } from "./run.js";
import { checksum, startOf, type StartFrom } from "./startFrom.js";
import { type ModelStart, readModel } from "./sequential.js";
import { type CharacterModelOptions, characterTask, type Task, textNames } from "./tasks.js";
import { Text } from "../jobs/text.js";
import { trainIntoRun } from "../jobs/training.js";
import { requireDataOnly } from "../jobs/dataOnly.js";
import { startTraining } from "../jobs/startTraining.js";
import { StartedRun } from "./startedRun.js";
import type { OnStep } from "../jobs/stepCallback.js";

/** Options of `tl.experiment()`. */
export interface ExperimentOptions {
  /** What is learned from which data: `tl.characterModel(text)`, `tl.wordModel(text)` or `tl.classification(sequences)`. */
  task: Task;
  /** The recurrent layers from the input on; the softmax layer over the outputs follows by itself. Either this or `model`. */
  layers?: LayerSpec[];
  /**
   * A `tf.sequential` of `tl.layers.lstm` or `tl.layers.gru` and a dense layer: its layers become the spec's, and training begins
   * with its weights as they are when the experiment is made, the output layer's too. The optimiser begins anew.
   */
  model?: tf.Sequential;
  /**
   * Training begins with the latent weights of a network of the same layers and data in place of random ones: a run, what `tl.importModel()`
   * gives, or plain weights. Quantisers and normalisers may be others. Matrices are scaled into the range of a quantiser with a fixed
   * magnitude; see "Warm start" in `docs/engine.md`. The optimiser begins anew, and the run needs its source no more.
   */
  startFrom?: StartFrom;
  /**
   * A run on the same data, or an imported network of it, whose predictions this one learns, beside the text or the labels (distillation). What ships of it reads the same
   * minibatches, with states of its own. The run directory keeps a copy, so that it can be resumed without it.
   */
  teacher?: Teacher;
  /** How training learns from `teacher`: `{ temperature: 2, share: 0.5 }`, which are the defaults. */
  distillation?: DistillationOptions;
  /** The dense layer before the softmax. Default: full precision. */
  output?: { quantiser: QuantiserSpec };
  /** Minibatches to train on. */
  steps: number;
  /** Default: Adam at constant 0.002. */
  optimiser?: OptimiserSpec;
  /** What is validated and ships: the weights as trained (default), or `exponentialAverage()`. */
  averaging?: AveragingSpec;
  /**
   * Weights of the classes in the loss that training lowers: `"balanced"`, so that rare classes count as much as frequent ones, a list
   * with a weight for each class, or `{ rare: 3 }`, where a class that is left out has 1. For texts the classes are the symbols.
   * Figures of training, validation and test have no weights. Default: all count alike.
   */
  classWeights?: ClassWeightsOption;
  /**
   * Takes so much of each target's probability and shares it alike among all classes, or symbols, in the loss that training lowers
   * (Szegedy et al. 2016). At least 0, below 1; as for `classWeights`, figures have none of it. Default 0.
   */
  labelSmoothing?: number;
  /**
   * Makes each step of the mean gradient of so many minibatches, as of one that has all their sequences; but batch normalisation still takes
   * its statistics from each. `steps` counts updates. Default 1.
   */
  accumulate?: number;
  /**
   * Quantises more and more: a step multiplies with (1 - share) w + share q(w), w the latent weights, and the share grows from `from` (default 0) to
   * 1, which it reaches after the fraction `until` (default 0.5, below 1) of the steps. Validations and what ships are wholly quantised.
   */
  gradualQuantisation?: { from?: number; until?: number };
  /**
   * Called after each step with its loss, learning rate, parameters and gradients; it may stop the training. Training waits where it
   * returns a Promise. What it throws ends the training, its checkpoint written.
   */
  onStep?: OnStep;
  /** Share of the steps, at the end, in which stochastic quantisers follow their deterministic rule. Default 0. */
  deterministicTail?: number;
  /** Which weights ship. Default: the better of the deterministic ones and one seeded draw. */
  shipping?: ShippingSpec;
  /** Steps between two validations and checkpoints. Default: a twentieth of the steps, at least 1. */
  validateEvery?: number;
  /** Stop after so many validations in a row without a new best, and ship the best. Default: never. */
  stopAfter?: number | null;
  /** Default 1. */
  seed?: number;
  /** Shown in the list of runs. Default: made of data, quantiser and units. */
  name?: string;
}

/** Options of `experiment.train()`. */
export interface TrainOptions {
  /** Folder that gets the run's own folder. Default: `runs` in the notebook's folder, or TRITLOOM_RUNS. */
  runs?: string;
}

/** What `tl.experiment()` puts together: a spec and its data, ready to train. Nothing has been computed yet. */
export class Experiment implements Displayable {
  constructor(
    /** All that determines the run, as plain JSON: the run keeps it in `spec.json`. */
    readonly spec: ExperimentSpec,
    /** What is learned from which data. */
    readonly task: Task,
    /** The data as training reads it, in its three parts. */
    readonly data: TaskData,
    /** Latent weights that training begins with, by their names; default: initial ones of the seed. */
    private readonly startWeights?: Parameters,
    private readonly functions: CustomFunctions = {},
    private readonly teaching?: Teaching,
  ) {}

  /**
   * Trains, and shows a progress bar and a live curve meanwhile. Stopping the cell ends the training within one step. The run that is then
   * returned has a checkpoint and can be resumed. What can be checked is checked, and a first step is tried, before there is a run.
   * @throws TrainingDivergedError when the loss is no longer finite, or has exploded; TooLargeError for more than fits in memory
   */
  async train(options: TrainOptions = {}): Promise<Run> {
    const { runs = process.env.TRITLOOM_RUNS ?? "runs" } = checkOptions("experiment.train", options, { runs: true });
    requireText("runs of experiment.train", runs, 'a folder, as { runs: "runs" }');
    requireMemory(this.spec, this.data, this.teaching?.model);
    const here = await environmentFor(this.spec);
    const trainer = Trainer.create(this.spec, this.data, here.kernel, this.startWeights, this.functions.schedule, this.teaching?.model);
    trainer.rehearse();
    const root = path.resolve(runs);
    const writer = await createRun(root, this.spec, { ...this.task.source.kept(), teacher: this.teaching?.tensors });
    await trainIntoRun({ spec: this.spec, trainer, writer, environment: here, course: new Course(this.spec, cellPoints), onStep: this.functions.onStep });
    return new Run(writer.dir, this.spec, this.data, here, trainer, this.functions);
  }

  /**
   * Trains in a process of its own, which outlives this notebook and its kernel, and returns once the training has begun. The run can be
   * watched, awaited, stopped and resumed from here, from any other notebook (`tl.followRun(run.dir)`) and from a shell.
   * @throws TypeError for an experiment with functions of a cell, which no other process has; what is wrong with the experiment
   */
  async start(options: TrainOptions = {}): Promise<StartedRun> {
    const { runs = process.env.TRITLOOM_RUNS ?? "runs" } = checkOptions("experiment.start", options, { runs: true });
    requireText("runs of experiment.start", runs, 'a folder, as { runs: "runs" }');
    requireDataOnly("experiment.start()", this.spec);
    requireMemory(this.spec, this.data, this.teaching?.model);
    const { dir } = await this.laidOut(path.resolve(runs));
    try {
      await startTraining(dir, this.spec);
    } catch (error) {
      await deleteRun(dir);
      throw error;
    }
    return new StartedRun(dir, this.spec);
  }

  /** The run's directory with all that another process needs to train it. */
  private async laidOut(root: string): Promise<RunWriter> {
    const checkpoint = this.startWeights && (await this.firstCheckpoint());
    const writer = await createRun(root, this.spec, { ...this.task.source.kept(), teacher: this.teaching?.tensors });
    if (checkpoint !== undefined) {
      await writer.checkpoint(checkpoint, 0);
    }
    await writer.close();
    return writer;
  }

  /** What training begins with, which no spec holds where it is given. @throws TrainingDivergedError when the loss of the first step is not finite */
  private async firstCheckpoint(): Promise<NamedTensors> {
    const { kernel } = await environmentFor(this.spec);
    const trainer = Trainer.create(this.spec, this.data, kernel, this.startWeights, undefined, this.teaching?.model);
    try {
      trainer.rehearse();
      return trainer.checkpoint();
    } finally {
      trainer.dispose();
    }
  }

  [displaySymbol](): MimeBundle {
    const rows = Object.entries(parametersInWords(this.spec));
    const notes = this.task.notes.map((note) => ["note", note] as const);
    return table(`Experiment: ${this.spec.name}`, [["training data", trainingSize(this.data)], ...rows, ...notes]);
  }
}

function trainingSize(data: TaskData): string {
  return data.kind === "symbols"
    ? `${thousands(data.train.length)} symbols of ${thousands(data.symbols.length)} kinds`
    : `${thousands(data.train.labels.length)} sequences of ${data.timesteps} timesteps, ${data.classes.length} classes`;
}

function chosenLayers(options: ExperimentOptions, data: TaskData): ModelStart {
  if (options.layers && options.model) {
    throw new TypeError("tl.experiment() got both layers and model: give one of them");
  }
  if (options.startFrom !== undefined && options.model) {
    throw new TypeError("tl.experiment() got both startFrom and model, which has weights of its own: give one of them");
  }
  if (options.model) {
    return readModel(options.model, options.task.spec, data);
  }
  if (options.layers) {
    return { layers: options.layers };
  }
  throw new TypeError("tl.experiment() needs layers: [tl.lstm({ units: 256 })], or model: a tf.sequential of tl.layers.lstm");
}

const experimentNames = {
  task: true,
  layers: true,
  model: true,
  startFrom: true,
  teacher: true,
  distillation: true,
  output: true,
  steps: true,
  optimiser: true,
  averaging: true,
  classWeights: true,
  labelSmoothing: true,
  accumulate: true,
  gradualQuantisation: true,
  onStep: true,
  deterministicTail: true,
  shipping: true,
  validateEvery: true,
  stopAfter: true,
  seed: true,
  name: true,
} as const;

function checkOutput(output: object): void {
  if (isPlainObject(output) && "kind" in output) {
    throw new TypeError(`output of tl.experiment() is ${shown(output)}: a quantiser goes into it, as output: { quantiser: tl.ternary() }`);
  }
  checkOptions("output of tl.experiment", output as { quantiser: unknown }, { quantiser: true });
}

/** What no schema sees, because names and data are read from it first. */
function checkArguments(options: ExperimentOptions): void {
  checkOptions("tl.experiment", options, experimentNames);
  const { task, layers, model, output } = options;
  if (output !== undefined) {
    checkOutput(output);
  }
  if (typeof task?.data !== "function") {
    throw new TypeError(`tl.experiment() needs a task, as tl.characterModel(text), not ${shown(task)}`);
  }
  if (layers !== undefined && !Array.isArray(layers)) {
    throw new TypeError(`tl.experiment() takes layers in a list, layers: [tl.lstm({ units: 256 })], not ${shown(layers)}`);
  }
  if (model !== undefined && !Array.isArray(model?.layers)) {
    throw new TypeError(`tl.experiment() takes a tf.sequential of tl.layers as model, not ${shown(model)}`);
  }
}

function nameOf(task: Task, layers: readonly LayerSpec[]): string {
  const units = layers.map((one) => one?.units).join("-");
  return [task.source.name, ...(layers[0] ? wordsOf(layers[0]) : []), units].join(" ");
}

/** "ternary gru": quantiser, directions, and the cell where it is no LSTM. */
function wordsOf({ cell, bidirectional, quantiser }: LayerSpec): string[] {
  const { recurrent, input }: Partial<RecurrentSpec["quantiser"]> = quantiser ?? {};
  return [String((recurrent ?? input)?.kind), ...(bidirectional ? ["bidirectional"] : []), ...(cell === "lstm" ? [] : [cell])];
}

const word = "tl.experiment()";

function gradualSpec(options: object): object {
  return isPlainObject(options) ? { from: 0, until: 0.5, ...options } : options;
}

/** The spec with everything that is left open. */
function draftOf(options: ExperimentOptions, layers: unknown): object {
  const { task, steps } = options;
  const defaults = {
    name: nameOf(task, layers as LayerSpec[]),
    output: { quantiser: fullPrecision() },
    optimiser: adam(),
    averaging: { kind: "none" },
    deterministicTail: 0,
    shipping: bestOf(1),
    validateEvery: Number.isInteger(steps) ? Math.max(1, Math.floor(steps / 20)) : 1,
    stopAfter: null,
    seed: 1,
  };
  const { layers: _replaced, model: _read, startFrom: _started, teacher: _taught, distillation: _how, classWeights: _later, gradualQuantisation, onStep, ...chosen } = options;
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const callback = onStep !== undefined && { onStep: callbackSpec(`onStep of ${word}`, onStep) };
  const gradual = gradualQuantisation !== undefined && { gradualQuantisation: gradualSpec(gradualQuantisation) };
  return { version: 1, ...defaults, steps, ...given, ...gradual, ...callback, task: task.spec, layers };
}

/**
 * Puts an experiment together from a task, layers, a number of steps, and choices that have defaults. Every field is checked here, before
 * anything is computed; `await experiment.train()` trains it.
 * @throws TypeError or InvalidSpecError that names each field, or a data error when the text is too short for the task
 */
export function experiment(options: ExperimentOptions): Experiment {
  checkArguments(options);
  const { task, classWeights, onStep } = options;
  if (options.layers) {
    // Before the data is read and split, which takes a while.
    requireValid(word, experimentSpecSchema, draftOf(options, options.layers));
  }
  const data = task.data();
  const { layers, weights } = chosenLayers(options, data);
  const draft = {
    ...draftOf(options, layers),
    ...(classWeights !== undefined && { classWeights: classWeightsSpec(classWeights, data) }),
    ...(weights && { startWeights: { sha256: checksum(weights) } }),
  };
  const unstarted = requireValid(word, experimentSpecSchema, draft);
  checkCombinations(unstarted, word);
  const network = architectureOf(unstarted, data);
  const start = options.startFrom === undefined ? undefined : startOf(options.startFrom, network);
  const teaching = teachingOf(options, network, minibatchShape(task.spec, data).timesteps);
  const spec = { ...unstarted, ...(start && { startWeights: start.spec }), ...(teaching && { distillation: teaching.spec }) };
  const schedule = scheduleOfOptions(word, options.optimiser?.learningRate);
  return new Experiment(spec, task, data, start?.parameters ?? weights, { schedule, onStep }, teaching);
}

type QuickOptions = Partial<LstmOptions> &
  CharacterModelOptions &
  Omit<ExperimentOptions, "task" | "layers" | "model">;

const { task: _task, layers: _layers, model: _model, ...trainingNames } = experimentNames;
const quickNames = { ...trainingNames, ...lstmNames.options, ...textNames };

/** Deterministic weights and clipping gain about the same each; the threshold costs nothing and makes a third of the weights 0. */
const quickQuantiser = ternary({ sampling: "deterministic", clip: true, threshold: 0.5 });

/**
 * The shortest way to an experiment: a character model with one LSTM layer of ternary weights, with the recipe that learned best in two
 * minutes. Its weights follow the deterministic rule, its latent weights are clipped, its states are carried from minibatch to minibatch, and
 * its learning rate goes through one cycle. It takes the options of `tl.lstm()`, `tl.characterModel()` and `tl.experiment()` side by side;
 * only `steps` must be given.
 * @throws TypeError or InvalidSpecError that names each wrong option
 */
export function ternaryCharacterModel(text: Text, options: QuickOptions): Experiment {
  checkOptions("tl.ternaryCharacterModel", options, quickNames);
  const layer = lstm({ units: 256, quantiser: quickQuantiser, initialState: "carried", ...given(options, lstmNames.options) });
  const task = characterTask("tl.ternaryCharacterModel", text, given(options, textNames), 64);
  return experiment({ optimiser: adam({ learningRate: oneCycle(0.014) }), ...given(options, trainingNames), task, layers: [layer] });
}

/** The options of some names that are not left open. */
function given<Names extends string>(options: QuickOptions, names: Readonly<Record<Names, true>>): Pick<QuickOptions, Names & keyof QuickOptions> {
  const isGiven = ([name, value]: [string, unknown]): boolean => Object.hasOwn(names, name) && value !== undefined;
  return Object.fromEntries(Object.entries(options).filter(isGiven)) as Pick<QuickOptions, Names & keyof QuickOptions>;
}
