import { createRequire, register } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { explainImport, refuseForeignSpecifier } from "./importErrors.js";
import { compileLocal, isLocalModule } from "./localModules.js";
import { isFilePath, type Resolver } from "./resolve.js";
import type { Scope } from "./scope.js";
import type { StackMapper } from "./stack.js";

export type Namespace = Record<string, unknown>;

/** Imports for cells: from the notebook's folder, its packages, its own files, and the product's bundles. */
export class Modules {
  private readonly nativeImport: (specifier: string) => Promise<Namespace>;
  private readonly nodeRequire: NodeJS.Require;
  /** `require` in a cell. */
  readonly require: NodeJS.Require;
  private readonly loaded = new Map<string, Namespace>();
  /** What was imported or required of packages and of the product; the user's own files are not among them. */
  readonly libraries = new Set<object>();
  /** What was imported of the user's own files. */
  readonly own = new Set<object>();
  private loaderPort: MessagePort | undefined;

  /**
   * @param importer the notebook's path; imports start in its folder
   * @param loaderPath the bundle with the loader's hooks
   */
  constructor(
    private readonly importer: string,
    private readonly loaderPath: string,
    private readonly resolver: Resolver,
    private readonly stacks: StackMapper,
  ) {
    this.nodeRequire = createRequire(this.importer);
    this.require = Object.assign((specifier: string) => this.requireFrom(specifier), this.nodeRequire);
    this.nativeImport = new vm.Script("(specifier) => import(specifier)", {
      filename: this.importer,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }).runInThisContext() as (specifier: string) => Promise<Namespace>;
  }

  /** `import(specifier)` in a cell. Must be called by the cell itself: errors tell that place. */
  async import(specifier: unknown): Promise<Namespace> {
    const here = new Error("import");
    try {
      return await this.load(String(specifier));
    } catch (error) {
      this.stacks.addOrigin(error, here);
      throw error;
    }
  }

  /** An import declaration of a cell: `names` maps what the cell calls it to what the module calls it. */
  async importInto(scope: Scope, specifier: string, names: Record<string, string>): Promise<void> {
    const namespace = await this.import(specifier);
    for (const [local, imported] of Object.entries(names)) {
      scope.defineImport(local, () => {
        if (imported === "*") {
          return namespace;
        }
        return imported in namespace ? namespace[imported] : commonJsExport(namespace, imported, specifier);
      });
    }
  }

  private async load(specifier: string): Promise<Namespace> {
    const resolution = this.resolver.resolve(specifier, this.importer);
    switch (resolution.kind) {
      case "product":
        return this.remember(specifier, await this.nativeImport(resolution.url));
      case "local": {
        const { path } = resolution;
        const namespace = isLocalModule(path) ? await this.importLocal(path) : await this.importCommonJs(path);
        this.own.add(namespace);
        return namespace;
      }
      case "node":
        return this.importPackage(specifier);
    }
  }

  private async importPackage(specifier: string): Promise<Namespace> {
    try {
      return this.noteLibrary(await this.nativeImport(specifier));
    } catch (error) {
      throw explainImport(error, specifier, this.importer);
    }
  }

  private requireFrom(specifier: string): unknown {
    if (this.resolver.productUrl(specifier) === undefined) {
      return this.requireByNode(specifier);
    }
    const namespace = this.loaded.get(specifier);
    if (!namespace) {
      throw new Error(`"${specifier}" is an ES module; write import * as name from "${specifier}".`);
    }
    return namespace;
  }

  private requireByNode(specifier: string): unknown {
    try {
      refuseForeignSpecifier(specifier, dirname(this.importer));
      const value = this.nodeRequire(specifier) as unknown;
      return isFilePath(specifier) ? value : this.noteLibrary(value);
    } catch (error) {
      throw explainImport(error, specifier, this.importer);
    }
  }

  private remember(specifier: string, namespace: Namespace): Namespace {
    this.loaded.set(specifier, namespace);
    return this.noteLibrary(namespace);
  }

  private noteLibrary<T>(value: T): T {
    if ((typeof value === "object" && value !== null) || typeof value === "function") {
      this.libraries.add(value);
    }
    return value;
  }

  private async importLocal(path: string): Promise<Namespace> {
    const graph = compileLocal(path, this.resolver);
    this.loaderPort ??= this.startLoader();
    for (const module of graph.modules) {
      this.stacks.add(module.url, { cell: undefined, name: module.path, locate: module.compiled.locate });
      this.loaderPort.postMessage({ url: module.url, code: module.code });
    }
    try {
      return await this.nativeImport(graph.url);
    } catch (error) {
      throw explainImport(error, path, this.importer);
    }
  }

  /** Read afresh, as files of one's own are. */
  private importCommonJs(path: string): Promise<Namespace> {
    delete this.nodeRequire.cache[path];
    const value = this.nodeRequire(path) as unknown;
    const named = typeof value === "object" && value !== null ? (value as Namespace) : {};
    return Promise.resolve({ ...named, default: value });
  }

  private startLoader(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    register(pathToFileURL(this.loaderPath).href, { data: { port: port2 }, transferList: [port2] });
    return port1;
  }
}

/** Node finds the names that CommonJS packages export only where they are written plainly; the object has them all. */
function commonJsExport(namespace: Namespace, name: string, specifier: string): unknown {
  const exported = namespace.default;
  if (((typeof exported === "object" && exported !== null) || typeof exported === "function") && name in exported) {
    return Reflect.get(exported, name) as unknown;
  }
  throw new SyntaxError(
    name === "default"
      ? `"${specifier}" has no default export; write import * as name from "${specifier}".`
      : `"${specifier}" exports no value named "${name}"; for a type, write import type.`,
  );
}
