import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Fetches the Python packages that the tests of exported ONNX files use as independent witnesses, once: ONNX's checker, ONNX
 * Runtime and the qonnx package. They go into a folder of their own (`pip install --target`), which needs no virtual
 * environment and leaves the system's Python as it is.
 */

const packages = ["onnx==1.23.2", "onnxruntime==1.32.0", "qonnx==1.0.0"];
const here = path.dirname(fileURLToPath(import.meta.url));

/** "cpython-311": what is compiled in the packages runs in no other. */
function pythonTag() {
  const { error, stdout } = spawnSync("python3", ["-c", "import sys; print(sys.implementation.cache_tag)"], { encoding: "utf8" });
  if (error !== undefined) {
    throw new Error(`python3 could not be run (${error.message}); install python3 and python3-pip`);
  }
  return stdout.trim();
}

function pip(target) {
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

/**
 * The folder to put on PYTHONPATH; whole or not at all, about 210 MB.
 * @throws Error that says what is missing
 */
export async function interopPackages() {
  const names = [pythonTag(), ...packages.map((name) => name.replace("==", "-"))];
  const folder = path.join(here, "../node_modules/.cache/tritloom", names.join("_"));
  if (!existsSync(folder)) {
    console.error(`Installing ${packages.join(", ")} into ${folder}, once ...`);
    await mkdir(path.dirname(folder), { recursive: true });
    const staging = await mkdtemp(`${folder}.partial-`);
    try {
      await pip(staging);
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await interopPackages();
}
