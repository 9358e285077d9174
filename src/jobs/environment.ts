import { chooseBackend, type BackendReport } from "../rnn/backend.js";
import type { LayerSpec } from "../experiment/spec.js";
import { canTrain, chooseKernel, compiledKernel, kernelFor } from "../rnn/kernels/choose.js";
import type { RecurrentKernel } from "../rnn/kernels/contract.js";
import { useLayerKernel } from "../rnn/layers/layerKernel.js";
import { table } from "../display/html.js";
import { cellHost, displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** What computes a training. */
export interface TrainingEnvironment {
  /** "none": neither the training nor a cell computes with TensorFlow.js. */
  readonly backend: { readonly name: BackendReport["name"] | "none" };
  readonly kernel: RecurrentKernel;
  readonly notes: readonly string[];
}

/** What computes: the tensor backend that cells see and the compute kernel that trains. */
export class Environment implements Displayable {
  constructor(
    /** What computes the tensors of cells. */
    readonly backend: BackendReport,
    /** What trains. */
    readonly kernel: RecurrentKernel,
    /** Why a faster way is not in use, and what would help. */
    readonly notes: readonly string[],
  ) {}

  [displaySymbol](): MimeBundle {
    return table("Environment", [
      ["compute kernel", this.kernel.name],
      ["threads", String(this.kernel.threads)],
      ["TensorFlow.js backend", this.backend.name],
      ["Node", process.version],
      ...this.notes.map((note) => ["note", note] as const),
    ]);
  }
}

let chosen: Promise<Environment> | undefined;

async function choose(): Promise<Environment> {
  const backend = await chooseBackend(cellHost()?.folder);
  const { kernel, note } = await chooseKernel();
  useLayerKernel(kernel);
  return new Environment(backend, kernel, [backend.note, note].filter((text) => text !== undefined));
}

/** Tells what computes in this process, and why nothing faster does. */
export function environment(): Promise<Environment> {
  chosen ??= choose();
  return chosen;
}

/** The environment for one experiment: another kernel than this process's where its layers need one, with the reason in a note. */
export async function environmentFor({ layers }: { readonly layers: readonly LayerSpec[] }): Promise<Environment> {
  const here = await environment();
  const { kernel, note } = kernelFor(layers, here.kernel);
  return note === undefined ? here : new Environment(here.backend, kernel, [...here.notes, note]);
}

/**
 * The same for a process that runs no cells. The native TensorFlow, which takes longer to load than many a trial to train, is loaded
 * only where the layers compute with it, or TRITLOOM_BACKEND asks for a backend.
 */
export async function environmentWithoutCells({ layers }: { readonly layers: readonly LayerSpec[] }): Promise<TrainingEnvironment> {
  const isForced = (process.env["TRITLOOM_BACKEND"] ?? "") !== "";
  const compiled = compiledKernel();
  if (isForced || "missing" in compiled || !canTrain(layers, compiled.kernel)) {
    return environmentFor({ layers });
  }
  const { kernel, note } = compiled;
  return { backend: { name: "none" }, kernel, notes: note === undefined ? [] : [note] };
}
