import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { withLeftover } from "../files/leftovers.js";
import { findProgram } from "./findProgram.js";

export interface ProcessEnd {
  readonly exitCode: number;
  /** Both streams together, in the order of printing as far as there is one. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** How to get the program when it is missing. */
  readonly remedy: string;
  /** Called with each line of its standard output as it arrives. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program to its end and collects what it prints. It is killed, with all that it has started, when this process ends.
 * @throws MissingToolError; the signal's reason when it is aborted, after the program has been killed
 */
export async function runProcess(program: string, args: readonly string[], { folder, signal, remedy, onLine }: ProcessOptions): Promise<ProcessEnd> {
  signal?.throwIfAborted();
  // Verilator starts make and compilers, Yosys starts ABC: a group of their own, so that all of them end together.
  const child = spawn(findProgram(program, `${remedy}.`), args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  if (onLine !== undefined) {
    createInterface(child.stdout).on("line", onLine);
  }
  const abort = (): void => killGroup(child.pid);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const end = await withLeftover(abort, () => untilEnd(child));
    signal?.throwIfAborted();
    return end;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function untilEnd(child: ChildProcess): Promise<ProcessEnd> {
  const parts: string[] = [];
  const collected = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => {
      parts.push(text);
      collected[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 1, output: parts.join(""), ...collected }));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}
