import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { stagingBeside } from "./staging.mjs";

/**
 * Fetches the Python packages that tests use as independent witnesses, once: for exported ONNX files ONNX's checker, ONNX Runtime
 * and the qonnx package; for the Jupyter kernel Jupyter's own client, its tests for kernels, nbconvert and papermill; for exported
 * runs TensorBoard, and MLflow without its servers. Each set goes
 * into a folder of its own (`pip install --target`), which needs no virtual environment and leaves the system's Python as it is.
 */

const onnxSet = ["onnx==1.23.2", "onnxruntime==1.32.0", "qonnx==1.0.0"];
const jupyterSet = ["jupyter_client==8.10.0", "jupyter_kernel_test==0.7.0", "nbconvert==7.17.2", "papermill==2.7.0"];
const trackerSet = ["tensorboard==2.21.0", "mlflow-skinny==3.17.2"];
const here = path.dirname(fileURLToPath(import.meta.url));

/** "cpython-311": what is compiled in the packages runs in no other. */
function pythonTag() {
  const { error, stdout } = spawnSync("python3", ["-c", "import sys; print(sys.implementation.cache_tag)"], { encoding: "utf8" });
  if (error !== undefined) {
    throw new Error(`python3 could not be run (${error.message}); install python3 and python3-pip`);
  }
  return stdout.trim();
}

function pip(target, packages) {
  return new Promise((resolve, reject) => {
    const args = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--target", target, ...packages];
    const child = spawn("python3", args, { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors = (errors + chunk).slice(-4000);
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`pip could not install ${packages.join(", ")}:\n${errors}`))));
  });
}

/** @returns the folder with the packages, which is whole or not there */
async function installed(packages) {
  const names = [pythonTag(), ...packages.map((name) => name.replace("==", "-"))];
  const folder = path.join(here, "../node_modules/.cache/tritloom", names.join("_"));
  if (!existsSync(folder)) {
    console.error(`Installing ${packages.join(", ")} into ${folder}, once ...`);
    const staging = await stagingBeside(folder);
    try {
      await pip(staging, packages);
      await rename(staging, folder);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      if (!existsSync(folder)) {
        throw error;
      }
    }
  }
  return folder;
}

/**
 * The folder of onnx, onnxruntime and qonnx to put on PYTHONPATH; about 210 MB.
 * @throws Error that says what is missing
 */
export function interopPackages() {
  return installed(onnxSet);
}

/**
 * The same of Jupyter's programs; about 30 MB.
 * @throws Error that says what is missing
 */
export function jupyterPackages() {
  return installed(jupyterSet);
}

/**
 * The same of the tools that read exported runs; about 200 MB.
 * @throws Error that says what is missing
 */
export function trackerPackages() {
  return installed(trackerSet);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await interopPackages();
  await jupyterPackages();
  await trackerPackages();
}
