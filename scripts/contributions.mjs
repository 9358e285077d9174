import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

/** Writes the parts of package.json that are made from tables in the source: `npm run contributions`. */

const root = new URL("..", import.meta.url);
const file = new URL("package.json", root);
const manifest = JSON.parse(await readFile(file, "utf8"));
const { editorExtensions } = await fromSource('export { editorExtensions } from "./src/romFormats/editorExtensions.js";');

const { languages, customEditors } = manifest.contributes;
const { all, text } = editorExtensions();
languages[0].extensions = merged(languages[0].extensions, text.map((extension) => `.${extension}`));
const [pattern] = customEditors[0].selector;
pattern.filenamePattern = `*.{${merged(pattern.filenamePattern.slice(3, -1).split(","), all).join(",")}}`;
await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);

/** The wanted entries, those that are there already in their order. */
function merged(present, wanted) {
  return [...present.filter((entry) => wanted.includes(entry)), ...wanted.filter((entry) => !present.includes(entry))];
}

/** What a module of the source exports. */
async function fromSource(contents) {
  const { outputFiles } = await build({
    absWorkingDir: root.pathname,
    stdin: { contents, resolveDir: root.pathname, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
