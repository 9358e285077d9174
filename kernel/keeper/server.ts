import { timingSafeEqual } from "node:crypto";
import { chmod } from "node:fs/promises";
import net, { type Socket } from "node:net";
import type { FromKeeper, Greeting, NotebookName, ToKeeper } from "./contract.js";
import { greetingSchema, keeperProtocol, toKeeperSchema } from "./contract.js";
import { JsonLines, sendLine } from "./jsonLines.js";
import type { Keeper, Listener } from "./keeper.js";

/** Who connects has to greet within this time, and in few words. */
const greetingMilliseconds = 5_000;
const greetingCharacters = 10_000;

/** Beyond so many bytes that a listener has not read it counts as slow. */
const slowBytes = 4_000_000;

export interface ServerOptions {
  readonly socket: string;
  readonly token: string;
  /** The notebook has another name now. @returns false when one of that name has a kernel already */
  onRename(notebook: NotebookName): Promise<boolean>;
}

/** Listens on the keeper's socket. @throws the system's error when it cannot */
export async function serve(keeper: Keeper, options: ServerOptions): Promise<net.Server> {
  const server = net.createServer((socket) => new Connection(socket, keeper, options));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(options.socket, resolve));
  if (process.platform !== "win32") {
    await chmod(options.socket, 0o600);
  }
  return server;
}

/** One connection: first a greeting, then, where that attaches, messages both ways. */
class Connection implements Listener {
  by = "";
  window = "";
  private isGreeted = false;
  private readonly lines: JsonLines;
  private readonly patience: NodeJS.Timeout;

  constructor(
    private readonly socket: Socket,
    private readonly keeper: Keeper,
    private readonly options: ServerOptions,
  ) {
    this.patience = setTimeout(() => socket.destroy(), greetingMilliseconds);
    this.lines = new JsonLines((value) => this.receive(value), () => socket.destroy(), greetingCharacters);
    socket.on("data", (bytes: Buffer) => this.lines.receive(bytes));
    // It is told by "close" as well.
    socket.on("error", () => {});
    socket.on("drain", () => keeper.catchUp(this));
    socket.on("close", () => {
      clearTimeout(this.patience);
      keeper.detach(this);
    });
  }

  get isSlow(): boolean {
    return this.socket.writableLength > slowBytes;
  }

  send(message: FromKeeper): void {
    sendLine(this.socket, message);
  }

  close(): void {
    this.socket.end();
  }

  private receive(value: unknown): void {
    if (this.isGreeted) {
      const message = toKeeperSchema.safeParse(value);
      if (message.success && !this.socket.writableEnded) {
        this.keeper.receive(message.data satisfies ToKeeper);
      }
      return;
    }
    const greeting = greetingSchema.safeParse(value);
    if (!greeting.success) {
      this.refuse("unknown");
    } else if (!isEqual(greeting.data.token, this.options.token)) {
      this.refuse("token");
    } else {
      clearTimeout(this.patience);
      void this.greet(greeting.data);
    }
  }

  private async greet(greeting: Greeting): Promise<void> {
    if (greeting.type === "end") {
      return this.keeper.end(greeting.why);
    }
    if (greeting.protocol !== keeperProtocol) {
      return this.refuse("protocol");
    }
    switch (greeting.type) {
      case "attach":
        return this.attach(greeting);
      case "look":
        this.send({ type: "outlook", outlook: await this.keeper.outlook() });
        return this.close();
      case "rename":
        return (await this.options.onRename(greeting.notebook)) ? this.answerAndClose({ type: "renamed" }) : this.refuse("attached");
    }
  }

  private attach({ by, window, takeOver, idleSeconds }: Extract<Greeting, { type: "attach" }>): void {
    const { attached } = this.keeper;
    if (attached !== undefined && attached.window !== window && !takeOver) {
      return this.refuse("attached");
    }
    this.by = by;
    this.window = window;
    this.isGreeted = true;
    this.lines.limit = Infinity;
    this.keeper.attach(this, idleSeconds);
  }

  private refuse(reason: Extract<FromKeeper, { type: "refused" }>["reason"]): void {
    this.answerAndClose({ type: "refused", reason, protocol: keeperProtocol, ...(reason === "attached" && { by: this.keeper.attached?.by }) });
  }

  private answerAndClose(message: FromKeeper): void {
    this.send(message);
    this.close();
  }
}

function isEqual(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}
