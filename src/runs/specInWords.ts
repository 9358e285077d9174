import type { RecurrentSpec } from "../cells/contract.js";
import type { ForgetShift } from "../cells/forgetShift.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import { customInWords } from "../experiment/customFunction.js";
import { cellOf, quantiserOf } from "../cells/cells.js";
import type {
  ClassWeightsSpec,
  ClippingSpec,
  ExperimentSpec,
  LayerSpec,
  LearningRateSpec,
  OptimiserSpec,
  RateFactors,
  ShippingSpec,
} from "../experiment/spec.js";
import { normaliserOf, type NormaliserSpec } from "../normalisers/lookup.js";
import type { TaskSpec } from "../experiment/taskSpec.js";

/** The fields of a spec in words, for tables that compare runs. */
export function parametersInWords(spec: ExperimentSpec): Record<string, string> {
  const { layers, optimiser, averaging } = spec;
  const several = layers.length > 1;
  const ofLayers = layers.map((layer, index) => layerInWords(layer, several ? `layer ${index + 1} ` : ""));
  return {
    ...taskInWords(spec.task),
    ...Object.fromEntries(ofLayers.flatMap((words) => Object.entries(words))),
    "output weights": quantiserInWords(spec.output.quantiser),
    optimiser: optimiserInWords(optimiser),
    "learning rate": learningRateInWords(optimiser.learningRate),
    ...(optimiser.rateFactors && { "rates by group": rateFactorsInWords(optimiser.rateFactors) }),
    clipping: clippingInWords(optimiser.clipping),
    averaging: averaging.kind === "none" ? "none" : `exponential, decay ${averaging.decay}`,
    "deterministic tail": String(spec.deterministicTail),
    "weights that ship": shippingInWords(spec.shipping),
    steps: String(spec.steps),
    seed: String(spec.seed),
    ...choicesInWords(spec),
  };
}

/** What a spec has only where it was asked for. */
function choicesInWords({ classWeights, gradualQuantisation, accumulate, labelSmoothing, distillation, onStep, startWeights }: ExperimentSpec): Record<string, string> {
  return {
    ...(classWeights && { "class weights": `${classWeightsInWords(classWeights)}, in the training loss alone` }),
    ...(gradualQuantisation && { "quantised share": `${gradualQuantisation.from} to 1, up to ${gradualQuantisation.until} of the steps` }),
    ...(accumulate !== undefined && { accumulate: `${accumulate} minibatches a step` }),
    ...(labelSmoothing !== undefined && { "label smoothing": `${labelSmoothing}, in the training loss alone` }),
    ...(distillation && { teacher: distillationInWords(distillation) }),
    ...(onStep && { "callback per step": customInWords(onStep) }),
    ...(startWeights && { "start weights": `of ${startWeights.from ?? "a given model"}, SHA-256 ${startWeights.sha256.slice(0, 12)}` }),
  };
}

function taskInWords(task: TaskSpec): Record<string, string> {
  if (task.kind === "classification") {
    const { order } = task;
    return {
      data: task.data.name,
      timesteps: order.kind === "given" ? "in the given order" : `permuted, seed ${order.seed}`,
      ...(task.grouped !== undefined && { "side by side": `${task.grouped} timesteps of the data as one` }),
      "batch size": String(task.batchSize),
    };
  }
  return {
    text: task.corpus.name,
    split: task.split === "canonical" ? "canonical" : task.split.join(" / "),
    "sequence length": String(task.sequenceLength),
    "batch size": String(task.batchSize),
    ...(task.kind === "word-model" && { "word vectors": `${task.embedding}, dropout ${task.embeddingDropout}` }),
  };
}

function layerInWords(layer: LayerSpec, prefix: string): Record<string, string> {
  const { matrices, inWords } = cellOf(layer);
  const quantisers = matrices.map((matrix) => ({ matrix, words: quantiserInWords(quantiserOf(layer, matrix)) }));
  const isOne = new Set(quantisers.map(({ words }) => words)).size === 1;
  const used = regularisersOf(layer);
  const fields: Record<string, string> = {
    cell: layer.bidirectional ? `${inWords(layer)}, bidirectional` : inWords(layer),
    units: String(layer.units),
    quantiser: isOne ? quantisers[0]!.words : quantisers.map(({ matrix, words }) => `${matrix} ${words}`).join("; "),
    normaliser: normaliserInWords(layer.normaliser),
    ...("cellNormaliser" in layer && { "cell normaliser": normaliserInWords(layer.cellNormaliser) }),
    ...beginningInWords(layer),
    ...(layer.state && { state: stateInWords(layer.state) }),
    ...(used.length > 0 && { regularisers: used.map(([name, rate]) => `${name} ${rate}`).join(", ") }),
  };
  return Object.fromEntries(Object.entries(fields).map(([name, words]) => [prefix + name, words]));
}

