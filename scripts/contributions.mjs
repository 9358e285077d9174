import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

/** `npm run contributions` writes what package.json contributes by tables of the code: commands, menus, activation events. */

const { outputFiles } = await build({
  entryPoints: ["src/extension/contributions.ts"],
  bundle: true,
  write: false,
  platform: "node",
  format: "esm",
  // Handlers are loaded at their first call, which does not come here.
  plugins: [{ name: "no-handlers", setup: ({ onResolve }) => onResolve({ filter: /./ }, ({ kind }) => (kind === "dynamic-import" ? { external: true } : undefined)) }],
});
const { contributions } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
const manifest = JSON.parse(await readFile("package.json", "utf8"));
const { activationEvents, ...contributed } = contributions;
Object.assign(manifest, { activationEvents });
Object.assign(manifest.contributes, contributed);
await writeFile("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
