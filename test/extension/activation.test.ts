import { build } from "esbuild";
import { expect, test } from "vitest";

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
