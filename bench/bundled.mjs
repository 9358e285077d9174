import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

/** Parts of the product in programs of their own, for benches. */

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Bundles a module made of `contents`, whose imports start at the repository's root. */
export async function bundle(contents, outfile) {
  const stdin = { contents, resolveDir: root, loader: "ts" };
  const banner = { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" };
  await build({ stdin, bundle: true, platform: "node", format: "esm", outfile, banner, external: ["playwright-core", "esbuild"], logLevel: "warning" });
}

export async function importBundle(contents, outfile) {
  await bundle(contents, outfile);
  return import(pathToFileURL(outfile).href);
}

/** Runs a program that can collect its garbage. @returns the JSON value that it printed */
export async function runBundled(program, args) {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", program, ...args], { maxBuffer: 1e9 });
  return JSON.parse(stdout);
}

/** Drives a page of the extension in a real browser. */
export function importPages() {
  return importBundle('export * from "./test/webview/webviewPage.js";', join(root, "dist", "bench", "webviewPage.mjs"));
}
