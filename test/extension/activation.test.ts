import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder();

/** Sources that `require("dist/extension.js")` evaluates, not those that it imports later. */
async function sourcesOfActivation(): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: ["src/extension.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    splitting: true,
    external: ["vscode"],
    loader: { ".v": "text", ".md": "text" },
    outdir: "dist",
    write: false,
    metafile: true,
  });
  const files = new Set(["dist/extension.js"]);
  for (const file of files) {
    const imported = metafile.outputs[file]?.imports.filter(({ kind, external }) => kind === "import-statement" && !external) ?? [];
    imported.forEach(({ path }) => files.add(path));
  }
  return [...files].flatMap((file) => Object.keys(metafile.outputs[file]!.inputs));
}

test("activation loads no package and neither models, ROM formats nor runs' schemas: they come with their first use", async () => {
  const sources = await sourcesOfActivation();
  expect(sources).toEqual(expect.arrayContaining(["src/extension.ts", "src/extension/tritloom.ts"]));
  expect(sources.filter((source) => /node_modules|^src\/(api|data|rnn|hardware\/rom)\/|contract\.ts$/.test(source))).toEqual([]);
});

/** Loads the extension, then each chunk, and prints what was loaded and which chunks that are part of the extension's file are copies. */
const loading = `
const [extension, chunks] = process.argv.slice(1);
const { activate, deactivate, ...inside } = require(extension);
const loaded = Object.keys(require.cache).filter((file) => file !== extension && !file.endsWith("vscode.js"));
const wrong = Object.entries(inside).filter(([name, chunk]) => require(chunks + "/" + name.slice("chunk".length) + ".js") !== chunk);
console.log(JSON.stringify({ loaded, wrong: wrong.map(([name]) => name), inside: Object.keys(inside).length, activate: typeof activate }));
`;

test("the built extension starts from one file, whose parts the later files share", async () => {
  await build({ stdin: { contents: "module.exports = require('./test/extension/fakeVscode.js').fake;", resolveDir: "." }, bundle: true, platform: "node", format: "cjs", outfile: path.join(folder.path, "vscode.js") });
  const program = ["-e", loading, path.resolve("dist/extension.js"), path.resolve("dist/extension")];
  const { stdout } = await promisify(execFile)(process.execPath, program, { env: { ...process.env, NODE_PATH: folder.path } });
  const { inside, ...rest } = JSON.parse(stdout) as { inside: number };
  expect(inside).toBeGreaterThan(10);
  expect(rest).toEqual({ loaded: [], wrong: [], activate: "function" });
});
