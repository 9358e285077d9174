import { createInterface } from "node:readline";
import { claimOwnership } from "../../src/runs/owner.js";

/** A process that claims each run it is told of, `{"dir": …, "at": …}` a line, at that time of the clock, and tells whether it won. */
for await (const line of createInterface({ input: process.stdin })) {
  const { dir, at } = JSON.parse(line) as { dir: string; at: number };
  while (Date.now() < at) {
    // All start in the same millisecond.
  }
  process.stdout.write(`${await claimOwnership(dir)}\n`);
}
