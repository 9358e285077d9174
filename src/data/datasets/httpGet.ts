/** A download that failed; the message says what went wrong, without URL and remedy. */
export class HttpFault extends Error {
  override readonly name = "HttpFault";

  /** @param canResume the connection broke while data was coming, so another attempt may go on from there */
  constructor(
    message: string,
    readonly canResume = false,
  ) {
    super(message);
  }
}

/** What a server sends is longer than the file can be: no part of it is worth keeping. */
export class OversizeFault extends HttpFault {
  constructor(bytes: number, mostBytes: number) {
    super(`the server sends ${bytes} bytes or more, and the file has at most ${mostBytes}`);
  }
}

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * A GET request that follows up to five redirects, from https to https only.
 * @throws HttpFault when the server cannot be reached, or the redirects do not end
 */
export async function httpGet(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  let address = new URL(url);
  for (let followed = 0; followed <= mostRedirects; followed++) {
    const response = await request(address, headers, signal);
    const location = redirects.has(response.status) ? response.headers.get("location") : null;
    if (location === null) {
      return response;
    }
    await response.body?.cancel();
    address = redirected(address, location);
  }
  throw new HttpFault(`the server redirects more than ${mostRedirects} times, last to ${address}`);
}

function redirected(from: URL, location: string): URL {
  const address = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new HttpFault(`the server redirects to ${location}, which is no web address`);
  }
  if (from.protocol === "https:" && address.protocol === "http:") {
    throw new HttpFault(`the server redirects to ${address}, which is not encrypted`);
  }
  return address;
}

async function request(address: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { headers, signal, redirect: "manual" });
  } catch (error) {
    signal.throwIfAborted();
    throw new HttpFault(`${address.host} cannot be reached (${causeOf(error)})`);
  }
}

/** What lies under "fetch failed": "ECONNREFUSED", "ENOTFOUND". */
export function causeOf(error: unknown): string {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
