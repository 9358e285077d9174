import { spawnSync } from "node:child_process";

export interface ToolResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program and returns how it ended. @throws when it is not installed */
export function runTool(program: string, args: readonly string[], options: { cwd: string; input?: string }): ToolResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) {
    throw new Error(`${program} could not be run (${error.message}); install what scripts/tools.mjs lists.`);
  }
  return { status, stdout, stderr };
}

/** The same for a program that must succeed. */
export function runToSuccess(program: string, args: readonly string[], options: { cwd: string; input?: string }): ToolResult {
  const result = runTool(program, args, options);
  if (result.status !== 0) {
    throw new Error(`${program} ${args.join(" ")} ended with ${result.status}:\n${result.stdout}${result.stderr}`);
  }
  return result;
}
