import path from "node:path";
import { type AskUser, KernelClient } from "../../kernel/client.js";
import { Channels } from "./channels.js";
import { livingAssistant } from "./codeAssistant.js";
import { type Connection, endpoint, readConnection } from "./connection.js";
import { KernelBridge } from "./kernelBridge.js";
import { UserInput } from "./userInput.js";
import { watchParent } from "./parentProcess.js";
import { typedAssistant } from "./typedAssistant.js";
import { loadZeroMq } from "./zeroMq.js";

/** The sockets cannot listen where the connection file says. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * The program that a kernelspec names: serves Jupyter's clients with a kernel process of its own, until one of them asks it
 * to end, or the kernel's process or the process that started this one is gone.
 * @param kernelPath the kernel's bundle
 * @returns the exit code
 * @throws ConnectionFileError, ZeroMqError, ListenError, KernelStartError
 */
export async function serveKernel(connectionFile: string, kernelPath: string): Promise<number> {
  const connection = await readConnection(connectionFile);
  const channels = new Channels(loadZeroMq(), connection, note);
  let bridge: KernelBridge | undefined;
  const input = new UserInput(channels, () => (bridge?.runningRequest?.content["allow_stdin"] === false ? undefined : bridge?.runningRequest));
  try {
    await bind(channels, connection);
    const kernel = await startKernel(kernelPath, input.ask);
    // Loaded here, since no other command of the program needs the protocol.
    const { CellsServer } = await import("./cellsServer.js");
    const server = new CellsServer(path.join(path.dirname(kernelPath), "language-server.js"), notebookHere() ?? path.resolve("notebook.ipynb"));
    const exitCode = await new Promise<number>((resolve) => {
      // A terminal's Ctrl+C reaches every program in it; clients interrupt by a message.
      process.on("SIGINT", () => kernel.interrupt());
      process.on("SIGTERM", () => resolve(0));
      process.on("SIGHUP", () => resolve(0));
      watchParent(() => resolve(0));
      bridge = new KernelBridge({ kernel, channels, assistant: typedAssistant(livingAssistant(kernel), server), input, onEnd: resolve });
      bridge.start();
    });
    server.dispose();
    await kernel.dispose();
    return exitCode;
  } finally {
    await channels.close();
  }
}

function startKernel(kernelPath: string, askUser: AskUser): Promise<KernelClient> {
  const notebookPath = notebookHere();
  const place = notebookPath === undefined ? {} : { notebookPath };
  return KernelClient.start({ cwd: process.cwd(), kernelPath, hostGone: "kernel-stopped", askUser, ...place });
}

async function bind(channels: Channels, connection: Connection): Promise<void> {
  try {
    await channels.bind();
  } catch (error) {
    const places = endpoint(connection, connection.shell_port);
    throw new ListenError(`The kernel cannot listen where its connection file says (${places} and its other ports): ${(error as Error).message}. Start it anew.`, { cause: error });
  }
}

/** Jupyter's server names the notebook for which it starts a kernel; other clients name nothing or something else. */
function notebookHere(): string | undefined {
  const session = process.env["JPY_SESSION_NAME"];
  return session?.endsWith(".ipynb") && path.isAbsolute(session) ? session : undefined;
}

function note(text: string): void {
  process.stderr.write(`tritloom jupyter kernel: ${text}\n`);
}
