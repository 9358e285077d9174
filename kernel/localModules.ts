import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyNode, Literal } from "acorn";
import { full } from "acorn-walk";
import type MagicString from "magic-string";
import { edit, type Compiled } from "./compileCell.js";
import { ImportError } from "./importErrors.js";
import { instrument } from "./instrument.js";
import type { CompiledModule } from "./moduleLoader.js";
import { projectOptions } from "./projectOptions.js";
import type { Resolution, Resolver } from "./resolve.js";
import { SourceSyntaxError, transpile } from "./transpile.js";

/** Marks URLs of modules compiled here with the hash of all they are made of. */
const versionParameter = "tritloom";

/** Under this key of the global object compiled files find what instrumented code calls. */
export const runtimeKey = "tritloom.runtime";
const prefix = `const {__await,__iterate,__stop,__check,__caught}=globalThis[Symbol.for(${JSON.stringify(runtimeKey)})];`;

interface LocalFile {
  compiled: Compiled;
  contentHash: string;
  /** What the placeholders in the code stand for; their URLs are known once the whole graph is. */
  imports: Exclude<Resolution, { kind: "node" }>[];
}

/** Whether a file is compiled here: the user's own TypeScript and ES modules. CommonJS is Node's business. */
export function isLocalModule(path: string): boolean {
  switch (extname(path)) {
    case ".ts":
    case ".mts":
    case ".tsx":
    case ".jsx":
    case ".mjs":
    case ".json":
      return true;
    case ".js":
      return isModulePackage(path) || /^\s*(import|export)\b/m.test(readFileSync(path, "utf8"));
    default:
      return false;
  }
}

function isModulePackage(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      return (JSON.parse(readFileSync(manifest, "utf8")) as { type?: string }).type === "module";
    }
    if (folder === dirname(folder)) {
      return false;
    }
  }
}

/** A file of the user's that does not parse. */
export class LocalFileSyntaxError extends SyntaxError {
  override name = "SyntaxError";
  constructor(path: string, cause: SourceSyntaxError) {
    super(`${cause.message} (${path}:${cause.position.line}:${cause.position.column})`);
  }
}

/** One file together with every local file it reaches, compiled and ready to be loaded. */
export interface LocalGraph {
  url: string;
  modules: (CompiledModule & { path: string; compiled: Compiled })[];
}

/**
 * Compiles `entry` and what it imports, read afresh from disk. A module's URL holds the hash of itself and of all it
 * reaches: an edited file and its importers run anew, everything else keeps its instance.
 */
export function compileLocal(entry: string, resolver: Resolver): LocalGraph {
  const files = new Map<string, LocalFile>();
  collect(entry, resolver, files);
  const urls = new Map([...files.keys()].map((path) => [path, versionedUrl(path, files)]));
  const modules = [...files].map(([path, file]) => {
    const url = urls.get(path) as string;
    return { url, path, compiled: file.compiled, code: linked(path, file, urls) };
  });
  return { url: urls.get(entry) as string, modules };
}

function collect(path: string, resolver: Resolver, files: Map<string, LocalFile>): void {
  if (files.has(path)) {
    return;
  }
  const text = readFileSync(path, "utf8");
  const file = extname(path) === ".json" ? jsonFile(text, path) : compileFile(text, path, resolver);
  files.set(path, { ...file, contentHash: createHash("sha256").update(text).digest("hex") });
  for (const resolution of file.imports) {
    if (resolution.kind === "local") {
      collect(resolution.path, resolver, files);
    }
  }
}

function jsonFile(text: string, path: string): Omit<LocalFile, "contentHash"> {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  return { compiled: jsonModule(`export default ${text.trim()};`), imports: [] };
}

/** JSON has nothing to stop at. */
function jsonModule(code: string): Compiled {
  return { code, problems: [], locate: () => undefined, codeFor: () => code };
}

/** Specifiers in the code are placeholders until `linked` puts in the URLs. */
function placeholder(index: number): string {
  return `tritloom-import-${index}:`;
}

function compileFile(text: string, path: string, resolver: Resolver): Omit<LocalFile, "contentHash"> {
  const imports: LocalFile["imports"] = [];
  try {
    const compiled = edit(transpile(text, path, false, projectOptions(dirname(path))), path, 0, (program, output, describeSite) => {
      full(program, (node) => linkNode(node as AnyNode, path, resolver, output, imports));
      instrument(program, output, describeSite);
      output.prepend(prefix);
    });
    return { compiled, imports };
  } catch (error) {
    throw error instanceof SourceSyntaxError ? new LocalFileSyntaxError(path, error) : error;
  }
}

function linkNode(
  node: AnyNode,
  path: string,
  resolver: Resolver,
  output: MagicString,
  imports: LocalFile["imports"],
): void {
  const source = importSource(node);
  if (source) {
    const resolution = resolveIn(node, resolver, source.value as string, path);
    if (resolution.kind !== "node") {
      output.update(source.start, source.end, JSON.stringify(placeholder(imports.length)));
      imports.push(resolution);
      removeAttributes(node, source, output);
    }
  } else if (node.type === "MemberExpression" && isImportMetaUrl(node)) {
    output.update(node.start, node.end, JSON.stringify(pathToFileURL(path).href));
  }
}

/** `import(…)` of what is not there fails when it runs, where the file may catch it. */
function resolveIn(node: AnyNode, resolver: Resolver, specifier: string, path: string): Resolution {
  try {
    return resolver.resolve(specifier, path);
  } catch (error) {
    if (node.type === "ImportExpression") {
      return { kind: "node" };
    }
    throw error instanceof ImportError ? new ImportError(`${error.message} It is imported by ${path}.`, { cause: error.cause }) : error;
  }
}

/** A JSON file is compiled to a module, which `with { type: "json" }` would contradict. */
function removeAttributes(node: AnyNode, source: Literal, output: MagicString): void {
  const end = output.original[node.end - 1] === ";" ? node.end - 1 : node.end;
  if (node.type !== "ImportExpression" && end > source.end) {
    output.remove(source.end, end);
  }
}

function importSource(node: AnyNode): Literal | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
      return node.source;
    case "ExportNamedDeclaration":
      return node.source ?? undefined;
    case "ImportExpression":
      return node.source.type === "Literal" && typeof node.source.value === "string" ? node.source : undefined;
    default:
      return undefined;
  }
}

function isImportMetaUrl(node: AnyNode & { type: "MemberExpression" }): boolean {
  return (
    node.object.type === "MetaProperty" &&
    node.object.meta.name === "import" &&
    node.property.type === "Identifier" &&
    node.property.name === "url"
  );
}

function linked(path: string, file: LocalFile, urls: ReadonlyMap<string, string>): string {
  return file.imports.reduce((code, resolution, index) => {
    const url = resolution.kind === "local" ? (urls.get(resolution.path) as string) : resolution.url;
    return code.replace(placeholder(index), () => url);
  }, file.compiled.codeFor({ path }));
}

function versionedUrl(path: string, files: ReadonlyMap<string, LocalFile>): string {
  const reached = new Set<string>();
  const visit = (at: string): void => {
    const file = files.get(at);
    if (!file || reached.has(at)) {
      return;
    }
    reached.add(at);
    for (const resolution of file.imports) {
      if (resolution.kind === "local") {
        visit(resolution.path);
      }
    }
  };
  visit(path);
  const hash = createHash("sha256");
  for (const at of [...reached].sort()) {
    hash.update(`${at}\0${files.get(at)?.contentHash}\0`);
  }
  const url = pathToFileURL(path);
  url.searchParams.set(versionParameter, hash.digest("hex").slice(0, 16));
  return url.href;
}
