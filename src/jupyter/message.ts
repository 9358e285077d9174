import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { userInfo } from "node:os";
import * as z from "zod";

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html */
export const messagingVersion = "5.4";

const headerSchema = z.looseObject({ msg_id: z.string(), msg_type: z.string(), session: z.string() });
export type Header = z.infer<typeof headerSchema>;

export type Content = Readonly<Record<string, unknown>>;

const contentSchema = z.record(z.string(), z.unknown());

/** One message, without what ZeroMQ needs to route it. */
export interface Message {
  readonly header: Header;
  /** That of the request to which the message belongs; empty where there is none. */
  readonly parent: Header | Record<string, never>;
  readonly metadata: Content;
  readonly content: Content;
}

/** A message as it came in, with the frames by which an answer finds its way back. */
export interface Request extends Message {
  readonly identities: readonly Buffer[];
}

/** Frames that are no message, or are not signed with the key of the connection file. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}

const delimiter = Buffer.from("<IDS|MSG>");

/** Signs and reads the frames of one session; see "The Wire Protocol" of the messaging specification. */
export class Wire {
  readonly session = randomUUID();
  private readonly username = userNameOrNone();
  private readonly hash: string;

  /**
   * @param key of the connection file; empty: nothing is signed
   * @param scheme "hmac-sha256" or another hash of Node's
   */
  constructor(
    private readonly key: string,
    scheme: string,
  ) {
    this.hash = scheme.replace(/^hmac-/, "");
    this.sign([]);
  }

  message(type: string, content: Content, parent: Message["parent"], metadata: Content = {}): Message {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.session,
      username: this.username,
      date: new Date().toISOString(),
      version: messagingVersion,
    };
    return { header, parent, metadata, content };
  }

  /** @param routing identities of the receiver, or the topic of a broadcast */
  encode(routing: readonly Buffer[], { header, parent, metadata, content }: Message): Buffer[] {
    const parts = [header, parent, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...routing, delimiter, Buffer.from(this.sign(parts)), ...parts];
  }

  /** @throws MalformedMessageError */
  decode(frames: readonly Buffer[]): Request {
    const start = frames.findIndex((frame) => frame.equals(delimiter));
    const [signature, ...parts] = start < 0 ? [] : frames.slice(start + 1, start + 6);
    if (signature === undefined || parts.length < 4) {
      throw new MalformedMessageError("frames without the delimiter <IDS|MSG>, a signature and four parts after it");
    }
    this.check(signature, parts);
    const [header, parent, metadata, content] = parts.map(parsed);
    const read = z.object({ header: headerSchema, parent: z.union([headerSchema, z.object({})]), metadata: contentSchema, content: contentSchema });
    const message = read.safeParse({ header, parent, metadata, content });
    if (!message.success) {
      const { path, message: fault } = message.error.issues[0]!;
      throw new MalformedMessageError(`${path.join(".")}: ${fault}`);
    }
    return { ...message.data, identities: frames.slice(0, start) };
  }

  private check(signature: Buffer, parts: readonly Buffer[]): void {
    const wanted = Buffer.from(this.sign(parts));
    if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) {
      throw new MalformedMessageError("a signature that is not made with the key of the connection file");
    }
  }

  private sign(parts: readonly Buffer[]): string {
    if (this.key === "") {
      return "";
    }
    const hmac = createHmac(this.hash, this.key);
    parts.forEach((part) => hmac.update(part));
    return hmac.digest("hex");
  }
}

function parsed(part: Buffer): unknown {
  try {
    return JSON.parse(part.toString("utf8")) as unknown;
  } catch (error) {
    throw new MalformedMessageError(`a part that is not JSON (${(error as Error).message})`, { cause: error });
  }
}

/** A user without an entry in the system's list has no name. */
function userNameOrNone(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
