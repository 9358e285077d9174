import { type ChildProcess, spawn } from "node:child_process";
import { KernelStartError } from "../client.js";
import type { KernelRecord } from "./record.js";
import { type KeeperStart, keeperStartedSchema, type KeeperStarted } from "./startContract.js";

export interface KeeperOptions extends KeeperStart {
  /** The keeper's bundle, `dist/kernel-keeper.js`. */
  readonly keeperPath: string;
  /** The Node that runs keeper and kernel; by default this process's own. */
  readonly nodePath?: string;
  readonly env?: Record<string, string>;
}

/** Longer than a kernel may take to start. */
const startMilliseconds = 40_000;

/**
 * Starts a kernel with its keeper, which outlive this process.
 * @returns the record by which to attach to it; undefined when the notebook has got a kernel from elsewhere meanwhile
 * @throws KernelStartError with what the process said, when it does not become a kernel
 */
export async function startKeeper({ keeperPath, nodePath, env, ...start }: KeeperOptions): Promise<KernelRecord | undefined> {
  const child = spawn(nodePath ?? process.execPath, [keeperPath], {
    env: { ...process.env, ...env },
    // A session of its own: it is not in the terminal or the process group of whoever started it.
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    windowsHide: true,
  });
  let said = "";
  child.stderr!.on("data", (bytes: Buffer) => (said += bytes.toString()));
  try {
    const started = await untilStarted(child, start);
    if (started.type === "failed") {
      throw new KernelStartError(started.message);
    }
    return started.type === "started" ? started.record : undefined;
  } catch (error) {
    child.kill("SIGKILL");
    throw new KernelStartError(`${(error as Error).message}${said && `\n${said}`}`, { cause: error });
  } finally {
    letGo(child);
  }
}

function untilStarted(child: ChildProcess, start: KeeperStart): Promise<KeeperStarted> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new KernelStartError(reason));
    const timer = setTimeout(() => fail(`The kernel did not start within ${startMilliseconds / 1000} s.`), startMilliseconds);
    child.once("error", (error) => fail(`The kernel could not be started: ${error.message}`));
    child.once("exit", (code, signal) => fail(`The kernel's keeper ended while starting (${signal ?? `exit code ${code}`}).`));
    child.once("message", (message) => {
      const parsed = keeperStartedSchema.safeParse(message);
      if (parsed.success) {
        resolve(parsed.data);
      } else {
        fail(`The kernel's keeper did not answer as expected: ${JSON.stringify(message)}`);
      }
    });
    child.once("exit", () => clearTimeout(timer));
    child.once("message", () => clearTimeout(timer));
    child.send(start, () => {});
  });
}

/** From here on it lives without this process. */
function letGo(child: ChildProcess): void {
  child.removeAllListeners("exit");
  child.removeAllListeners("message");
  child.removeAllListeners("error");
  child.on("error", () => {});
  if (child.connected) {
    child.disconnect();
  }
  child.stderr!.destroy();
  child.unref();
}
