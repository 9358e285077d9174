import { cellFunction, cellParameters } from "../../../kernel/cellNames.js";
import type { ShownCell } from "./cellPaths.js";

/** How cells are called on either side of the debugger. */
export interface CellNames {
  pathOfUri(uri: string): string | undefined;
  cellAtPath(path: string): ShownCell | undefined;
}

interface Source {
  path?: string;
  name?: string;
  sourceReference?: number;
  origin?: string;
}

interface Frame {
  name: string;
  source?: Source;
}

interface Variable {
  name: string;
  evaluateName?: string;
}

/** A message of the Debug Adapter Protocol, as far as it is read here. */
export interface DebugMessage {
  readonly type: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly arguments?: { terminateDebuggee?: boolean };
  readonly body?: { stackFrames?: Frame[]; scopes?: { name: string }[]; variables?: Variable[]; error?: { format?: string } };
}

/** What the scope that cells share is called in the view of variables. */
const sharedScope = "notebook";

/**
 * Translates the messages between editor and debugger, in place, for one debug session: the editor names cells by their address, the
 * debugger by a path; and what the kernel adds to the code of a cell is left out.
 */
export class DebugMessages {
  /** The path of a cell stays what it was when the session met it first: breakpoints that were set by it could not be removed by another. */
  private readonly paths = new Map<string, string>();

  constructor(private readonly cells: CellNames) {}

  toDebugger(message: DebugMessage): void {
    // "Stop" would end the process, as it does with a program that the debugger started.
    if (message.command === "disconnect" && message.arguments) {
      message.arguments.terminateDebuggee = false;
    }
    forEachSource(message.arguments, (source) => this.namePath(source));
  }

  toEditor(message: DebugMessage): void {
    message.body?.stackFrames?.forEach((frame) => this.nameFrame(frame));
    message.body?.scopes?.forEach((scope) => {
      scope.name = scope.name.replace(cellFunction, "cell");
    });
    forEachSource(message.body, (source) => this.nameCell(source));
    if (message.command === "variables" && message.body?.variables) {
      message.body.variables = message.body.variables.filter(isOfUser).map(shownVariable);
    }
  }

  private namePath(source: Source): void {
    if (source.path?.startsWith("vscode-notebook-cell:")) {
      source.path = this.pathOf(source.path) ?? source.path;
    }
  }

  private pathOf(uri: string): string | undefined {
    const path = this.paths.get(uri) ?? this.cells.pathOfUri(uri);
    if (path !== undefined) {
      this.paths.set(uri, path);
    }
    return path;
  }

  private nameFrame(frame: Frame): void {
    if (frame.name.includes(cellFunction)) {
      const shown = this.cells.cellAtPath(frame.source?.path ?? "")?.name ?? "cell as it ran";
      frame.name = frame.name.replace(cellFunction, shown);
    }
  }

  private nameCell(source: Source): void {
    const cell = this.cells.cellAtPath(source.path ?? "");
    if (cell) {
      source.path = cell.uri;
      source.name = cell.name;
      // With a reference the editor would ask the debugger for the text.
      source.sourceReference = 0;
    }
  }
}

function forEachSource(value: unknown, visit: (source: Source) => void): void {
  if (typeof value !== "object" || value === null) {
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === "source" && typeof inner === "object" && inner !== null) {
      visit(inner as Source);
    }
    forEachSource(inner, visit);
  }
}

const [scopeParameter] = cellParameters;
const added = new Set<string>([...cellParameters, cellFunction]);

function isOfUser({ name }: Variable): boolean {
  return name === scopeParameter || !added.has(name);
}

function shownVariable(variable: Variable): Variable {
  if (variable.name === scopeParameter) {
    return { ...variable, name: sharedScope };
  }
  const { evaluateName } = variable;
  const own = `${scopeParameter}.`;
  return evaluateName?.startsWith(own) ? { ...variable, evaluateName: evaluateName.slice(own.length) } : variable;
}
