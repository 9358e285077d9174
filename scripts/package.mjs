import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createVSIX } from "@vscode/vsce";
import { unzipSync, zipSync } from "fflate";
import { licencesName } from "./licences.mjs";
import { buildTargets, nativeTargets } from "./nativeTargets.mjs";
import { withPicturesInside, withWebLinks } from "./readme.mjs";

/**
 * `npm run package`: builds what is not built, packs tritloom-<version>.vsix and lists what is in it; needs no network.
 * With whatever native code is in dist/native: by default this machine's. `npm run package -- --all-platforms` compiles it
 * for every platform first, which is how a release is made.
 */

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

/** One file of each build target. */
const products = [
  "dist/extension.js",
  "dist/cli.js",
  "dist/kernel.js",
  "dist/kernel-keeper.js",
  "dist/language-server.js",
  "dist/types",
  "dist/api/tritloom.mjs",
  "dist/api/trial-worker.mjs",
  "dist/api/run-trainer.mjs",
  "dist/api/redis-engine.mjs",
  "dist/api/redis-worker.mjs",
  "dist/api/slurm-task.mjs",
  "dist/webview/curves.js",
  "dist/renderer.js",
  "dist/data",
  "dist/native",
  "dist/setup-tensorflow.mjs",
  "dist/typescript-plugin",
  "dist/jupyter",
  `dist/${licencesName}`,
];

function build() {
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

const mostBytes = 15e6;

/** VS Code's TypeScript server finds plugins in the extension's node_modules, where vsce puts nothing but what npm installed. */
async function typescriptPlugin() {
  const { name } = JSON.parse(await readFile("dist/typescript-plugin/package.json", "utf8"));
  const read = async (file) => [`extension/node_modules/${name}/${file}`, await readFile(`dist/typescript-plugin/${file}`)];
  return Object.fromEntries(await Promise.all(["package.json", "index.js"].map(read)));
}

/**
 * Copies what may ship into a folder, by the first names that .vscodeignore takes back. vsce matches every file below its folder with
 * every pattern, which takes most of a minute where the tests have installed their tools.
 */
async function stageFiles(folder) {
  const patterns = (await readFile(".vscodeignore", "utf8")).split("\n").filter((line) => line.startsWith("!"));
  const names = new Set([".vscodeignore", ...patterns.map((pattern) => pattern.slice(1).split("/")[0])]);
  await Promise.all([...names].map((name) => cp(name, path.join(folder, name), { recursive: true })));
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

if (!products.every((product) => existsSync(product))) {
  build();
}
if (process.argv.includes("--all-platforms")) {
  await buildTargets("dist/native", nativeTargets, console.log);
}
const { version, repository } = JSON.parse(await readFile("package.json", "utf8"));
const packagePath = `tritloom-${version}.vsix`;
await rm(packagePath, { force: true });
const readmePath = "dist/details.md";
await writeFile(readmePath, withWebLinks(await withPicturesInside(await readFile("README.md", "utf8"), "."), repository?.url.replace(/^git\+|\.git$/g, "")));
const staging = await mkdtemp(path.join(os.tmpdir(), "tritloom-vsix-"));
try {
  await stageFiles(staging);
  await createVSIX({
    cwd: staging,
    packagePath: path.resolve(packagePath),
    dependencies: false,
    allowMissingRepository: true,
    allowStarActivation: false,
    skipLicense: false,
    // The search for secrets takes most of a minute on minified bundles, all of them made from this repository.
    allowPackageAllSecrets: true,
    readmePath,
    // They are rewritten already; the documents travel in the VSIX, where *Tritloom: Open Guide* shows them.
    rewriteRelativeLinks: false,
  });
} finally {
  await rm(staging, { recursive: true });
}
const packed = { ...unzipSync(await readFile(packagePath)), ...(await typescriptPlugin()) };
await writeFile(packagePath, zipSync(packed, { level: 9 }));
for (const needed of ["LICENSE.txt", `dist/${licencesName}`]) {
  if (!(`extension/${needed}` in packed)) {
    console.error(`${packagePath} lacks ${needed}: see .vscodeignore`);
    process.exit(1);
  }
}
const { size } = await stat(packagePath);
console.log(`${packagePath}: ${megabytes(size)}`);
if (size > mostBytes) {
  console.error(`${packagePath} is larger than ${megabytes(mostBytes)}; the largest files are listed above`);
  process.exit(1);
}
