import * as vscode from "vscode";
import type { RomFinding } from "../../romFormats/reading/findings.js";
import { DisposableOwner } from "../disposable.js";
import { romLanguageId } from "../ids.js";
import type { RomReading } from "./romReading.js";

/** Typing is not linted letter by letter. */
const pauseMilliseconds = 400;

/**
 * Shows the linter's findings in ROM files that are open as text, and in those that a command asks for. Also in a workspace
 * that is not trusted, since files are read in a worker with limits.
 */
export class RomDiagnostics extends DisposableOwner {
  private readonly shown = this.track(vscode.languages.createDiagnosticCollection("tritloom-rom"));
  private readonly pauses = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly reading: Pick<RomReading, "findings">,
    private readonly onProblem: (problem: unknown) => void,
  ) {
    super();
    this.track(vscode.workspace.onDidOpenTextDocument((document) => this.follow(document, 0)));
    this.track(vscode.workspace.onDidChangeTextDocument(({ document }) => this.follow(document, pauseMilliseconds)));
    this.track(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)));
    vscode.workspace.textDocuments.forEach((document) => this.follow(document, 0));
  }

  /** Lints a file as it is on disk and shows what was found. @returns the findings */
  async lintFile(uri: vscode.Uri): Promise<readonly RomFinding[]> {
    const findings = await this.reading.findings(uri.fsPath);
    this.show(uri, findings);
    return findings;
  }

  override dispose(): void {
    this.pauses.forEach((pause) => clearTimeout(pause));
    this.pauses.clear();
    super.dispose();
  }

  private follow(document: vscode.TextDocument, milliseconds: number): void {
    if (document.languageId !== romLanguageId || document.uri.scheme !== "file") {
      return;
    }
    const key = document.uri.toString();
    clearTimeout(this.pauses.get(key));
    const pause = setTimeout(() => {
      this.pauses.delete(key);
      void this.lintDocument(document).catch(this.onProblem);
    }, milliseconds);
    this.pauses.set(key, pause);
  }

  /** The editor hides a byte order mark, so a document without changes is read from disk. */
  private async lintDocument(document: vscode.TextDocument): Promise<void> {
    const { uri, version } = document;
    const findings = await this.reading.findings(uri.fsPath, document.isDirty ? document.getText() : undefined);
    if (!document.isClosed && document.version === version) {
      this.show(uri, findings);
    }
  }

  private forget(uri: vscode.Uri): void {
    clearTimeout(this.pauses.get(uri.toString()));
    this.pauses.delete(uri.toString());
    this.shown.delete(uri);
  }

  private show(uri: vscode.Uri, findings: readonly RomFinding[]): void {
    if (!this.isDisposed) {
      this.shown.set(uri, findings.map(diagnosticOf));
    }
  }
}

/** On its whole line; a line's end beyond the text is cut by the editor. */
function diagnosticOf({ line, rule, severity, message }: RomFinding): vscode.Diagnostic {
  const level = severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER), message, level);
  diagnostic.source = "tritloom rom";
  diagnostic.code = rule;
  return diagnostic;
}
