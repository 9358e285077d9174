import * as z from "zod";
import type { KernelClient, KernelExit } from "../../kernel/client.js";
import { CellRuns, executeRequestSchema } from "./cellRun.js";
import type { Channels, RequestChannel } from "./channels.js";
import type { CodeAssistant } from "./codeAssistant.js";
import { pointsOf, unitsOf } from "./cursor.js";
import { History, historyRequestSchema } from "./history.js";
import { kernelInfo } from "./kernelInfo.js";
import type { Content, Header, Request } from "./message.js";
import type { UserInput } from "./userInput.js";

const cursorSchema = z.looseObject({ code: z.string(), cursor_pos: z.number().int().min(0) });
const inspectSchema = cursorSchema.extend({ detail_level: z.number().default(0) });
const codeSchema = z.looseObject({ code: z.string() });
const shutdownSchema = z.looseObject({ restart: z.boolean().default(false) });

type Handler = (request: Request) => Content | Promise<Content>;

interface KernelBridgeParts {
  readonly kernel: KernelClient;
  readonly channels: Channels;
  readonly assistant: CodeAssistant;
  readonly input: UserInput;
  /** Called once, when a client has asked the kernel to end or its process has ended. @param exitCode of this program */
  readonly onEnd: (exitCode: number) => void;
}

/**
 * Answers the requests of Jupyter's clients. Those on `shell` are answered one after the other, so that each finds what the
 * cells before it have done; those on `control` at once.
 */
export class KernelBridge {
  private readonly history = new History();
  private readonly runs: CellRuns;
  private readonly waiting: Request[] = [];
  private working: Promise<void> | undefined;
  private running: Request | undefined;
  private latest: Header | Record<string, never> = {};
  /** Cells that waited behind one that failed. */
  private readonly givenUp: Request[] = [];
  private isOver = false;

  constructor(private readonly parts: KernelBridgeParts) {
    this.runs = new CellRuns(parts.kernel, parts.channels, this.history);
    parts.kernel.onExit((exit) => void this.kernelEnded(exit));
  }

  /** Starts to answer. */
  start(): void {
    this.parts.channels.publish("status", { execution_state: "starting" }, {});
    this.parts.channels.listen((channel, request) => this.receive(channel, request));
  }

  /** The request of the cell that runs. */
  get runningRequest(): Request | undefined {
    return this.running;
  }

  private receive(channel: RequestChannel, request: Request): void {
    switch (channel) {
      case "stdin":
        this.parts.input.receive(request);
        break;
      case "control":
        void this.answer("control", request);
        break;
      case "shell":
        this.waiting.push(request);
        this.working ??= this.work();
    }
  }

  private async work(): Promise<void> {
    for (let request = this.waiting.shift(); request !== undefined; request = this.waiting.shift()) {
      await this.answer("shell", request);
      this.givenUp.splice(0).forEach((given) => this.tellGivenUp(given));
    }
    this.working = undefined;
  }

  private async answer(channel: "shell" | "control", request: Request): Promise<void> {
    const { channels } = this.parts;
    const { msg_type: type } = request.header;
    const started = new Date().toISOString();
    this.latest = request.header;
    channels.publish("status", { execution_state: "busy" }, request.header);
    const content = await this.contentOf(request);
    if (content !== undefined) {
      channels.reply(channel, request, type.replace(/_request$/, "_reply"), content, { started });
    }
    channels.publish("status", { execution_state: "idle" }, request.header);
    if (type === "shutdown_request") {
      this.end(0);
    }
  }

  /** @returns undefined where no reply is due */
  private async contentOf(request: Request): Promise<Content | undefined> {
    const { msg_type: type } = request.header;
    const handle = Object.hasOwn(this.handlers, type) ? this.handlers[type] : undefined;
    try {
      if (handle !== undefined) {
        return await handle(request);
      }
      if (type === "comm_open") {
        // The specification: a target that is not known is closed at once.
        this.parts.channels.publish("comm_close", { comm_id: request.content["comm_id"], data: {} }, request.header);
      }
      return type.endsWith("_request") ? failed("NotSupported", `This kernel does not know ${type}.`) : undefined;
    } catch (error) {
      return failed((error as Error).name, error instanceof z.ZodError ? `${type}: ${z.prettifyError(error)}` : (error as Error).message);
    }
  }

