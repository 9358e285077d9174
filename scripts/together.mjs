import { spawn } from "node:child_process";

/**
 * Runs a program. What it prints appears on stderr at once when it has ended: others may print at the same time.
 * @throws Error with the command line when it fails
 */
export async function runQuietly(command, ...args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  const printed = [];
  child.stdout.on("data", (chunk) => printed.push(chunk));
  child.stderr.on("data", (chunk) => printed.push(chunk));
  const fault = await new Promise((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, signal) => resolve(code === 0 ? undefined : `exit code ${code ?? signal}`));
  });
  process.stderr.write(Buffer.concat(printed));
  if (fault !== undefined) {
    throw new Error(`${[command, ...args].join(" ")} failed: ${fault}`);
  }
}

/**
 * Waits for all steps, whichever fail, so that a reader learns of all mistakes at once.
 * @returns {Promise<string[]>} a line for each failure, once, however many steps waited for it
 */
export async function failuresOf(steps) {
  const endings = await Promise.allSettled(steps);
  return [...new Set(endings.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message))];
}
