import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadTensorFlowNode } from "./tensorFlowNode.js";

export type BackendName = "tensorflow" | "wasm" | "cpu";

/** Which TensorFlow.js backend is in use. */
export interface BackendReport {
  readonly name: BackendName;
  /** Why a faster backend is not in use, and what would help; absent when the fastest is. */
  readonly note?: string;
}

/** TRITLOOM_BACKEND names a backend that this machine cannot run, or that does not exist. */
export class BackendUnavailableError extends Error {
  override readonly name = "BackendUnavailableError";
}

/** Fastest first. Each sets its backend and returns undefined, or says why it cannot. */
const candidates: Record<BackendName, (notebookFolder?: string) => Promise<string | undefined>> = {
  tensorflow: async (notebookFolder) => {
    const { missing } = loadTensorFlowNode(notebookFolder);
    return missing ?? setBackend("tensorflow");
  },
  wasm: async () => {
    const folder = wasmFolder();
    if (folder === undefined) {
      return "the WebAssembly files of TensorFlow.js lie neither beside the program nor in node_modules";
    }
    setWasmPaths(folder);
    return withoutNewErrorListeners(() => setBackend("wasm"));
  },
  cpu: () => setBackend("cpu"),
};

/**
 * Sets the fastest TensorFlow.js backend that works: native TensorFlow, WebAssembly, plain JavaScript.
 * TRITLOOM_BACKEND=tensorflow, wasm or cpu forces one.
 * @param notebookFolder where packages may be loaded from, since cells load them from there, too
 * @throws BackendUnavailableError when the forced one does not work
 */
export async function chooseBackend(notebookFolder?: string): Promise<BackendReport> {
  // Without this, TensorFlow.js advertises tfjs-node on the console and warns of each kernel registered twice.
  tf.enableProdMode();
  const forced = process.env["TRITLOOM_BACKEND"] ?? "";
  return forced === "" ? fastestBackend(notebookFolder) : forcedBackend(forced, notebookFolder);
}

async function fastestBackend(notebookFolder?: string): Promise<BackendReport> {
  const reasons: string[] = [];
  for (const name of Object.keys(candidates) as BackendName[]) {
    const missing = await candidates[name](notebookFolder);
    if (missing === undefined) {
      return { name, ...(reasons.length > 0 && { note: fallbackNote(name, reasons) }) };
    }
    reasons.push(missing);
  }
  throw new BackendUnavailableError(`No TensorFlow.js backend works here: ${reasons.join("; ")}.`);
}

async function forcedBackend(forced: string, notebookFolder?: string): Promise<BackendReport> {
  if (!(forced in candidates)) {
    const known = Object.keys(candidates).join(", ");
    throw new BackendUnavailableError(`TRITLOOM_BACKEND is "${forced}"; it can be ${known}, or unset for the fastest.`);
  }
  const name = forced as BackendName;
  const missing = await candidates[name](notebookFolder);
  if (missing !== undefined) {
    throw new BackendUnavailableError(
      `TRITLOOM_BACKEND asks for "${name}", but ${missing}. Unset it to use the fastest backend that works.`,
    );
  }
  return { name };
}

function fallbackNote(name: BackendName, reasons: readonly string[]): string {
  const remedy = "`npm run setup:tensorflow` builds the native one";
  return `Tensor operations in cells run on the ${name} backend, because ${reasons.join("; ")}. ${remedy}.`;
}

async function setBackend(name: BackendName): Promise<string | undefined> {
  try {
    return (await tf.setBackend(name)) ? undefined : `the ${name} backend does not start`;
  } catch (error) {
    return `the ${name} backend does not start: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * The WebAssembly loader takes over the process's error events: it turns every unhandled rejection, also of code that
 * has nothing to do with it, into a crash that prints the whole bundle. Whoever runs the process decides that.
 */
async function withoutNewErrorListeners<T>(start: () => Promise<T>): Promise<T> {
  const before = { rejection: process.listeners("unhandledRejection"), exception: process.listeners("uncaughtException") };
  const result = await start();
  process
    .listeners("unhandledRejection")
    .filter((listener) => !before.rejection.includes(listener))
    .forEach((listener) => process.off("unhandledRejection", listener));
  process
    .listeners("uncaughtException")
    .filter((listener) => !before.exception.includes(listener))
    .forEach((listener) => process.off("uncaughtException", listener));
  return result;
}

/** Beside the bundle, in api/ beside the bundle, or in node_modules when run from sources; ends with a separator. */
function wasmFolder(): string | undefined {
  const folders = ["./", "./api/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  const found = [...folders, installedWasmFolder()].find(
    (folder) => folder !== undefined && existsSync(path.join(folder, "tfjs-backend-wasm-simd.wasm")),
  );
  return found && path.join(found, path.sep);
}

function installedWasmFolder(): string | undefined {
  try {
    return path.dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
  } catch {
    return undefined;
  }
}
