import * as z from "zod";
import type { ExecutionStatus, KernelClient } from "../../kernel/client.js";
import type { CellError, FromKernel } from "../../kernel/contract.js";
import type { Channels } from "./channels.js";
import type { History } from "./history.js";
import type { Content, Request } from "./message.js";
import { dataOf, errorContent, outputOf } from "./outputs.js";

export const executeRequestSchema = z.looseObject({
  code: z.string(),
  silent: z.boolean().default(false),
  store_history: z.boolean().default(true),
  user_expressions: z.record(z.string(), z.string()).nullish(),
  allow_stdin: z.boolean().default(true),
  stop_on_error: z.boolean().default(true),
});
type ExecuteRequest = z.infer<typeof executeRequestSchema>;

/** Content of a reply, and whether the requests that wait behind it are to be given up. */
export interface CellRunEnd {
  readonly content: Content;
  readonly isFailure: boolean;
}

interface Ended {
  readonly status: ExecutionStatus;
  readonly error: CellError | undefined;
  readonly result: FromKernel & { type: "result" } | undefined;
}

const interrupted: CellError = { name: "Interrupted", message: "The cell was interrupted; its variables are kept.", stack: "" };

/** Runs the code of execute requests, and broadcasts what it shows. */
export class CellRuns {
  /** The count of the cell that ran last. */
  private count = 0;

  constructor(
    private readonly kernel: KernelClient,
    private readonly channels: Channels,
    private readonly history: History,
  ) {}

  async run(request: Request, options: ExecuteRequest): Promise<CellRunEnd> {
    const { executionCount, remember } = this.begin(request, options);
    const { status, error, result } = await this.execute(options.code, executionCount, (message) => this.show(message, request, options, executionCount));
    remember(result?.data["text/plain"]);
    if (status !== "ok") {
      return { content: { status: "error", execution_count: executionCount, ...errorContent(error ?? interrupted) }, isFailure: true };
    }
    const user_expressions = await this.evaluate(options.user_expressions ?? {}, request, options, executionCount);
    return { content: { status: "ok", execution_count: executionCount, payload: [], user_expressions }, isFailure: false };
  }

  /** @returns `remember` takes the result's text into the history, where the code stands in it */
  private begin(request: Request, { code, silent, store_history: isStored }: ExecuteRequest): { executionCount: number; remember: (output: string | undefined) => void } {
    const isCounted = !silent && isStored && code.trim() !== "";
    this.count += isCounted ? 1 : 0;
    if (!silent) {
      this.channels.publish("execute_input", { code, execution_count: this.count }, request.header);
    }
    return { executionCount: this.count, remember: isCounted ? this.history.add(this.count, code) : () => {} };
  }

  private show(message: FromKernel, request: Request, { silent }: ExecuteRequest, executionCount: number): void {
    const output = silent ? undefined : outputOf(message, executionCount, this.channels.session);
    if (output !== undefined) {
      this.channels.publish(output.type, output.content, request.header);
    }
  }

  /** Each of the expressions gives its value or its own error; what it prints is shown. */
  private async evaluate(expressions: Readonly<Record<string, string>>, request: Request, options: ExecuteRequest, executionCount: number): Promise<Content> {
    const values: Record<string, Content> = {};
    for (const [name, code] of Object.entries(expressions)) {
      const { status, error, result } = await this.execute(code, executionCount, (message) => {
        if (message.type === "stream" || message.type === "display") {
          this.show(message, request, options, executionCount);
        }
      });
      values[name] = status === "ok" ? { status, data: dataOf(result?.data ?? {}), metadata: {} } : { status: "error", ...errorContent(error ?? interrupted) };
    }
    return values;
  }

  private async execute(code: string, executionCount: number, onMessage: (message: FromKernel) => void): Promise<Ended> {
    let error: CellError | undefined;
    let result: Ended["result"];
    // Jupyter does not tell which cell of the notebook this is: stacks name its execution count.
    const cell = Math.max(1, executionCount);
    const status = await this.kernel.execute(code, { cell, executionCount: cell }, (message) => {
      error = message.type === "error" ? message.error : error;
      result = message.type === "result" ? message : result;
      onMessage(message);
    });
    return { status, error, result };
  }
}
