import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import util from "node:util";

const packageName = "@tensorflow/tfjs-node";

/**
 * Loads @tensorflow/tfjs-node, which registers the backend "tensorflow". It brings a tfjs-core of its own, but engine
 * and kernel registry are global to the process, so the backend serves ours.
 *
 * Looked for in $TRITLOOM_TENSORFLOW, in the user's cache folder (where `npm run setup:tensorflow` puts it), from the
 * notebook, and from the running program: not from the working directory, where a stranger's files may lie.
 * @param notebookFolder of the notebook whose cells run in this process; they may load what is installed there anyway
 * @returns `missing`: why it did not load, in words for the user
 */
export function loadTensorFlowNode(notebookFolder?: string): { readonly missing?: string } {
  prepareProcess();
  const failures: string[] = [];
  for (const from of searchPlaces(notebookFolder)) {
    const outcome = loadFrom(from);
    if (outcome === "loaded") {
      return {};
    }
    if (outcome !== "absent") {
      failures.push(`${packageName} in ${path.dirname(from)} does not load (${outcome.reason})`);
    }
  }
  return { missing: failures[0] ?? `${packageName} is not installed` };
}

/** Files in the folders from which the package is resolved, in order. */
function searchPlaces(notebookFolder: string | undefined): string[] {
  const chosen = process.env["TRITLOOM_TENSORFLOW"];
  // An empty variable would make the cache folder a relative one.
  const cached = [path.join(userCacheFolder(), "tritloom", "tensorflow")].filter(path.isAbsolute);
  const folders = [...(chosen ? [path.resolve(chosen)] : []), ...cached, ...(notebookFolder === undefined ? [] : [notebookFolder])];
  return [...folders.map((folder) => path.join(folder, "resolve.js")), fileURLToPath(import.meta.url)];
}

function userCacheFolder(): string {
  const home = os.homedir();
  switch (process.platform) {
    case "win32":
      return process.env["LOCALAPPDATA"] || path.join(home, "AppData", "Local");
    case "darwin":
      return path.join(home, "Library", "Caches");
    default:
      return process.env["XDG_CACHE_HOME"] || path.join(home, ".cache");
  }
}

function loadFrom(from: string): "loaded" | "absent" | { readonly reason: string } {
  const require = createRequire(from);
  let entry: string;
  try {
    entry = require.resolve(packageName);
  } catch {
    return "absent";
  }
  try {
    // The package's own loader writes an essay about a missing addon; its absence is told in fewer words here.
    const addon = path.join(path.dirname(entry), "..", "lib", "napi-v8", "tfjs_binding.node");
    if (!existsSync(addon)) {
      return { reason: "its native addon is missing" };
    }
    require(entry);
    return "loaded";
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { reason: firstLine ?? "" };
  }
}

/** tfjs-node 4.22 calls a function that Node 23 removed, and TensorFlow logs two lines at start unless told not to. */
function prepareProcess(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
}
