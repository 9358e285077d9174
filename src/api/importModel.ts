import { createHash } from "node:crypto";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as z from "zod";
import { cellOf, type LayerSpec } from "../cells/cells.js";
import { deployableMethod, methodInWords } from "../experiment/evaluationMethod.js";
import { requireValid } from "../experiment/faults.js";
import { checkOptions, checkValues, requireOneOf, requireText, shown } from "../experiment/options.js";
import { type ExperimentSpec, experimentSpecSchema } from "../experiment/spec.js";
import { readSource, type ReadSource } from "../interop/sources/readSource.js";
import { calibratedNetwork } from "../rnn/afterTraining/calibrate.js";
import type { LatentNetwork } from "../rnn/afterTraining/latentNetwork.js";
import { quantisedNetwork } from "../rnn/afterTraining/quantise.js";
import { evaluateDeployable } from "../rnn/inference/evaluate.js";
import type { EvaluatedScore } from "../rnn/inference/score.js";
import { traceStates } from "../rnn/inference/traceStates.js";
import type { SequenceInput } from "../rnn/kernels/contract.js";
import { unmeasuredModel } from "../rnn/shipping/deploy.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { modelSize } from "../rnn/shipping/modelSize.js";
import type { SourceWeights } from "../rnn/sourceWeights.js";
import { Trainer } from "../rnn/training/trainer.js";
import { requireRule } from "../quantisers/make.js";
import { measures } from "../runs/measures.js";
import { Course } from "../runs/course.js";
import { cellPoints } from "../runs/runCurves.js";
import { createRun } from "../runs/runWriter.js";
import { type Environment, environmentFor } from "../jobs/environment.js";
import { DataEvaluation, scoreInWords } from "../jobs/evaluation.js";
import { dataPart, type PartName, partNames } from "../jobs/givenData.js";
import { Trace } from "../jobs/trace.js";
import { keepUntrained } from "../jobs/untrainedRun.js";
import { cellHost, type Displayable, displaySymbol, type MimeBundle } from "../display/host.js";
import { type Row, table, thousands } from "../display/html.js";
import type { Accelerator, AcceleratorOptions } from "./accelerator.js";
import { type ImportedSequence, importedInputs } from "./importedInputs.js";
import { type ImportedTask, importedNetwork } from "./importedNetwork.js";
import { type OnnxFile, type OnnxOptions, writeOnnx } from "./onnx.js";
import { adam } from "./optimisers.js";
import { calibrationSequences, checkedQuantise, quantisationInWords, type QuantiseOptions } from "./quantiseOptions.js";
import { Run } from "./run.js";
import { SizeTable } from "./sizeTable.js";
import type { Task } from "./tasks.js";

export type { ImportedSequence } from "./importedInputs.js";
export type { QuantiseOptions } from "./quantiseOptions.js";
export type { SourceDense, SourceEmbedding, SourceLayer, SourceWeights } from "../rnn/sourceWeights.js";

/** Options of `tl.importModel()`. */
export interface ImportOptions {
  /**
   * What the network was trained for, `tl.characterModel(text)` or another task: with it the network is evaluated and calibrated on the
   * task's data, and can become a run. Default: none; then the network reads sequences that a cell gives.
   */
  task?: Task;
  /**
   * The alphabet of a network that reads symbols, in the order of their numbers: a text, or a list. Default: as the task has it, which
   * is the order of their code points, as of `sorted(set(text))` in Python.
   */
  symbols?: string | readonly string[];
  /** Names of tensors, or the beginnings of them as far as a dot, that are no part of what is imported. */
  ignore?: readonly string[];
}

const importNames = { task: true, symbols: true, ignore: true } as const;
const importSchema = z.object({
  symbols: z.union([z.string(), z.array(z.string())]).meta({ give: 'a text of all symbols, or a list of them, as "abc"' }).optional(),
  ignore: z.array(z.string()).meta({ give: 'a list of names of tensors, as ["encoder"]' }).optional(),
});

/** What an imported network was before it was changed, and how. */
interface Origin {
  readonly source: ImportedModel;
  /** "ternary weights, a scale for each gate row, calibrated on 2,000 timesteps" */
  readonly how: string;
}

