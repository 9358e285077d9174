import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import ts from "typescript";
import { recordPackages } from "./licences.mjs";
import { separateLateModules } from "./lateTypes.mjs";
import { reachedDeclarations, writeOutInferred } from "./plainTypes.mjs";
import { mergeChainedOps, shorterDeclarations, unneeded } from "./shorterTypes.mjs";

/**
 * Writes the types with which the language server knows cells where nothing is installed: what "tritloom" exports, with its
 * docstrings, and of TensorFlow.js and Node the declarations that are reached. `lib/` are the compiler's own libraries.
 */

const emitted = "dist/types/emitted";
const packages = "dist/types/packages";

/** Fields of a package.json that say where a package's declarations are. */
const fieldsOfTypes = ["name", "version", "type", "main", "types", "typings", "exports"];

const bundler = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ESNext,
  lib: ["lib.esnext.d.ts"],
  types: ["node"],
  skipLibCheck: true,
};

/** Writes `dist/types`. */
export async function writeTypes() {
  await rm("dist/types", { recursive: true, force: true });
  emitApi();
  const index = `${emitted}/src/api/index.d.ts`;
  for (const [file, text] of writeOutInferred(index, bundler)) {
    await writeFile(file, text);
  }
  const own = reachedDeclarations(index, bundler);
  await Promise.all([...own].map(([file, text]) => writeFile(file, text)));
  const reached = ts.createProgram([index, "node_modules/@tensorflow/tfjs/dist/index.d.ts"], { ...bundler, strict: true, skipLibCheck: false, noEmit: true });
  // A name that leads nowhere would be `any` in cells.
  requireNone([...own.keys()].flatMap((file) => reached.getSemanticDiagnostics(reached.getSourceFile(file))));
  const files = reached.getSourceFiles().map(({ fileName }) => path.relative(process.cwd(), path.resolve(fileName)).replaceAll("\\", "/"));
  const foreign = files.filter((file) => file.startsWith("node_modules/") && !unneeded.test(file));
  for (const file of own.keys()) {
    await copy(file, `${packages}/tritloom/parts/${path.relative(emitted, file)}`);
  }
  await writeFile(`${packages}/tritloom/index.d.ts`, 'export * from "./parts/src/api/index.js";\n');
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  await writeJson(`${packages}/tritloom/package.json`, { name: "tritloom", version, type: "module", types: "./index.d.ts", exports: { ".": { types: "./index.d.ts" } } });
  const shortened = new Map(await Promise.all(foreign.map(async (file) => [placeOf(file), shorterDeclarations(file, await readFile(file, "utf8"))])));
  mergeChainedOps(shortened);
  separateLateModules(shortened);
  for (const [file, text] of shortened) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const folders = [...new Set(foreign.map((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)[0]))].sort();
  for (const folder of folders) {
    const manifest = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const kept = Object.fromEntries(fieldsOfTypes.filter((field) => field in manifest).map((field) => [field, manifest[field]]));
    await writeJson(placeOf(`${folder}/package.json`), kept);
  }
  await copyLibraries();
  await cp("scripts/types/globals.d.ts", "dist/types/globals.d.ts");
  await rm(emitted, { recursive: true });
  await recordPackages("types", [...folders, "node_modules/typescript"]);
}

/** Declarations of all that the API reaches; the type check is `npm run typecheck`'s. */
function emitApi() {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: ["src/api/index.ts"], include: [] }, ts.sys, ".");
  const emitting = { noEmit: false, noCheck: true, declaration: true, emitDeclarationOnly: true, outDir: emitted, rootDir: "." };
  const { diagnostics } = ts.createProgram(["src/api/index.ts"], { ...options, ...emitting }).emit();
  requireNone(diagnostics);
}

function requireNone(diagnostics) {
  if (diagnostics.length > 0) {
    throw new Error(ts.formatDiagnostics(diagnostics, { getCanonicalFileName: (file) => file, getCurrentDirectory: () => ".", getNewLine: () => "\n" }));
  }
}

function placeOf(file) {
  return `${packages}/${file.slice("node_modules/".length)}`;
}

async function copyLibraries() {
  const folder = "node_modules/typescript/lib";
  const libraries = (await readdir(folder)).filter((file) => /^lib\..*d\.ts$/.test(file));
  await Promise.all(libraries.map((file) => copy(`${folder}/${file}`, `dist/types/lib/${file}`)));
}

async function copy(from, to) {
  await mkdir(path.dirname(to), { recursive: true });
  await cp(from, to);
}

async function writeJson(file, value) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value));
}
