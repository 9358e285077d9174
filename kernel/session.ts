import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { setCellHost } from "../src/display/host.js";
import type { InterruptReason } from "../src/runs/contract.js";
import { CellDebugging } from "./cellDebugging.js";
import { CellDisplays, DisplayHandle } from "./cellDisplays.js";
import { CellInput, pageDialogs } from "./cellInput.js";
import { compileCell } from "./compileCell.js";
import type { FromKernel, MimeBundle, ToKernel } from "./contract.js";
import { toMimeBundle } from "./display.js";
import { Ending } from "./ending.js";
import { CellInterrupted, currentExecution, Execution, guardedAwait, guardedIterate, runInExecution } from "./execution.js";
import { isInstance } from "./foreignValue.js";
import { Interrupter } from "./interrupt.js";
import { runtimeKey } from "./localModules.js";
import { Modules } from "./modules.js";
import { projectOptions } from "./projectOptions.js";
import { hasPendingWork } from "./pendingWork.js";
import { withCommandRemedy } from "./otherKernels.js";
import { CodeQuestions } from "./questions/codeQuestions.js";
import { Resolver } from "./resolve.js";
import { Scope } from "./scope.js";
import { ScopeGlobals } from "./scopeGlobals.js";
import { putInSourceWords } from "./sourceWords.js";
import { StackMapper } from "./stack.js";
import { installStandardInput } from "./standardInput.js";
import { OutputStreams } from "./streams.js";
import { Variables } from "./variables/variables.js";
import { wellFormed } from "./wellFormed.js";

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
type ExecuteRequest = Extract<ToKernel, { type: "execute" }>;
type DoneStatus = Extract<FromKernel, { type: "done" }>["status"];

/** Runs cells one after the other in one shared scope, and reports all they do. */
export class Session {
  private readonly scope = new Scope();
  private readonly questions: CodeQuestions;
  private readonly streams: OutputStreams;
  private readonly stacks: StackMapper;
  private readonly modules: Modules;
  private readonly interrupter = new Interrupter();
  private readonly debugging = new CellDebugging(new ScopeGlobals(this.scope));
  private readonly ending = new Ending(this.interrupter.state);
  private running: Execution | undefined;
  /** Executions that run or wait, by their ids. */
  private readonly unfinished = new Map<string, Execution>();
  private queue: Promise<void> = Promise.resolve();
  private readonly displays: CellDisplays;
  private readonly variables: Variables;
  /** Faults of the project's settings that have been told. */
  private readonly warned = new Set<string>();
  private readonly meta: { url: string; dirname: string; filename: string };

  constructor(private readonly options: SessionOptions) {
    this.questions = new CodeQuestions(this.scope, options.directory);
    this.streams = new OutputStreams(options.send);
    this.displays = new CellDisplays({
      post: (message) => this.post(message),
      note: (id, text) => this.streams.note(id, text),
    });
    const resolver = new Resolver(options.apiDirectory);
    const loaderPath = join(options.bundleDirectory, "kernel-loader.js");
    const filename = options.notebookPath ?? join(options.directory, "notebook.ipynb");
    this.stacks = new StackMapper([options.bundleDirectory, options.apiDirectory, filename], (name) =>
      Object.hasOwn(this.scope.names, name) ? this.scope.names[name] : undefined,
    );
    this.modules = new Modules(filename, loaderPath, resolver, this.stacks);
    this.variables = new Variables({
      scope: this.scope,
      libraries: () => this.modules.libraries,
      ownModules: () => this.modules.own,
      runningCell: () => currentExecution()?.cell,
    });
    this.meta = { url: pathToFileURL(filename).href, dirname: options.directory, filename };
  }

  /** Takes over the process: its standard streams, its errors, its globals. */
  install(): void {
    hideOwnWarning();
    this.streams.install();
    this.stacks.install();
    const answers = this.interrupter.startWatcher(join(this.options.bundleDirectory, "kernel-watcher.js"));
    const input = new CellInput(answers, this.interrupter, (message) => this.post(message));
    installStandardInput(input);
    Object.entries(pageDialogs(input)).forEach(([name, ask]) => this.scope.define(name, ask, "variable"));
    this.installGlobals();
    process.on("uncaughtException", (error) => this.reportStray("Uncaught", error));
    process.on("unhandledRejection", (reason, promise) => {
      if (!this.debugging.takesRejection(promise, reason)) {
        this.reportStray("Uncaught (in promise)", reason);
      }
    });
    process.on("exit", () => this.streams.flush());
    this.variables.install();
  }

  receive(message: ToKernel): void {
    switch (message.type) {
      case "execute": {
        const execution = new Execution(message.id, message.cell, message.executionCount, {
          onCooperative: () => {
            this.interrupter.state.isCooperative = true;
          },
          onThrown: this.interrupter.settle,
        });
        this.unfinished.set(message.id, execution);
        this.queue = this.queue.then(() => this.execute(execution, message));
        break;
      }
      case "debugger":
        this.debugging.hear(message);
        break;
      case "interrupt":
        this.interrupter.interrupt(message.id === undefined ? undefined : this.unfinished.get(message.id), message.why);
        break;
      case "ask":
        this.queue = this.queue.then(() => this.options.send({ type: "answer", id: message.id, answer: this.variables.answer(message.question) }));
        break;
      case "askAboutCode":
        this.options.send({ type: "answerAboutCode", id: message.id, answer: this.questions.answer(message.question) });
        break;
      case "askForWork":
        this.options.send({ type: "work", id: message.id, isGoingOn: this.ending.isHeld || hasPendingWork() });
        break;
      case "shutdown":
        this.ending.begin(message.why, 0);
    }
  }