interface Imported {
  readonly file: string;
  readonly name: string;
  readonly format: string;
  readonly weights: SourceWeights;
  readonly network: LatentNetwork;
  readonly task?: ImportedTask & { readonly given: Task };
}

/**
 * A network from another program, or what became of one after training: it is evaluated at once, quantised, and kept as a run.
 * `tl.importModel()` makes it.
 */
export class ImportedModel implements Displayable {
  private readonly scores = new Map<PartName, Promise<EvaluatedScore>>();
  private run: Promise<Run> | undefined;

  /** Made by `tl.importModel()` and `quantise()`. */
  constructor(
    private readonly imported: Imported,
    private readonly here: Environment,
    private readonly origin?: Origin,
  ) {}

  /** The file's name, and what was done to its weights. */
  get name(): string {
    return this.imported.name;
  }

  /** The float weights as they were in the file, in the layout of latent weights: matrices [inputs, G * H], columns by gate. */
  get weights(): SourceWeights {
    return this.imported.weights;
  }

  /** The layers as an experiment has them. */
  get layers(): readonly LayerSpec[] {
    return this.imported.network.architecture.layers;
  }

  /** The float network that this one was made from; undefined for one as it was read. */
  get source(): ImportedModel | undefined {
    return this.origin?.source;
  }

  /** The weights and constants that ship. */
  deployed(): DeployedModel {
    return unmeasuredModel({ ...this.imported.network, kernel: this.here.kernel });
  }

  /**
   * Reads one sequence from a state of zeros and keeps what happens at each of its T timesteps: logits [T, V] and, for each layer, hidden
   * states [T, H] and of an LSTM cell states [T, H]. Without a dense layer the logits are the last hidden state.
   * @param given a text or numbers of symbols, or values as the network reads them: T * I numbers or T timesteps of I numbers
   * @throws TypeError, RangeError or SequenceError that names place, value and remedy
   */
  trace(given: ImportedSequence): Trace {
    const { architecture } = this.imported.network;
    const inputs = importedInputs("imported.trace", architecture.input, given);
    const words = inputs.map((input, timestep) => inWords(architecture.input, input, timestep));
    const how = deployableMethod(architecture.layers, "stream");
    return new Trace({ name: "the sequence", inputs: words, outputs: architecture.outputs, how }, traceStates(this.deployed(), inputs, this.here.kernel));
  }

  /**
   * Evaluates on a part of the task's data, in bits per prediction and accuracy.
   * @param part "training", "validation" or "test" (default)
   * @throws TypeError where the network was imported without a task
   */
  async evaluate(part: PartName = "test"): Promise<DataEvaluation> {
    requireOneOf("imported.evaluate", part, partNames);
    const { spec, data } = this.requireTask("imported.evaluate");
    const count = data.kind === "symbols" ? data[dataPart(part)].length : data[dataPart(part)].labels.length;
    return new DataEvaluation(spec.kind, `${part} part`, count, await this.score(part));
  }

  private score(part: PartName): Promise<EvaluatedScore> {
    const { data } = this.requireTask("imported.evaluate");
    const score = this.scores.get(part) ?? evaluateDeployable(this.deployed(), data, dataPart(part), this.here.kernel, { signal: cellHost()?.interrupt });
    this.scores.set(part, score);
    score.catch(() => this.scores.delete(part));
    return score;
  }

  /**
   * Quantises the weights after training, without a step of it: each scale is the least-squares one for its codes, and calibration fits
   * codes, scales, shifts and output layer to the float network on data. The embedding and the output layer keep full precision.
   * @returns the quantised network; as a cell's last value it shows its figures beside those of the float network
   * @throws TypeError that names each wrong option
   */
  async quantise(options: QuantiseOptions = {}): Promise<ImportedModel> {
    const { quantiser, scales, calibrate } = checkedQuantise(options);
    Object.values(quantiser).forEach(requireRule);
    const float = (this.source ?? this).imported;
    const dataOf = () => this.requireTask("imported.quantise", "calibrate as a list of sequences").data;
    const sequences = calibrationSequences(float.network.architecture.input, calibrate ?? float.task !== undefined, dataOf);
    // What is shown of a running cell is shown before the work begins.
    await nextTurn();
    const quantised = quantisedNetwork(float.network, { quantiser, scales });
    const here = await environmentFor(quantised.architecture);
    const network = sequences.length === 0 ? quantised : calibratedNetwork(float.network, quantised, sequences, here.kernel);
    const how = quantisationInWords(quantiser, scales, sequences);
    const name = `${float.name} ${quantiser.recurrent.kind}`;
    return new ImportedModel({ ...float, name, network }, here, { source: this.source ?? this, how });
  }

