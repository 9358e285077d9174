import { setImmediate as turn } from "node:timers/promises";
import type { Diagnostic } from "vscode-languageserver";
import type { NotebookProgram } from "./notebookProgram.js";

const quietMilliseconds = 200;

/** What the publisher asks and tells. */
export interface PublisherOutlet {
  /** Undefined for a cell that is gone. */
  diagnose(cellUri: string): Diagnostic[] | undefined;
  send(cellUri: string, diagnostics: Diagnostic[]): void;
  failed(error: unknown): void;
}

/**
 * Tells the editor what is wrong with the cells, when nobody has typed for a moment: cell by cell, with a turn for requests
 * between them, and from the beginning when the text changes meanwhile.
 */
export class DiagnosticsPublisher {
  private readonly sent = new Map<string, string>();
  private readonly waiting = new Set<NotebookProgram>();
  private timer: NodeJS.Timeout | undefined;
  private round = 0;

  constructor(private readonly outlet: PublisherOutlet) {}

  schedule(program: NotebookProgram): void {
    this.waiting.add(program);
    this.round += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.publish(), quietMilliseconds);
  }

  /** The cells are gone, or the notebook is closed. */
  forget(cellUris: readonly string[]): void {
    for (const uri of cellUris) {
      if (this.sent.get(uri) !== undefined) {
        this.sent.delete(uri);
        this.outlet.send(uri, []);
      }
    }
  }

  dispose(): void {
    this.round += 1;
    clearTimeout(this.timer);
  }

  private async publish(): Promise<void> {
    const round = this.round;
    for (const program of [...this.waiting]) {
      for (const { uri } of program.allCells()) {
        // One turn lets a message come in, the next lets it be answered.
        await turn();
        await turn();
        if (round !== this.round) {
          return;
        }
        this.publishCell(uri);
      }
      this.waiting.delete(program);
    }
  }

  private publishCell(uri: string): void {
    try {
      const diagnostics = this.outlet.diagnose(uri);
      const text = JSON.stringify(diagnostics);
      if (diagnostics && this.sent.get(uri) !== text) {
        this.sent.set(uri, text);
        this.outlet.send(uri, diagnostics);
      }
    } catch (error) {
      this.outlet.failed(error);
    }
  }
}
