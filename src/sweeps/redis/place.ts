import { shown } from "../../experiment/options.js";

/** A Redis server, and how to get in. */
export interface RedisPlace {
  /** "redis://user@host:6379/0", without the password: what is shown and kept. */
  readonly url: string;
  readonly password: string | undefined;
}

/** The environment variable with a password that no URL gives. */
export const passwordVariable = "TRITLOOM_REDIS_PASSWORD";

const remedy = 'give "redis://host:6379", or "rediss://…" for one that speaks TLS';

/**
 * Takes a URL of Redis apart. Its password is in no message and in no file.
 * @param word what got the URL, for the message: "tl.redis()"
 * @throws TypeError for what is no such URL
 */
export function redisPlace(word: string, text: unknown, environment: Readonly<Record<string, string | undefined>> = process.env): RedisPlace {
  const url = typeof text === "string" ? urlOf(text) : undefined;
  if (url === undefined) {
    throw new TypeError(`${word} takes the URL of a Redis, not ${typeof text === "string" ? "a text that is no URL" : shown(text)}: ${remedy}`);
  }
  const fault = faultOf(url);
  if (fault !== undefined) {
    throw new TypeError(`The URL of ${word} ${fault}: ${remedy}`);
  }
  return { url: withoutPassword(url), password: decoded(url.password) || environment[passwordVariable] || undefined };
}

function withoutPassword({ protocol, username, hostname, port, pathname }: URL): string {
  const user = username === "" ? "" : `${username}@`;
  return `${protocol}//${user}${hostname}:${port || "6379"}/${pathname.slice(1) || "0"}`;
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function faultOf({ protocol, hostname, pathname, search, hash, username, password }: URL): string | undefined {
  if (protocol !== "redis:" && protocol !== "rediss:") {
    return `begins with ${JSON.stringify(protocol)}`;
  }
  if (hostname === "") {
    return "names no host";
  }
  if (!/^\/?\d{0,5}$/.test(pathname)) {
    return `ends in ${JSON.stringify(pathname)}, and may end in the number of a database`;
  }
  if (search !== "" || hash !== "") {
    return `has ${JSON.stringify(search + hash)} at its end, which means nothing to it`;
  }
  return decoded(username) === undefined || decoded(password) === undefined ? "has a % in its user or password that is no escape" : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The parts that a client needs. @param url as of a RedisPlace */
export function partsOf({ url }: RedisPlace): { readonly host: string; readonly port: number; readonly database: number; readonly user: string | undefined; readonly isTls: boolean } {
  const { protocol, hostname, port, pathname, username } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port),
    database: Number(pathname.slice(1)),
    user: decoded(username) || undefined,
    isTls: protocol === "rediss:",
  };
}
