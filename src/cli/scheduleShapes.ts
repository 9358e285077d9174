import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { corpusFromSpec } from "../data/corpus.js";
import { sequencesFromSpec } from "../data/sequenceCorpus.js";
import { type ExperimentSpec, type LayerSpec, parseExperimentSpec } from "../experiment/spec.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import { hasAccelerator, precisionOf } from "../hardware/acceleratorModel.js";
import { checkNetwork } from "../hardware/schedule/network.js";
import {
  type AcceleratorShape,
  cellOf,
  defaultMacUnits,
  InvalidShapeError,
  widestPrecision,
} from "../hardware/schedule/shape.js";
import { shapeSchema } from "../hardware/schedule/shapeSchema.js";
import { runFiles } from "../runs/runFiles.js";
import { readSafetensors } from "../files/safetensors.js";
import { UsageError } from "./command.js";
import { openNamedRun } from "./openedRun.js";

/**
 * The accelerator's layers, from the input on, for what was named on the command line: a run, or a file with an
 * experiment, a shape, or a list of shapes.
 * @throws UsageError when there is none
 */
export async function shapesOf(place: string): Promise<readonly AcceleratorShape[]> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) {
    throw new UsageError(`There is no ${path.resolve(place)}: give the directory of a run or a JSON file.`);
  }
  if (found.isDirectory()) {
    const { spec, dir } = await openNamedRun(place);
    return experimentShapes(spec, dir);
  }
  const value = parseJson(await readFile(place, "utf8"), place);
  const isExperiment = typeof value === "object" && value !== null && "task" in value;
  return isExperiment
    ? experimentShapes(parseExperimentSpec(value, place), path.dirname(path.resolve(place)))
    : plainShapes(value, place);
}

type LayerInput = Pick<AcceleratorShape, "inputs" | "inputKind">;

/**
 * @param folder where data that was given in a cell is kept
 * @throws UsageError for an experiment that there is no accelerator for
 */
async function experimentShapes(spec: ExperimentSpec, folder: string): Promise<AcceleratorShape[]> {
  if (!hasAccelerator(spec)) {
    throw new UsageError(
      `There is no accelerator for "${spec.name}": it takes LSTM and GRU layers without zoneout that are not bidirectional, with weights ` +
        "of one bit, one trit or full precision, without rounded activations, and normalisers that fold into constants.",
    );
  }
  let input = await taskInput(spec.task, folder);
  return spec.layers.map((layer) => {
    const shape = layerShape(layer, input);
    input = { inputs: layer.units, inputKind: "dense" };
    return shape;
  });
}

async function taskInput(task: TaskSpec, folder: string): Promise<LayerInput> {
  switch (task.kind) {
    case "character-model":
      return { inputs: (await corpusFromSpec(task.corpus, folder)).symbols, inputKind: "one-hot" };
    case "word-model":
      return { inputs: task.embedding, inputKind: "dense" };
    case "classification": {
      const kept = path.join(folder, runFiles.data);
      const { data } = await sequencesFromSpec(task.data, () => readSafetensors(kept), kept);
      return { inputs: data.width * (task.grouped ?? 1), inputKind: "dense" };
    }
  }
}

/** Dense input and h go through the same MAC units, which then take the wider of two precisions. */
function layerShape({ units, quantiser, state, ...layer }: LayerSpec, input: LayerInput): AcceleratorShape {
  const inRom = input.inputKind === "dense" || !("recurrent" in quantiser) ? Object.values(quantiser) : [quantiser.recurrent];
  const precision = widestPrecision(inRom.map(precisionOf));
  return { ...cellOf(layer), ...input, units, precision, macUnits: defaultMacUnits, ...(state && { activationBits: state.hiddenBits }) };
}

const plainSchema = z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]);

function plainShapes(value: unknown, place: string): readonly AcceleratorShape[] {
  const given = plainSchema.safeParse(value);
  if (!given.success) {
    throw noShape(place, ["give an object, or a list of objects"]);
  }
  const shapes: AcceleratorShape[] = [];
  for (const layer of Array.isArray(given.data) ? given.data : [given.data]) {
    shapes.push(plainShape(layer, shapes.at(-1), place));
  }
  try {
    return checkNetwork(shapes);
  } catch (error) {
    throw error instanceof InvalidShapeError ? new UsageError(`${place}: ${error.message}`) : error;
  }
}

/** A layer above another reads its units unless it says otherwise. */
function plainShape(layer: Record<string, unknown>, below: AcceleratorShape | undefined, place: string): AcceleratorShape {
  const parsed = shapeSchema.safeParse({ cell: "lstm", ...(below && { inputs: below.units, inputKind: "dense" }), ...layer });
  if (!parsed.success) {
    throw noShape(place, parsed.error.issues.map(({ path: field, message }) => `${field.join(".") || "whole value"}: ${message}`));
  }
  return parsed.data;
}

function noShape(place: string, faults: string[]): UsageError {
  return new UsageError(`${place} is neither an experiment nor the shape of an accelerator: ${faults.join("; ")}.`);
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${place} is not JSON (${(error as Error).message}): give the directory of a run or a JSON file.`);
  }
}