  /** Counts the bits of everything that ships, part by part. */
  size(): SizeTable {
    return new SizeTable(this.name, modelSize(this.deployed()));
  }

  /**
   * Writes what ships as an ONNX file, whole or not at all.
   * @throws OnnxExportError where the file exists and `overwrite` is not set, or cannot be written
   */
  exportOnnx(file: string, options: OnnxOptions = {}): Promise<OnnxFile> {
    return writeOnnx(this.deployed(), this.name, file, options);
  }

  /**
   * Keeps the network as a finished run of no steps, with its data, weights and figures: everything that is done with runs can then be
   * done with it, in cells, in the editor and on the command line.
   * @param options `runs`, the folder that gets the run's own folder. Default: `runs` in the notebook's folder, or TRITLOOM_RUNS.
   * @throws TypeError where the network was imported without a task
   */
  async save(options: { runs?: string } = {}): Promise<Run> {
    const { runs = process.env.TRITLOOM_RUNS ?? "runs" } = checkOptions("imported.save", options, { runs: true });
    requireText("runs of imported.save", runs, 'a folder, as { runs: "runs" }');
    const { network, file } = this.imported;
    const { data, given } = this.requireTask("imported.save");
    const spec = this.spec();
    const trainer = Trainer.create(spec, data, this.here.kernel, network.parameters);
    const writer = await createRun(path.resolve(runs), spec, given.source.kept());
    const how = this.origin === undefined ? "its float weights" : this.origin.how;
    const training = { spec, trainer, writer, environment: this.here, course: new Course(spec, cellPoints) };
    await keepUntrained(training, `imported from ${path.basename(file)}, ${how}; no step was trained`);
    cellHost()?.report({ kind: "run", dir: writer.dir, state: "finished", measure: measures[spec.task.kind].name, test: null, testBpc: null });
    return new Run(writer.dir, spec, data, this.here, trainer);
  }

  /**
   * Makes the accelerator that would run the network, as `run.accelerator()` does. The first call keeps the network as a run in the usual
   * folder, where exports go by default.
   * @throws as `save()` and `run.accelerator()`
   */
  async accelerator(options: AcceleratorOptions = {}): Promise<Accelerator> {
    this.run ??= this.save();
    this.run.catch(() => (this.run = undefined));
    return (await this.run).accelerator(options);
  }

  private spec(): ExperimentSpec {
    const { name, task, network } = this.imported;
    return requireValid("imported.save()", experimentSpecSchema, {
      version: 1,
      name,
      task: task!.spec,
      layers: network.architecture.layers,
      output: { quantiser: network.architecture.outputQuantiser },
      optimiser: adam(),
      averaging: { kind: "none" },
      // What ships follows the deterministic rule, and so do evaluations.
      deterministicTail: 1,
      shipping: { kind: "deterministic" },
      steps: 1,
      validateEvery: 1,
      stopAfter: null,
      seed: 1,
      startWeights: { sha256: checksum(network.parameters) },
    });
  }

  private requireTask(word: string, otherwise?: string) {
    const { task } = this.imported;
    if (task === undefined) {
      throw new TypeError(`${word}() needs data, and the network was imported without: give task to tl.importModel(), as tl.characterModel(text)${otherwise === undefined ? "" : `, or ${otherwise}`}`);
    }
    return task;
  }

  async [displaySymbol](): Promise<MimeBundle> {
    const { file, format, network, task } = this.imported;
    const { input, layers, outputs } = network.architecture;
    const { source } = this;
    const figures = task === undefined ? [] : await this.figures(task.spec.kind);
    return table(`Imported network: ${this.name}`, [
      ["file", `${path.basename(file)} (${format})`],
      ["reads", inputInWords(input)],
      ...layers.map((layer, index): Row => [`layer ${index + 1}`, layerInWords(layer)]),
      ["outputs", `${thousands(outputs.length)}${this.weights.dense === undefined ? ", the hidden state: the file has no dense layer" : ""}`],
      ...(this.origin === undefined ? [] : [["weights", this.origin.how] as const]),
      ...figures,
      ["bits of what ships", sizeInWords(this.deployed(), source?.deployed())],
    ]);
  }

