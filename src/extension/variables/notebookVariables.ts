import * as vscode from "vscode";
import type { VariableList, VariableRow } from "../../variables/contract.js";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";
import type { NotebookKernel } from "../notebook/notebookKernel.js";
import type { NotebookSession } from "../notebook/notebookSession.js";

/** What is known of the variables of one kernel. */
interface Known {
  /** The process that they are in. */
  readonly pid: number;
  readonly list: VariableList;
}

/**
 * The variables of the notebook that was on top last. They are asked for after each cell while somebody looks, and only then; while
 * a cell runs, the list is that of before it.
 */
export class NotebookVariables extends DisposableOwner {
  private readonly change = this.track(new Listeners());
  private readonly known = new WeakMap<NotebookSession, Known>();
  private notebook: vscode.NotebookDocument | undefined = vscode.window.activeNotebookEditor?.notebook;
  private isWatched = false;
  private isStale = true;
  private isAsking = false;

  readonly onChange = this.change.on;

  constructor(
    private readonly kernel: Pick<NotebookKernel, "sessionOf" | "onCell" | "onChange">,
    private readonly onProblem: (problem: unknown) => void,
  ) {
    super();
    this.track(vscode.window.onDidChangeActiveNotebookEditor((editor) => this.follow(editor)));
    this.track(vscode.workspace.onDidCloseNotebookDocument((notebook) => this.forget(notebook)));
    this.track(kernel.onCell((session) => void (session === this.session && this.renew())));
    this.track(kernel.onChange(() => this.renew()));
  }

  /** The notebook's session; undefined where none of its cells ever ran. */
  get session(): NotebookSession | undefined {
    return this.notebook && this.kernel.sessionOf(this.notebook);
  }

  /** Undefined without a kernel, and before it answered for the first time. */
  get list(): VariableList | undefined {
    const { session } = this;
    const known = session && this.known.get(session);
    return known !== undefined && known.pid === session?.pid ? known.list : undefined;
  }

  row(name: string): VariableRow | undefined {
    return this.list?.rows.find((row) => row.name === name);
  }

  /** @param isWatched whether somebody sees the variables */
  setWatched(isWatched: boolean): void {
    this.isWatched = isWatched;
    void this.refresh();
  }

  /** Other editors than notebooks, for example our panels, leave the last notebook's variables in sight. */
  private follow(editor: vscode.NotebookEditor | undefined): void {
    if (editor !== undefined && editor.notebook !== this.notebook) {
      this.notebook = editor.notebook;
      this.renew();
    }
  }

  private forget(notebook: vscode.NotebookDocument): void {
    if (notebook === this.notebook) {
      this.notebook = undefined;
      this.renew();
    }
  }

  private renew(): void {
    this.isStale = true;
    this.change.fire();
    void this.refresh();
  }

  private async refresh(): Promise<void> {
    const isWanted = this.isWatched && this.isStale && !this.isAsking && !this.isDisposed;
    const { session } = this;
    if (isWanted && session?.pid !== undefined && !session.isExecuting) {
      this.isAsking = true;
      this.isStale = false;
      await this.askFor(session, session.pid);
      this.isAsking = false;
      await this.refresh();
    }
  }

  private async askFor(session: NotebookSession, pid: number): Promise<void> {
    const answer = await session.ask({ about: "variables" });
    if (answer?.about === "variables") {
      this.known.set(session, { pid, list: answer.list });
      this.change.fire();
    } else if (answer?.about === "problem") {
      this.onProblem(new Error(`The variables could not be listed: ${answer.text}`));
    }
  }
}
