import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { zipSync } from "fflate";

/**
 * Packs scripts/papermill/ as a Python wheel (https://packaging.python.org/en/latest/specifications/binary-distribution-format/),
 * which pip installs without building anything and without a network.
 */

const name = "tritloom_papermill";

/** A fixed time: the same sources make the same file. */
const packed = { mtime: new Date("2000-01-01T00:00:00") };

/** Writes the wheel into a folder. */
export async function writePapermillWheel(folder) {
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  const info = `${name}-${version}.dist-info`;
  const files = {
    [`${name}.py`]: await readFile(`scripts/papermill/${name}.py`, "utf8"),
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name.replace("_", "-")}\nVersion: ${version}\nSummary: Parameters in TypeScript for papermill\nLicense: MIT\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: tritloom\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/entry_points.txt`]: `[papermill.engine]\ntritloom = ${name}:Engine\n`,
  };
  const record = Object.entries(files).map(([file, text]) => `${file},sha256=${createHash("sha256").update(text).digest("base64url")},${Buffer.byteLength(text)}`);
  files[`${info}/RECORD`] = [...record, `${info}/RECORD,,`, ""].join("\n");
  const entries = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, [Buffer.from(text), packed]]));
  await writeFile(path.join(folder, `${name}-${version}-py3-none-any.whl`), zipSync(entries));
}
