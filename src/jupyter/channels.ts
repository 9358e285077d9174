import type { Reply, Router, XPublisher } from "zeromq";
import { type Connection, endpoint } from "./connection.js";
import { type Message, type Request, Wire } from "./message.js";
import type { ZeroMq } from "./zeroMq.js";

/** Whom requests come from and replies go to. */
export type RequestChannel = "shell" | "control" | "stdin";
type Receive = (channel: RequestChannel, request: Request) => void;

/** What is not sent yet when the kernel ends still has this long. */
const lingerMilliseconds = 1000;
/** No limit of queued messages: output is never dropped because a client reads slowly. */
const unlimited = 0;

/** A ZeroMQ socket takes one message at a time. */
class Outbox {
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: { send(frames: Buffer[]): Promise<void> },
    private readonly note: (text: string) => void,
  ) {}

  post(frames: Buffer[]): void {
    this.sending = this.sending
      .then(() => this.socket.send(frames))
      .catch((error: unknown) => this.note(`A message could not be sent: ${(error as Error).message}`));
  }

  /** Resolves when everything posted so far has been taken. */
  get emptied(): Promise<void> {
    return this.sending;
  }
}

/** The five sockets of a kernel: requests and their replies, broadcasts, questions to the user, and the heartbeat. */
export class Channels {
  private readonly routers: Readonly<Record<RequestChannel, Router>>;
  private readonly outboxes: Readonly<Record<RequestChannel | "iopub", Outbox>>;
  private readonly publisher: XPublisher;
  private readonly heartbeat: Reply;
  private readonly wire: Wire;

  /** @param note tells what was received and is no message, or could not be sent */
  constructor(
    zmq: ZeroMq,
    private readonly connection: Connection,
    private readonly note: (text: string) => void,
  ) {
    this.wire = new Wire(connection.key, connection.signature_scheme);
    const options = { linger: lingerMilliseconds, sendHighWaterMark: unlimited };
    this.routers = { shell: new zmq.Router(options), control: new zmq.Router(options), stdin: new zmq.Router(options) };
    this.publisher = new zmq.XPublisher(options);
    this.publisher.verbosity = "allSubs";
    this.heartbeat = new zmq.Reply({ linger: 0 });
    const { shell, control, stdin } = this.routers;
    this.outboxes = {
      shell: new Outbox(shell, note),
      control: new Outbox(control, note),
      stdin: new Outbox(stdin, note),
      iopub: new Outbox(this.publisher, note),
    };
  }

  get session(): string {
    return this.wire.session;
  }

  /**
   * From now on there is a heartbeat and subscribers are welcomed; requests wait for `listen`.
   * @throws Error of ZeroMQ when another program listens there
   */
  async bind(): Promise<void> {
    const { connection } = this;
    const at = (port: number): string => endpoint(connection, port);
    await Promise.all([
      this.routers.shell.bind(at(connection.shell_port)),
      this.routers.control.bind(at(connection.control_port)),
      this.routers.stdin.bind(at(connection.stdin_port)),
      this.publisher.bind(at(connection.iopub_port)),
      this.heartbeat.bind(at(connection.hb_port)),
    ]);
    this.forEach(this.heartbeat, (frames) => this.heartbeat.send(frames));
    this.forEach(this.publisher, ([frame]) => this.welcome(frame));
  }

  /** Starts to receive; each request is given to `receive`, which must not throw. What is no message is noted and passed over. */
  listen(receive: Receive): void {
    for (const [channel, router] of Object.entries(this.routers) as [RequestChannel, Router][]) {
      this.forEach(router, (frames) => this.take(channel, frames, receive));
    }
  }

  reply(channel: RequestChannel, request: Request, type: string, content: Message["content"], metadata: Message["metadata"] = {}): Message {
    const message = this.wire.message(type, content, request.header, metadata);
    this.outboxes[channel].post(this.wire.encode(request.identities, message));
    return message;
  }

  publish(type: string, content: Message["content"], parent: Message["parent"]): void {
    const topic = Buffer.from(`kernel.${this.wire.session}.${type}`);
    this.outboxes.iopub.post(this.wire.encode([topic], this.wire.message(type, content, parent)));
  }

  /** Closes the sockets after what was posted has been taken. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.outboxes).map((outbox) => outbox.emptied));
    [...Object.values(this.routers), this.publisher, this.heartbeat].forEach((socket) => socket.close());
  }

  /** Until the socket is closed; one message after the other. */
  private forEach(socket: AsyncIterable<Buffer[]>, work: (frames: Buffer[]) => void | Promise<void>): void {
    const receive = async (): Promise<void> => {
      for await (const frames of socket) {
        await work(frames);
      }
    };
    receive().catch((error: unknown) => this.note(`A socket failed: ${(error as Error).message}`));
  }

  private take(channel: RequestChannel, frames: readonly Buffer[], receive: Receive): void {
    let request: Request;
    try {
      request = this.wire.decode(frames);
    } catch (error) {
      this.note(`A message on ${channel} was ignored: ${(error as Error).message}.`);
      return;
    }
    receive(channel, request);
  }

  /** A subscription begins with a byte 1; its subscriber learns that nothing is missed from here on (Jupyter enhancement proposal 65). */
  private welcome(frame: Buffer | undefined): void {
    if (frame?.[0] === 1) {
      const topic = frame.subarray(1);
      const message = this.wire.message("iopub_welcome", { subscription: topic.toString("utf8") }, {});
      this.outboxes.iopub.post(this.wire.encode([topic], message));
    }
  }
}
