import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";

/**
 * `npm run fuzz` reads 100,000 wrong files of every kind that Tritloom reads, each within limits of time and memory. Options:
 * `--count N`, `--seed N`, `--target NAME`, `--seconds N`, `--mebibytes N`; `--write FILE` writes the case of a seed instead.
 */
const program = "test/fuzz/.main.mjs";
await build({
  entryPoints: ["test/fuzz/main.ts"],
  bundle: true,
  platform: "node",
  format: "esm",
  loader: { ".v": "text", ".md": "text" },
  external: ["esbuild"],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  outfile: program,
  logLevel: "error",
});
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: "inherit" });
await rm(program, { force: true });
process.exit(status ?? 1);
