import { createHash } from "node:crypto";
import * as z from "zod";
import { hasCellState, type LayerSpec } from "../../cells/cells.js";
import type { Architecture } from "../architecture.js";
import { InvalidTensorsError, metadataField, tensorData } from "../../files/namedTensors.js";
import type { NamedTensor, NamedTensors } from "../../files/namedTensors.js";
import type { NetworkState } from "./network.js";
import { mapParameters, parameterShapes } from "./parameters.js";
import type { ValidationHistory } from "./validationHistory.js";

type Arrays = Record<string, Float32Array>;

/** All that changes while training; the random numbers are addressed by the step, so they need no state. */
export interface TrainingState {
  stepsDone: number;
  readonly parameters: Arrays;
  /** Adam's moments; of gradient descent the first are its velocities. */
  readonly firstMoments: Arrays;
  readonly secondMoments: Arrays;
  /** Moving average of the parameters, where the spec wants one. */
  readonly averaged?: Arrays;
  /** The evaluated parameters at the best validation, where training may stop early. */
  readonly best?: Arrays;
  /** Adam's second moments at the same time, where loss-aware quantisers read them. */
  readonly bestSecondMoments?: Arrays;
  /** Signs of the weights at the last weight report, by the matrix's name. */
  readonly reportedCodes: Record<string, Int8Array>;
  history: ValidationHistory;
  /** Step, from 0, that was trained last before the best validation; absent before one, and in checkpoints of earlier versions. */
  bestStep?: number;
  /** States that carry over into the next step. */
  carried?: NetworkState;
  /** Those of the teacher. */
  teacher?: NetworkState;
}

const format = "tritloom-checkpoint-2";
const source = "checkpoint";

const groups = {
  parameters: "",
  firstMoments: "moments.first.",
  secondMoments: "moments.second.",
  averaged: "averaged.",
  best: "best.",
  bestSecondMoments: "best.moments.second.",
} as const;
type Group = keyof typeof groups;

/** A copy of the state. */
export function checkpointTensors(state: TrainingState, architecture: Architecture): NamedTensors {
  const tensors: Record<string, NamedTensor> = {};
  for (const group of Object.keys(groups) as Group[]) {
    for (const [name, shape] of Object.entries(parameterShapes(architecture))) {
      const data = state[group]?.[name];
      if (data !== undefined) {
        tensors[groups[group] + name] = { shape, data: data.slice() };
      }
    }
  }
  for (const [name, codes] of Object.entries(state.reportedCodes)) {
    tensors[`reported.${name}`] = { shape: [codes.length], data: codes.slice() };
  }
  for (const who of ["carried", "teacher"] as const) {
    state[who]?.forEach(({ hidden, cell }, layer) => {
      tensors[`${who}.${layer}.hidden`] = { shape: [hidden.length], data: hidden.slice() };
      if (cell) {
        tensors[`${who}.${layer}.cell`] = { shape: [cell.length], data: cell.slice() };
      }
    });
  }
  const { best, ...counts } = state.history;
  // JSON has no infinity.
  const history = JSON.stringify({ ...counts, best: Number.isFinite(best) ? best : null });
  const outputs = JSON.stringify(architecture.outputs);
  const bestStep: Record<string, string> = state.bestStep === undefined ? {} : { bestStep: String(state.bestStep) };
  const metadata = { format, step: String(state.stepsDone), history, outputs, ...bestStep };
  return { metadata: { ...metadata, sha256: digest({ metadata, tensors }) }, tensors };
}

