import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, extname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { nearestName } from "../src/experiment/optionNames.js";
import { propertyOf } from "./foreignValue.js";
import { packageRemedy } from "./otherKernels.js";

/** An import that leads nowhere; the message has the name, the reason and the remedy. */
export class ImportError extends Error {
  override name = "ImportError";
}

/** "name" or "@scope/name" of "name@1.2/sub/path". */
interface PackageSpecifier {
  name: string;
  version: string;
  subpath: string;
}

function readPackage(text: string): PackageSpecifier {
  const [, name = text, version = "", subpath = ""] = /^((?:@[^/@]+\/)?[^/@]+)(@[^/]+)?(\/.*)?$/.exec(text) ?? [];
  return { name, version, subpath };
}

function install(text: string, folder: string): string {
  const { name, version, subpath } = readPackage(text);
  return `run npm install ${name}${version} in ${folder} and import "${name}${subpath}"`;
}

/**
 * Refuses what Node cannot load and other programs can: `npm:`, `jsr:`, addresses of the web.
 * @throws ImportError
 */
export function refuseForeignSpecifier(specifier: string, folder: string): void {
  const [, scheme = "", rest = ""] = /^(npm|jsr|https?):\/{0,2}(.+)$/.exec(specifier) ?? [];
  if (scheme === "npm") {
    throw new ImportError(`"${specifier}" is written for Deno; here packages are installed first: ${install(rest, folder)}.`);
  }
  if (scheme === "jsr") {
    const { name, subpath } = readPackage(rest);
    throw new ImportError(`"${specifier}" is written for Deno; here packages are installed first: run npx jsr add ${name} in ${folder} and import "${name}${subpath}".`);
  }
  if (scheme !== "") {
    throw new ImportError(`"${specifier}" is an address, and cells load no code from the network: ${fromAddress(rest, folder)}.`);
  }
}

/** Addresses of the services that serve npm's packages name the package. */
function fromAddress(address: string, folder: string): string {
  const served = /^(?:esm\.sh|cdn\.skypack\.dev|unpkg\.com|esm\.run|cdn\.jsdelivr\.net\/npm)\/(?:v\d+\/)?((?:@[^/@]+\/)?[^/?@]+)/.exec(address)?.[1];
  return served ? install(served, folder) : `save the file beside the notebook and import "./${basename(address.replace(/[?#].*/, "")) || "file.js"}"`;
}

/**
 * Says what is wrong with an import that Node refused.
 * @param importer the file that asks for `specifier`
 * @returns the error as it is when its message is not about finding a module
 */
export function explainImport(error: unknown, specifier: string, importer: string): unknown {
  const message = String(propertyOf(error, "message"));
  const folder = dirname(importer);
  switch (propertyOf(error, "code")) {
    case "ERR_MODULE_NOT_FOUND":
    case "MODULE_NOT_FOUND":
      return new ImportError(missing(message, specifier, importer));
    case "ERR_PACKAGE_PATH_NOT_EXPORTED":
      return new ImportError(notExported(message, specifier));
    case "ERR_UNKNOWN_BUILTIN_MODULE":
      return new ImportError(`There is no "${specifier}" in Node ${process.version}; the nearest name is "node:${nearestBuiltin(specifier)}".`);
    case "ERR_UNSUPPORTED_DIR_IMPORT":
      return new ImportError(`"${specifier}" is a folder without an index file; import one of its files.`);
    case "ERR_INVALID_MODULE_SPECIFIER":
    case "ERR_UNSUPPORTED_ESM_URL_SCHEME":
      return new ImportError(`"${specifier}" is no name of a package or file; import a package that is installed in ${folder}, or a file as "./name".`);
    default:
      return error;
  }
}

function nearestBuiltin(specifier: string): string {
  return nearestName(specifier.replace(/^node:/, ""), builtinModules.filter((name) => !name.startsWith("_")));
}

/** Node names what is missing, which may be what the imported module itself imports. */
function missing(message: string, specifier: string, importer: string): string {
  const name = /^Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1] ?? specifier;
  const asker = askerIn(message) ?? importer;
  const needed = asker === importer ? "" : `, which ${asker} imports`;
  if (isPath(name) && name.includes("node_modules")) {
    return `The package of "${specifier}" has no file ${name}${needed}; correct the path after the package's name.`;
  }
  if (isPath(name)) {
    return missingFile(asker === importer ? specifier : name, asker);
  }
  return `Cannot find the package "${readPackage(name).name}"${needed}: ${remedyFor(name, dirname(importer))}.`;
}

function remedyFor(specifier: string, folder: string): string {
  return packageRemedy(specifier) ?? `run npm install ${readPackage(specifier).name} in ${folder}, or correct the name`;
}

/** The file that Node says asked for the missing one. */
function askerIn(message: string): string | undefined {
  const asker = /(?: imported from |Require stack:\n- )(.+)/.exec(message)?.[1]?.replace(/\?tritloom=\w+$/, "");
  return asker?.startsWith("file:") ? fileURLToPath(asker) : asker;
}

function isPath(name: string): boolean {
  return /^\.{1,2}(\/|$)/.test(name) || isAbsolute(name);
}

/** Names the nearest file that is there. */
export function missingFile(specifier: string, importer: string): string {
  const folder = dirname(importer);
  const path = isAbsolute(specifier) ? specifier : join(folder, specifier);
  if (namesIn(path) !== undefined) {
    return `"${specifier}" is a folder without an index file; import one of its files.`;
  }
  const files = namesIn(dirname(path));
  if (files === undefined) {
    return `Cannot find "${specifier}": there is no folder ${dirname(path)}.`;
  }
  if (files.length === 0) {
    return `Cannot find "${specifier}": nothing in ${dirname(path)} can be imported.`;
  }
  const nearest = relative(folder, join(dirname(path), nearestFile(basename(path), files))).replaceAll("\\", "/");
  return `Cannot find "${specifier}" from ${folder}; the nearest name there is "${nearest.startsWith(".") ? nearest : `./${nearest}`}".`;
}

function nearestFile(wanted: string, files: readonly string[]): string {
  const stem = (name: string): string => (extname(wanted) === "" ? name.slice(0, name.length - extname(name).length) : name);
  return files[files.map(stem).indexOf(nearestName(wanted, files.map(stem)))] as string;
}

function namesIn(folder: string): string[] | undefined {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const isUseful = /\.([cm]?[jt]sx?|json)$/;
    return entries.filter((entry) => isUseful.test(entry.name) || (entry.isDirectory() && !/^(node_modules|\..*)$/.test(entry.name))).map(({ name }) => name);
  } catch {
    return undefined;
  }
}

/** A package decides which of its files may be imported. */
function notExported(message: string, specifier: string): string {
  const { name } = readPackage(specifier);
  const manifest = / in (.+package\.json)/.exec(message)?.[1];
  const paths = manifest === undefined ? [] : exportedPaths(manifest);
  const known = paths.length === 0 ? "" : `; it exports ${paths.map((path) => `"${name}${path.slice(1)}"`).join(", ")}`;
  return `The package "${name}" is installed and does not export "${specifier}"${known}.`;
}

const shownPaths = 8;

function exportedPaths(manifest: string): string[] {
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as { exports?: object | string };
  const paths = typeof exports === "object" && exports !== null ? Object.keys(exports) : [];
  return paths.filter((path) => path.startsWith(".")).slice(0, shownPaths);
}
