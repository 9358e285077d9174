import { statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ImportError, missingFile, refuseForeignSpecifier } from "./importErrors.js";
import { projectOptions } from "./projectOptions.js";
import { typescript } from "./typescript.js";

/** Where an import leads: a file of the user's own, the product's own bundle, or whatever Node finds. */
export type Resolution =
  | { kind: "local"; path: string }
  | { kind: "product"; url: string }
  | { kind: "node" };

/** Specifiers that always mean the product's own bundles, so that cells and API share one tensor library. */
const productBundles: Record<string, string> = {
  tritloom: "tritloom.mjs",
  "@tensorflow/tfjs": "tensorflow.mjs",
};

export class Resolver {
  constructor(private readonly apiDirectory: string) {}

  productUrl(specifier: string): string | undefined {
    const bundle = Object.hasOwn(productBundles, specifier) ? productBundles[specifier] : undefined;
    return bundle && pathToFileURL(join(this.apiDirectory, bundle)).href;
  }

  /**
   * @param importer absolute path of the importing file (a notebook's cells import from within its folder)
   * @throws ImportError for an address, a name that only Deno understands, and a file that is not there
   */
  resolve(specifier: string, importer: string): Resolution {
    const url = this.productUrl(specifier);
    if (url) {
      return { kind: "product", url };
    }
    if (isBuiltin(specifier) || /^data:/.test(specifier)) {
      return { kind: "node" };
    }
    refuseForeignSpecifier(specifier, dirname(importer));
    const path = this.localPath(specifier, importer);
    if (path === undefined && isFilePath(specifier)) {
      throw new ImportError(missingFile(specifier, importer));
    }
    return path === undefined ? { kind: "node" } : { kind: "local", path };
  }

  private localPath(specifier: string, importer: string): string | undefined {
    if (specifier.startsWith("file:")) {
      return existingFile(fileURLToPath(specifier));
    }
    const isPath = isFilePath(specifier);
    const options = projectOptions(dirname(importer)).resolution;
    if (!isPath && !options.paths) {
      return undefined;
    }
    const compiler = typescript();
    const found = compiler.resolveModuleName(specifier, importer, options, compiler.sys).resolvedModule;
    if (found && !found.isExternalLibraryImport && !/\.d\.[mc]?ts$/.test(found.resolvedFileName)) {
      return found.resolvedFileName;
    }
    return isPath ? existingFile(join(isAbsolute(specifier) ? "" : dirname(importer), specifier)) : undefined;
  }
}

/** Whether an import names a file rather than a package. */
export function isFilePath(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier) || isAbsolute(specifier);
}

function existingFile(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
}
