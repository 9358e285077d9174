import type ts from "typescript";

/** The compiler is several megabytes: it is loaded when the first cell is compiled, not when the kernel starts. */
let loaded: typeof ts | undefined;
/** The TypeScript compiler, loaded by the first call. */
export function typescript(): typeof ts {
  // A synchronous, lazy load is what makes the kernel answer "ready" early; a bundler turns this into a local call.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require("typescript") as typeof ts;
  return loaded;
}
