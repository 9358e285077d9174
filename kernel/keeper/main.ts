import { randomBytes } from "node:crypto";
import { endingSignals } from "../../src/files/leftovers.js";
import { identityInName, processIdentity, thisProcess } from "../../src/files/processIdentity.js";
import { KernelClient } from "../client.js";
import { keeperProtocol } from "./contract.js";
import { makeKernelFolder, socketPath } from "./folder.js";
import { Keeper } from "./keeper.js";
import { OwnRecord } from "./ownRecord.js";
import { Questions } from "./questions.js";
import { kernelId, type KernelRecord, livingRecords, removeSocket } from "./record.js";
import { serve } from "./server.js";
import { type KeeperStart, keeperStartSchema, type KeeperStarted } from "./startContract.js";

/**
 * The keeper of one notebook's kernel: a process that starts the kernel, outlives the window that asked for it, and serves one
 * window at a time. The window hands over what to start by an IPC channel, gets the record, and closes the channel.
 */

const touchMilliseconds = 3_600_000;

process.once("message", (message) => void begin(keeperStartSchema.parse(message)));

async function begin(options: KeeperStart): Promise<void> {
  try {
    const started = await start(options);
    if (started) {
      // The window may have died while its kernel started: nothing has run in it.
      process.send!({ type: "started", record: started.record } satisfies KeeperStarted, (error) => error && started.abandon());
    } else {
      answerAndExit({ type: "exists" });
    }
  } catch (error) {
    answerAndExit({ type: "failed", message: (error as Error).message });
  }
}

function answerAndExit(answer: KeeperStarted): void {
  process.send!(answer, () => process.exit(1));
}

interface Started {
  readonly record: KernelRecord;
  /** Ends the kernel, which nobody is going to use. */
  abandon(): void;
}

/** @returns undefined when the notebook has got a kernel meanwhile */
async function start(options: KeeperStart): Promise<Started | undefined> {
  const folder = await makeKernelFolder();
  // Removes what killed keepers of other notebooks left, which nobody might look at for long.
  await livingRecords(folder);
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
  const record: KernelRecord = {
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
  const own = new OwnRecord(folder, record, options.scope);
  const leave = async (): Promise<never> => {
    await Promise.all([own.remove(), removeSocket(socket)]);
    process.exit();
  };
  // A notebook without a record can have another kernel while this one still writes the checkpoint of a training.
  const keeper = new Keeper(kernel, questions, options.idleSeconds, { onEnding: () => own.remove(), onOver: () => void leave() });
  endOnSignals(keeper);
  setInterval(() => void own.touch(), touchMilliseconds).unref();
  const giveUp = async (): Promise<void> => {
    await kernel.dispose();
    await removeSocket(socket);
  };
  try {
    await serve(keeper, { socket, token: record.token, onRename: (notebook) => own.rename(notebook) });
    if (await own.write()) {
      return { record, abandon: () => void keeper.end("kernel-stopped") };
    }
  } catch (error) {
    await giveUp();
    throw error;
  }
  await giveUp();
  return undefined;
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