  private async figures(kind: ExperimentSpec["task"]["kind"]): Promise<Row[]> {
    const title = { "character-model": "bits per character", "word-model": "perplexity", classification: "accuracy" }[kind];
    const rows: Row[] = [];
    for (const part of ["validation", "test"] as const) {
      const own = await this.score(part);
      const before = this.source === undefined ? "" : `; float: ${scoreInWords(kind, await this.source.score(part))}`;
      rows.push([`${title}, ${part} part`, `${scoreInWords(kind, own)}${before}  (${methodInWords(own.how)})`]);
    }
    return rows;
  }
}

function layerInWords(layer: LayerSpec): string {
  return `${cellOf(layer).inWords(layer)}, ${thousands(layer.units)} units`;
}

function inputInWords(input: LatentNetwork["architecture"]["input"]): string {
  switch (input.kind) {
    case "one-hot":
      return `${thousands(input.symbols.length)} symbols, one-hot`;
    case "embedding":
      return `${thousands(input.symbols.length)} symbols as vectors of ${thousands(input.units)}`;
    case "dense":
      return `${thousands(input.width)} values a timestep`;
  }
}

function sizeInWords(model: DeployedModel, before: DeployedModel | undefined): string {
  const { bits } = modelSize(model).model;
  const of = before === undefined ? "" : `; float: ${thousands(modelSize(before).model.bits)}`;
  return `${thousands(bits)}${of}`;
}

function inWords(input: LatentNetwork["architecture"]["input"], given: SequenceInput, timestep: number): string {
  return input.kind !== "dense" && given.kind === "symbols" ? JSON.stringify(input.symbols[given.symbols[0]!]) : `timestep ${timestep}`;
}

/** SHA-256 of names and numbers. */
function checksum(parameters: LatentNetwork["parameters"]): string {
  const hash = createHash("sha256");
  for (const [name, values] of Object.entries(parameters)) {
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

/**
 * Reads a trained network of another program: one or several LSTM or GRU layers that follow each other, an embedding before them and a
 * dense (linear) layer after them where the file has these. The network then gives its source's own values.
 *
 *     const text = await tl.data.text("moby-dick");
 *     const imported = await tl.importModel("lstm.safetensors", { task: tl.characterModel(text) });
 *     const small = await imported.quantise({ quantiser: tl.ternary() });
 *
 * Nothing in a file is executed.
 * @param file a PyTorch state_dict as `.safetensors`, `.pt` or `.pth`, a Keras model or its weights as `.keras` or `.h5`, or a graph as
 *   `.onnx`; relative to the notebook's folder
 * @throws SourceFileError that names file, tensor and remedy; TypeError where file and task do not fit each other
 */
export async function importModel(file: string, options: ImportOptions = {}): Promise<ImportedModel> {
  requireText("tl.importModel", file, 'the name of a file, as "lstm.safetensors"');
  const { task, symbols, ignore } = checkValues("tl.importModel", options, importNames, importSchema);
  if (task !== undefined && typeof task?.data !== "function") {
    throw new TypeError(`tl.importModel() takes a task, as tl.characterModel(text), not ${shown(task)}`);
  }
  const absolute = path.resolve(file);
  const read = await readSource(absolute, { ...(ignore && { ignore }) });
  return importedModel(absolute, read, task, symbols === undefined ? undefined : [...symbols]);
}

async function importedModel(file: string, { format, weights: found }: ReadSource, given: Task | undefined, symbols: readonly string[] | undefined): Promise<ImportedModel> {
  const data = given?.data();
  const { network, weights, task } = importedNetwork(found, symbols, given && data && { spec: given.spec, data });
  const here = await environmentFor(network.architecture);
  const kept = given && data && task && { spec: task, data, given };
  return new ImportedModel({ file, name: path.parse(file).name, format, weights, network, ...(kept && { task: kept }) }, here);
}
