import { cellOf, quantisersOf } from "../cells/cells.js";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { SequenceValues } from "../data/arraySequences.js";
import type { DataPart, TaskData } from "../data/contract.js";
import { type EvaluationMethod, methodInWords } from "../experiment/evaluationMethod.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import type { DirectionName } from "../rnn/bidirectional.js";
import { deployedModelFromTensors, deployedModelToTensors } from "../rnn/shipping/deployedModelFile.js";
import { evaluateDeployable } from "../rnn/inference/evaluate.js";
import { sampleText } from "../rnn/inference/sample.js";
import type { EvaluatedScore, Score } from "../rnn/inference/score.js";
import { requireRule } from "../quantisers/make.js";
import { Trainer } from "../rnn/training/trainer.js";
import type { StartSource } from "../rnn/training/warmStart.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import type { RunResult, RunState } from "../runs/contract.js";
import { figureMethods } from "../runs/figureMethods.js";
import { runFiles } from "../runs/runFiles.js";
import { cellPoints } from "../runs/runCurves.js";
import { measures } from "../runs/measures.js";
import { readCheckpoint } from "../runs/readCheckpoint.js";
import { readCourse, readRun, type RunReading } from "../runs/readRun.js";
import { resumeHint, stateInWords } from "../runs/runState.js";
import { resumeRun } from "../runs/runWriter.js";
import { readTeacher } from "../runs/teacherFile.js";
import { decodeSafetensors, readSafetensors, writeSafetensors } from "../files/safetensors.js";
import { modelSize } from "../rnn/shipping/modelSize.js";
import { type Accelerator, acceleratorOf, type AcceleratorOptions } from "./accelerator.js";
import { Candidates } from "./candidates.js";
import { table } from "../display/html.js";
import { type Environment, environmentFor } from "../jobs/environment.js";
import { DataEvaluation, Evaluation } from "../jobs/evaluation.js";
import { cellHost, type Displayable, displaySymbol, type MimeBundle } from "../display/host.js";
import { type CustomFunctions, resumedFunctions, type ResumeOptions } from "./customFunctions.js";
import { type ExportedRuns, exportFromCell, type ExportOptions } from "./exportedRuns.js";
import { GeneratedText } from "./generatedText.js";
import { dataPart, type GivenData, partNames, type PartName, type TrainedModel } from "../jobs/givenData.js";
import { type Ngram, runNgram, type RunNgramOptions } from "../jobs/ngram.js";
import { type OnnxFile, type OnnxOptions, writeOnnx } from "./onnx.js";
import { checkOptions, checkValues, requireOneOf, requireText } from "../experiment/options.js";
import { sampleSchema, sequenceChoiceSchema, weightsSchema } from "./optionSchemas.js";
import { evaluateGiven, predict, type SequenceChoice, trace } from "../jobs/predict.js";
import type { SequencePredictions } from "../jobs/sequencePredictions.js";
import { SizeTable } from "./sizeTable.js";
import { taskData } from "../jobs/taskData.js";
import type { TextPredictions } from "../jobs/textPredictions.js";
import type { Trace } from "../jobs/trace.js";
import { trainIntoRun } from "../jobs/training.js";
import { WeightPicture } from "./weights.js";

/** Options of `run.sample()`. */
export interface SampleOptions {
  /** Characters, or words, to write. Default 200. */
  length?: number;
  /** How freely is drawn: below 1 likely symbols come more often, above 1 rare ones do, and 0 always takes the likeliest. Default 0.8. */
  temperature?: number;
  /** How many of the likeliest symbols are drawn from. Default: all. */
  topK?: number;
  /** The same seed writes the same text. Default 1. */
  seed?: number;
}

/** What a training has left: a directory of files, and everything that can be done with what was learned. */
export class Run implements Displayable {
  private model: DeployedModel | undefined;

  /** Made by `experiment.train()` and `openRun(dir)`. */
  constructor(
    /** The run's directory. */
    readonly dir: string,
    /** All that determines the run, as plain JSON: what `spec.json` holds. */
    readonly spec: ExperimentSpec,
    private readonly data: TaskData,
    private readonly here: Environment,
    private readonly trainer: Trainer,
    private readonly functions: CustomFunctions = {},
  ) {}

  /** The state of the run, told by what its directory holds; it is read anew at each call. */
  async state(): Promise<RunState> {
    return (await readRun(this.dir)).state;
  }

  /**
   * What `startFrom` of another experiment reads.
   * @internal
   */
  get startSource(): StartSource {
    const { architecture, shippingParameters } = this.trainer;
    return { title: `run ${JSON.stringify(this.spec.name)}`, network: architecture, parameters: shippingParameters };
  }

