import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { setCellHost } from "../src/api/host.js";
import { compileCell } from "./compileCell.js";
import type { FromKernel, MimeBundle, ToKernel } from "./contract.js";
import { checkedBundle, isMimeBundle, toMimeBundle } from "./display.js";
import { CellInterrupted, currentExecution, Execution, guardedAwait, guardedIterate, runInExecution } from "./execution.js";
import { Interrupter } from "./interrupt.js";
import { runtimeKey } from "./localModules.js";
import { Modules } from "./modules.js";
import { Resolver } from "./resolve.js";
import { Scope } from "./scope.js";
import { StackMapper } from "./stack.js";
import { OutputStreams } from "./streams.js";

export interface SessionOptions {
  /** The notebook's folder. */
  directory: string;
  notebookPath: string | undefined;
  /** Folder of the kernel's own bundles. */
  bundleDirectory: string;
  apiDirectory: string;
  send(message: FromKernel): void;
}

type CompiledFunction = (...values: unknown[]) => Promise<unknown>;
type DoneStatus = Extract<FromKernel, { type: "done" }>["status"];

/** What `display` gives back; as a cell's last value it shows nothing more. */
class DisplayHandle {
  constructor(
    /** Replaces what is shown by another value or bundle. */
    readonly update: (value: unknown) => void,
  ) {}
}

/** Runs cells one after the other in one shared scope, and reports all they do. */
export class Session {
  private readonly scope = new Scope();
  private readonly streams: OutputStreams;
  private readonly stacks: StackMapper;
  private readonly modules: Modules;
  private readonly interrupter = new Interrupter();
  private running: Execution | undefined;
  private queue: Promise<void> = Promise.resolve();
  private displays = 0;
  private readonly meta: { url: string; dirname: string; filename: string };

  constructor(private readonly options: SessionOptions) {
    this.streams = new OutputStreams(options.send);
    const resolver = new Resolver(options.apiDirectory);
    const loaderPath = join(options.bundleDirectory, "kernel-loader.js");
    const filename = options.notebookPath ?? join(options.directory, "notebook.ipynb");
    this.stacks = new StackMapper([options.bundleDirectory, options.apiDirectory, filename], (name) =>
      Object.hasOwn(this.scope.names, name) ? this.scope.names[name] : undefined,
    );
    this.modules = new Modules(filename, loaderPath, resolver, this.stacks);
    this.meta = { url: pathToFileURL(filename).href, dirname: options.directory, filename };
  }

  /** Takes over the process: its standard streams, its errors, its globals. */
  install(): void {
    hideOwnWarning();
    this.streams.install();
    this.stacks.install();
    this.interrupter.startWatcher(join(this.options.bundleDirectory, "kernel-watcher.js"));
    this.installGlobals();
    process.on("uncaughtException", (error) => this.reportStray("Uncaught", error));
    process.on("unhandledRejection", (reason) => this.reportStray("Uncaught (in promise)", reason));
    process.on("exit", () => this.streams.flush());
  }

  receive(message: ToKernel): void {
    switch (message.type) {
      case "execute": {
        const execution = new Execution(message.id, message.cell, () => {
          this.interrupter.state.isCooperative = true;
        });
        this.queue = this.queue.then(() => this.execute(execution, message.code));
        break;
      }
      case "interrupt":
        this.interrupter.interrupt(this.running);
        break;
      case "shutdown":
        process.exit(0);
    }
  }

  private installGlobals(): void {
    const display = (value: unknown): DisplayHandle => this.display(value);
    const currentSignal = (): AbortSignal => currentExecution()?.signal ?? new AbortController().signal;
    setCellHost({
      display,
      report: (report) => this.post({ type: "report", id: currentExecution()?.id ?? "", report }),
      get interrupt() {
        return currentSignal();
      },
    });
    this.scope.define("display", display, "variable");
    this.scope.define("require", this.modules.require, "variable");
    this.scope.define("__dirname", this.meta.dirname, "variable");
    this.scope.define("__filename", this.meta.filename, "variable");
    const { words } = this.interrupter.state;
    const runtime = { __await: guardedAwait, __iterate: guardedIterate, __stop: words, __check: this.interrupter.check };
    Object.defineProperty(globalThis, Symbol.for(runtimeKey), { value: runtime });
  }

