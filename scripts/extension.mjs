import { build } from "esbuild";
import { rm, writeFile } from "node:fs/promises";
import { bundle } from "./licences.mjs";

const entry = "dist/extension.js";
const chunks = "dist/extension";

/**
 * Bundles the extension. What is imported dynamically becomes a file of its own in dist/extension/; what activation needs is one
 * file, since each file costs about as much as the code in it. Only ES modules can be split, and VS Code loads CommonJS, so
 * all is translated afterwards.
 * @param node options of a program for Node.js
 * @param commonJs the same for one in CommonJS
 */
export async function buildExtension(node, commonJs) {
  // Chunks are named by what is in them: those of an earlier build would stay.
  await rm(chunks, { recursive: true, force: true });
  const split = { entryPoints: ["src/extension.ts"], chunkNames: "extension/[hash]", external: ["vscode"], splitting: true };
  const { outputs } = await bundle("extension", { ...node, ...split, outdir: "dist", format: "esm", minify: true });
  const translated = { ...commonJs, minify: true, allowOverwrite: true, supported: { "dynamic-import": false } };
  const atStart = importedAtStart(outputs);
  const later = Object.keys(outputs).filter((file) => file.endsWith(".js") && file !== entry && !atStart.includes(file));
  await build({ ...translated, ...withChunks(atStart), outfile: entry });
  await build({ ...translated, bundle: false, entryPoints: later, outdir: "dist", outbase: "dist" });
  for (const file of atStart) {
    await writeFile(file, `module.exports=require("../extension.js").${nameOf(file)};\n`);
    await rm(`${file}.map`);
  }
}

/** The chunks without which the entry does not run. */
function importedAtStart(outputs) {
  const reached = new Set([entry]);
  for (const file of reached) {
    const { imports } = outputs[file];
    imports.filter(({ kind, external }) => kind === "import-statement" && !external).forEach(({ path }) => reached.add(path));
  }
  return [...reached].filter((file) => file !== entry);
}

/** The entry with those chunks in it; it exports them too, for the chunks that are loaded later and share them. */
function withChunks(files) {
  const isInside = new Set(files.map((file) => file.slice(file.lastIndexOf("/") + 1)));
  const contents = [`export * from "./${entry}";`, ...files.map((file) => `export * as ${nameOf(file)} from "./${file}";`)].join("\n");
  const laterStaysOutside = {
    name: "later-stays-outside",
    setup: ({ onResolve }) => {
      onResolve({ filter: /^\.\.?\// }, ({ path, kind }) => {
        const name = path.slice(path.lastIndexOf("/") + 1);
        return kind === "dynamic-import" && !isInside.has(name) ? { path: `./extension/${name}`, external: true } : undefined;
      });
    },
  };
  return { stdin: { contents, resolveDir: "." }, external: ["vscode"], plugins: [laterStaysOutside] };
}

function nameOf(file) {
  return `chunk${file.slice(file.lastIndexOf("/") + 1, -".js".length)}`;
}