/** A digest of all names, numbers and metadata but itself: it tells a damaged file, whose numbers are all plausible. */
function digest({ metadata, tensors }: NamedTensors): string {
  const { sha256: _, ...rest } = metadata;
  const hash = createHash("sha256").update(JSON.stringify(Object.entries(rest).toSorted()));
  for (const [name, { data }] of Object.entries(tensors).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

export interface CheckpointForm {
  readonly architecture: Architecture;
  readonly averages: boolean;
  readonly keepsBest: boolean;
  /** Whether the best parameters have second moments of their own. */
  readonly keepsMoments: boolean;
  /** B */
  readonly batch: number;
  /** Layers whose states are carried; empty where nothing is. */
  readonly carriedLayers: readonly LayerSpec[];
  /** The same of the teacher. */
  readonly teacherLayers: readonly LayerSpec[];
  /** Length of each matrix whose codes are reported. */
  readonly codeLengths: ReadonlyMap<string, number>;
}

/** @throws InvalidTensorsError when a tensor is missing, of another model's shape or damaged, or the symbols are others */
export function readCheckpoint(checkpoint: NamedTensors, form: CheckpointForm): TrainingState {
  const { architecture, averages, keepsBest, keepsMoments } = form;
  const shapes = parameterShapes(architecture);
  const read = (group: Group): Arrays =>
    mapParameters(architecture, (name) =>
      tensorData(checkpoint, source, groups[group] + name, "float32", shapes[name]!).slice(),
    );
  const codes = (): [string, Int8Array][] =>
    [...form.codeLengths].map(([name, length]) => [
      name,
      tensorData(checkpoint, source, `reported.${name}`, "int8", [length]).slice(),
    ]);
  const progress = readProgress(checkpoint);
  checkOutputs(metadataField(checkpoint, source, "outputs"), architecture.outputs);
  const state = {
    ...progress,
    parameters: read("parameters"),
    firstMoments: read("firstMoments"),
    secondMoments: read("secondMoments"),
    ...(averages && { averaged: read("averaged") }),
    ...(keepsBest && { best: read("best") }),
    ...(keepsMoments && { bestSecondMoments: read("bestSecondMoments") }),
    reportedCodes: Object.fromEntries(codes()),
    carried: readStates(checkpoint, "carried", form.carriedLayers, form.batch),
    teacher: readStates(checkpoint, "teacher", form.teacherLayers, form.batch),
  };
  if (metadataField(checkpoint, source, "sha256") !== digest(checkpoint)) {
    throw new InvalidTensorsError(
      `The ${source} is damaged: its content does not have the SHA-256 that it was written with. Start the run anew.`,
    );
  }
  return state;
}

/** The same symbols, words or classes in the same order, or trained numbers would mean something else. */
function checkOutputs(text: string, outputs: readonly string[]): void {
  if (text === JSON.stringify(outputs)) {
    return;
  }
  const theirs = parseNames(text);
  const index = outputs.findIndex((name, number) => name !== theirs[number]);
  const place = index < 0 ? outputs.length : index;
  const named = (names: readonly string[]): string => (place < names.length ? JSON.stringify(names[place]) : "none");
  throw new InvalidTensorsError(
    `The ${source} is of a model with ${theirs.length} symbols or classes, the data has ${outputs.length}: number ${place} is ` +
      `${named(theirs)} there and ${named(outputs)} here. Resume with the data that the run began with.`,
  );
}

function parseNames(text: string): readonly string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    throw new InvalidTensorsError(`The ${source} has no readable list of symbols.`);
  }
}

function readProgress(checkpoint: NamedTensors): Pick<TrainingState, "stepsDone" | "history" | "bestStep"> {
  const found = metadataField(checkpoint, source, "format");
  const stepsDone = Number(metadataField(checkpoint, source, "step"));
  if (found !== format || !Number.isSafeInteger(stepsDone) || stepsDone < 0) {
    throw new InvalidTensorsError(
      `The checkpoint should have format ${format} and a step of 0 or more, but has ${found} and ${checkpoint.metadata["step"]}.`,
    );
  }
  const bestStep = checkpoint.metadata["bestStep"];
  return {
    stepsDone,
    history: readHistory(metadataField(checkpoint, source, "history")),
    ...(bestStep !== undefined && { bestStep: readBestStep(bestStep, stepsDone) }),
  };
}

function readBestStep(text: string, stepsDone: number): number {
  const step = Number(text);
  if (!Number.isSafeInteger(step) || step < 0 || step > stepsDone) {
    throw new InvalidTensorsError(`The ${source} has ${JSON.stringify(text)} as the step of its best validation, not a step up to ${stepsDone}.`);
  }
  return step;
}

const historySchema = z.object({
  best: z.number().nullable(),
  sinceBest: z.number().int().min(0),
  sinceReduction: z.number().int().min(0),
  reductions: z.number().int().min(0),
  validations: z.array(z.object({ step: z.number().int().min(0), loss: z.number() })).optional(),
});

function readHistory(text: string): ValidationHistory {
  try {
    const { best, ...counts } = historySchema.parse(JSON.parse(text));
    return { ...counts, best: best ?? Infinity };
  } catch {
    throw new InvalidTensorsError(`The ${source} has no readable history of validations, but ${JSON.stringify(text)}.`);
  }
}

function readStates(checkpoint: NamedTensors, who: string, layers: readonly LayerSpec[], batch: number): NetworkState | undefined {
  if (layers.length === 0 || checkpoint.tensors[`${who}.0.hidden`] === undefined) {
    return undefined;
  }
  return layers.map((spec, layer) => {
    const read = (name: string) => tensorData(checkpoint, source, `${who}.${layer}.${name}`, "float32", [batch * spec.units]).slice();
    return { hidden: read("hidden"), ...(hasCellState(spec) && { cell: read("cell") }) };
  });
}
