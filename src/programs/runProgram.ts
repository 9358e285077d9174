import { readFile } from "node:fs/promises";
import path from "node:path";
import { inTemporaryFolder as inNewFolder } from "../files/temporary.js";
import { runProcess } from "./process.js";
import { writeFiles } from "../files/writeFiles.js";

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
  const { exitCode, stdout, stderr } = await runProcess(program, args, { folder: cwd, signal, remedy: remedy.replace(/\.$/, "") });
  const output = `${stdout}${stderr}`;
  if (exitCode !== 0) {
    throw new ToolError(`${program} failed: ${faultOf(output) ?? `exit code ${exitCode}`}`);
  }
  return output;
}

/** The line in which a tool names its fault, else the last one. */
export function faultOf(output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1);
}

/**
 * Does something in a temporary folder of these files, which is gone when the work has ended, however it ends.
 * @param files texts by their path in the folder
 */
export async function inTemporaryFolder<Result>(files: ReadonlyMap<string, string>, work: (folder: string) => Promise<Result>): Promise<Result> {
  return inNewFolder("report", async (folder) => {
    await writeFiles(folder, files);
    return work(folder);
  });
}

/** The files that a tool wrote, by their names. */
export async function readOutputs(folder: string, names: readonly string[]): Promise<Map<string, string>> {
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
  return new Map(names.map((name, index) => [name, texts[index]!]));
}
