import { lstat } from "node:fs/promises";
import path from "node:path";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { RefusedError } from "../text/optionError.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import { modelMetadata, producerVersion } from "./metadata.js";
import { encodeOnnx } from "./onnxFile.js";
import type { OnnxModel } from "./onnxModel.js";
import { sequenceGraph } from "./sequenceGraph.js";
import { initialStates, timestepGraph } from "./timestepGraph.js";

export const onnxDialects = ["onnx", "qonnx"] as const;
/** `onnx`: whole sequences and weights as numbers; `qonnx`: one timestep, and quantised matrices as codes times scales. */
export type OnnxDialect = (typeof onnxDialects)[number];

export interface OnnxExportOptions {
  readonly file: string;
  readonly dialect: OnnxDialect;
  /** Replace an existing file. Default false. */
  readonly overwrite?: boolean;
  /** The run's name, which the graph gets. */
  readonly name: string;
}

/** What an export wrote. */
export interface OnnxExport {
  /** Absolute. */
  readonly file: string;
  readonly dialect: OnnxDialect;
  readonly bytes: number;
  /** Names of the model's inputs and outputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The file could not be written; nothing was left behind. The message names the file, the cause and the remedy. */
export class OnnxExportError extends RefusedError {
  override readonly name = "OnnxExportError";
}

/** A model as it ships in ONNX's form; see docs/interop.md. */
export function onnxModel(model: DeployedModel, dialect: OnnxDialect, name: string): OnnxModel {
  const metadata = { ...modelMetadata(model), "tritloom.dialect": JSON.stringify(dialect) };
  return dialect === "onnx"
    ? { graph: sequenceGraph(name, model), metadata, producerVersion }
    : {
        graph: timestepGraph(name, model),
        metadata: { ...metadata, "tritloom.initialStates": JSON.stringify(initialStates(model)) },
        producerVersion,
      };
}

/**
 * Writes a model as an ONNX file, whole or not at all; an existing file stays unless `overwrite` is set.
 * @throws OnnxExportError
 */
export async function exportOnnx(model: DeployedModel, { file, dialect, overwrite = false, name }: OnnxExportOptions): Promise<OnnxExport> {
  const target = path.resolve(file);
  if (dialect === "qonnx" && model.layers.some(({ reverse }) => reverse !== undefined)) {
    throw new OnnxExportError(() => `Cannot write ${target}: a QONNX graph is one timestep, and a bidirectional layer reads whole sequences; choose the dialect onnx.`);
  }
  if (!overwrite && (await exists(target))) {
    throw new OnnxExportError((name) => `Cannot write ${target}: it is there already. Choose another name, or allow overwriting (${name("overwrite")}).`);
  }
  const onnx = onnxModel(model, dialect, name);
  const content = encodeOnnx(onnx);
  checkSize(content.length, target);
  try {
    await writeFileAtomically(target, content);
  } catch (error) {
    throw new OnnxExportError(() => `Cannot write ${target}: ${explain(error as NodeJS.ErrnoException)}`, { cause: error });
  }
  const { inputs, outputs } = onnx.graph;
  return { file: target, dialect, bytes: content.length, inputs: inputs.map((value) => value.name), outputs: outputs.map((value) => value.name) };
}

/** @throws OnnxExportError above the largest size of a message of protocol buffers */
export function checkSize(bytes: number, file: string): void {
  if (bytes >= 2 ** 31) {
    throw new OnnxExportError(() => `Cannot write ${file}: ${bytes} bytes are more than an ONNX file holds, 2 GiB. Train fewer units, or inputs.`);
  }
}

function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: "There is no such folder; make it first, or choose another.",
  ENOTDIR: "A part of the path is a file; choose another folder.",
  EISDIR: "It is a folder; add the name of a file.",
  EACCES: "You may not write there; choose another folder or change its permissions.",
  EPERM: "You may not write there; choose another folder or change its permissions.",
  EROFS: "The file system is read-only; choose another folder.",
  ENOSPC: "The disk is full; free some space or choose another disk.",
  ENAMETOOLONG: "The name is too long; choose a shorter one.",
};

function explain({ code, message }: NodeJS.ErrnoException): string {
  const cause = code === undefined ? undefined : causes[code];
  return cause === undefined ? message : `${cause} (${code})`;
}
