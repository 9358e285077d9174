import inspector from "node:inspector";
import type { DebuggerNews } from "./contract.js";
import type { Execution } from "./execution.js";
import type { ScopeGlobals } from "./scopeGlobals.js";

/** The cell was to be debugged, and no debugger came. */
export class DebuggerMissing extends Error {
  override name = "DebuggerMissing";
}

/** Opens this process to a debugger for the time of one execution, and closes it again: at all other times nothing listens. */
export class CellDebugging {
  private current: { readonly id: string; settle(news: DebuggerNews): void } | undefined;
  /** Followers of cells that are debugged, and what rejects their outcome. */
  private readonly followers = new WeakMap<Promise<unknown>, (reason: unknown) => void>();
  private isOwn = false;

  /** @param globals what lets expressions that are typed into the debugger see the names that cells share */
  constructor(private readonly globals: ScopeGlobals) {}

  /**
   * Opens the inspector and waits for the debugger.
   * @param announce tells the host where the debugger finds this process
   * @throws DebuggerMissing
   */
  async begin(execution: Execution, announce: (url: string) => void): Promise<void> {
    const url = this.open();
    this.globals.show();
    const news = new Promise<DebuggerNews>((settle) => {
      this.current = { id: execution.id, settle };
    });
    announce(url);
    const { state, reason } = (await execution.await(news, undefined)) as DebuggerNews;
    if (state === "detached") {
      throw new DebuggerMissing(reason ?? "The debugger was stopped before the cell began; the cell has not run.");
    }
    execution.isDebugged = true;
  }

  /** The host tells what became of the debugger. */
  hear(news: DebuggerNews): void {
    if (news.id !== this.current?.id) {
      return;
    }
    this.current.settle(news);
    if (news.state === "detached") {
      this.end();
    }
  }

  /** Nothing listens after this; a debugger that is still attached is sent away. */
  end(): void {
    this.current = undefined;
    this.globals.hide();
    if (this.isOwn) {
      this.isOwn = false;
      inspector.close();
    }
  }

  /**
   * Runs a cell such that V8 takes what it throws for uncaught, as the person does: "Uncaught Exceptions" stops at a throw when no
   * handler is on the stack and none waits for the promise. So the cell starts from an empty stack, and a failure is learnt from
   * the event for rejections without a handler.
   */
  runWithoutHandler(run: () => Promise<unknown>): Promise<unknown> {
    const outcome = new Promise((resolve, reject) => {
      queueMicrotask(() => this.followers.set(run().then(resolve), reject));
    });
    // V8 would stop once more where the outcome is rejected.
    outcome.catch(() => {});
    return outcome;
  }

  /** @returns whether a rejection without a handler was the failure of such a cell, which is told as that */
  takesRejection(promise: Promise<unknown>, reason: unknown): boolean {
    const reject = this.followers.get(promise);
    reject?.(reason);
    return reject !== undefined;
  }

  private open(): string {
    if (inspector.url() === undefined) {
      try {
        inspector.open(0, "127.0.0.1");
      } catch (error) {
        throw new DebuggerMissing(`The kernel cannot be debugged: ${(error as Error).message}.`, { cause: error });
      }
      this.isOwn = true;
    }
    const url = inspector.url();
    if (url === undefined) {
      throw new DebuggerMissing("The kernel cannot be debugged: its Node has no inspector. Choose another in the setting tritloom.nodePath.");
    }
    return url;
  }
}
