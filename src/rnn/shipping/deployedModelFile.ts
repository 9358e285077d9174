import * as z from "zod";
import { gruSchema, lstmSchema } from "../../experiment/spec.js";
import { rowForms } from "../../normalisers/lookup.js";
import type { DeployedInput, DeployedLayer, DeployedModel } from "./deployedModel.js";
import { constantRows } from "../inference/deployedNetwork.js";
import { outputUnits } from "../bidirectional.js";
import { gatesOf } from "../training/layerParameters.js";
import { InvalidTensorsError, metadataField, tensorData } from "../../files/namedTensors.js";
import type { NamedTensor, NamedTensors } from "../../files/namedTensors.js";
import { matrixHeader, matrixHeaderSchema, matrixTensors, readMatrix } from "./shippedMatrixFile.js";
import { printableLine } from "../../text/printable.js";

const format = "tritloom-model-2";
const source = "model file";

const positiveInteger = z.number().int().positive();
const names = z.array(z.string()).min(1);
const normalisation = z.enum(["affine", ...rowForms]);

const matrixHeaders = { inputWeights: matrixHeaderSchema, recurrentWeights: matrixHeaderSchema };
const directionSchema = z.object({
  spec: z.discriminatedUnion("cell", [lstmSchema, gruSchema]),
  inputs: positiveInteger,
  /** R of the constants */
  rows: z.object({ products: positiveInteger, cell: positiveInteger }),
  normalisation,
  cellNormalisation: normalisation.nullable(),
  epsilon: z.number().min(0),
  ...matrixHeaders,
});
type DirectionHeader = z.infer<typeof directionSchema>;

/** A reverse direction has all but its matrices in common with the forward one. */
const layerSchema = directionSchema
  .extend({ reverse: z.object(matrixHeaders).optional() })
  .refine(({ spec, reverse }) => (spec.bidirectional === true) === (reverse !== undefined), "a bidirectional layer, and no other, has a reverse direction");
type LayerHeader = z.infer<typeof layerSchema>;

const headerFields = z.object({
  input: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("one-hot"), symbols: names }),
    z.object({ kind: z.literal("embedding"), symbols: names, units: positiveInteger }),
    z.object({ kind: z.literal("dense"), width: positiveInteger }),
  ]),
  layers: z.array(layerSchema).min(1),
  readout: z.enum(["every-timestep", "last-timestep"]),
  outputs: names,
  outputWeights: matrixHeaderSchema,
  choice: z.string().transform(printableLine),
});
const headerSchema = headerFields.refine(
  ({ layers, readout }) => readout === "last-timestep" || layers.every(({ spec }) => !spec.bidirectional),
  "a model that reads on at every timestep has no bidirectional layer",
);
type Header = z.infer<typeof headerSchema>;

/** The value of `model.safetensors`. */
export function deployedModelToTensors(model: DeployedModel): NamedTensors {
  const { input, layers, readout, outputs, outputWeights, outputBias, choice } = model;
  const header: Header = {
    input: headerInput(input),
    layers: layers.map(layerHeader),
    readout,
    outputs: [...outputs],
    outputWeights: matrixHeader(outputWeights),
    choice,
  };
  const tensors: Record<string, NamedTensor> = {};
  if (input.kind === "embedding") {
    tensors["embedding"] = { shape: [input.symbols.length, input.units], data: input.table };
  }
  layers.forEach((layer, index) => Object.assign(tensors, layerTensors(layer, `layers.${index}.`)));
  Object.assign(tensors, matrixTensors("output.weights", outputWeights));
  tensors["output.bias"] = { shape: [outputs.length], data: outputBias };
  return { metadata: { format, model: JSON.stringify(header) }, tensors };
}

function headerInput(input: DeployedInput): Header["input"] {
  switch (input.kind) {
    case "one-hot":
      return { kind: "one-hot", symbols: [...input.symbols] };
    case "embedding":
      return { kind: "embedding", symbols: [...input.symbols], units: input.units };
    case "dense":
      return input;
  }
}

function matricesHeader({ inputWeights, recurrentWeights }: DeployedLayer): Pick<LayerHeader, "inputWeights" | "recurrentWeights"> {
  return { inputWeights: matrixHeader(inputWeights), recurrentWeights: matrixHeader(recurrentWeights) };
}

