import { measuresMinibatches } from "../../normalisers/ofLayer.js";
import type { DataPart, TaskData } from "../../data/contract.js";
import { drawsWeights, type EvaluationMethod } from "../../experiment/evaluationMethod.js";
import type { ExperimentSpec } from "../../experiment/spec.js";
import { layerInputs, outputInputs } from "../architecture.js";
import type { Architecture } from "../architecture.js";
import { directionNumber } from "../bidirectional.js";
import type { DirectionName } from "../bidirectional.js";
import { deployableScore, deployableScoreMethod } from "./deployableScore.js";
import type { DeployedInput, DeployedLayer, DeployedModel } from "./deployedModel.js";
import { EffectiveWeights } from "../training/effectiveWeights.js";
import type { Draw } from "../training/effectiveWeights.js";
import { foldedLayer } from "./foldedLayer.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { layerParameters } from "../training/parameters.js";
import type { Parameters } from "../training/parameters.js";
import { populationStatistics } from "./populationStatistics.js";
import { makeQuantiser } from "../../quantisers/make.js";
import { layerSeed, randomStream } from "../../numbers/random.js";
import { statisticsSource } from "./statisticsSource.js";
import type { StatisticsSource } from "./statisticsSource.js";

export interface Deployment {
  readonly architecture: Architecture;
  readonly shipping: ExperimentSpec["shipping"];
  readonly seed: number;
  /** Latent ones. */
  readonly parameters: Parameters;
  /** Adam's, for loss-aware quantisers. */
  readonly secondMoments: Parameters;
  readonly data: TaskData;
  readonly kernel: RecurrentKernel;
}

/** One set of weights that could ship. */
export interface Candidate {
  /** "deterministic", or "draw 1", "draw 2", ... */
  readonly choice: string;
  /** Deployable loss on the validation part in nats; null where there was nothing to choose from. */
  readonly validationLoss: number | null;
  /** How the loss was computed; absent without one. */
  readonly how?: EvaluationMethod;
}

export interface ChosenModel {
  readonly model: DeployedModel;
  /** All that were tried, with their losses: the spread over draws. */
  readonly candidates: readonly Candidate[];
}

/**
 * The model that ships, as the spec chooses it, with the statistics of exactly its weights folded in. Nothing of the
 * test part is used.
 */
export function chooseDeployedModel(deployment: Deployment): ChosenModel {
  const choices = choicesOf(deployment);
  const source = statisticsSource(deployment.data);
  const [only, ...more] = choices;
  if (more.length === 0) {
    return { model: shippedModel(deployment, only!, source), candidates: [{ choice: choiceName(only!), validationLoss: null }] };
  }
  let best: { model: DeployedModel; loss: number } | undefined;
  const candidates = choices.map((choice): Candidate => {
    const model = shippedModel(deployment, choice, source);
    const { loss } = deployableScore(model, deployment.data, "validation" satisfies DataPart, deployment.kernel);
    if (best === undefined || loss < best.loss) {
      best = { model, loss };
    }
    return { choice: choiceName(choice), validationLoss: loss, how: deployableScoreMethod(model, deployment.data) };
  });
  return { model: best!.model, candidates };
}

/** A network without data: nothing of it is measured on minibatches. */
export type UnmeasuredNetwork = Pick<Deployment, "architecture" | "parameters" | "kernel">;

/**
 * The model that ships of latent parameters by the deterministic rules, for layers whose normalisers need no statistics of data.
 * @throws RangeError for a layer under batch normalisation
 */
export function unmeasuredModel({ architecture, parameters, kernel }: UnmeasuredNetwork): DeployedModel {
  if (architecture.layers.some(measuresMinibatches)) {
    throw new RangeError("Batch normalisation ships with statistics of data, and there is none here.");
  }
  return shippedModel({ architecture, parameters, kernel, secondMoments: {}, seed: 1 }, deterministic, noStatistics);
}

/** A number of a seeded draw from 1 on, or 0 for the deterministic rule. */
type Choice = number;
const deterministic: Choice = 0;