  /**
   * What `deployed` gives, at once: what the experiment's `teacher` reads.
   * @internal
   */
  get shippedModel(): DeployedModel {
    const [model, result] = [runFiles.model, runFiles.result].map((name) => path.join(this.dir, name)) as [string, string];
    this.model ??= existsSync(result) ? deployedModelFromTensors(decodeSafetensors(readFileSync(model), model)) : this.trainer.deploy().model;
    return this.model;
  }

  /** The weights and constants that ship; chosen once per run and kept in `model.safetensors`. */
  async deployed(): Promise<DeployedModel> {
    this.model ??= (await this.storedModel()) ?? (await this.chooseModel());
    return this.model;
  }

  private async storedModel(): Promise<DeployedModel | undefined> {
    const { state } = await readRun(this.dir);
    const file = path.join(this.dir, runFiles.model);
    return state === "finished" ? deployedModelFromTensors(await readSafetensors(file)) : undefined;
  }

  private async chooseModel(): Promise<DeployedModel> {
    const { model } = this.trainer.deploy();
    await writeSafetensors(path.join(this.dir, runFiles.model), deployedModelToTensors(model));
    return model;
  }

  /**
   * Evaluates the run on a part of its data, in bits per prediction and accuracy, and in both ways: deployable is what ships, as a device
   * computes it; author-style is how the paper's released code evaluates. `how` of each says with which weights, statistics and windows it was
   * computed. A finished run keeps its result on the test part.
   * @param part "training", "validation" or "test" (default)
   */
  async evaluate(part?: PartName): Promise<Evaluation>;
  /**
   * Evaluates what ships on other data, in the deployable way only.
   * @param data `{ text: "..." }`, a text of `tl.data`, labelled sequences, or a CSV file
   * @throws CorpusError or SequenceError that names place, value and remedy
   */
  async evaluate(data: Exclude<GivenData, string>): Promise<DataEvaluation>;
  async evaluate(given: GivenData = "test"): Promise<Evaluation | DataEvaluation> {
    if (typeof given === "string") {
      requireOneOf("run.evaluate", given, partNames);
      return this.evaluatePart(given as PartName);
    }
    const { name, count, score } = await evaluateGiven(await this.trained(), given, { signal: cellHost()?.interrupt });
    return new DataEvaluation(this.spec.task.kind, name, count, score);
  }

  private async evaluatePart(name: PartName): Promise<Evaluation> {
    const part = dataPart(name);
    const signal = cellHost()?.interrupt;
    const deployable = await evaluateDeployable(await this.deployed(), this.data, part, this.here.kernel, { signal });
    const authorStyle = this.trainer.authorStyle(part);
    if (part === "test") {
      await this.keepTestResult(deployable, authorStyle);
    }
    return new Evaluation(this.spec.task.kind, name, this.length(part), deployable, authorStyle);
  }

  /**
   * Tells what the model that ships predicts. For sequences these are their classes, with a confusion matrix and figures of each class
   * where the true ones are known. For a text it is what was expected at each place, and how many bits each symbol took.
   * The data is scaled, ordered and encoded as that of training was.
   * @param given "training", "validation" or "test"; a list of sequences, `{ sequences, labels }` or `{ csv: "a.csv" }`; a text as a
   * string, `{ text }` or `{ textFile: "a.txt" }`; or what `tl.data` gives
   * @throws CorpusError or SequenceError that names place, value and remedy
   */
  async predict(given: GivenData): Promise<SequencePredictions | TextPredictions> {
    return predict(await this.trained(), given, { signal: cellHost()?.interrupt });
  }

  /**
   * Reads a text or one sequence of T timesteps from the initial state, with the weights that ship, and keeps what happens at each of
   * them: logits [T, V] and, for each layer, hidden states h [T, H] and of an LSTM cell states c [T, H].
   * @param given a text, or one sequence of T * I numbers or T timesteps of I numbers; or data as `predict` takes it, of which
   * `sequence` tells the sequence from 0
   * @throws as `predict`; RangeError for more timesteps than fit into memory
   */
  async trace(given: GivenData | SequenceValues, options: SequenceChoice = {}): Promise<Trace> {
    return trace(await this.trained(), given, checkValues("run.trace", options, { sequence: true }, sequenceChoiceSchema));
  }

  private async trained(): Promise<TrainedModel> {
    const { dir, spec, data, here } = this;
    return { dir, spec, deployed: await this.deployed(), kernel: here.kernel, data: async () => data };
  }

