import { originalPositionFor, generatedPositionFor, LEAST_UPPER_BOUND, TraceMap } from "@jridgewell/trace-mapping";
import { WebSocket } from "undici";

/** A debugger of the plainest kind: Chrome's protocol on Node's inspector, and the source maps of the scripts. */

interface Location {
  scriptId: string;
  lineNumber: number;
  columnNumber?: number;
}

interface Pause {
  reason: string;
  data?: { uncaught?: boolean };
  callFrames: { callFrameId: string; functionName: string; location: Location }[];
}

interface Script {
  scriptId: string;
  url: string;
  sourceMapURL?: string;
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

/** Where a debugger stopped, in the source: "cell.ts:3", or the script's address where it has no source there. */
export type Stop = { place: string; mapped: boolean; frame: string; pause: Pause };

export class CdpClient {
  private readonly answers = new Map<number, (message: Message) => void>();
  private readonly maps = new Map<string, { map: TraceMap; script: Script }>();
  private readonly scripts = new Map<string, Script>();
  private readonly pauses: Pause[] = [];
  private readonly waiting: ((pause: Pause) => void)[] = [];
  private breakpoints: { file: string; line: number }[] = [];
  private count = 0;
  readonly closed: Promise<void>;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener("message", ({ data }) => this.receive(JSON.parse(String(data)) as Message));
    this.closed = new Promise((resolve) => socket.addEventListener("close", () => resolve()));
  }

  static async connect(url: string): Promise<CdpClient> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", ({ message }) => reject(new Error(`No inspector at ${url}: ${message}`)));
    });
    const client = new CdpClient(socket);
    await client.send("Runtime.enable");
    await client.send("Debugger.enable");
    await client.send("Debugger.setAsyncCallStackDepth", { maxDepth: 32 });
    // As VS Code's debugger: breakpoints are set when the source map of a script is known, before it runs.
    await client.send("Debugger.setInstrumentationBreakpoint", { instrumentation: "beforeScriptWithSourceMapExecution" });
    return client;
  }

  /** To be called before the script runs. @param file the end of the source's address */
  breakAt(file: string, line: number): void {
    this.breakpoints.push({ file, line });
  }

  send(method: string, params: object = {}): Promise<unknown> {
    this.count += 1;
    const id = this.count;
    return new Promise((resolve, reject) => {
      this.answers.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result)));
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** The next stop. */
  async stop(): Promise<Stop> {
    const pause = await this.nextPause();
    const [frame] = pause.callFrames;
    const found = this.originalOf(frame!.location);
    return { ...found, frame: frame!.functionName, pause };
  }

  /** The next stop at a place that the source has, as a debugger with "smart step" goes on from all others. */
  async step(how: "stepOver" | "stepInto"): Promise<Stop> {
    await this.send(`Debugger.${how}`);
    const stop = await this.stop();
    return stop.mapped ? stop : this.step(how);
  }

  /** What an expression gives in the innermost frame. */
  async evaluate(pause: Pause, expression: string): Promise<unknown> {
    const callFrameId = pause.callFrames[0]!.callFrameId;
    const { result } = (await this.send("Debugger.evaluateOnCallFrame", { callFrameId, expression, returnByValue: true })) as {
      result: { value?: unknown; description?: string };
    };
    return result.value ?? result.description;
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private receive({ id, method, params, ...answer }: Message): void {
    if (id !== undefined) {
      this.answers.get(id)?.(answer);
      this.answers.delete(id);
    } else if (method === "Debugger.scriptParsed") {
      this.learn(params as Script);
    } else if (method === "Debugger.paused") {
      this.paused(params as Pause);
    }
  }

  private learn(script: Script): void {
    this.scripts.set(script.scriptId, script);
    const data = /^data:application\/json;base64,(.*)$/.exec(script.sourceMapURL ?? "")?.[1];
    if (data !== undefined) {
      this.maps.set(script.scriptId, { map: new TraceMap(Buffer.from(data, "base64").toString()), script });
    }
  }

  private paused(pause: Pause): void {
    if (pause.reason === "instrumentation") {
      void this.bind(pause).then(() => this.send("Debugger.resume"));
      return;
    }
    const next = this.waiting.shift();
    if (next) {
      next(pause);
    } else {
      this.pauses.push(pause);
    }
  }

  private nextPause(): Promise<Pause> {
    const pause = this.pauses.shift();
    return pause ? Promise.resolve(pause) : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Sets the breakpoints of the script that is about to run. */
  private async bind({ callFrames, ...pause }: Pause): Promise<void> {
    const scriptId = callFrames[0]?.location.scriptId ?? (pause.data as { scriptId?: string } | undefined)?.scriptId;
    const mapped = this.maps.get(scriptId ?? "");
    const source = mapped?.map.sources[0] ?? "";
    for (const { line } of this.breakpoints.filter(({ file }) => mapped !== undefined && source.endsWith(file))) {
      const at = generatedPositionFor(mapped!.map, { source, line, column: 0, bias: LEAST_UPPER_BOUND });
      const location = { scriptId, lineNumber: (at.line ?? 1) - 1, columnNumber: at.column ?? 0 };
      await this.send("Debugger.setBreakpoint", { location });
    }
  }

  private originalOf({ scriptId, lineNumber, columnNumber = 0 }: Location): { place: string; mapped: boolean } {
    const mapped = this.maps.get(scriptId);
    const at = mapped && originalPositionFor(mapped.map, { line: lineNumber + 1, column: columnNumber });
    return at?.source
      ? { place: `${at.source.split("/").at(-1)}:${at.line}`, mapped: true }
      : { place: `${this.scripts.get(scriptId)?.url}:${lineNumber + 1}`, mapped: false };
  }
}
