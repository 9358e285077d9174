import { createInterface } from "node:readline";
import { printableLines } from "../text/printable.js";

/** Whether a person sits there who can be asked. */
export function isAtTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks the person at the terminal. Anything but "y" or "yes" is a no, also the end of the input. */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    process.stderr.write(`${printableLines(question)} [y/N] `);
    const answer = await new Promise<string>((resolve) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(""));
    });
    return /^\s*y(?:es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
