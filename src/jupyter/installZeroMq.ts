import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../files/makeFolder.js";
import { runProgram } from "../programs/runProgram.js";
import { withTemporary } from "../files/temporary.js";
import { findZeroMq, loadZeroMq, ZeroMqError, zeroMqFolder } from "./zeroMq.js";

const recipe = ["package.json", "package-lock.json"];

/**
 * Fetches ZeroMQ from npm unless it is there and loads: whole or not at all, in the versions and with the checksums of its lockfile.
 * The package's own install script is not run: it compiles where no binary fits, and those that fit are in the package.
 * @param recipeFolder with package.json and package-lock.json
 * @param onProgress told before something takes long
 * @returns the path of the package's main file
 * @throws ZeroMqError, MissingToolError without npm
 */
export async function installZeroMq(recipeFolder: string, onProgress: (text: string) => void): Promise<string> {
  if (!loads()) {
    const folder = zeroMqFolder();
    onProgress(`Downloading ZeroMQ, over which Jupyter talks to kernels, from npm into ${folder} (13 MB; 41 MB on disk).`);
    await install(recipeFolder, folder);
  }
  loadZeroMq();
  return findZeroMq()!;
}

function loads(): boolean {
  try {
    loadZeroMq();
    return true;
  } catch {
    return false;
  }
}

async function install(recipeFolder: string, folder: string): Promise<void> {
  await makeFolder(path.dirname(folder));
  const staging = await mkdtemp(`${folder}.partial-`);
  await withTemporary(staging, async () => {
    try {
      for (const file of recipe) {
        await cp(path.join(recipeFolder, file), path.join(staging, file));
      }
      await runProgram({ ...npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]), cwd: staging });
      await rm(folder, { recursive: true, force: true });
      await rename(staging, folder);
    } catch (error) {
      throw new ZeroMqError(`ZeroMQ could not be installed into ${folder}: ${(error as Error).message}`, { cause: error });
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
}

/** Windows starts npm by a script, which would need a shell: there its program is run by Node. */
function npm(args: readonly string[]): { program: string; args: readonly string[]; remedy: string } {
  const remedy = "Install Node with npm from nodejs.org, or run `npm install zeromq@6.8.0` in the folder of the package tritloom.";
  return process.platform === "win32"
    ? { program: process.execPath, args: [path.join(path.dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js"), ...args], remedy }
    : { program: "npm", args, remedy };
}
