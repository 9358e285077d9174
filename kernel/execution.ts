import { AsyncLocalStorage } from "node:async_hooks";
import type { InterruptReason } from "../src/runs/contract.js";

/** Thrown into a cell that the user stops. */
export class CellInterrupted extends Error {
  override name = "Interrupted";
  /** @param why what a training that ends by it notes in its run */
  constructor(readonly why: InterruptReason = "stopped") {
    super("The cell was interrupted; its variables are kept.");
  }
}

/** One request to run a cell, from its start until nothing of it runs any more, timers included. */
export class Execution {
  private readonly controller = new AbortController();
  /** What rejects each await that is pending, and where it stands. */
  private readonly waiting = new Map<(reason: CellInterrupted) => void, string>();
  private thrown = false;
  private markBroken: () => void = () => {};
  /** Settles once an interruption has been thrown into the cell. */
  readonly broken = new Promise<void>((resolve) => {
    this.markBroken = resolve;
  });
  private abandoned = false;
  /** The cell asked for its signal, so it may end by itself in good order. */
  cooperative = false;
  /** Displays whose content is still being made. */
  readonly pendingDisplays = new Set<Promise<void>>();

  constructor(
    readonly id: string,
    readonly cell: number,
    private readonly onCooperative: () => void,
  ) {}

  get interrupted(): boolean {
    return this.controller.signal.aborted;
  }

  get signal(): AbortSignal {
    this.cooperative = true;
    this.onCooperative();
    return this.controller.signal;
  }

  abort(why?: InterruptReason): void {
    this.controller.abort(new CellInterrupted(why));
  }

  /** Rejects what the cell awaits. */
  breakAwaits(): void {
    this.thrown ||= this.waiting.size > 0;
    for (const [reject, site] of this.waiting) {
      reject(passing(new CellInterrupted(), site) as CellInterrupted);
    }
    this.waiting.clear();
    this.markBroken();
  }

  /** A loop of the cell has thrown the interruption. */
  stopped(): void {
    this.abort();
    this.thrown = true;
    this.markBroken();
  }

  /** After this nothing awaited by the cell settles: code that swallowed the interruption ends here. */
  abandon(): void {
    this.abandoned = true;
  }

  /**
   * What `await value` at `site` waits for. The first await after an interruption throws; later ones do not, so that
   * `finally` blocks can clean up.
   */
  await(value: unknown, site: string): unknown {
    if (this.abandoned) {
      return new Promise(() => {});
    }
    if (this.interrupted && !this.thrown) {
      this.thrown = true;
      throw passing(new CellInterrupted(), site);
    }
    if (!isThenable(value)) {
      return value;
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
}

/** Awaits that an error came through. V8 would know them, were they not guarded. */
const sitesOfErrors = new WeakMap<object, string[]>();

function passing(reason: unknown, site: string): unknown {
  if (reason instanceof Error) {
    sitesOfErrors.set(reason, [...awaitSites(reason), site]);
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

export function runInExecution<T>(execution: Execution, body: () => T): T {
  latest = execution;
  return storage.run(execution, body);
}

/** The execution that started the running code; for code that lost its origin, the latest one. */
export function currentExecution(): Execution | undefined {
  return storage.getStore() ?? latest;
}

/** `await` in a cell. */
export function guardedAwait(value: unknown, site: string): unknown {
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