/** Names and rates of those that are used. */
function regularisersOf({ dropout, recurrentDropout = 0, zoneout, initialNoise = 0 }: RecurrentSpec): [name: string, rate: number][] {
  const rates = {
    dropout,
    "recurrent dropout": recurrentDropout,
    "zoneout h": zoneout.hidden,
    "zoneout c": zoneout.cell ?? 0,
    "noise on the first h": initialNoise,
  };
  return Object.entries(rates).filter(([, rate]) => rate > 0);
}

function beginningInWords(layer: LayerSpec): Record<string, string> {
  const { initialState, initialGain } = layer;
  return {
    "initial state": initialState,
    ...(initialGain !== undefined && { "initial gain": String(initialGain) }),
    ...("forgetShift" in layer && layer.forgetShift !== undefined && { "forget shift": shiftInWords(layer.forgetShift) }),
  };
}

function shiftInWords(shift: ForgetShift): string {
  return typeof shift === "number" ? String(shift) : `memories of up to ${shift.longest} timesteps (chrono)`;
}

function stateInWords(state: NonNullable<LayerSpec["state"]>): string {
  const cell = "cellBits" in state ? `, c ${state.cellBits} bits in ±${state.cellRange}` : "";
  const range = "hiddenRange" in state ? ` in ±${state.hiddenRange}` : "";
  return `fixed point, h ${state.hiddenBits} bits${range}${cell}`;
}

/** "ternary, stochastic"; "ternary, deterministic, clipped"; "dorefa, bits 3"; "lab, a scale for each gate" */
export function quantiserInWords({ kind, ...options }: QuantiserSpec): string {
  const details = Object.entries(options).flatMap(([name, value]) => quantiserOptionInWords(name, value) ?? []);
  return [kind.replaceAll("-", " "), ...details].join(", ");
}

/** Nothing for an option that changes nothing. */
function quantiserOptionInWords(name: string, value: unknown): string | undefined {
  switch (name) {
    case "sampling":
      return String(value);
    case "clip":
      return value === true ? "clipped" : undefined;
    case "sha256":
      return `SHA-256 ${String(value).slice(0, 12)}`;
    case "scales":
      return `a scale for each ${String(value)}`;
    default:
      return value === undefined ? undefined : `${name} ${String(value)}`;
  }
}

function normaliserInWords(normaliser: NormaliserSpec): string {
  return normaliserOf(normaliser).inWords(normaliser);
}

function optimiserInWords(optimiser: OptimiserSpec): string {
  if (optimiser.kind === "sgd") {
    return `SGD (momentum ${optimiser.momentum})`;
  }
  const { beta1, beta2, epsilon, weightDecay } = optimiser;
  const constants = `beta1 ${beta1}, beta2 ${beta2}, epsilon ${epsilon}`;
  return weightDecay === undefined ? `Adam (${constants})` : `AdamW (${constants}, weight decay ${weightDecay})`;
}

/** "vectors times 0.1, output times 2" */
function rateFactorsInWords(factors: RateFactors): string {
  return Object.entries(factors).map(([group, factor]) => `${group} times ${factor}`).join(", ");
}

function clippingInWords(clipping: ClippingSpec): string {
  return clipping.kind === "none" ? "none" : `${clipping.kind} ${clipping.limit}`;
}

function shippingInWords(shipping: ShippingSpec): string {
  switch (shipping.kind) {
    case "deterministic":
      return "deterministic rule";
    case "draw":
      return "one seeded draw";
    case "best":
      return `best of the deterministic rule and ${shipping.draws} ${shipping.draws === 1 ? "draw" : "draws"}`;
  }
}

/** Weights of classes in words; of many symbols the first few are told. */
function classWeightsInWords(weights: ClassWeightsSpec): string {
  return typeof weights === "string" ? weights : `${weights.slice(0, 10).join(" / ")}${weights.length > 10 ? " / ..." : ""}`;
}

function distillationInWords({ teacher, temperature, share }: NonNullable<ExperimentSpec["distillation"]>): string {
  return `${teacher.name}, SHA-256 ${teacher.sha256.slice(0, 12)}; temperature ${temperature}, share ${share}`;
}

function learningRateInWords(rate: LearningRateSpec): string {
  switch (rate.kind) {
    case "custom":
      return `schedule ${customInWords(rate)}`;
    case "constant":
      return `constant ${rate.rate}`;
    case "geometric":
    case "cosine":
      return `${rate.kind}, ${rate.from} to ${rate.to}`;
    case "one-cycle":
      return `one-cycle, peak ${rate.peak}, warm-up ${rate.warmup}`;
    case "plateau":
      return `plateau, from ${rate.from}, times ${rate.factor} after ${rate.patience}`;
  }
}
