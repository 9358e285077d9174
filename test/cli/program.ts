import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The command line as it ships, with the library that it trains with. */
export const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

for (const bundle of [program, fileURLToPath(new URL("../../dist/api/tritloom.mjs", import.meta.url))]) {
  if (!existsSync(bundle)) {
    throw new Error(`There is no ${bundle}: run \`node scripts/build.mjs cli api\` first.`);
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder. */
export async function tritloomIn(cwd: string, args: readonly string[]): Promise<Ended> {
  const env = { ...process.env };
  delete env.TRITLOOM_RUNS;
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

/** The last line on standard output, which has to be JSON. */
export const reported = ({ stdout }: Ended) => JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
