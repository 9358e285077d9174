import { extentOf } from "../../numbers/extent.js";
import type { LayerSpec } from "../../cells/cells.js";
import { roundedInWords, roundsValues } from "../activationRounding.js";
import type { Architecture } from "../architecture.js";
import { constantRows, DeployedNetwork } from "../inference/deployedNetwork.js";
import type { RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import { type DeployedModel, shippedValues } from "../shipping/deployedModel.js";
import type { MinibatchShape } from "./minibatch.js";
import type { NetworkState } from "./network.js";
import { OutputLayer, type OutputWeights } from "./output.js";

/** A teacher that does not read the data of the network to be trained, or does not tell the same symbols or classes. */
export class TeacherMismatchError extends Error {
  override readonly name = "TeacherMismatchError";
}

/** A trained network that reads the minibatches of another one: what ships of it, with its own states. */
export class Teacher {
  private readonly network: DeployedNetwork;
  private readonly output: OutputLayer;
  private readonly weights: OutputWeights;

  constructor(
    private readonly model: DeployedModel,
    { timesteps, batch }: MinibatchShape,
    kernel: RecurrentKernel,
  ) {
    const { outputWeights, outputBias, readout } = model;
    this.network = new DeployedNetwork(model, kernel, batch);
    this.output = new OutputLayer(kernel, readout === "every-timestep" ? timesteps * batch : batch, outputWeights.rows, outputWeights.columns);
    this.weights = { weights: shippedValues(outputWeights), bias: outputBias };
  }

  get layers(): readonly LayerSpec[] {
    return this.model.layers.map(({ spec }) => spec);
  }

  /**
   * Reads a minibatch.
   * @param start where to go on from; default: the teacher's initial state
   * @returns logits [N, V], valid until the next call, and its states after the minibatch
   */
  read(input: SequenceInput, start?: NetworkState): { readonly logits: Float32Array; readonly end: NetworkState } {
    this.network.reset(start);
    const hidden = this.network.read(input);
    const read = this.model.readout === "last-timestep" ? this.network.final(hidden) : hidden;
    return { logits: this.output.logitsOf(this.weights, read), end: this.network.states() };
  }

  dispose(): void {
    this.network.dispose();
  }
}

/**
 * Refuses a teacher that cannot teach.
 * @param title what messages call it: 'run "fox"'
 * @throws TeacherMismatchError that names the first difference
 */
export function checkTeacher(title: string, { input, outputs, readout, layers }: DeployedModel, pupil: Architecture, timesteps: number): void {
  const fail = (fault: string): never => {
    throw new TeacherMismatchError(`The ${title} cannot be the teacher of this experiment: ${fault}. A teacher is a run on the same data.`);
  };
  if (readout !== pupil.readout) {
    fail(`it predicts at ${readout === "every-timestep" ? "every timestep" : "the last timestep"}, the experiment does not`);
  }
  const [own, other] = [pupil.outputs, outputs];
  if (own.length !== other.length) {
    fail(`it tells ${other.length} symbols or classes apart, the data has ${own.length}`);
  }
  const differs = own.findIndex((name, index) => name !== other[index]);
  if (differs >= 0) {
    fail(`symbol or class ${differs} is ${JSON.stringify(other[differs])} there and ${JSON.stringify(own[differs])} in the data`);
  }
  if (input.kind === "dense" && pupil.input.kind === "dense" && input.width !== pupil.input.width) {
    fail(`it reads ${input.width} values at each timestep, the data has ${pupil.input.width}`);
  }
  const rounded = layers.map(({ spec }) => spec).filter(roundsValues);
  if (rounded.length > 0) {
    fail(`it has ${roundedInWords(rounded)}, which would slow the training down many times`);
  }
  checkLength(layers, timesteps, fail);
}

/** Statistics of each timestep end at the length that the teacher was trained with. */
function checkLength(layers: DeployedModel["layers"], timesteps: number, fail: (fault: string) => void): void {
  const rows = layers.map((layer) => constantRows(layer)).flatMap(({ products, cell }) => [products, cell]).filter((count) => count > 1);
  const { least: shortest } = extentOf(rows);
  if (shortest < timesteps) {
    fail(`its statistics are those of ${shortest} timesteps, and the experiment's sequences have ${timesteps}`);
  }
}
