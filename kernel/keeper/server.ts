import { timingSafeEqual } from "node:crypto";
import { chmod } from "node:fs/promises";
import net, { type Socket } from "node:net";
import { writeErrorText } from "../../src/files/writeErrorText.js";
import type { FromKeeper, Greeting, NotebookName, ToKeeper } from "./contract.js";
import { greetingSchema, keeperProtocol, toKeeperSchema } from "./contract.js";
import { KernelFolderError } from "./folder.js";
import { JsonLines, sendLine } from "./jsonLines.js";
import type { Keeper, Listener } from "./keeper.js";

/** Who connects has to greet within this time, and in few words. */
const greetingMilliseconds = 5_000;
const greetingCharacters = 10_000;

/** The cells of one request may have so many characters, which is more than an editor opens. */
const requestCharacters = 100_000_000;

/** Whoever was told the last message has this long to read it. */
const farewellMilliseconds = 10_000;

/** Beyond so many bytes that a listener has not read it counts as slow. */
const slowBytes = 4_000_000;

export interface ServerOptions {
  readonly socket: string;
  readonly token: string;
  /** The notebook has another name now. @returns false when one of that name has a kernel already */
  onRename(notebook: NotebookName): Promise<boolean>;
}

/** Listens on the keeper's socket. @throws KernelFolderError when it cannot */
export async function serve(keeper: Keeper, options: ServerOptions): Promise<void> {
  const { socket: place } = options;
  const server = net.createServer((socket) => new Connection(socket, keeper, options));
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(place, resolve));
    if (process.platform !== "win32") {
      await chmod(place, 0o600);
    }
  } catch (error) {
    throw new KernelFolderError(`No kernel can be started: there cannot be a socket ${place}. ${writeErrorText(error, String)}`, { cause: error });
  }
  // Whoever could not connect, for example since this process has too many files open, was told by its own system.
  server.on("error", () => {});
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
    this.socket.destroySoon();
    setTimeout(() => this.socket.destroy(), farewellMilliseconds).unref();
  }

  private receive(value: unknown): void {
    if (this.socket.writableEnded || this.socket.destroyed) {
      return;
    }
    if (this.isGreeted) {
      this.hear(value);
    } else {
      this.takeGreeting(value);
    }
  }

  private hear(value: unknown): void {
    const message = toKeeperSchema.safeParse(value);
    if (message.success) {
      this.keeper.receive(message.data satisfies ToKeeper);
    } else {
      this.socket.destroy();
    }
  }

  private takeGreeting(value: unknown): void {
    const greeting = greetingSchema.safeParse(value);
    if (!greeting.success) {
      this.refuse("unknown");
    } else if (!isEqual(greeting.data.token, this.options.token)) {
      this.refuse("token");
    } else {
      clearTimeout(this.patience);
      this.greet(greeting.data).catch((error: Error) => this.refuse("failed", error.message));
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
    this.lines.limit = requestCharacters;
    this.keeper.attach(this, idleSeconds);
  }

  private refuse(reason: Extract<FromKeeper, { type: "refused" }>["reason"], problem?: string): void {
    this.answerAndClose({ type: "refused", reason, protocol: keeperProtocol, problem, ...(reason === "attached" && { by: this.keeper.attached?.by }) });
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
