import { writeFile } from "node:fs/promises";
import { build } from "esbuild";

/** Writes the JSON Schemas that are made from the schemas in the source: `npm run schemas`. */
const made = {
  "report": { file: "src/hardware/report/reportSchema.ts", name: "reportJsonSchema" },
  "rom-manifest": { file: "src/hardware/rom/manifest.ts", name: "romManifestJsonSchema" },
};

const root = new URL("..", import.meta.url);

for (const [title, { file, name }] of Object.entries(made)) {
  const { outputFiles } = await build({
    absWorkingDir: root.pathname,
    stdin: { contents: `export { ${name} as schema } from "./${file}";`, resolveDir: root.pathname },
    bundle: true,
    platform: "node",
    format: "esm",
    loader: { ".v": "text", ".md": "text" },
    write: false,
  });
  const { schema } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  await writeFile(new URL(`docs/schemas/${title}.schema.json`, root), `${JSON.stringify(schema(), null, 2)}\n`);
}
