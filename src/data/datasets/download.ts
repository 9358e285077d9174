import { type FileHandle, open, readFile, stat, writeFile } from "node:fs/promises";
import * as z from "zod";
import { causeOf, HttpFault, httpGet, OversizeFault } from "./httpGet.js";
import type { PartialDownload } from "./partial.js";

export interface DownloadProgress {
  /** Name of the file that is downloaded. */
  readonly file: string;
  /** Bytes so far. */
  readonly received: number;
  /** Bytes in all; undefined when the server does not say. */
  readonly total: number | undefined;
}

/** What is downloaded. */
export interface Source {
  readonly url: string;
  /** What the progress calls it. */
  readonly name: string;
  /** The most bytes that are taken. A longer answer is refused, by its declared length or as soon as more has arrived. */
  readonly mostBytes: number;
}

export interface DownloadOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A server that sends nothing for so long is given up. Default 30,000. */
  readonly stallMilliseconds?: number | undefined;
}

/** How often one call goes on after a connection broke. */
const attempts = 3;

/** What was being downloaded, to go on with exactly that. */
const originSchema = z.object({ url: z.string(), validator: z.string() });

/**
 * Downloads a URL into the partial download, going on where an earlier attempt ended when the server still has the
 * same file (its ETag, or its Last-Modified) and can send a part of it (RFC 9110, "Range Requests").
 * @throws HttpFault; what came so far is kept. OversizeFault; it is worth nothing. The signal's reason when it is aborted
 */
export async function download(source: Source, partial: PartialDownload, options: DownloadOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transfer(source, partial, options);
    } catch (error) {
      if (!(error instanceof HttpFault && error.canResume) || attempt === attempts) {
        throw error;
      }
    }
  }
}

async function transfer({ url, name, mostBytes }: Source, partial: PartialDownload, options: DownloadOptions): Promise<void> {
  const stall = new StallWatch(options.stallMilliseconds ?? 30_000);
  const signal = options.signal ? AbortSignal.any([stall.signal, options.signal]) : stall.signal;
  try {
    const { response, start } = await begin(url, partial, signal);
    if (response === undefined) {
      return;
    }
    const total = totalLength(response, start);
    await refuseOversize(response, total ?? start, mostBytes);
    if (start === 0) {
      await writeOrigin(url, response, partial);
    }
    const handle = await open(partial.bytes, start === 0 ? "w" : "r+");
    try {
      const received = await receive(response, handle, start, (bytes) => {
        stall.restart();
        if (bytes > mostBytes) {
          throw new OversizeFault(bytes, mostBytes);
        }
        options.onProgress?.({ file: name, received: bytes, total });
      });
      await handle.sync();
      checkLength(received, total);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    stall.end();
  }
}

interface Beginning {
  /** undefined: nothing is missing. */
  readonly response: Response | undefined;
  /** Bytes that are there already. */
  readonly start: number;
}

/** Asks for the rest of the file, or for the whole of it when there is nothing to go on from. */
async function begin(url: string, partial: PartialDownload, signal: AbortSignal): Promise<Beginning> {
  const have = await resumable(url, partial);
  // A compressed transfer could not be resumed by bytes.
  const whole = { "accept-encoding": "identity" };
  if (have === undefined) {
    return { response: checkStatus(await httpGet(url, whole, signal)), start: 0 };
  }
  const range = { ...whole, range: `bytes=${have.bytes}-`, "if-range": have.validator };
  const response = await httpGet(url, range, signal);
  if (response.status === 206 && rangeStart(response) === have.bytes) {
    return { response, start: have.bytes };
  }
  if (response.status === 206 || response.status === 416) {
    await response.body?.cancel();
    if (response.headers.get("content-range") === `bytes */${have.bytes}`) {
      return { response: undefined, start: have.bytes };
    }
    return { response: checkStatus(await httpGet(url, whole, signal)), start: 0 };
  }
  return { response: checkStatus(response), start: 0 };
}

async function resumable(url: string, { bytes, origin }: PartialDownload): Promise<{ bytes: number; validator: string } | undefined> {
  const [size, known] = await Promise.all([
    stat(bytes).then((found) => found.size, () => 0),
    readFile(origin, "utf8").then((text) => originSchema.parse(JSON.parse(text)), () => undefined).catch(() => undefined),
  ]);
  return size > 0 && known?.url === url && known.validator !== "" ? { bytes: size, validator: known.validator } : undefined;
}

async function writeOrigin(url: string, { headers }: Response, { origin }: PartialDownload): Promise<void> {
  const etag = headers.get("etag") ?? "";
  // If-Range takes no weak ETag.
  const validator = etag.startsWith('"') ? etag : (headers.get("last-modified") ?? "");
  await writeFile(origin, JSON.stringify({ url, validator }));
}

function checkStatus(response: Response): Response {
  if (response.status === 200) {
    return response;
  }
  const { status, statusText } = response;
  void response.body?.cancel();
  throw new HttpFault(`the server answers ${status}${statusText && ` ${statusText}`}`);
}

function rangeStart({ headers }: Response): number | undefined {
  const match = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "");
  return match ? Number(match[1]) : undefined;
}

/** The bytes of the whole file; undefined when the server does not tell, or compresses what it sends. */
function totalLength({ headers }: Response, start: number): number | undefined {
  const length = headers.get("content-length");
  const encoding = headers.get("content-encoding") ?? "identity";
  return length === null || encoding !== "identity" ? undefined : start + Number(length);
}

async function refuseOversize({ body }: Response, bytes: number, mostBytes: number): Promise<void> {
  if (bytes > mostBytes) {
    await body?.cancel();
    throw new OversizeFault(bytes, mostBytes);
  }
}

async function receive({ body }: Response, handle: FileHandle, start: number, onBytes: (received: number) => void): Promise<number> {
  let received = start;
  onBytes(received);
  const chunks = body?.[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined> | undefined;
  for (;;) {
    const next = await chunks?.next().catch((error: unknown) => broken(received, causeOf(error)));
    if (next === undefined || next.done) {
      return received;
    }
    onBytes(received + next.value.length);
    await handle.write(next.value, 0, next.value.length, received);
    received += next.value.length;
  }
}

function broken(received: number, why: string): never {
  throw new HttpFault(`the connection broke after ${received} bytes (${why})`, true);
}

function checkLength(received: number, total: number | undefined): void {
  if (total !== undefined && received !== total) {
    throw new HttpFault(`${received} bytes came of ${total}`, true);
  }
}

/** Aborts when nothing restarts it for a while. */
class StallWatch {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly milliseconds: number) {
    this.restart();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  restart(): void {
    clearTimeout(this.timer);
    const fault = new HttpFault(`the server sends nothing for ${this.milliseconds / 1000} s`, true);
    this.timer = setTimeout(() => this.controller.abort(fault), this.milliseconds);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
