import { dirname } from "node:path";
import { type NotebookCell, NotebookCellKind } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { CellLanguage } from "./cellModule.js";
import { type CellText, NotebookProgram, type ProgramSurroundings } from "./notebookProgram.js";
import type { NotebookSync, SyncedNotebook } from "./notebookSync.js";
import type { OpenCell } from "./places.js";
import { pathOfUri } from "./uris.js";

/** How many notebooks have their programs in memory; others make them anew when they are asked about. */
const mostAwake = 6;

const languages: Readonly<Record<string, CellLanguage>> = { typescript: "typescript", javascript: "javascript" };

/** The open notebooks, each with a program of its own, so that none sees another's names. */
export class Notebooks {
  private readonly programs = new Map<string, NotebookProgram>();
  /** The one that was asked last stands last. */
  private awake: NotebookProgram[] = [];

  /** @param defaultFolder where the cells of notebooks that are not saved run */
  constructor(
    private readonly sync: NotebookSync,
    private readonly surroundings: ProgramSurroundings,
    private readonly defaultFolder: () => string,
  ) {}

  /** Takes over the cells as they are now. */
  update(notebook: SyncedNotebook): NotebookProgram {
    const program = this.programs.get(notebook.uri) ?? this.newProgram(notebook.uri);
    this.programs.set(notebook.uri, program);
    program.setCells(notebook.cells.flatMap((cell) => this.cellText(cell) ?? []));
    return program;
  }

  close(uri: string): void {
    const program = this.programs.get(uri);
    program?.rest();
    this.awake = this.awake.filter((one) => one !== program);
    this.programs.delete(uri);
  }

  find(uri: string): NotebookProgram | undefined {
    return this.programs.get(uri);
  }

  all(): readonly NotebookProgram[] {
    return [...this.programs.values()];
  }

  documentOf(cellUri: string): TextDocument | undefined {
    return this.sync.text(cellUri);
  }

  /** A cell that can be asked about; undefined for what is no code cell of an open notebook. */
  cell(uri: string): OpenCell | undefined {
    const program = this.programs.get(this.sync.notebookOf(uri) ?? "");
    const module = program?.cell(uri);
    const document = this.documentOf(uri);
    if (!program || !module || !document) {
      return undefined;
    }
    this.wake(program);
    program.prepare();
    return { program, module, document };
  }

  private wake(program: NotebookProgram): void {
    this.awake = [...this.awake.filter((one) => one !== program), program];
    this.awake.splice(0, this.awake.length - mostAwake).forEach((one) => one.rest());
  }

  private newProgram(uri: string): NotebookProgram {
    const saved = pathOfUri(uri);
    const folder = saved === undefined ? this.defaultFolder() : dirname(saved);
    const name = /([^/?#]+)(?:[?#].*)?$/.exec(uri)?.[1] ?? "notebook";
    return new NotebookProgram(saved ?? `${folder}/${name.replace(/[^\w.-]/g, "_")}`, folder, this.surroundings);
  }

  private cellText(cell: NotebookCell): CellText | undefined {
    const document = this.sync.text(cell.document);
    const language = document && (Object.hasOwn(languages, document.languageId) ? languages[document.languageId] : undefined);
    return document && language && cell.kind === NotebookCellKind.Code
      ? { uri: cell.document, language, text: document.getText() }
      : undefined;
  }
}
