import net, { type Socket } from "node:net";
import { basename } from "node:path";
import { processLives } from "../../src/files/processIdentity.js";
import type { InterruptReason } from "../../src/runs/contract.js";
import { type FromKeeper, fromKeeperSchema, type Greeting, keeperProtocol, type NotebookName, type Outlook } from "./contract.js";
import { JsonLines, sendLine } from "./jsonLines.js";
import { holdMilliseconds } from "../interruptState.js";
import { kernelFolder } from "./folder.js";
import { type KernelRecord, removeRecord, removeSocket } from "./record.js";

type Refusal = Extract<FromKeeper, { type: "refused" }>;

/** A living kernel cannot be used from here. The message says why, and what to do. */
export class KernelRefusedError extends Error {
  override readonly name = "KernelRefusedError";

  /** @param by who is attached, where that is the reason */
  constructor(
    readonly reason: Refusal["reason"] | "silent",
    message: string,
    readonly by?: string,
  ) {
    super(message);
  }
}

/** A busy machine may let a process wait; the keeper itself never works for long. */
export const answerMilliseconds = 10_000;
/** A training may write its checkpoint. */
const endMilliseconds = holdMilliseconds + 5_000;
/** The process itself ends after its socket. */
const lastMilliseconds = 5_000;

type Words<T> = T extends unknown ? Omit<T, "token" | "protocol"> : never;

/**
 * Connects to a keeper and greets it.
 * @param on what comes; `close` is called once, with a reason in words that follow a colon, and nothing after it
 */
export function connect(record: KernelRecord, words: Words<Greeting>, on: { message(message: FromKeeper): void; close(reason: string): void }): Socket {
  const socket = net.connect(record.socket);
  let isClosed = false;
  const close = (reason: string): void => {
    if (!isClosed) {
      isClosed = true;
      socket.destroy();
      on.close(reason);
    }
  };
  const receive = (value: unknown): void => {
    const message = fromKeeperSchema.safeParse(value);
    if (!message.success) {
      close(`it sent what is none of protocol ${keeperProtocol}, ${message.error.message}`);
    } else if (!isClosed) {
      on.message(message.data);
    }
  };
  const lines = new JsonLines(receive, close);
  socket.on("data", (bytes: Buffer) => lines.receive(bytes));
  socket.on("error", (error) => close(error.message));
  socket.on("close", () => close("the connection was closed"));
  sendLine(socket, { ...words, protocol: keeperProtocol, token: record.token });
  return socket;
}

/** The kernel as it is now. @throws KernelRefusedError */
export async function lookAt(record: KernelRecord): Promise<Outlook> {
  const answer = await ask(record, { type: "look" });
  if (answer.type !== "outlook") {
    throw refusal(record, answer);
  }
  return answer.outlook;
}

/** Tells a kernel that its notebook has another name now. @throws KernelRefusedError, also when one of that name has a kernel */
export async function renameNotebook(record: KernelRecord, notebook: NotebookName): Promise<void> {
  const answer = await ask(record, { type: "rename", notebook });
  if (answer.type !== "renamed") {
    throw refusal(record, answer);
  }
}

/**
 * Ends a kernel of any version, a training in it after its checkpoint; resolves when it is gone, and its notebook can have
 * another one. One that does not listen is killed.
 */
export async function endKernel(record: KernelRecord, why: InterruptReason = "kernel-stopped"): Promise<void> {
  const socket = connect(record, { type: "end", why }, { message: () => {}, close: () => {} });
  const timer = setTimeout(() => socket.destroy(), endMilliseconds);
  await new Promise((resolve) => socket.once("close", resolve));
  clearTimeout(timer);
  if (!(await endsWithin(record, lastMilliseconds))) {
    kill(record.keeper.pid);
    await endsWithin(record, lastMilliseconds);
  }
  await removeRecord(kernelFolder(), record);
  await removeSocket(record.socket);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

async function endsWithin({ keeper }: KernelRecord, milliseconds: number): Promise<boolean> {
  for (const until = performance.now() + milliseconds; performance.now() < until; ) {
    // Undefined on platforms where nobody can tell whether it is the same process.
    if ((await processLives(keeper)) !== true) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

function ask(record: KernelRecord, words: Words<Greeting>): Promise<FromKeeper> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(silence(record, reason));
    const socket = connect(record, words, {
      message: (message) => {
        clearTimeout(timer);
        resolve(message);
        socket.end();
      },
      close: (reason) => {
        clearTimeout(timer);
        fail(reason);
      },
    });
    const timer = setTimeout(() => {
      fail(`nothing came within ${answerMilliseconds / 1000} s`);
      socket.destroy();
    }, answerMilliseconds);
  });
}

/** The error for a kernel from which no answer comes. */
export function silence(record: KernelRecord, reason: string): KernelRefusedError {
  return new KernelRefusedError("silent", `The kernel of ${nameOf(record)} does not answer: ${reason}.`);
}

/** The error for an answer that is not what was asked for. */
export function refusal(record: KernelRecord, answer: FromKeeper): KernelRefusedError {
  const name = nameOf(record);
  if (answer.type !== "refused") {
    return silence(record, `it answered with "${answer.type}"`);
  }
  switch (answer.reason) {
    case "attached":
      return new KernelRefusedError("attached", `The kernel of ${name} is attached to ${answer.by ?? "another window"}.`, answer.by);
    case "protocol":
      return new KernelRefusedError(
        "protocol",
        `The kernel of ${name} belongs to another version of Tritloom (protocol ${answer.protocol}; this one speaks ${keeperProtocol}). End it, or go on with that version.`,
      );
    case "failed":
      return new KernelRefusedError("failed", `The kernel of ${name} could not do it. ${answer.problem ?? ""}`);
    case "token":
      return new KernelRefusedError("token", `The kernel of ${name} does not know the token of its record ${record.id}.`);
    case "unknown":
      return new KernelRefusedError("unknown", `The kernel of ${name} does not understand this version of Tritloom. End it, or go on with the version that started it.`);
  }
}

/** The notebook's file name, for people. */
export function nameOf({ notebook }: Pick<KernelRecord, "notebook">): string {
  return basename(notebook.path ?? notebook.uri.replace(/^untitled:/, ""));
}
