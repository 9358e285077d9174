import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { projectOptions } from "../../kernel/projectOptions.js";
import { type CellModule, cellOfSpecifier } from "./cellModule.js";
import { type CompilerSettings, compilerSettings } from "./compilerSettings.js";
import { modulesBeside, neededPackages } from "./importable.js";
import { Snapshots } from "./snapshots.js";
import { diskVersion, libraryVersion, type TypeLibrary } from "./typeLibrary.js";

/** The texts of files that are open in the editor: they win over what is on disk. */
export interface OpenFiles {
  /** @param path with forward slashes */
  find(path: string): { readonly text: string; readonly version: number } | undefined;
}

/** What TypeScript's language service asks about one notebook: its modules, the files that they import, and how these are found. */
export class NotebookHost implements ts.LanguageServiceHost {
  settings: CompilerSettings;
  /** Counts changes of anything that this host answers for. */
  private generation = 0;
  private roots: readonly CellModule[] = [];
  private readonly modules = new Map<string, { readonly cell: CellModule; readonly isImports: boolean }>();
  private readonly byId = new Map<string, CellModule>();
  private resolutions: ts.ModuleResolutionCache;
  private areResolutionsStale = false;
  private readonly fixedVersions = new Map<string, string>();
  private readonly folderOptions = new Map<string, ts.CompilerOptions>();
  private readonly system: ts.System;
  private readonly snapshots = new Snapshots();
  private isNodeOfLibrary: boolean | undefined;
  /** Files that no cell imports yet, from which names are imported automatically. */
  private importable: string[] | undefined;

  /** @param folder the notebook's, where imports start */
  constructor(
    private readonly folder: string,
    private readonly library: TypeLibrary,
    private readonly openFiles: OpenFiles,
    private readonly isCancelled: () => boolean,
  ) {
    this.system = library.system;
    this.settings = compilerSettings(folder);
    this.resolutions = this.newResolutions();
  }

  /**
   * @param roots modules of cells that stand in the notebook
   * @param others modules of texts that ran and no longer stand there
   */
  setModules(roots: readonly CellModule[], others: readonly CellModule[]): void {
    this.roots = roots;
    this.modules.clear();
    this.byId.clear();
    for (const cell of [...roots, ...others]) {
      this.byId.set(cell.id, cell);
      this.modules.set(cell.fileName, { cell, isImports: false });
      this.modules.set(cell.importsFileName, { cell, isImports: true });
    }
    this.generation += 1;
  }

  /** Files came, went or changed on disk, perhaps those that say how others are found. */
  filesChanged(): void {
    this.settings = compilerSettings(this.folder);
    this.resolutions = this.newResolutions();
    this.fixedVersions.clear();
    this.folderOptions.clear();
    this.importable = undefined;
    this.isNodeOfLibrary = undefined;
    this.areResolutionsStale = true;
    this.generation += 1;
  }

  /** Is called when the program has been made anew. */
  programIsFresh(): void {
    this.areResolutionsStale = false;
  }

  /** A file that an editor holds has another text. */
  textChanged(): void {
    this.generation += 1;
  }

  moduleOf(fileName: string): CellModule | undefined {
    const found = this.modules.get(fileName);
    return found?.isImports === false ? found.cell : undefined;
  }

  /** Whether a path is that of a module made here. */
  isMade(fileName: string): boolean {
    return this.modules.has(fileName);
  }

  /** Whether a file belongs to the user: what is installed, and what comes with the product, does not. */
  isLocal(fileName: string): boolean {
    return !this.library.owns(fileName) && !fileName.includes("/node_modules/");
  }

  getProjectVersion(): string {
    return String(this.generation);
  }

  getCompilationSettings(): ts.CompilerOptions {
    return this.settings.options;
  }

  getScriptFileNames(): string[] {
    this.importable ??= this.findImportable();
    return [this.library.globals, ...this.roots.map(({ fileName }) => fileName), ...this.importable];
  }

  getScriptVersion(fileName: string): string {
    const made = this.modules.get(fileName);
    if (made) {
      return made.isImports ? made.cell.importsText : String(made.cell.version);
    }
    if (this.library.owns(fileName)) {
      return libraryVersion;
    }
    const open = this.openFiles.find(fileName);
    if (open) {
      return `open ${open.version}`;
    }
    if (this.isLocal(fileName)) {
      return diskVersion(fileName);
    }
    const known = this.fixedVersions.get(fileName) ?? diskVersion(fileName);
    this.fixedVersions.set(fileName, known);
    return known;
  }

  getScriptSnapshot(fileName: string): ts.IScriptSnapshot | undefined {
    const made = this.modules.get(fileName);
    if (made) {
      return ts.ScriptSnapshot.fromString(made.isImports ? made.cell.importsText : made.cell.text);
    }
    const snapshots = this.library.owns(fileName) ? this.library.snapshots : this.snapshots;
    return snapshots.of(fileName, this.getScriptVersion(fileName), () => this.readFile(fileName));
  }

  getScriptKind(fileName: string): ts.ScriptKind {
    // What `ScriptKind.Unknown` means is decided by the file's extension.
    return this.moduleOf(fileName)?.scriptKind ?? kindOfFile(fileName);
  }

  getCurrentDirectory(): string {
    return this.folder;
  }

  getDefaultLibFileName(options: ts.CompilerOptions): string {
    return this.library.defaultLibrary(options);
  }

  useCaseSensitiveFileNames(): boolean {
    return this.system.useCaseSensitiveFileNames;
  }

  fileExists(path: string): boolean {
    return this.modules.has(path) || this.openFiles.find(path) !== undefined || this.system.fileExists(path);
  }

  readFile(path: string): string | undefined {
    return this.openFiles.find(path)?.text ?? this.system.readFile(path);
  }

