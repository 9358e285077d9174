import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Seen from a bundle of the library, from the command line's bundle, and from this source file. */
const folders = ["./", "./api/", "../../dist/api/"];

/**
 * A program that comes with the library, to be run in a process of its own.
 * @throws Error where the product was copied without it
 */
export function ownProgram(name: "trial-worker" | "run-trainer" | "training" | "redis-engine" | "redis-worker" | "slurm-task"): string {
  const places = folders.map((folder) => fileURLToPath(new URL(`${folder}${name}.mjs`, import.meta.url)));
  const found = places.find((file) => existsSync(file));
  if (found === undefined) {
    throw new Error(`${name}.mjs is not beside the program: run \`npm run build\`, or install Tritloom again.`);
  }
  return found;
}