function layerHeader(layer: DeployedLayer): LayerHeader {
  const { spec, inputs, normalisation, epsilon, reverse } = layer;
  return {
    spec,
    inputs,
    rows: constantRows(layer),
    normalisation,
    cellNormalisation: "cellNormalisation" in layer ? layer.cellNormalisation : null,
    epsilon,
    ...matricesHeader(layer),
    ...(reverse && { reverse: matricesHeader(reverse) }),
  };
}

/** Shapes of a layer's vectors by their names in the model. */
function vectorShapes({ spec, rows }: Pick<DirectionHeader, "spec" | "rows">): Record<string, number[]> {
  const { units } = spec;
  const gates = [rows.products, gatesOf(spec) * units];
  return {
    gainInput: gates,
    gainRecurrent: gates,
    shift: gates,
    initialHidden: [units],
    ...(spec.cell === "lstm"
      ? { gainCell: [rows.cell, units], shiftCell: [rows.cell, units], initialCell: [units] }
      : { shiftReset: [rows.products, units] }),
  };
}

function layerTensors(layer: DeployedLayer, prefix: string): Record<string, NamedTensor> {
  const { spec, inputWeights, recurrentWeights, reverse } = layer;
  const arrays = layer as unknown as Record<string, Float32Array>;
  const vectors = Object.entries(vectorShapes({ spec, rows: constantRows(layer) })).map(
    ([name, shape]): [string, NamedTensor] => [prefix + name, { shape, data: arrays[name]! }],
  );
  return {
    ...matrixTensors(`${prefix}inputWeights`, inputWeights),
    ...matrixTensors(`${prefix}recurrentWeights`, recurrentWeights),
    ...Object.fromEntries(vectors),
    ...(reverse && layerTensors(reverse, `${prefix}reverse.`)),
  };
}

/** @throws InvalidTensorsError naming what is missing or wrong */
export function deployedModelFromTensors(file: NamedTensors): DeployedModel {
  const found = metadataField(file, source, "format");
  if (found !== format) {
    throw new InvalidTensorsError(`The ${source} should have format ${format}, but has ${found}.`);
  }
  const { input, layers, readout, outputs, outputWeights, choice } = readHeader(file);
  const units = outputUnits(layers.at(-1)!.spec);
  return {
    version: 1,
    input:
      input.kind === "embedding"
        ? { ...input, table: tensorData(file, source, "embedding", "float32", [input.symbols.length, input.units]) }
        : input,
    layers: layers.map((header, index) => readLayer(file, header, `layers.${index}.`)),
    readout,
    outputs,
    outputWeights: readMatrix(file, source, "output.weights", outputWeights, units, outputs.length),
    outputBias: tensorData(file, source, "output.bias", "float32", [outputs.length]),
    choice,
  };
}

function readLayer(file: NamedTensors, header: LayerHeader, prefix: string): DeployedLayer {
  const { reverse, ...forward } = header;
  return {
    ...readDirection(file, forward, prefix),
    ...(reverse && { reverse: readDirection(file, { ...forward, ...reverse }, `${prefix}reverse.`) }),
  };
}

function readDirection(file: NamedTensors, header: DirectionHeader, prefix: string): DeployedLayer {
  const { spec, inputs, normalisation: products, cellNormalisation, epsilon } = header;
  const columns = gatesOf(spec) * spec.units;
  const vectors = Object.entries(vectorShapes(header)).map(([name, shape]) => [
    name,
    tensorData(file, source, prefix + name, "float32", shape),
  ]);
  return {
    spec,
    inputs,
    units: spec.units,
    normalisation: products,
    ...(cellNormalisation !== null && { cellNormalisation }),
    epsilon,
    inputWeights: readMatrix(file, source, `${prefix}inputWeights`, header.inputWeights, inputs, columns),
    recurrentWeights: readMatrix(file, source, `${prefix}recurrentWeights`, header.recurrentWeights, spec.units, columns),
    ...(Object.fromEntries(vectors) as Record<string, Float32Array>),
  } as DeployedLayer;
}

function readHeader(file: NamedTensors): Header {
  const text = metadataField(file, source, "model");
  const parsed = headerSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new InvalidTensorsError(`The ${source}'s metadata field "model" is not valid: ${faults.join("; ")}.`);
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
