import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { buildNative } from "../scripts/native.mjs";
import { buildWasmIfPossible } from "../scripts/nativeTargets.mjs";

/** The parts of Tritloom that the benches' processes run, bundled from the sources as they are now. */

const here = dirname(fileURLToPath(import.meta.url));

/** What each library has, by its name: paths in src/ with the names that are taken from there. */
const exported = {
  library: {
    "rnn/training/trainer": ["Trainer"],
    "rnn/kernels/native": ["loadNativeKernel"],
    "rnn/kernels/wasm": ["loadWasmKernel"],
    "rnn/backend": ["chooseBackend"],
    "data/corpus": ["loadText", "splitCorpus"],
    "rnn/inference/packed/packedModel": ["packModel", "packedBytes"],
    "rnn/inference/packed/packedStream": ["PackedStream"],
    "rnn/inference/packed/nativeEngine": ["packedInstructionSets"],
    "rnn/inference/deployedNetwork": ["DeployedNetwork"],
    "rnn/shipping/deployedModel": ["shippedValues"],
    "interop/onnxFile": ["encodeOnnx"],
  },
  following: {
    "jobs/trainingDisplay": ["TrainingDisplay"],
    "display/host": ["setCellHost"],
    "runs/course": ["Course"],
    "runs/readRun": ["followCourse", "readCourse", "readRun"],
    "runs/curvesIncrement": ["incrementOf", "noCurves"],
    "runs/runCurves": ["cellPoints", "curvesOf"],
    "runs/runSummary": ["summaryOf"],
    "cli/runs": ["runsCommand"],
  },
  sweeps: {
    "jobs/redisWorker": ["serveTrials"],
    "sweeps/drive": ["chooseAhead", "driveSweep"],
    "sweeps/engines": ["engineOf", "local", "redis"],
    "sweeps/slurm/slurmEngineOf": ["slurmEngineOf"],
    "sweeps/slurm/slurmSpec": ["slurm"],
    "../test/sweeps/realSlurm": ["RealSlurm"],
    "sweeps/redis/connect": ["connectRedis"],
    "sweeps/redis/mailbox": ["Mailbox"],
    "sweeps/redis/redisEngine": ["RedisEngine"],
    "sweeps/redis/wire": ["keys", "queueName"],
    "sweeps/localEngine": ["LocalEngine"],
    "sweeps/space": ["checkedSpace", "integer"],
    "sweeps/sweepDirectory": ["createSweep", "readSweep"],
    "sweeps/trialId": ["trialId"],
  },
};

const fileOf = (name) => join(here, `../dist/bench/${name}.mjs`);

async function bundle(name) {
  const contents = Object.entries(exported[name]).map(([file, names]) => `export { ${names.join(", ")} } from "./${file}.js";`).join("\n");
  const stdin = { contents, resolveDir: join(here, "../src"), loader: "ts" };
  // Beside dist/native, where addons are looked for, and below node_modules.
  await build({ stdin, bundle: true, platform: "node", format: "esm", packages: "external", outfile: fileOf(name), logLevel: "warning" });
}

/** Builds the library, the addon, and the WebAssembly module where zig is installed. */
export async function buildLibrary() {
  if ((await buildNative(join(here, "../dist/native"))) === undefined) {
    throw new Error("The benches measure the native compute kernel, which cannot be built here");
  }
  await buildWasmIfPossible(join(here, "../dist/native"));
  await bundle("library");
}

/** What `buildLibrary` built. */
export function importLibrary() {
  return import(pathToFileURL(fileOf("library")).href);
}

/** Builds and loads the parts that follow runs. */
export async function buildFollowing() {
  await bundle("following");
  return importFollowing();
}

/** What `buildFollowing` built. */
export function importFollowing() {
  return import(pathToFileURL(fileOf("following")).href);
}

/** Builds and loads the parts that run sweeps. */
export async function buildSweeps() {
  await bundle("sweeps");
  return importSweeps();
}

/** What `buildSweeps` built. */
export function importSweeps() {
  return import(pathToFileURL(fileOf("sweeps")).href);
}

/** @param kind "native" or "wasm" @throws Error where it is not there */
export async function loadKernel(kind) {
  const { loadNativeKernel, loadWasmKernel } = await importLibrary();
  const kernel = kind === "wasm" ? loadWasmKernel() : loadNativeKernel();
  if ("missing" in kernel) {
    throw new Error(kernel.missing);
  }
  return kernel;
}
