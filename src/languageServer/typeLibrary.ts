import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
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

  /** @param folder `dist/types`: `packages/` is what the root shows, `lib/` are the libraries of the TypeScript compiler */
  constructor(private readonly folder: string) {}

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
    fileExists: (path) => ts.sys.fileExists(this.onDisk(path)),
    readFile: (path, encoding) => ts.sys.readFile(this.onDisk(path), encoding),
    directoryExists: (path) => ts.sys.directoryExists(this.onDisk(path)),
    getDirectories: (path) => {
      const packages = this.packagePath(path);
      const own = packages !== undefined && existsSync(packages) ? ts.sys.getDirectories(packages) : [];
      return [...new Set([...(ts.sys.directoryExists(path) ? ts.sys.getDirectories(path) : []), ...own])];
    },
    realpath: (path) => (this.onDisk(path) === path ? (ts.sys.realpath?.(path) ?? path) : path),
  };

  /** Where a file that programs see lies. */
  onDisk(path: string): string {
    const inPackages = this.packagePath(path);
    return inPackages !== undefined && existsSync(inPackages) ? inPackages : path;
  }

  /** Whether nobody but the product's makers may edit a file. */
  owns(path: string): boolean {
    return this.packagePath(path) !== undefined || path.startsWith(this.folder.replaceAll("\\", "/"));
  }

  /** What a file of the library imports is the same for every notebook. */
  resolve(specifier: string, importer: string, find: () => ts.ResolvedModuleFull | undefined): ts.ResolvedModuleFull | undefined {
    const key = `${specifier} ${importer}`;
    if (!this.resolved.has(key)) {
      this.resolved.set(key, find());
    }
    return this.resolved.get(key);
  }

  private packagePath(path: string): string | undefined {
    const rest = /^(?:[A-Za-z]:)?\/node_modules(?:\/(.*))?$/.exec(path);
    // A package may have packages of its own, in a folder that tools do not take for an installation.
    return rest ? join(this.folder, "packages", (rest[1] ?? "").replace("/node_modules", "/nested")) : undefined;
  }
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
