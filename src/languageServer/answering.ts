import { setImmediate as turn } from "node:timers/promises";
import ts from "typescript";
import { type CancellationToken, type CompletionItem, type Connection, ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { CompletionData } from "./features/completion.js";
import type { Notebooks } from "./notebooks.js";
import type { OpenCell, CellPosition } from "./places.js";

interface CellParams {
  readonly textDocument: { readonly uri: string };
}
interface PositionParams extends CellParams {
  readonly position: { readonly line: number; readonly character: number };
}

/** Answers requests one after the other; what was cancelled before its turn costs nothing, and what fails answers with an error. */
export class Answering {
  private current: CancellationToken | undefined;

  constructor(private readonly notebooks: () => Notebooks) {}

  /** Whether nobody waits for what is being computed. */
  readonly isCancelled = (): boolean => this.current?.isCancellationRequested === true;

  /** Answers a message of our own. */
  request<P, R>(connection: Connection, method: string, work: (params: P) => R): void {
    connection.onRequest(method, (params: P, token: CancellationToken) => this.answer(token, () => work(params)));
  }

  /** Makes a handler of requests about a cell; what is no cell of a notebook has the answer `otherwise`. */
  inCell<P extends CellParams, R>(otherwise: R, work: (cell: OpenCell, params: P) => R) {
    return (params: P, token: CancellationToken): Promise<R> => {
      const { uri } = params.textDocument;
      const asked = this.notebooks().documentOf(uri)?.version;
      return this.answer(token, () => {
        const cell = this.notebooks().cell(uri);
        if (cell && cell.document.version !== asked) {
          // A position of before would be another place now, and the editor asks again.
          throw new ResponseError(LSPErrorCodes.ContentModified, "The cell has changed since.");
        }
        return cell ? healing(cell, () => work(cell, params)) : otherwise;
      });
    };
  }

  /** The same, for requests about a position. */
  atPosition<P extends PositionParams, R>(otherwise: R, work: (at: CellPosition, params: P) => R) {
    return this.inCell<P, R>(otherwise, (cell, params) => work(positionIn(cell, cell.document.offsetAt(params.position)), params));
  }

  /** Finishes an item of an earlier completion; one that is not of a cell stays as it is. */
  ofCompletion(work: (item: CompletionItem, at: CellPosition, data: CompletionData) => CompletionItem) {
    return (item: CompletionItem, token: CancellationToken): Promise<CompletionItem> =>
      this.answer(token, () => {
        const data = item.data as CompletionData | undefined;
        const cell = data && this.notebooks().cell(data.cell);
        return cell ? healing(cell, () => work(item, positionIn(cell, data.offset), data)) : item;
      });
  }

  /** Does the work for a request when its turn has come. */
  private async answer<R>(token: CancellationToken, work: () => R): Promise<R> {
    // A message that has arrived meanwhile may cancel this one, or change its cell: it comes in the first turn.
    await turn();
    await turn();
    if (token.isCancellationRequested) {
      throw cancelled();
    }
    this.current = token;
    try {
      return work();
    } catch (error) {
      throw asResponseError(error);
    } finally {
      this.current = undefined;
    }
  }
}

/** @param offset in the cell's text */
function positionIn(cell: OpenCell, offset: number): CellPosition {
  return { ...cell, offset: offset + cell.module.shift };
}

/** What made TypeScript's service fail may have left it in a state that fails again: the next request has a new one. */
function healing<R>({ program }: OpenCell, work: () => R): R {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ResponseError)) {
      program.rest();
    }
    throw error;
  }
}

function asResponseError(error: unknown): ResponseError<void> {
  if (error instanceof ResponseError) {
    return error as ResponseError<void>;
  }
  if (error instanceof ts.OperationCanceledException) {
    return cancelled();
  }
  return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error));
}

function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
}
