import { Redis } from "ioredis";
import { printableLine } from "../../text/printable.js";
import { partsOf, passwordVariable, type RedisPlace } from "./place.js";

const connectMilliseconds = 10_000;
const longestPauseMilliseconds = 2000;

/** A Redis that cannot be used; the message names it and the remedy, and never a password. */
export class RedisError extends Error {
  override readonly name = "RedisError";
}

/**
 * Connects to a Redis. Later on the connection comes back by itself however long the server is away, and commands wait for it.
 * @throws RedisError when there is none, or it does not let us in
 */
export async function connectRedis(place: RedisPlace): Promise<Redis> {
  const { host, port, database, user, isTls } = partsOf(place);
  const redis = new Redis({
    host,
    port,
    db: database,
    ...(user !== undefined && { username: user }),
    ...(place.password !== undefined && { password: place.password }),
    ...(isTls && { tls: {} }),
    lazyConnect: true,
    connectTimeout: connectMilliseconds,
    maxRetriesPerRequest: null,
    disableClientInfo: true,
    retryStrategy: (times) => Math.min(100 * times, longestPauseMilliseconds),
  });
  try {
    await firstAnswer(redis);
  } catch (error) {
    redis.disconnect();
    throw new RedisError(troubleInWords(place, error as Error), { cause: error });
  }
  // Who wants to tell listens, too; an error without a listener would end the process.
  redis.on("error", () => {});
  const copy = redis.duplicate.bind(redis);
  redis.duplicate = (options) => {
    const made = copy(options);
    copies.set(redis, [...(copies.get(redis) ?? []), made]);
    return made;
  };
  return redis;
}

/** Connections that BullMQ has made like the one that it was given; it waits for a server that is away before it ends them. */
const copies = new WeakMap<Redis, readonly Redis[]>();

/** Ends a connection and its copies at once. */
export function disconnectRedis(redis: Redis): void {
  for (const connection of [redis, ...(copies.get(redis) ?? [])]) {
    connection.disconnect();
  }
}

/** Fails with the first error, instead of trying on. */
function firstAnswer(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })), connectMilliseconds);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    redis.on("error", fail);
    redis.connect().then(() => redis.ping()).then(() => {
      clearTimeout(timer);
      redis.off("error", fail);
      resolve();
    }, fail);
  });
}

/** What is wrong with a Redis, and what to do about it. */
export function troubleInWords({ url, password }: RedisPlace, error: Error): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const text = `${code} ${message}`;
  const [, words] = troubles.find(([pattern]) => pattern.test(text)) ?? [undefined, `cannot be used: ${withoutSecret(message, password)}`];
  return printableLine(`The Redis ${url} ${words}.`);
}

const troubles: readonly (readonly [RegExp, string])[] = [
  [/WRONGPASS|invalid password|invalid username-password/i, `refused user and password: correct them in its URL or in ${passwordVariable}`],
  [/NOAUTH|without any password configured/i, `asks for another password, or none: give it in its URL, redis://:PASSWORD@host:6379, or in ${passwordVariable}`],
  [/NOPERM/, "does not let this user do what a sweep needs: give the user all commands on the keys bull:* and tritloom:*"],
  [/ECONNREFUSED/, "is not there: nothing listens at that host and port. Start redis-server, or correct the URL"],
  [/ENOTFOUND|EAI_AGAIN/, "has a host name that nobody knows: correct the URL"],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, "does not answer: check host, port and firewall, and that rediss:// is written for a server that speaks TLS, and for no other"],
  [/CERT|certificate|SELF_SIGNED|UNABLE_TO_VERIFY/i, "has a certificate that this machine does not trust: name the file of its authority in NODE_EXTRA_CA_CERTS"],
  [/EPROTO|wrong version number|SSL/i, "speaks no TLS: write redis:// for rediss://"],
  [/ECONNRESET|EPIPE|Connection is closed|socket hang up/i, "closes the connection: it may be no Redis, or one that wants TLS (rediss://)"],
  [/LOADING/, "still loads its data"],
  [/OOM|MISCONF|READONLY/, "takes no data: its memory or its disk is full, or it is a replica"],
];

function withoutSecret(text: string, password: string | undefined): string {
  return password === undefined ? text : text.replaceAll(password, "…");
}
