import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { jupyterPackages } from "../../scripts/setup-interop.mjs";
import { type Ended, program } from "../cli/program.js";

/** Jupyter of PyPI with a data directory of its own, in which the kernelspec of this program is installed. */
export interface Jupyter {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  python(args: readonly string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<Ended>;
  tritloom(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Runs Node. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string): Promise<Ended>;
  remove(): Promise<void>;
}

export async function prepareJupyter(): Promise<Jupyter> {
  const folder = await mkdtemp(path.join(tmpdir(), "tritloom-jupyter-test-"));
  const packages = await jupyterPackages();
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PYTHONPATH: packages,
    // Where nbconvert's templates are.
    JUPYTER_PATH: path.join(packages, "share/jupyter"),
    PYTHONDONTWRITEBYTECODE: "1",
    JUPYTER_DATA_DIR: path.join(folder, "data"),
    JUPYTER_RUNTIME_DIR: path.join(folder, "runtime"),
    JUPYTER_CONFIG_DIR: path.join(folder, "config"),
    IPYTHONDIR: path.join(folder, "ipython"),
    TRITLOOM_RUNS: path.join(folder, "runs"),
  };
  const run = async (command: string, args: readonly string[], { cwd = folder, env: own = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> => {
    const child = spawn(command, args, { cwd, env: { ...env, ...own }, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code: child.exitCode, stdout, stderr };
  };
  return {
    folder,
    env,
    python: (args, options) => run("python3", args, options),
    tritloom: (args, own = {}) => run(process.execPath, [program, ...args], { env: own }),
    run: (args, own = {}, cwd = folder) => run(process.execPath, args, { env: own, cwd }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