  private async execute(execution: Execution, code: string): Promise<void> {
    this.running = execution;
    this.interrupter.state.isCooperative = false;
    let status: DoneStatus;
    try {
      await this.runCell(execution, code);
      status = execution.interrupted ? "interrupted" : "ok";
    } catch (error) {
      status = error instanceof CellInterrupted || execution.interrupted ? "interrupted" : "error";
      this.post({ type: "error", id: execution.id, error: this.stacks.describe(error, execution.cell) });
    }
    this.running = undefined;
    this.post({ type: "done", id: execution.id, status });
  }

  private async runCell(execution: Execution, code: string): Promise<void> {
    const run = this.compile(execution, code);
    const value = await runInExecution(execution, () =>
      Promise.race([this.finish(execution, run), this.interrupter.outlasted(execution)]),
    );
    if (value !== undefined) {
      this.post({ type: "result", id: execution.id, data: value });
    }
  }

  /** Runs the cell and makes its result showable. */
  private async finish(execution: Execution, run: () => Promise<unknown>): Promise<MimeBundle | undefined> {
    const value = await run();
    const isShown = value === undefined || value instanceof DisplayHandle;
    const data = isShown ? undefined : await toMimeBundle(value);
    await Promise.all(execution.pendingDisplays);
    return data;
  }

  private compile(execution: Execution, code: string): () => Promise<unknown> {
    const { cell } = execution;
    const fileName = `tritloom-cell-${cell}-${execution.id}.ts`;
    const shown = `cell ${cell}`;
    const compiled = compileCell(code, { file: fileName, shown }, this.scope.kinds);
    this.stacks.add(fileName, { cell, name: shown, locate: compiled.locate });
    const main = new vm.Script(compiled.code, { filename: fileName }).runInThisContext() as CompiledFunction;
    return () =>
      main(
        this.scope.names,
        (kinds: Parameters<Scope["declarations"]>[0]) => this.scope.declarations(kinds),
        this.scope.constants,
        (specifier: string, names: Record<string, string>) => this.modules.importInto(this.scope, specifier, names),
        (specifier: unknown) => this.modules.import(specifier),
        this.meta,
        guardedAwait,
        guardedIterate,
        this.interrupter.state.words,
        this.interrupter.check,
      );
  }

  private display(value: unknown): DisplayHandle {
    this.displays += 1;
    const displayId = `d${this.displays}`;
    this.show(value, displayId, false);
    return new DisplayHandle((next) => this.show(next, displayId, true));
  }

  private show(value: unknown, displayId: string, update: boolean): void {
    const execution = currentExecution();
    if (!execution) {
      return;
    }
    const send = (data: MimeBundle): void =>
      this.post({ type: "display", id: execution.id, displayId, update, data });
    const shown = isMimeBundle(value) ? checkedBundle(value) : toMimeBundle(value);
    if (!(shown instanceof Promise)) {
      send(shown);
      return;
    }
    const pending = shown.then(send).finally(() => execution.pendingDisplays.delete(pending));
    execution.pendingDisplays.add(pending);
  }

  /** Errors that nothing caught, of timers and forgotten promises; the kernel goes on. */
  private reportStray(kind: string, thrown: unknown): void {
    if (thrown instanceof CellInterrupted) {
      // A callback of the cell was in a loop; the cell itself may still await.
      this.running?.breakAwaits();
      return;
    }
    const { name, message, stack } = this.stacks.describe(thrown, undefined);
    this.streams.write("stderr", `${kind} ${name}: ${message}\n${stack === "" ? "" : `${stack}\n`}`);
  }

  private post(message: FromKernel): void {
    this.streams.flush();
    this.options.send(message);
  }
}

/** Node's remark about its own loader, which this kernel uses, would stand in a cell that has nothing to do with it. */
function hideOwnWarning(): void {
  const listeners = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (!warning.message.includes("USE_MAIN_CONTEXT_DEFAULT_LOADER")) {
      listeners.forEach((listener) => listener(warning));
    }
  });
}
