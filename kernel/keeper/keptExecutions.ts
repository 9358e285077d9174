import type { FromKernel } from "../contract.js";
import type { CellRequest, Execution, ExecutionEnd } from "./contract.js";
import { isOutput, KeptOutput } from "./keptOutput.js";

/** What is kept of all executions together, in bytes. */
export const maximalKeptBytes = 50_000_000;
/** Room is made for more than is needed, since that looks at all that is kept. */
const roomShare = 0.1;
/** So many that have ended and are shown stay known, for what their timers still print. */
const rememberedExecutions = 200;

/** One execution, as long as a window may have to be told of it. */
export class KeptExecution {
  start: Execution["start"];
  end: ExecutionEnd | undefined;
  readonly output = new KeptOutput();
  /** Number of the latest news about it. */
  seq = 0;

  constructor(readonly request: CellRequest) {}

  get state(): Execution {
    return { request: this.request, start: this.start, end: this.end };
  }
}

/** The executions of a kernel in the order of their requests. */
export class KeptExecutions {
  private readonly byId = new Map<string, KeptExecution>();
  /** Everything up to this number is shown in the notebook. */
  private shownSeq = 0;

  /** @param limit bytes of output that are kept */
  constructor(private readonly limit = maximalKeptBytes) {}

  /** One more; what its cell showed before counts no more. */
  add(request: CellRequest): KeptExecution {
    const before = [...this.byId.values()].filter((kept) => kept.end !== undefined && isSameCell(kept.request, request));
    before.forEach((kept) => this.byId.delete(kept.request.execution));
    const kept = new KeptExecution(request);
    this.byId.set(request.execution, kept);
    return kept;
  }

  remove(execution: string): void {
    const kept = this.byId.get(execution);
    if (kept?.end !== undefined) {
      this.byId.delete(execution);
    }
  }

  shown(seq: number): void {
    this.shownSeq = Math.max(this.shownSeq, seq);
    const over = [...this.byId.values()].filter((kept) => !this.isBehind(kept)).slice(0, -rememberedExecutions);
    over.forEach(({ request }) => this.byId.delete(request.execution));
  }

  /** Those whose cells may not show all that they should. */
  behind(): KeptExecution[] {
    return [...this.byId.values()].filter((kept) => this.isBehind(kept));
  }

  /**
   * Keeps what the kernel says in the name of an execution.
   * @returns the one whose outputs it changes, for an update the execution that made the display; undefined when that is known no more
   */
  receive(by: KeptExecution, message: FromKernel): KeptExecution | undefined {
    const known = this.byId.has(by.request.execution) ? by : undefined;
    if (!isOutput(message)) {
      return known;
    }
    const updated = message.type === "display" ? [...this.byId.values()].find(({ output }) => output.update(message)) : undefined;
    if (updated === undefined) {
      known?.output.add(message);
    }
    this.makeRoom();
    return updated ?? known;
  }

  /** Forgets first what is shown, then drops the oldest text, then the oldest pictures and values. */
  private makeRoom(): void {
    const all = [...this.byId.values()];
    const total = all.reduce((sum, { output }) => sum + output.bytes, 0);
    let excess = total > this.limit ? total - this.limit * (1 - roomShare) : 0;
    const free = (from: readonly KeptExecution[], drop: (kept: KeptExecution) => number): void =>
      from.forEach((kept) => (excess -= excess > 0 ? drop(kept) : 0));
    free(all.filter((kept) => !this.isBehind(kept)), ({ output }) => {
      const { bytes } = output;
      output.forget();
      return bytes;
    });
    free(all, ({ output }) => output.dropText(excess));
    free(all, ({ output }) => output.dropRest(excess));
  }

  private isBehind({ end, seq }: KeptExecution): boolean {
    return end === undefined || seq > this.shownSeq;
  }
}

/** Cells of files before nbformat 4.5 have no ids. */
function isSameCell(one: CellRequest, other: CellRequest): boolean {
  return one.cellId !== undefined || other.cellId !== undefined
    ? one.cellId === other.cellId
    : one.index === other.index && one.code === other.code;
}
