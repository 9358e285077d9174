import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { findProgram } from "../findProgram.js";

/** A program did not do what it was asked for; the message is what it said. */
export class ToolError extends Error {
  override readonly name: string = "ToolError";
}

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** What to tell when the program is not there. */
  readonly remedy: string;
}

/**
 * Runs a program without a shell.
 * @returns what it wrote to both outputs
 * @throws MissingToolError when it is not on PATH, ToolError when it fails, the signal's reason when that is aborted
 */
export async function runProgram({ program, args, cwd, signal, remedy }: ProgramRun): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(findProgram(program, remedy), args, { cwd, signal, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) {
        resolve(output);
      } else if (error.name === "AbortError") {
        reject(error);
      } else {
        reject(new ToolError(`${program} failed: ${faultOf(output) ?? error.message}`, { cause: error }));
      }
    });
  });
}

/** The line in which a tool names its fault, else the last one. */
export function faultOf(output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1);
}

/**
 * Does something in a temporary folder of these files, and removes it.
 * @param files texts by their path in the folder
 */
export async function inTemporaryFolder<Result>(files: ReadonlyMap<string, string>, work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), "tritloom-report-"));
  try {
    for (const [name, text] of files) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files that a tool wrote, by their names. */
export async function readOutputs(folder: string, names: readonly string[]): Promise<Map<string, string>> {
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
  return new Map(names.map((name, index) => [name, texts[index]!]));
}
