import { randomUUID } from "node:crypto";
import path from "node:path";
import * as vscode from "vscode";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";
import { cellAtPath, numberOfCell, pathOfUri } from "./cellPaths.js";
import { type DebugMessage, DebugMessages } from "./debugMessages.js";

/** A debugger that follows a cell. */
export interface Attachment {
  /** The debugger has gone: the person stopped it, or the kernel closed. */
  onEnd(listener: () => void): void;
  /** Sends the debugger away; a cell that is paused goes on. */
  stop(): void;
}

export type AttachDebugger = (cell: vscode.NotebookCell, url: string) => Promise<Attachment>;

const debuggerExtensions = ["ms-vscode.js-debug", "ms-vscode.js-debug-nightly"];
const debuggerType = "pwa-node";
/** Marks the configuration of our sessions. */
const marker = "tritloomCell";
const attachSeconds = 30;

/** @throws Error when the editor has no debugger for JavaScript */
export function requireDebugger(): void {
  if (!debuggerExtensions.some((id) => vscode.extensions.getExtension(id))) {
    throw new Error(
      'Debugging a cell needs the editor\'s own extension "JavaScript Debugger" (ms-vscode.js-debug), which is missing or disabled: enable it in the Extensions view (search for "@builtin JavaScript Debugger"), or install it.',
    );
  }
}

/**
 * Attaches VS Code's JavaScript debugger to the kernel that runs a cell.
 * @param url of the kernel's inspector
 * @param ownFolder code that is never stepped into
 * @returns once the breakpoints are set
 * @throws Error that says why there is no debugger
 */
export async function attachDebugger(cell: vscode.NotebookCell, url: string, ownFolder: string): Promise<Attachment> {
  const session = new CellDebugSession();
  try {
    await session.start(cell, url, ownFolder);
    return session;
  } catch (error) {
    session.stop();
    session.dispose();
    throw error;
  }
}

/** One debug session of the editor. The debugger makes a session for itself, and below it one for the kernel. */
class CellDebugSession extends DisposableOwner implements Attachment {
  private readonly id = randomUUID();
  private root: vscode.DebugSession | undefined;
  private readonly ended = this.track(new Listeners());
  private readonly failed = this.track(new Listeners<string>());
  private readonly attached = this.track(new Listeners());

  onEnd(listener: () => void): void {
    if (this.isDisposed) {
      listener();
    } else {
      this.ended.on(listener);
    }
  }

  stop(): void {
    if (this.root) {
      void vscode.debug.stopDebugging(this.root);
    }
  }

  async start(cell: vscode.NotebookCell, url: string, ownFolder: string): Promise<void> {
    this.track(vscode.debug.registerDebugAdapterTrackerFactory(debuggerType, { createDebugAdapterTracker: (session) => this.tracker(session) }));
    this.track(vscode.debug.onDidTerminateDebugSession((session) => this.terminated(session)));
    const isReady = this.untilReady();
    const folder = vscode.workspace.getWorkspaceFolder(cell.notebook.uri);
    const options = { suppressSaveBeforeStart: true, suppressDebugStatusbar: true };
    const isStarted = await vscode.debug.startDebugging(folder, { ...configuration(cell, url, ownFolder), [marker]: this.id }, options);
    if (!isStarted) {
      this.failed.fire("it did not start");
    }
    await isReady;
  }

  private untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => reject(new Error(`VS Code's JavaScript debugger could not attach to the kernel: ${reason}. The cell has not run.`));
      const timer = setTimeout(() => fail(`it did not answer within ${attachSeconds} s`), attachSeconds * 1000);
      this.track({ dispose: () => clearTimeout(timer) });
      this.attached.on(resolve);
      this.failed.on(fail);
      this.ended.on(() => fail("it was stopped"));
    });
  }

  private tracker(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const root = rootOf(session);
    if (root.configuration[marker] !== this.id) {
      return undefined;
    }
    this.root = root;
    const messages = new DebugMessages({ pathOfUri, cellAtPath });
    return {
      onWillReceiveMessage: (message: DebugMessage) => messages.toDebugger(message),
      onDidSendMessage: (message: DebugMessage) => {
        messages.toEditor(message);
        this.watch(session, message);
      },
    };
  }

  /** The debugger answers the request "attach" of the kernel's session when all breakpoints are set. */
  private watch(session: vscode.DebugSession, message: DebugMessage): void {
    if (message.type !== "response" || message.command !== "attach") {
      return;
    }
    if (message.success !== true) {
      this.failed.fire(reasonOf(message));
    } else if (session.parentSession && session.parentSession.id === this.root?.id) {
      this.attached.fire();
    }
  }

  private terminated(session: vscode.DebugSession): void {
    if (session.configuration[marker] === this.id) {
      this.ended.fire();
      this.dispose();
    }
  }
}

function reasonOf({ message, body }: DebugMessage): string {
  return body?.error?.format ?? message ?? "it gave no reason";
}

function rootOf(session: vscode.DebugSession): vscode.DebugSession {
  return session.parentSession ? rootOf(session.parentSession) : session;
}

function configuration(cell: vscode.NotebookCell, url: string, ownFolder: string): vscode.DebugConfiguration {
  const own = `${ownFolder.replaceAll("\\", "/")}/**`;
  return {
    type: debuggerType,
    request: "attach",
    name: `cell ${numberOfCell(cell)} of ${path.posix.basename(cell.notebook.uri.path)}`,
    websocketAddress: url,
    skipFiles: ["<node_internals>/**", own],
    resolveSourceMapLocations: ["**", `!${own}`],
    outFiles: [],
    smartStep: true,
    // The text of a cell is new: its breakpoints are set between its loading and its start.
    pauseForSourceMap: true,
    sourceMapRenames: false,
    // Node keeps track of promises for it, and each await stays about three times as slow in that process when the debugger has gone.
    showAsyncStacks: false,
    // What a cell prints is shown in the cell, not here once more.
    outputCapture: "std",
    internalConsoleOptions: "neverOpen",
    // It would change the environment of the kernel for good.
    autoAttachChildProcesses: false,
    attachExistingChildren: false,
  };
}
