import ts from "typescript";
import { type CellLanguage, CellModule } from "./cellModule.js";
import { linkCells } from "./linkCells.js";
import { NotebookHost, type OpenFiles } from "./notebookHost.js";
import { RanTexts } from "./ranTexts.js";
import { missingVersion, type TypeLibrary } from "./typeLibrary.js";

/** A code cell as the editor has it. */
export interface CellText {
  readonly uri: string;
  readonly language: CellLanguage;
  readonly text: string;
}

/** What the programs of all notebooks share. */
export interface ProgramSurroundings {
  readonly library: TypeLibrary;
  readonly openFiles: OpenFiles;
  readonly documents: ts.DocumentRegistry;
  readonly isCancelled: () => boolean;
}

/** Programs share what they parsed, by its path: no two may have modules of equal names. */
let programs = 0;

/** One notebook as a TypeScript program: a module for each cell, and all that they import. */
export class NotebookProgram {
  readonly host: NotebookHost;
  private languageService: ts.LanguageService | undefined;
  private cells = new Map<string, CellModule>();
  private readonly ran = new RanTexts();
  private readonly number = (programs += 1);
  private count = 0;
  private isLinked = false;

  /**
   * @param path of the notebook; where it is not saved, of a file in the folder in which it runs
   * @param folder the notebook's
   */
  constructor(
    private readonly path: string,
    folder: string,
    private readonly surroundings: ProgramSurroundings,
  ) {
    const { library, openFiles, isCancelled } = surroundings;
    this.host = new NotebookHost(folder, library, openFiles, isCancelled);
  }

  /** The cells in their order; call with all of them whenever one changed, came, went or moved. */
  setCells(texts: readonly CellText[]): void {
    const cells = new Map<string, CellModule>();
    for (const { uri, language, text } of texts) {
      const known = this.cells.get(uri);
      const isSame = known?.fileName.endsWith(language === "javascript" ? ".js" : ".ts") === true;
      const module = isSame && known ? known : this.newModule(uri, language, text);
      module.setText(text);
      cells.set(uri, module);
    }
    this.cells = cells;
    this.isLinked = false;
  }

  cellRan(uri: string, text: string): void {
    const cell = this.cells.get(uri);
    const language = cell?.fileName.endsWith(".js") ? "javascript" : "typescript";
    this.ran.add(uri, this.modulePath("0"), language, text);
    this.isLinked = false;
  }

  kernelRestarted(): void {
    this.ran.clear();
    this.isLinked = false;
  }

  filesChanged(): void {
    this.host.filesChanged();
  }

  /** In the order of the notebook. */
  allCells(): readonly CellModule[] {
    return [...this.cells.values()];
  }

  cell(uri: string): CellModule | undefined {
    return this.cells.get(uri);
  }

  /** The module of a cell, or of a text that ran. */
  moduleOf(fileName: string): CellModule | undefined {
    return this.host.moduleOf(fileName);
  }

  /** The cell that stands in the notebook and has this text, if any. */
  standingCell(module: CellModule): CellModule | undefined {
    const cell = this.cells.get(module.uri);
    return cell?.cellText === module.cellText ? cell : undefined;
  }

  /** Answers questions about the newest texts. */
  get service(): ts.LanguageService {
    this.prepare();
    this.noteLocalChanges();
    this.languageService ??= ts.createLanguageService(this.host, this.surroundings.documents);
    this.languageService.getProgram();
    this.host.programIsFresh();
    return this.languageService;
  }

  get program(): ts.Program {
    return this.service.getProgram()!;
  }

  /** Frees what can be computed again. */
  rest(): void {
    this.languageService?.dispose();
    this.languageService = undefined;
  }

  /** Brings the modules in step with the cells' texts. */
  prepare(): void {
    if (!this.isLinked) {
      const gone = this.ran.gone(this.cells);
      linkCells(this.allCells(), gone, this.ran.scope(this.cells));
      this.host.setModules(this.allCells(), gone);
      this.isLinked = true;
    }
  }

  /** Files of the user's own are few: they are looked at, so that an editor that watches none has fresh answers too. */
  private noteLocalChanges(): void {
    const files = this.languageService?.getProgram()?.getSourceFiles() ?? [];
    const local = files.filter(({ fileName }) => this.host.isLocal(fileName) && !this.host.isMade(fileName));
    const changed = local.filter((file) => this.host.getScriptVersion(file.fileName) !== versionOf(file));
    if (changed.some(({ fileName }) => this.host.getScriptVersion(fileName) === missingVersion)) {
      this.host.filesChanged();
    } else if (changed.length > 0) {
      this.host.textChanged();
    }
  }

  private newModule(uri: string, language: CellLanguage, text: string): CellModule {
    this.count += 1;
    return new CellModule(uri, String(this.count), this.modulePath(String(this.count)), language, text);
  }

  private modulePath(id: string): string {
    return `${this.path}.tritloom-cell-${this.number}-${id}`;
  }
}

/** What the host said when the file was read; TypeScript's registry of documents keeps it, though its types do not tell. */
function versionOf(file: ts.SourceFile): string {
  return (file as ts.SourceFile & { readonly version: string }).version;
}
