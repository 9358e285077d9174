import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { findProgram } from "../findProgram.js";

export interface ProcessEnd {
  readonly exitCode: number;
  readonly output: string;
}

export interface ProcessOptions {
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** How to get the program when it is missing. */
  readonly remedy: string;
  /** Told each line of its standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program to its end and collects what it prints, both streams together.
 * @throws MissingToolError; the signal's reason when it is aborted, after the program has been killed
 */
export function runProcess(program: string, args: readonly string[], { folder, signal, remedy, onLine }: ProcessOptions): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(findProgram(program, `${remedy}.`), args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: process.platform !== "win32" });
    const parts: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => parts.push(text));
    if (onLine !== undefined) {
      createInterface(child.stdout).on("line", onLine);
    }
    child.stderr.setEncoding("utf8").on("data", (text: string) => parts.push(text));
    const abort = (): void => killGroup(child.pid);
    signal?.addEventListener("abort", abort, { once: true });
    child.on("error", (error) => {
      signal?.removeEventListener("abort", abort);
      reject(error);
    });
    child.on("close", (code) => {
      signal?.removeEventListener("abort", abort);
      if (signal?.aborted) {
        reject(signal.reason as Error);
      } else {
        resolve({ exitCode: code ?? 1, output: parts.join("") });
      }
    });
  });
}

/** Verilator starts make and compilers: all of them end together. */
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