function choiceName(choice: Choice): string {
  return choice === deterministic ? "deterministic" : `draw ${choice}`;
}

function choicesOf({ architecture, shipping }: Deployment): Choice[] {
  if (!drawsWeights({ layers: architecture.layers, output: { quantiser: architecture.outputQuantiser } })) {
    return [deterministic];
  }
  switch (shipping.kind) {
    case "deterministic":
      return [deterministic];
    case "draw":
      return [1];
    case "best":
      return [deterministic, ...Array.from({ length: shipping.draws }, (_, index) => index + 1)];
  }
}

/** Draws that ship have numbers far below those of training (0 on) and of author-style evaluation (-2 on downwards). */
const firstShippedDraw = -0x4000_0000;

function drawOf(choice: Choice): Draw {
  return choice === deterministic
    ? { number: -1, sampling: "deterministic" }
    : { number: firstShippedDraw - choice };
}

const noStatistics: StatisticsSource = {
  timesteps: 0,
  batch: 0,
  chunks() {
    throw new Error("A layer without batch normalisation asked for statistics of data.");
  },
};

/** What a model is made of, once its weights are chosen. */
type LatentNetwork = Omit<Deployment, "shipping" | "data">;

/** The model for one choice of weights. */
function shippedModel(deployment: LatentNetwork, choice: Choice, source: StatisticsSource): DeployedModel {
  const { architecture, parameters, seed } = deployment;
  const draw = drawOf(choice);
  const input = deployedInput(architecture, parameters);
  const layers: DeployedLayer[] = [];
  architecture.layers.forEach((_, index) => layers.push(shippedLayer(deployment, draw, index, { input, layers }, source)));
  const output = makeQuantiser(architecture.outputQuantiser, outputInputs(architecture), architecture.outputs.length);
  output.quantise(parameters["output.weights"]!, {
    stream: randomStream(seed, "output-weights", draw.number),
    sampling: draw.sampling,
    secondMoment: deployment.secondMoments["output.weights"],
    scales: parameters["output.scales"],
  });
  return {
    version: 1,
    input,
    layers,
    readout: architecture.readout,
    outputs: architecture.outputs,
    outputWeights: output.ship(),
    outputBias: parameters["output.bias"]!.slice(),
    choice: choiceName(choice),
  };
}

function deployedInput({ input }: Architecture, parameters: Parameters): DeployedInput {
  switch (input.kind) {
    case "one-hot":
      return { kind: "one-hot", symbols: input.symbols };
    case "embedding":
      return { kind: "embedding", symbols: input.symbols, units: input.units, table: parameters["embedding"]!.slice() };
    case "dense":
      return { kind: "dense", width: input.width };
  }
}

function shippedLayer(
  deployment: LatentNetwork,
  draw: Draw,
  index: number,
  before: { readonly input: DeployedInput; readonly layers: readonly DeployedLayer[] },
  source: StatisticsSource,
): DeployedLayer {
  const shipped = (direction: DirectionName) => shippedDirection(deployment, draw, { index, direction }, before, source);
  return { ...shipped("forward"), ...(deployment.architecture.layers[index]!.bidirectional && { reverse: shipped("reverse") }) };
}

function shippedDirection(
  { architecture, parameters, secondMoments, kernel, seed }: LatentNetwork,
  draw: Draw,
  { index, direction }: { readonly index: number; readonly direction: DirectionName },
  before: { readonly input: DeployedInput; readonly layers: readonly DeployedLayer[] },
  source: StatisticsSource,
): DeployedLayer {
  const spec = architecture.layers[index]!;
  const inputs = layerInputs(architecture, index);
  const own = layerParameters(parameters, index, direction);
  const ownSeed = layerSeed(seed, directionNumber(index, direction));
  const weights = new EffectiveWeights(spec, inputs, ownSeed);
  const effective = weights.compute(own, draw, layerParameters(secondMoments, index, direction));
  const statistics = measuresMinibatches(spec)
    ? populationStatistics(kernel, { spec, inputs, direction }, effective, before, source, ownSeed)
    : {};
  return foldedLayer(spec, inputs, weights.ship(), own, statistics);
}