  /** Symbols, or sequences, of a part. */
  private length(part: DataPart): number {
    return this.data.kind === "symbols" ? this.data[part].length : this.data[part].labels.length;
  }

  private async keepTestResult(deployable: EvaluatedScore, authorStyle: EvaluatedScore): Promise<void> {
    const reading = await readRun(this.dir);
    const { state, result } = reading;
    const { kind } = this.spec.task;
    const { name, of } = measures[kind];
    const test = of(deployable) ?? null;
    const bits = (score: Score): number | null => (kind === "character-model" ? score.bpc : null);
    if (result) {
      const kept: RunResult = {
        ...result,
        figures: {
          measure: name,
          validation: result.figures?.validation ?? null,
          deployableTest: test,
          authorStyleTest: of(authorStyle) ?? null,
          how: { validation: figureMethods(reading).validation, deployableTest: deployable.how, authorStyleTest: authorStyle.how },
        },
        deployableTestBpc: bits(deployable),
        authorStyleTestBpc: bits(authorStyle),
        deployableTestAccuracy: deployable.accuracy,
        authorStyleTestAccuracy: authorStyle.accuracy,
      };
      await writeFileAtomically(path.join(this.dir, runFiles.result), `${JSON.stringify(kept, null, 2)}\n`);
    }
    cellHost()?.report({ kind: "run", dir: this.dir, state, measure: name, test, testBpc: bits(deployable), how: deployable.how });
  }

  /**
   * Lets the model that ships go on writing from a prompt, with packed inference.
   * @param prompt a text of symbols that the model knows
   * @throws TypeError or RangeError that names a wrong option; an error for a run that does not read texts
   */
  async sample(prompt: string, options: SampleOptions = {}): Promise<GeneratedText> {
    requireText("run.sample", prompt, "a prompt, a text to go on from");
    const known = { length: true, temperature: true, topK: true, seed: true } as const;
    const { length = 200, temperature = 0.8, seed = 1, topK } = checkValues("run.sample", options, known, sampleSchema);
    const text = sampleText(await this.deployed(), { prompt, length, temperature, topK, seed });
    return new GeneratedText(prompt, text);
  }

  /**
   * Draws the latent weights of a matrix and the weights that ship of them, with a histogram for each gate.
   * @param matrix default: recurrent, or of a layer without recurrent weights its only one
   * @param options `layer` from 0; `direction` of a bidirectional layer. Default: the first layer, as it reads from the beginning.
   */
  async weights(matrix?: "input" | "recurrent", options: { layer?: number; direction?: DirectionName } = {}): Promise<WeightPicture> {
    requireOneOf("run.weights", matrix ?? "recurrent", ["input", "recurrent"]);
    const { layer = 0, direction } = checkValues("run.weights", options, { layer: true, direction: true }, weightsSchema);
    const spec = this.spec.layers[layer];
    const chosen = matrix ?? (spec === undefined ? "recurrent" : cellOf(spec).matrices.at(-1)!);
    return new WeightPicture(chosen, layer, this.trainer.latent(chosen, layer, direction), await this.deployed(), direction);
  }

  /**
   * Lists the sets of weights that could have shipped, with their losses on the validation part, and so the spread over draws.
   * @throws when the run is not finished: nothing has been chosen yet
   */
  async candidates(): Promise<Candidates> {
    const { state, result } = await readRun(this.dir);
    if (!result) {
      throw new Error(`Run ${this.dir} is ${state}, and weights are chosen at its end: go on with await run.resume()`);
    }
    return new Candidates(this.spec.name, this.spec.task.kind, result.candidates, result.choice);
  }

  /** Counts the bits of everything that ships, part by part, and tells how much less that is than in full precision. */
  async size(): Promise<SizeTable> {
    return new SizeTable(this.spec.name, modelSize(await this.deployed()));
  }

  /**
   * Compares the model that ships with modified Kneser-Ney n-grams of the run's own training part, whose order is chosen on its validation
   * part: figures on the test part, and the size of each.
   * @throws TypeError for a run that tells the classes of sequences
   */
  async ngram(options: RunNgramOptions = {}): Promise<Ngram> {
    const { maxOrder } = checkOptions("run.ngram", options, { maxOrder: true });
    const { spec, data, here } = this;
    const deployed = await this.deployed();
    const { bpc } = await evaluateDeployable(deployed, data, "test", here.kernel, { signal: cellHost()?.interrupt });
    return runNgram(spec.task, data, { name: spec.name, testBits: bpc, bits: modelSize(deployed).model.bits }, { maxOrder });
  }

