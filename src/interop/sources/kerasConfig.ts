import * as z from "zod";
import { SourceFileError } from "./sourceFile.js";

/** What Keras says of a model beside its weights: config.json of a .keras file, or the attribute model_config of a .h5 file. */

const layerSchema = z.object({ class_name: z.string(), config: z.record(z.string(), z.unknown()).default({}) });
const modelSchema = z.object({ config: z.object({ layers: z.array(layerSchema) }) });
type Layer = z.infer<typeof layerSchema>;

/** The layers of a model that hold weights, in its order. */
export interface KerasModel {
  readonly recurrent: readonly KerasLayer[];
  readonly isGru: boolean;
  /** The option `reset_after` of a GRU. */
  readonly resetAfter: boolean;
}

export interface KerasLayer {
  readonly name: string;
}

/** Layers that compute nothing when a trained model runs, and a softmax, which leaves the likeliest class the likeliest. */
const passing = new Set(["InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "Softmax"]);
const sequential = "only LSTM or GRU layers that follow each other, an Embedding before them and a Dense layer after them are imported";

/** @throws SourceFileError, whose message is a clause about the file, for a layer that is not imported */
export function readKerasConfig(text: string): KerasModel {
  const parsed = modelSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new SourceFileError("the description of its layers is no JSON of a Keras model");
  }
  const { layers } = parsed.data.config;
  layers.forEach(requireKnown);
  const recurrent = layers.filter(isRecurrent);
  const [first] = recurrent;
  if (first === undefined) {
    throw new SourceFileError("it has no LSTM or GRU layer");
  }
  const other = recurrent.find((layer) => layer.class_name !== first.class_name || layer.config["reset_after"] !== first.config["reset_after"]);
  if (other !== undefined) {
    throw new SourceFileError(`${inWords(other)} is of another kind than ${inWords(first)}: all layers must be LSTM, or GRU with the same reset_after`);
  }
  return { recurrent: recurrent.map(({ config }) => ({ name: String(config["name"]) })), isGru: first.class_name === "GRU", resetAfter: first.config["reset_after"] !== false };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecurrent({ class_name: kind }: Layer): boolean {
  return kind === "LSTM" || kind === "GRU";
}

function inWords({ class_name: kind, config }: Layer): string {
  return `its layer ${JSON.stringify(config["name"] ?? "")} (${kind})`;
}

function requireKnown(layer: Layer): void {
  const { class_name: kind, config } = layer;
  const inner = kind === "TimeDistributed" ? layerSchema.safeParse(config["layer"]) : undefined;
  if (inner?.success && inner.data.class_name === "Dense") {
    requireKnown(inner.data);
  } else if (kind === "Dense" || kind === "Activation") {
    requireOption(layer, "activation", ["linear", "softmax"]);
  } else if (kind === "Embedding") {
    requireOption(layer, "mask_zero", [false]);
  } else if (isRecurrent(layer)) {
    requireOption(layer, "activation", ["tanh"]);
    requireOption(layer, "recurrent_activation", ["sigmoid"]);
    requireOption(layer, "go_backwards", [false]);
  } else if (!passing.has(kind)) {
    throw new SourceFileError(`${inWords(layer)} cannot be imported: ${sequential}`);
  }
}

function requireOption(layer: Layer, option: string, known: readonly (string | boolean)[]): void {
  const value = layer.config[option];
  if (value !== undefined && !known.some((one) => one === value)) {
    throw new SourceFileError(`${inWords(layer)} has ${option}=${JSON.stringify(value)}: only ${known.map((one) => JSON.stringify(one)).join(" or ")} can be imported`);
  }
}
