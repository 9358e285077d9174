import { spawn } from "node:child_process";
import * as z from "zod";

const failureSchema = z.object({ error: z.object({ message: z.string() }) });

export interface ProcessOptions {
  /** Ends the process; the answer is then undefined. */
  readonly signal: AbortSignal;
  /** What it tells while it works. */
  onMessage?(text: string): void;
}

/**
 * Runs a command of `tritloom` in a process of its own, so that the editor stays quick.
 * @param program dist/cli.js
 * @param args without `--json`
 * @returns the object that it printed, also when it says that something differs; undefined when it was stopped
 * @throws Error in the command's own words
 */
export async function runTritloom(program: string, args: readonly string[], { signal, onMessage }: ProcessOptions): Promise<unknown> {
  // VS Code's own program is Electron, which is a plain Node only when told so.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const child = spawn(process.execPath, [program, ...args, "--json"], { env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  // It removes what it was writing and ends what it has started. Windows has no signal that lets it: there a closed channel does.
  const stop = (): void => (process.platform === "win32" ? child.disconnect() : void child.kill("SIGTERM"));
  signal.addEventListener("abort", stop, { once: true });
  const output: string[] = [];
  child.stdout!.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => onMessage?.(text.trim()));
  try {
    await new Promise<void>((resolve, reject) => child.once("error", reject).once("close", () => resolve()));
    return signal.aborted ? undefined : answerIn(output.join(""));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The last line, which is one object. */
function answerIn(output: string): unknown {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  if (line === "") {
    throw new Error("The command ended without an answer.");
  }
  const answer: unknown = JSON.parse(line);
  const failure = failureSchema.safeParse(answer);
  if (failure.success) {
    throw new Error(failure.data.error.message);
  }
  return answer;
}