  private readonly handlers: Readonly<Record<string, Handler>> = {
    kernel_info_request: () => kernelInfo,
    execute_request: (request) => this.execute(request),
    complete_request: ({ content }) => this.complete(cursorSchema.parse(content)),
    inspect_request: ({ content }) => this.inspect(inspectSchema.parse(content)),
    is_complete_request: ({ content }) => this.isComplete(codeSchema.parse(content).code),
    history_request: ({ content }) => ({ status: "ok", history: this.history.find(historyRequestSchema.parse(content)) }),
    comm_info_request: () => ({ status: "ok", comms: {} }),
    interrupt_request: () => this.interrupt(),
    shutdown_request: ({ content }) => ({ status: "ok", restart: shutdownSchema.parse(content).restart }),
  };

  private async execute(request: Request): Promise<Content> {
    const options = executeRequestSchema.parse(request.content);
    this.running = request;
    const { content, isFailure } = await this.runs.run(request, options);
    if (!options.silent) {
      this.parts.assistant.ran(options.code);
    }
    this.running = undefined;
    if (isFailure && options.stop_on_error) {
      await this.giveUpWaiting();
    }
    return content;
  }

  /** Cells that wait behind one that failed are not run; those that a client sends once it knows of the failure are. */
  private async giveUpWaiting(): Promise<void> {
    // What has been sent comes in by the next turns of the event loop.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const isCell = ({ header }: Request): boolean => header.msg_type === "execute_request";
    const all = this.waiting.splice(0);
    this.givenUp.push(...all.filter(isCell));
    this.waiting.push(...all.filter((request) => !isCell(request)));
  }

  private tellGivenUp(request: Request): void {
    const { channels } = this.parts;
    channels.publish("status", { execution_state: "busy" }, request.header);
    channels.reply("shell", request, "execute_reply", { status: "aborted" });
    channels.publish("status", { execution_state: "idle" }, request.header);
  }

  private async complete({ code, cursor_pos: cursor }: z.infer<typeof cursorSchema>): Promise<Content> {
    const { completions, start, end } = await this.parts.assistant.complete(code, unitsOf(code, cursor));
    const places = { start: pointsOf(code, start), end: pointsOf(code, end) };
    return {
      status: "ok",
      matches: completions.map(({ text }) => text),
      cursor_start: places.start,
      cursor_end: places.end,
      // JupyterLab shows the kinds beside the names.
      metadata: { _jupyter_types_experimental: completions.map(({ text, kind }) => ({ ...places, text, type: kind })) },
    };
  }

  private async inspect({ code, cursor_pos: cursor, detail_level: level }: z.infer<typeof inspectSchema>): Promise<Content> {
    const { text } = await this.parts.assistant.inspect(code, unitsOf(code, cursor), level > 0);
    return { status: "ok", found: text !== null, data: text === null ? {} : { "text/plain": text }, metadata: {} };
  }

  private async isComplete(code: string): Promise<Content> {
    const { status, indent } = await this.parts.kernel.askAboutCode({ kind: "completeness", code });
    return status === "incomplete" ? { status, indent } : { status };
  }

  private interrupt(): Content {
    this.parts.kernel.interrupt();
    return { status: "ok" };
  }

  /** Says so where the user looks; Jupyter sees the end of this program and starts another. */
  private async kernelEnded({ code, signal }: KernelExit): Promise<void> {
    const isUntold = this.running === undefined && !this.isOver;
    await this.working;
    if (isUntold) {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const text = `The kernel process ended (${how}); its variables are lost.\n`;
      this.parts.channels.publish("stream", { name: "stderr", text }, this.latest);
    }
    this.end(1);
  }

  private end(exitCode: number): void {
    this.isOver = true;
    this.parts.onEnd(exitCode);
  }
}

function failed(ename: string, evalue: string): Content {
  return { status: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