  /**
   * Makes the accelerator that would run this model. The ranges of its integers are those seen on the validation part.
   * @param options `macUnits`, the number of multiply-accumulate units, is the first one to choose; all have defaults
   * @throws RangeError for an option out of range; UnsupportedModelError for a model that has no accelerator
   */
  async accelerator(options: AcceleratorOptions = {}): Promise<Accelerator> {
    const { dir, spec, data } = this;
    const deployed = await this.deployed();
    return acceleratorOf({ dir, name: spec.name, task: spec.task.kind, deployed, data, kernel: this.here.kernel }, options);
  }

  /**
   * Writes the model that ships as an ONNX file, whole or not at all.
   * @param file relative to the notebook's folder
   * @throws OnnxExportError where the file exists and `overwrite` is not set, or cannot be written
   */
  async exportOnnx(file: string, options: OnnxOptions = {}): Promise<OnnxFile> {
    return writeOnnx(await this.deployed(), this.spec.name, file, options);
  }

  /**
   * Writes the run's curves, hyper-parameters and figures for TensorBoard or MLflow, or as CSV; also while it trains.
   * @throws TypeError for options that are none; RunsExportError where it was exported there before and `overwrite` is not set
   */
  async export(options: ExportOptions): Promise<ExportedRuns> {
    return exportFromCell("run.export", [this.dir], options);
  }

  /**
   * Trains on from the last checkpoint to the last step, with the same result as if the training had never stopped.
   * @throws RunError where the run has a schedule or a callback that is not given, or another than before; Error for a quantiser of a
   *   cell that was not run in this process
   */
  async resume(options: ResumeOptions = {}): Promise<Run> {
    const { spec, data, here } = this;
    const given = checkOptions("run.resume", options, { learningRate: true, onStep: true });
    const functions = resumedFunctions(this.dir, spec, given, this.functions);
    [...spec.layers.flatMap(quantisersOf), spec.output.quantiser].forEach(requireRule);
    const teacher = await readTeacher(this.dir, spec);
    const trainer = Trainer.restore(spec, data, here.kernel, await readCheckpoint(this.dir), functions.schedule, teacher && deployedModelFromTensors(teacher));
    const course = await readCourse(this.dir, trainer.stepsDone, cellPoints);
    // Owned only once all that can fail is there: a run that nobody trains must not read as running.
    const writer = await resumeRun(this.dir);
    await trainIntoRun({ spec, trainer, writer, environment: here, course, onStep: functions.onStep });
    return new Run(this.dir, spec, data, here, trainer, functions);
  }

  async [displaySymbol](): Promise<MimeBundle> {
    const reading = await readRun(this.dir);
    const { result } = reading;
    const { name, text } = measures[this.spec.task.kind];
    const how = figureMethods(reading);
    const figure = (value: number | null | undefined, method: EvaluationMethod | null) =>
      typeof value === "number" && method !== null ? `${text(value)}  (${methodInWords(method)})` : "not evaluated";
    return table(`Run: ${this.spec.name}`, [
      ["state", stateInWords(reading)],
      ["steps", `${this.trainer.stepsDone} of ${this.spec.steps}`],
      ...stoppedEarly(result),
      [`validation ${name}`, figure(result?.figures?.validation, how.validation)],
      [`test ${name}, deployable`, figure(result?.figures?.deployableTest, how.deployableTest)],
      [`test ${name}, author-style`, figure(result?.figures?.authorStyleTest, how.authorStyleTest)],
      ["weights that ship", result?.choice ?? "not chosen"],
      ["compute kernel", this.here.kernel.name],
      ["directory", this.dir],
      ...toTrainOn(reading),
    ]);
  }
}

function stoppedEarly(result: RunResult | undefined): [string, string][] {
  return result?.stopReason === undefined ? [] : [["stopped early", result.stopReason]];
}

function toTrainOn({ dir, state }: RunReading): [string, string][] {
  return state === "interrupted" || state === "crashed" ? [["to train on", resumeHint(dir)]] : [];
}

/**
 * Opens a run that another cell, notebook or program has trained.
 * @param dir the run's directory, relative to the notebook's folder
 * @throws when the directory holds no run, or no checkpoint yet
 */
export async function openRun(dir: string): Promise<Run> {
  requireText("tl.openRun", dir, "the directory of a run");
  const absolute = path.resolve(dir);
  const { spec } = await readRun(absolute);
  const here = await environmentFor(spec);
  const data = await taskData(spec.task, absolute);
  const checkpoint = await readCheckpoint(absolute);
  return new Run(absolute, spec, data, here, Trainer.restore(spec, data, here.kernel, checkpoint));
}