  /** The host is gone without a word. */
  hostGone(why: InterruptReason): void {
    this.ending.begin(why, 0);
  }

  private installGlobals(): void {
    const { display } = this.displays;
    const currentSignal = (): AbortSignal => currentExecution()?.signal ?? new AbortController().signal;
    setCellHost({
      display,
      folder: this.meta.dirname,
      report: (report) => this.post({ type: "report", id: currentExecution()?.id ?? "", report }),
      get interrupt() {
        return currentSignal();
      },
      holdOpen: () => this.ending.hold(currentExecution()),
    });
    this.scope.define("display", display, "variable");
    this.scope.define("require", this.modules.require, "variable");
    this.scope.define("__dirname", this.meta.dirname, "variable");
    this.scope.define("__filename", this.meta.filename, "variable");
    const { words } = this.interrupter.state;
    const runtime = { __await: guardedAwait, __iterate: guardedIterate, __stop: words, __check: this.interrupter.check, __caught: putInSourceWords };
    Object.defineProperty(globalThis, Symbol.for(runtimeKey), { value: runtime });
  }

  /** Never rejects: the cells after this one run whatever it did. */
  private async execute(execution: Execution, request: ExecuteRequest): Promise<void> {
    this.running = execution;
    this.interrupter.state.isCooperative = false;
    let failure: { thrown: unknown } | undefined;
    try {
      await this.runCell(execution, request);
    } catch (thrown) {
      failure = { thrown };
      this.post({ type: "error", id: execution.id, error: withCommandRemedy(this.stacks.describe(thrown, execution.cell), request.code) });
    }
    this.running = undefined;
    this.debugging.end();
    execution.finish();
    this.unfinished.delete(execution.id);
    this.interrupter.settle();
    this.post({ type: "done", id: execution.id, status: statusOf(execution, failure) });
  }

  private async runCell(execution: Execution, request: ExecuteRequest): Promise<void> {
    // Stop may come between the request and the cell's start.
    execution.throwIfInterrupted();
    if (request.isDebugged) {
      await this.debugging.begin(execution, (url) => this.post({ type: "inspector", id: execution.id, url }));
    }
    const run = this.compile(execution, request);
    const value = await runInExecution(execution, () =>
      Promise.race([this.finish(execution, run), this.interrupter.outlasted(execution)]),
    );
    if (value !== undefined) {
      this.displays.result(execution.id, value);
    }
  }

  /** Runs the cell and makes its result showable. */
  private async finish(execution: Execution, run: () => Promise<unknown>): Promise<MimeBundle | undefined> {
    const value = await (execution.isDebugged ? this.debugging.runWithoutHandler(run) : run());
    const isShown = value === undefined || isInstance(value, DisplayHandle);
    const data = isShown ? undefined : await toMimeBundle(value);
    await Promise.all(execution.pendingDisplays);
    return data;
  }

  private compile(execution: Execution, { code, source }: ExecuteRequest): () => Promise<unknown> {
    const { cell, executionCount } = execution;
    const place = { cell, executionCount };
    const file = `tritloom-cell-${cell}-${execution.id}`;
    // A debugger takes names without a folder for Node's own code.
    const fileName = source === undefined ? `${file}.ts` : join(source, `${file}.js`);
    const shown = `cell ${cell}`;
    const project = projectOptions(this.options.directory);
    const compiled = compileCell(code, { file, shown, known: this.scope.kinds, project });
    [...project.problems, ...compiled.problems].forEach((problem) => this.warnOnce(execution.id, problem));
    this.stacks.add(fileName, { cell, name: shown, locate: compiled.locate });
    const script = source === undefined ? compiled.code : compiled.codeFor({ path: source, content: code });
    const main = new vm.Script(script, { filename: fileName }).runInThisContext() as CompiledFunction;
    return () =>
      main(
        this.scope.names,
        (kinds: Parameters<Scope["declarations"]>[0]) => this.scope.declarations(kinds, place),
        this.scope.constants,
        (specifier: string, names: Record<string, string>) =>
          guardedAwait(this.modules.importInto(this.scope, specifier, names)),
        (specifier: unknown) => this.modules.import(specifier),
        this.meta,
        guardedAwait,
        guardedIterate,
        this.interrupter.state.words,
        this.interrupter.check,
        putInSourceWords,
      );
  }

  private warnOnce(id: string, problem: string): void {
    if (!this.warned.has(problem)) {
      this.warned.add(problem);
      this.streams.note(id, `Warning: ${wellFormed(problem)}\n`);
    }
  }

  /** Errors that nothing caught, of timers and forgotten promises; the kernel goes on. */
  private reportStray(kind: string, thrown: unknown): void {
    if (isInstance(thrown, CellInterrupted)) {
      // A callback of the cell was in a loop; the cell itself may still await.
      this.running?.breakAwaits();
      return;
    }
    const { name, message, stack } = this.stacks.describe(thrown, undefined);
    this.streams.write("stderr", `${kind} ${name}: ${message}\n${stack === "" ? "" : `${stack}\n`}`);
  }

  private post(message: FromKernel): void {
    this.streams.flush();
    this.displays.flush();
    this.options.send(message);
  }
}

function statusOf({ interrupted }: Execution, failure: { thrown: unknown } | undefined): DoneStatus {
  if (interrupted || isInstance(failure?.thrown, CellInterrupted)) {
    return "interrupted";
  }
  return failure ? "error" : "ok";
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
