import { randomBytes } from "node:crypto";
import { endingSignals } from "../../src/files/leftovers.js";
import { identityInName, processIdentity, thisProcess } from "../../src/files/processIdentity.js";
import { KernelClient } from "../client.js";
import { keeperProtocol, type NotebookName } from "./contract.js";
import { makeKernelFolder, socketPath } from "./folder.js";
import { Keeper } from "./keeper.js";
import { Questions } from "./questions.js";
import { kernelId, type KernelRecord, removeRecord, removeSocket, touchRecord, writeRecord } from "./record.js";
import { serve } from "./server.js";
import { type KeeperStart, keeperStartSchema, type KeeperStarted } from "./startContract.js";

/**
 * The keeper of one notebook's kernel: a process that starts the kernel, outlives the window that asked for it, and serves one
 * window at a time. The window hands over what to start by an IPC channel, gets the record, and closes the channel.
 */

const touchMilliseconds = 3_600_000;

process.once("message", (message) => {
  start(keeperStartSchema.parse(message)).then(answer, (error: Error) => answer({ type: "failed", message: error.message }));
});

function answer(started: KeeperStarted): void {
  process.send?.(started, () => {
    if (started.type !== "started") {
      process.exit(1);
    }
  });
}

async function start(options: KeeperStart): Promise<KeeperStarted> {
  const folder = await makeKernelFolder();
  const keeperIdentity = await thisProcess();
  const socket = socketPath(folder, identityInName(keeperIdentity));
  const questions = new Questions();
  const kernel = await KernelClient.start({
    cwd: options.folder,
    kernelPath: options.kernelPath,
    ...(options.notebook.path !== null && { notebookPath: options.notebook.path }),
    askUser: questions.ask,
    hostGone: "kernel-stopped",
  });
  let record: KernelRecord = {
    id: kernelId(options.notebook, options.scope),
    protocol: keeperProtocol,
    notebook: options.notebook,
    folder: options.folder,
    keeper: keeperIdentity,
    kernel: await processIdentity(kernel.pid),
    socket,
    token: randomBytes(32).toString("hex"),
    startedAt: Date.now(),
  };
  const leave = async (): Promise<never> => {
    await Promise.all([removeRecord(folder, record), removeSocket(socket)]);
    process.exit();
  };
  const rename = async (notebook: NotebookName): Promise<boolean> => {
    const renamed = { ...record, notebook, id: kernelId(notebook, options.scope) };
    if (renamed.id !== record.id) {
      if (!(await writeRecord(folder, renamed))) {
        return false;
      }
      await removeRecord(folder, record);
    }
    record = renamed;
    return true;
  };
  // A notebook without a record can have another kernel while this one still writes the checkpoint of a training.
  const keeper = new Keeper(kernel, questions, options.idleSeconds, { onEnding: () => removeRecord(folder, record), onOver: () => void leave() });
  endOnSignals(keeper);
  setInterval(() => void touchRecord(folder, record), touchMilliseconds).unref();
  try {
    await serve(keeper, { socket, token: record.token, onRename: rename });
    if (await writeRecord(folder, record)) {
      return { type: "started", record };
    }
    await kernel.dispose();
    await removeSocket(socket);
    return { type: "exists" };
  } catch (error) {
    await kernel.dispose();
    await removeSocket(socket);
    throw error;
  }
}

/** A terminal that is closed, as with a lost SSH connection, does not concern a kernel. */
function endOnSignals(keeper: Keeper): void {
  for (const signal of endingSignals) {
    process.on(signal, () => {
      if (signal === "SIGTERM") {
        void keeper.end("terminated");
      }
    });
  }
}

// The window that read it may be gone.
process.stderr.on("error", () => {});
