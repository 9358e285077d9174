import { createHash } from "node:crypto";
import { isPlainObject } from "../experiment/optionNames.js";
import { shown } from "../experiment/shown.js";
import { type Architecture } from "../rnn/architecture.js";
import type { SourceWeights } from "../rnn/sourceWeights.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import type { Parameters } from "../rnn/training/parameters.js";
import { sourceStart } from "../rnn/training/sourceStart.js";
import { type StartSource, warmStart } from "../rnn/training/warmStart.js";
import { printableLine } from "../text/printable.js";
import { Run } from "./run.js";

/** A network that was trained elsewhere, with its weights: what `tl.importModel()` gives. */
export interface WeightsHolder {
  readonly name?: string;
  readonly weights: SourceWeights;
  /** What ships of it: its names of the symbols or classes must be those of the data, and it can teach. */
  deployed?(): DeployedModel;
}

/** What training can begin with: a run, an imported network, or plain weights. */
export type StartFrom = Run | WeightsHolder | SourceWeights;

const place = "startFrom of tl.experiment";

/** The weights that training begins with, and what the spec keeps of them. */
export interface Start {
  readonly parameters: Parameters;
  readonly spec: { readonly from: string; readonly sha256: string };
}

/**
 * Latent weights of a network as the experiment begins with them.
 * @throws TypeError for what is no such network; StartMismatchError for one of another form
 */
export function startOf(startFrom: StartFrom, target: Architecture): Start {
  const source = sourceOf(startFrom, target.input.kind === "embedding");
  return { parameters: warmStart(source, target), spec: { from: source.title, sha256: checksum(source.parameters) } };
}

function sourceOf(given: unknown, readsVectors: boolean): StartSource {
  if (given instanceof Run) {
    return given.startSource;
  }
  if (isHolder(given)) {
    const { network, parameters } = sourceStart(place, given.weights, readsVectors);
    const outputs = given.weights.dense && namesOf(given);
    return { title: titleOf(given), network: { ...network, ...(outputs && { outputs }) }, parameters };
  }
  if (!isPlainObject(given)) {
    throw new TypeError(`startFrom of tl.experiment() is ${shown(given)}: give a run, what tl.importModel() gives, or weights as { cell: "lstm", layers: [...] }`);
  }
  return { ...sourceStart(place, given as unknown as SourceWeights, readsVectors), title: "network of given weights" };
}

/** Whether a value is a network with its weights, but for what these hold. */
export function isHolder(given: unknown): given is WeightsHolder {
  return typeof given === "object" && given !== null && isPlainObject((given as { weights?: unknown }).weights);
}

/** 'network "lstm"' */
export function titleOf({ name }: WeightsHolder): string {
  return typeof name === "string" ? `network ${JSON.stringify(printableLine(name).slice(0, 200))}` : "network";
}

/** Names of its symbols or classes; undefined where they are only numbered, because its file has none. */
function namesOf(holder: WeightsHolder): readonly string[] | undefined {
  const outputs = holder.deployed?.().outputs;
  return outputs?.every((name, index) => name === String(index)) ? undefined : outputs;
}

/** SHA-256 of names and numbers. */
export function checksum(weights: Parameters): string {
  const hash = createHash("sha256");
  for (const [name, values] of Object.entries(weights)) {
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
