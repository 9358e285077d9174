import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, relative } from "node:path";
import ts from "typescript";
import { Snapshots } from "./snapshots.js";

/**
 * The types that come with the product, so that "tritloom", "@tensorflow/tfjs" and Node's modules have theirs in a folder
 * where nothing is installed. Programs see them in a `node_modules` at the root of the file system, where the search for
 * packages ends: what a user installed is nearer and wins, and nothing else needs to know that these files are special.
 */
export class TypeLibrary {
  /** Texts of the library's files, for all notebooks. */
  readonly snapshots = new Snapshots();
  private readonly resolved = new Map<string, ts.ResolvedModuleFull | undefined>();
  /** Files and folders of the packages, by their paths below `node_modules`. */
  private readonly files: ReadonlySet<string>;
  private readonly folders: ReadonlySet<string>;
  /** The files of Node's modules that few cells import, by the names of these. */
  private readonly late: ReadonlyMap<string, string>;

  /** @param folder `dist/types`: `packages/` is what the root shows, `lib/` are the libraries of the TypeScript compiler */
  constructor(private readonly folder: string) {
    const { files, folders } = listing(join(folder, "packages"));
    this.files = files;
    this.folders = folders;
    const late = readFileSync(join(folder, "packages", nodeFolder, "late.d.ts"), "utf8");
    this.late = new Map([...late.matchAll(/^declare module "(.+)" \{\} \/\/ (.+)$/gm)].map(([, name, file]) => [name!, `${modules}/${nodeFolder}/${file!}`]));
  }

  /** Declarations of what cells have without an import. */
  get globals(): string {
    return join(this.folder, "globals.d.ts").replaceAll("\\", "/");
  }

  defaultLibrary(options: ts.CompilerOptions): string {
    return join(this.folder, "lib", ts.getDefaultLibFileName(options)).replaceAll("\\", "/");
  }

  /** A system that shows the packages at the root. */
  readonly system: ts.System = {
    ...ts.sys,
    fileExists: (path) => this.files.has(inPackages(path) ?? "") || ts.sys.fileExists(path),
    readFile: (path, encoding) => ts.sys.readFile(this.onDisk(path), encoding),
    directoryExists: (path) => this.folders.has(inPackages(path) ?? outside) || ts.sys.directoryExists(path),
    getDirectories: (path) => {
      const own = this.folders.has(inPackages(path) ?? outside) ? ts.sys.getDirectories(this.onDisk(path)) : [];
      return [...new Set([...(ts.sys.directoryExists(path) ? ts.sys.getDirectories(path) : []), ...own])];
    },
    realpath: (path) => (this.onDisk(path) === path ? (ts.sys.realpath?.(path) ?? path) : path),
  };

  /** The path on disk of a file that programs see. */
  onDisk(path: string): string {
    const inside = inPackages(path);
    return inside !== undefined && (this.files.has(inside) || this.folders.has(inside)) ? join(this.folder, "packages", inside) : path;
  }

  /** Whether nobody but the product's makers may edit a file. */
  owns(path: string): boolean {
    return inPackages(path) !== undefined || path.startsWith(this.folder.replaceAll("\\", "/"));
  }

  /** A module of Node whose declarations are read when it is imported; undefined for other modules, whose are read at once. */
  lateModule(specifier: string): ts.ResolvedModuleFull | undefined {
    const resolvedFileName = this.late.get(specifier);
    return resolvedFileName === undefined ? undefined : { resolvedFileName, extension: ts.Extension.Dts, isExternalLibraryImport: true };
  }

  /** What a file of the library imports is the same for every notebook. */
  resolve(specifier: string, importer: string, find: () => ts.ResolvedModuleFull | undefined): ts.ResolvedModuleFull | undefined {
    const key = `${specifier} ${importer}`;
    if (!this.resolved.has(key)) {
      this.resolved.set(key, this.beside(specifier, importer) ?? find());
    }
    return this.resolved.get(key);
  }

  /** A neighbour within the packages needs no search. */
  private beside(specifier: string, importer: string): ts.ResolvedModuleFull | undefined {
    if (!/^\.\.?\/.*\w$/.test(specifier)) {
      return undefined;
    }
    const path = posix.join(posix.dirname(importer), specifier);
    const written = extensions.find(([suffix]) => path.endsWith(suffix));
    const places = written ? [path.slice(0, -written[0].length) + written[1]] : [`${path}.d.ts`, `${path}/index.d.ts`];
    const resolvedFileName = places.find((place) => this.files.has(inPackages(place) ?? ""));
    const extension = written?.[1] ?? ts.Extension.Dts;
    return resolvedFileName === undefined ? undefined : { resolvedFileName, extension, isExternalLibraryImport: true };
  }
}

/** How an import's extension names that of its declarations. */
const extensions: readonly (readonly [string, ts.Extension])[] = [
  [".js", ts.Extension.Dts],
  [".cjs", ts.Extension.Dcts],
  [".mjs", ts.Extension.Dmts],
];

/** No folder is called so. */
const outside = "\0";

/** The path below `packages/` of what programs see in the root's `node_modules`; undefined elsewhere. */
function inPackages(path: string): string | undefined {
  const at = path.indexOf(modules);
  const isAtRoot = at === 0 || (at === 2 && path[1] === ":");
  if (!isAtRoot) {
    return undefined;
  }
  const rest = path.slice(at + modules.length);
  return rest === "" ? "" : rest.startsWith("/") ? rest.slice(1) : undefined;
}

const modules = "/node_modules";
const nodeFolder = "@types/node";

function listing(folder: string): { files: Set<string>; folders: Set<string> } {
  const files = new Set<string>();
  const folders = new Set<string>([""]);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/");
    (entry.isDirectory() ? folders : files).add(path);
  }
  return { files, folders };
}

/** The version of what comes with the product: it stays as it is while the server runs. */
export const libraryVersion = "library";

/** The version of a file that is not there. */
export const missingVersion = "missing";

/** The time of a file's last change and its size, as a version. */
export function diskVersion(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs} ${found.size}` : missingVersion;
}