  directoryExists(path: string): boolean {
    return this.system.directoryExists(path);
  }

  getDirectories(path: string): string[] {
    return this.system.getDirectories(path);
  }

  readDirectory(...query: Parameters<ts.System["readDirectory"]>): string[] {
    return this.system.readDirectory(...query);
  }

  realpath(path: string): string {
    return this.system.realpath?.(path) ?? path;
  }

  getModuleResolutionCache(): ts.ModuleResolutionCache {
    return this.resolutions;
  }

  /** TypeScript calls it without its object. */
  readonly hasInvalidatedResolutions = (): boolean => this.areResolutionsStale;

  getCancellationToken(): ts.HostCancellationToken {
    return { isCancellationRequested: this.isCancelled };
  }

  /** What a package.json lists says nothing about the packages that come along. */
  getPackageJsonsVisibleToFile(): readonly never[] {
    return [];
  }

  resolveModuleNameLiterals(
    literals: readonly ts.StringLiteralLike[],
    importer: string,
    _redirected: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): readonly ts.ResolvedModuleWithFailedLookupLocations[] {
    return literals.map(({ text }) => ({ resolvedModule: this.resolve(text, importer, options) }));
  }

  private resolve(specifier: string, importer: string, options: ts.CompilerOptions): ts.ResolvedModuleFull | undefined {
    const cell = cellOfSpecifier(specifier);
    if (cell) {
      return this.resolveCell(cell);
    }
    const late = this.library.lateModule(specifier);
    if (late && this.hasNodeOfLibrary(options)) {
      return late;
    }
    if (specifier.startsWith("file:")) {
      return this.find(fileURLToPath(specifier).replaceAll("\\", "/"), importer, options);
    }
    if (specifier === "tritloom") {
      // The kernel takes its own, whatever is installed.
      return this.find(specifier, this.atRoot("cell.ts"), options);
    }
    // One tensor library for cells and for the API.
    const start = specifier.startsWith("@tensorflow/") && this.library.owns(importer) ? `${this.folder}/cell.ts` : importer;
    return this.find(specifier, start, this.optionsFor(start, options)) ?? this.find(specifier, importer, options);
  }

  /** Whether Node's types are those that come along, and not those that a user installed. */
  private hasNodeOfLibrary(options: ts.CompilerOptions): boolean {
    this.isNodeOfLibrary ??= this.library.owns(
      ts.resolveTypeReferenceDirective("node", `${this.folder}/cell.ts`, options, this).resolvedTypeReferenceDirective?.resolvedFileName ?? "",
    );
    return this.isNodeOfLibrary;
  }

  private resolveCell({ id, isImports }: { id: string; isImports: boolean }): ts.ResolvedModuleFull | undefined {
    const module = this.byId.get(id);
    if (!module) {
      return undefined;
    }
    const resolvedFileName = isImports ? module.importsFileName : module.fileName;
    const extension = resolvedFileName.endsWith(".js") ? ts.Extension.Js : ts.Extension.Ts;
    return { resolvedFileName, extension, isExternalLibraryImport: false };
  }

  private find(specifier: string, importer: string, options: ts.CompilerOptions): ts.ResolvedModuleFull | undefined {
    const isWithin = this.library.owns(importer) && !specifier.startsWith("@tensorflow/");
    return isWithin
      ? this.library.resolve(specifier, importer, () => this.findAnew(specifier, importer, options))
      : this.findAnew(specifier, importer, options);
  }

  private findAnew(specifier: string, importer: string, options: ts.CompilerOptions): ts.ResolvedModuleFull | undefined {
    const cache = options === this.settings.options ? this.resolutions : undefined;
    return ts.resolveModuleName(specifier, importer, options, this, cache).resolvedModule;
  }

  /** The files of a folder are found as the tsconfig.json nearest to them says. */
  private optionsFor(importer: string, options: ts.CompilerOptions): ts.CompilerOptions {
    const folder = dirname(importer);
    if (folder === this.folder || !this.isLocal(importer)) {
      return options;
    }
    const known = this.folderOptions.get(folder) ?? projectOptions(folder).resolution;
    this.folderOptions.set(folder, known);
    return known;
  }

  private findImportable(): string[] {
    const { options } = this.settings;
    const packages = neededPackages(this.folder, this.system);
    const entries = packages.map((name) => this.resolve(name, `${this.folder}/cell.ts`, options)?.resolvedFileName);
    const typed = entries.filter((entry) => entry !== undefined && /\.[mc]?ts$/.test(entry)) as string[];
    const product = ["tritloom", "@tensorflow/tfjs"].map((name) => this.resolve(name, `${this.folder}/cell.ts`, options)?.resolvedFileName);
    return [...modulesBeside(this.folder, this.system), ...typed, ...product.filter((entry) => entry !== undefined)];
  }

  private atRoot(name: string): string {
    return `${/^[A-Za-z]:/.exec(this.folder)?.[0] ?? ""}/${name}`;
  }

  private newResolutions(): ts.ModuleResolutionCache {
    const canonical = this.useCaseSensitiveFileNames() ? (path: string): string => path : (path: string): string => path.toLowerCase();
    return ts.createModuleResolutionCache(this.folder, canonical, this.settings.options);
  }
}

function kindOfFile(fileName: string): ts.ScriptKind {
  switch (/\.[^.]+$/.exec(fileName)?.[0]) {
    case ".js":
    case ".mjs":
    case ".cjs":
      return ts.ScriptKind.JS;
    case ".jsx":
      return ts.ScriptKind.JSX;
    case ".tsx":
      return ts.ScriptKind.TSX;
    case ".json":
      return ts.ScriptKind.JSON;
    default:
      return ts.ScriptKind.TS;
  }
}
