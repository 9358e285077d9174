import { AsyncLocalStorage } from "node:async_hooks";
import type { InterruptReason } from "../src/runs/contract.js";
import { isError } from "./foreignValue.js";

/** Thrown into a cell that the user stops. */
export class CellInterrupted extends Error {
  override name = "Interrupted";
  /** @param why what a training that ends by it notes in its run */
  constructor(readonly why: InterruptReason = "stopped") {
    super("The cell was interrupted; its variables are kept.");
  }
}

/** What an execution tells of itself to whoever stops it. */
export interface ExecutionEvents {
  /** The cell asked for its signal. */
  onCooperative(): void;
  /** An interruption has been thrown into the cell. */
  onThrown(): void;
}

/** One request to run a cell, from its start until nothing of it runs any more, timers included. */
export class Execution {
  private readonly controller = new AbortController();
  /** What rejects each await that is pending, and where it stands. */
  private readonly waiting = new Map<(reason: Error) => void, string | undefined>();
  private thrown = false;
  private markBroken: () => void = () => {};
  /** Settles once an interruption has been thrown into the cell, or has found nothing to be thrown into. */
  readonly broken = new Promise<void>((resolve) => {
    this.markBroken = resolve;
  });
  private abandoned = false;
  private finished = false;
  /** The cell asked for its signal, so it may end by itself in good order. */
  cooperative = false;
  /** A debugger follows it. */
  isDebugged = false;
  /** Displays whose content is still being made. */
  readonly pendingDisplays = new Set<Promise<void>>();

  constructor(
    readonly id: string,
    readonly cell: number,
    /** The [n] of this run. */
    readonly executionCount: number,
    private readonly events: ExecutionEvents,
  ) {}

  get interrupted(): boolean {
    return this.controller.signal.aborted;
  }

  get signal(): AbortSignal {
    this.cooperative = true;
    this.events.onCooperative();
    return this.controller.signal;
  }

  abort(why?: InterruptReason): void {
    this.controller.abort(new CellInterrupted(why));
  }

  get isFinished(): boolean {
    return this.finished;
  }

  /** The cell has ended; what it started may go on. */
  finish(): void {
    this.finished = true;
  }

  /** Rejects what the cell awaits, unless it has ended. */
  breakAwaits(): void {
    if (this.finished) {
      return;
    }
    if (this.waiting.size > 0) {
      this.markThrown();
    }
    this.rejectAwaits(() => new CellInterrupted());
    this.markBroken();
  }

  /** Rejects what the cell awaits with an error of the kernel's, for what nothing else would ever settle. */
  fail(error: Error): void {
    this.rejectAwaits(() => error);
  }

  /** A loop of the cell has thrown the interruption. */
  stopped(): void {
    this.abort();
    this.markThrown();
    this.markBroken();
  }

  /** After this nothing awaited by the cell settles: code that swallowed the interruption ends here. */
  abandon(): void {
    this.abandoned = true;
  }

  /** @throws CellInterrupted at the first call after an interruption */
  throwIfInterrupted(site?: string): void {
    if (this.interrupted && !this.thrown) {
      this.markThrown();
      throw passing(new CellInterrupted(), site);
    }
  }

  /**
   * What `await value` at `site` waits for. The first await after an interruption throws; later ones do not, so that
   * `finally` blocks can clean up.
   * @param site undefined for what the kernel awaits on behalf of the cell
   */
  await(value: unknown, site: string | undefined): unknown {
    if (this.abandoned) {
      return new Promise(() => {});
    }
    this.throwIfInterrupted(site);
    if (!isThenable(value)) {
      return value;
    }
    if (this.isDebugged) {
      return this.awaitTransparently(value);
    }
    return new Promise((resolve, reject) => {
      this.waiting.set(reject, site);
      Promise.resolve(value).then(
        (result) => {
          this.waiting.delete(reject);
          resolve(result);
        },
        (reason: unknown) => {
          this.waiting.delete(reject);
          reject(passing(reason, site) as Error);
        },
      );
    });
  }

  /** In a form through which V8 sees who catches an error, and who awaits whom: for stops at uncaught ones, and for stacks. */
  private async awaitTransparently(value: PromiseLike<unknown>): Promise<unknown> {
    let stop: (reason: Error) => void = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = reject;
    });
    this.waiting.set(stop, undefined);
    try {
      return await Promise.race([value, stopped]);
    } finally {
      this.waiting.delete(stop);
    }
  }

  private rejectAwaits(makeError: () => Error): void {
    for (const [reject, site] of this.waiting) {
      reject(passing(makeError(), site) as Error);
    }
    this.waiting.clear();
  }

  private markThrown(): void {
    this.thrown = true;
    if (!this.finished) {
      this.events.onThrown();
    }
  }
}

/** Awaits that an error came through. V8 would know them, were they not guarded. */
const sitesOfErrors = new WeakMap<object, string[]>();

/** An error that is awaited again and again tells no more by each time. */
const maximalSites = 50;

function passing(reason: unknown, site: string | undefined): unknown {
  if (site !== undefined && isError(reason)) {
    sitesOfErrors.set(reason, [...awaitSites(reason), site].slice(0, maximalSites));
  }
  return reason;
}

/** Where `error` was awaited, innermost first, as `name|line|column`. */
export function awaitSites(error: Error): readonly string[] {
  return sitesOfErrors.get(error) ?? [];
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

const storage = new AsyncLocalStorage<Execution>();
let latest: Execution | undefined;

/** Runs a body, and all that it starts later, as part of an execution. */
export function runInExecution<T>(execution: Execution, body: () => T): T {
  latest = execution;
  return storage.run(execution, body);
}

/** The execution that started the running code; for code that lost its origin, the latest one. */
export function currentExecution(): Execution | undefined {
  return storage.getStore() ?? latest;
}

/** `await` in a cell. */
export function guardedAwait(value: unknown, site?: string): unknown {
  const execution = currentExecution();
  return execution ? execution.await(value, site) : value;
}

/** The iterable of `for await` in a cell. */
export async function* guardedIterate(
  iterable: AsyncIterable<unknown> | Iterable<unknown>,
  site: string,
): AsyncGenerator<unknown> {
  const iterator =
    Symbol.asyncIterator in iterable
      ? iterable[Symbol.asyncIterator]()
      : (iterable as Iterable<unknown>)[Symbol.iterator]();
  let finished = false;
  try {
    for (;;) {
      const next = (await guardedAwait(iterator.next(), site)) as IteratorResult<unknown>;
      if (next.done) {
        finished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    if (!finished) {
      await iterator.return?.();
    }
  }
}
