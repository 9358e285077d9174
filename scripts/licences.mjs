import { build } from "esbuild";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * What is bundled is distributed, and its licences ask for their texts. Each build target records the packages that esbuild
 * put into its files; the texts of all of them go into one file of the VSIX and the package. A text that is missing, or a
 * licence that is not allowed, ends the build with the package's name.
 */

const here = path.dirname(fileURLToPath(import.meta.url));

/** SPDX identifiers of licences under which a package may be bundled. */
const allowed = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "Unlicense", "BlueOak-1.0.0", "CC0-1.0"]);

/** Packages published without the text that lies in their repository: files of scripts/licences. */
const supplied = {
  ...Object.fromEntries(["element", "foundation", "web-utilities"].map((name) => [`@microsoft/fast-${name}`, ["fast.txt"]])),
  ...Object.fromEntries(
    ["", "-backend-cpu", "-backend-wasm", "-backend-webgl", "-converter", "-core", "-data"].map((name) => [
      `@tensorflow/tfjs${name}`,
      ["tfjs.txt", "Apache-2.0.txt"],
    ]),
  ),
  "@tensorflow/tfjs-layers": ["tfjs-layers.txt", "Apache-2.0.txt"],
  tr46: ["tr46.txt"],
};

export const licencesName = "THIRD_PARTY_LICENSES.txt";
const recordsFolder = "licences";

/** Every record that a whole build makes. */
const wholeBuild = ["api", "api-wasm", "cli", "data", "extension", "kernel", "languageServer", "native", "renderer", "types", "webview"];

/** A package that may not be distributed as it is; the message names it and the remedy. */
export class LicenceError extends Error {
  name = "LicenceError";
}

/** The folders of the packages of which something is in the files that esbuild wrote. */
export function packagesIn({ outputs }) {
  const inputs = Object.values(outputs).flatMap(({ inputs: parts }) => Object.entries(parts));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => packageOf(file));
  return [...new Set(bundled.filter((folder) => folder !== undefined))].sort();
}

function packageOf(file) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll("\\", "/"))?.[0];
}

/** Whether a package.json's licence allows to bundle: one of the alternatives of `OR`, all parts of `AND`. */
export function isAllowed(expression) {
  const plain = String(expression).replace(/[()]/g, "");
  return plain.split(" OR ").some((alternative) => alternative.split(" AND ").every((part) => allowed.has(part.trim())));
}

/**
 * Name, version, licence and its text of the package in a folder.
 * @throws LicenceError
 */
export async function licenceOf(folder) {
  const { name, version, license, licenses } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const licence = license?.type ?? license ?? licenses?.map(({ type }) => type).join(" OR ");
  if (!isAllowed(licence)) {
    const known = [...allowed].join(", ");
    throw new LicenceError(`${name} ${version} is bundled under the licence ${licence ?? "(none)"}; allowed are ${known}. Do without the package.`);
  }
  const text = (await ownText(folder)) ?? (await suppliedText(name));
  if (text === undefined) {
    throw new LicenceError(`${name} ${version} is bundled and comes without the text of its licence: put it into scripts/licences, and name it in scripts/licences.mjs.`);
  }
  return { name, version, licence, text };
}

const grants = /Permission is hereby granted|Redistribution and use in source|Permission to use, copy, modify|Apache License/;

/** The package's files of licence, notices and copyright; else the end of its README that holds the licence. */
async function ownText(folder) {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice|copyright|third.?party)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  if (texts.some((text) => text.trim() !== "")) {
    return texts.map((text) => text.trim()).join("\n\n");
  }
  const readme = await readFile(path.join(folder, "README.md"), "utf8").catch(() => "");
  const start = readme.search(/^(#+ *)?licen[cs]e.*$/im);
  const last = start < 0 ? "" : readme.slice(start).trim();
  return grants.test(last) ? last : undefined;
}

async function suppliedText(name) {
  const files = Object.hasOwn(supplied, name) ? supplied[name] : undefined;
  const texts = await Promise.all((files ?? []).map((file) => readFile(path.join(here, "licences", file), "utf8")));
  return files && texts.map((text) => text.trim()).join("\n\n");
}

/**
 * Bundles with esbuild, and records the licences of what it bundled.
 * @param target whose record this is
 * @param dist where records and, by `writeLicences`, the texts go
 * @throws LicenceError
 */
export async function bundle(target, options, dist = "dist") {
  const { metafile } = await build({ ...options, metafile: true });
  await recordPackages(target, packagesIn(metafile), dist);
  return metafile;
}

/** The same for packages of which something is distributed that esbuild does not write. */
export async function recordPackages(target, folders, dist = "dist") {
  const found = await Promise.all(folders.map(licenceOf));
  await mkdir(path.join(dist, recordsFolder), { recursive: true });
  await replaceFile(path.join(dist, recordsFolder, `${target}.json`), JSON.stringify(found));
}

/** Writes the texts of all targets into one file; while one of them is not built there is no file, which would lack something. */
export async function writeLicences(dist = "dist", targets = wholeBuild) {
  const read = async (target) => JSON.parse(await readFile(path.join(dist, recordsFolder, `${target}.json`), "utf8"));
  const records = await Promise.all(targets.map((target) => read(target).catch(() => undefined)));
  if (records.includes(undefined)) {
    await rm(path.join(dist, licencesName), { force: true });
    return;
  }
  const byName = new Map(records.flat().map((found) => [`${found.name} ${found.version}`, found]));
  const sections = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([title, { licence, text }]) => `${title} (${licence})\n\n${text}\n`);
  const head = "Tritloom is distributed with parts of the packages below. Each is under its own licence.\n";
  await replaceFile(path.join(dist, licencesName), [head, ...sections].join(`\n${"=".repeat(80)}\n\n`));
}

async function replaceFile(file, text) {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}
