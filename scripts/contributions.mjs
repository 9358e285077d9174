import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

/** `npm run contributions` writes what package.json contributes by tables of the code: commands, menus, activation events, endings of ROM files. */

const { outputFiles } = await build({
  entryPoints: ["src/extension/contributions.ts"],
  bundle: true,
  write: false,
  platform: "node",
  format: "esm",
  // Handlers are loaded at their first call, which does not come here.
  plugins: [{ name: "no-handlers", setup: ({ onResolve }) => onResolve({ filter: /./ }, ({ kind }) => (kind === "dynamic-import" ? { external: true } : undefined)) }],
});
const { contributions, romExtensions } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
const manifest = JSON.parse(await readFile("package.json", "utf8"));
const { activationEvents, ...contributed } = contributions;
Object.assign(manifest, { activationEvents });
Object.assign(manifest.contributes, contributed);

const { languages, customEditors } = manifest.contributes;
languages[0].extensions = merged(languages[0].extensions, romExtensions.text.map((extension) => `.${extension}`));
const [pattern] = customEditors[0].selector;
pattern.filenamePattern = `*.{${merged(pattern.filenamePattern.slice(3, -1).split(","), romExtensions.all).join(",")}}`;
await writeFile("package.json", `${JSON.stringify(manifest, null, 2)}\n`);

/** The wanted entries, those that are there already in their order. */
function merged(present, wanted) {
  return [...present.filter((entry) => wanted.includes(entry)), ...wanted.filter((entry) => !present.includes(entry))];
}
