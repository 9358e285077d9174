import { type FileHandle, open, readdir, readFile, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { syncFolder, writeFileAtomically } from "../files/atomicFile.js";
import { makeFolder } from "../files/makeFolder.js";
import { IrregularFileError, readSmallFile } from "../files/regularFile.js";
import { writeErrorText } from "../files/writeErrorText.js";
import { faultsOf } from "../experiment/faults.js";
import { claimOwnership, ownerLives, releaseOwnership, startHeartbeat } from "../runs/owner.js";
import { makeRunDirectory } from "../runs/runDirectory.js";
import { steadyClock } from "../runs/steadyClock.js";
import { watchStopRequests } from "../runs/stopRequest.js";
import { printableLines } from "../text/printable.js";
import { sweepEventSchema, type SweepEvent, sweepFiles, type SweepSpec, sweepSpecSchema, type Trial } from "./contract.js";
import { jobKey } from "./engine.js";
import { Ledger } from "./ledger.js";
import { readResult, recordedKeys } from "./results.js";
import { canonical } from "./trialId.js";

/** A folder that is no sweep, or one that cannot be used as asked; the message names it and the remedy. */
export class SweepError extends Error {
  override readonly name = "SweepError";
}

const mostSpecBytes = 16 * 1024 * 1024;

/** What a sweep's directory says now. */
export interface SweepReading {
  /** Absolute path: the sweep's identity. */
  readonly dir: string;
  readonly spec: SweepSpec;
  readonly ledger: Ledger;
  /** Whether a living process drives it. */
  readonly lives: boolean;
}

/**
 * Reads a sweep's directory as it is now, whoever may be writing it.
 * @throws SweepError when it is no sweep, or a file of it cannot be used
 */
export function readSweep(dir: string): Promise<SweepReading> {
  return new SweepFollower(dir).poll();
}

/** Reads a sweep's directory again and again, each time only what came since. */
export class SweepFollower {
  private readonly dir: string;
  private ledger: Ledger | undefined;
  private readBytes = 0;

  constructor(dir: string) {
    this.dir = path.resolve(dir);
  }

  /** @throws SweepError when it is no sweep, or a file of it cannot be used */
  async poll(): Promise<SweepReading> {
    const { dir } = this;
    const ledger = (this.ledger ??= new Ledger(await readSpec(dir)));
    // The owner is asked first: what it wrote before it went is then in the log.
    const lives = await ownerLives(dir);
    this.readBytes += await addEvents(ledger, dir, this.readBytes);
    await addResults(ledger, dir);
    return { dir, spec: ledger.spec, ledger, lives };
  }
}

/** Keys of the jobs that are under way, by the living owners of their runs: for who only reads the directory. */
export async function runningJobs({ dir, ledger }: SweepReading): Promise<Set<string>> {
  const made = new Set(await readdir(path.join(dir, sweepFiles.runs)).catch(() => []));
  const running = new Set<string>();
  for (const { number, trials } of ledger.candidates) {
    for (const trial of trials) {
      const run = trialDir(dir, ledger, trial);
      const key = jobKey(trial.id, ledger.rungsOf(trial)[ledger.rungOf(number)]!);
      if (!ledger.results.has(key) && made.has(path.basename(run)) && (await ownerLives(run))) {
        running.add(key);
      }
    }
  }
  return running;
}

/** The directory of the run of a trial. */
export function trialDir(sweep: string, ledger: Ledger, trial: Pick<Trial, "id">): string {
  return path.join(sweep, sweepFiles.runs, `${String(ledger.numberOf(trial)).padStart(4, "0")}-${trial.id}`);
}

/** The file that keeps the inline data of a trial; null for data that is found elsewhere. */
export function dataFileOf(sweep: string, { task }: Trial["spec"]): string | null {
  const { source, sha256 } = task.kind === "classification" ? task.data : task.corpus;
  const ending = task.kind === "classification" ? "safetensors" : "txt";
  return source.kind === "inline" ? path.join(sweep, sweepFiles.data, `${sha256}.${ending}`) : null;
}

/** The folder that gets the sweep's own, or the sweep's directory itself. */
type SweepPlace = { readonly root: string } | { readonly dir: string };

/**
 * Makes the directory of a new sweep and becomes its owner.
 * @throws SweepError where it cannot be made
 */
export async function createSweep(place: SweepPlace, spec: SweepSpec): Promise<SweepWriter> {
  const dir = await makeSweepFolders(place, spec);
  await own(dir);
  try {
    await writeFileAtomically(path.join(dir, sweepFiles.spec), `${JSON.stringify(spec, null, 2)}\n`);
    await syncFolder(path.dirname(dir));
    return await SweepWriter.open(dir, new Ledger(spec));
  } catch (error) {
    await releaseOwnership(dir);
    throw error;
  }
}

async function makeSweepFolders(place: SweepPlace, { name }: SweepSpec): Promise<string> {
  try {
    const dir = "dir" in place ? path.resolve(place.dir) : await makeRunDirectory(path.resolve(place.root), name);
    for (const folder of [sweepFiles.data, sweepFiles.runs, sweepFiles.results]) {
      await makeFolder(path.join(dir, folder));
    }
    return dir;
  } catch (error) {
    const asked = path.resolve("dir" in place ? place.dir : place.root);
    throw new SweepError(`No sweep can be kept in ${asked}: ${writeErrorText(error, (option) => option)}`, { cause: error });
  }
}

/**
 * Becomes the owner of a sweep that nobody drives, to go on with it.
 * @param expected what the sweep must be; default: whatever it is
 * @throws SweepError when it is no sweep, another one, or one that a living process drives
 */
export async function reopenSweep(dir: string, expected?: SweepSpec): Promise<SweepWriter> {
  const absolute = path.resolve(dir);
  const spec = await readSpec(absolute);
  if (expected !== undefined) {
    requireSame(absolute, spec, expected);
  }
  await own(absolute);
  try {
    const ledger = new Ledger(spec);
    await keepEngine(absolute, spec, expected?.engine);
    await addEvents(ledger, absolute, 0);
    await addResults(ledger, absolute);
    return await SweepWriter.open(absolute, ledger);
  } catch (error) {
    await releaseOwnership(absolute);
    throw error;
  }
}

/** Whoever goes on next does it at the same place. */
async function keepEngine(dir: string, spec: SweepSpec, engine: SweepSpec["engine"]): Promise<void> {
  if (engine !== undefined && canonical(engine) !== canonical(spec.engine)) {
    await writeFileAtomically(path.join(dir, sweepFiles.spec), `${JSON.stringify({ ...spec, engine }, null, 2)}\n`);
  }
}

/** Whether a directory is a sweep, be it one that cannot be read. */
export async function isSweep(dir: string): Promise<boolean> {
  return readFile(path.join(dir, sweepFiles.spec)).then(() => true, () => false);
}

async function own(dir: string): Promise<void> {
  if (!(await claimOwnership(dir))) {
    throw new SweepError(`The sweep ${dir} is driven by a living process: stop that one first (tritloom sweep stop ${dir}).`);
  }
}

function requireSame(dir: string, found: SweepSpec, expected: SweepSpec): void {
  // By how many workers the first process had, the sweep stays as it was chosen, and it may go on at another place.
  const wanted = { ...expected, window: found.window, engine: found.engine };
  const differing = (Object.keys(wanted) as (keyof SweepSpec)[]).filter((name) => canonical(found[name]) !== canonical(wanted[name]));
  if (differing.length > 0) {
    const [first] = differing;
    throw new SweepError(
      `The sweep in ${dir} is another one: its ${differing.join(", ")} differ${differing.length === 1 ? "s" : ""}, ${first} is ${canonical(found[first!])}. ` +
        "Give what it began with, or another dir.",
    );
  }
}

async function readSpec(dir: string): Promise<SweepSpec> {
  const file = path.join(dir, sweepFiles.spec);
  const text = await readSmallFile(file, mostSpecBytes).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      throw new SweepError(`There is no sweep in ${dir} (no ${sweepFiles.spec}): give the directory of a sweep.`);
    }
    throw error instanceof IrregularFileError ? new SweepError(error.message, { cause: error }) : error;
  });
  const value = jsonOf(text);
  const parsed = sweepSpecSchema.safeParse(value);
  if (!parsed.success) {
    const [fault] = faultsOf(sweepSpecSchema, value, parsed.error.issues);
    throw new SweepError(printableLines(`${file} is no sweep: ${fault?.path || "the whole file"} ${fault?.text ?? ""}. Restore the file.`));
  }
  return parsed.data;
}

/**
 * Takes the whole lines of the log from a byte on. A line that is torn or no event is passed over, and so is one that comes again.
 * @returns their bytes
 */
async function addEvents(ledger: Ledger, dir: string, from: number): Promise<number> {
  const bytes = await bytesFrom(path.join(dir, sweepFiles.log), from);
  const whole = bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
  for (const line of whole.toString("utf8").split("\n")) {
    const parsed = line === "" ? undefined : sweepEventSchema.safeParse(jsonOf(line));
    if (parsed?.success) {
      ledger.add(parsed.data);
    }
  }
  return whole.length;
}

/** What a file has from a byte on: nothing where there is no file. */
async function bytesFrom(file: string, from: number): Promise<Buffer> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") {
      throw error;
    }
  });
  if (handle === undefined) {
    return Buffer.alloc(0);
  }
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - from)), 0, Math.max(0, size - from), from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Takes the results that were recorded since. */
export async function addResults(ledger: Ledger, dir: string): Promise<void> {
  for (const key of await recordedKeys(dir)) {
    const result = ledger.results.has(key) ? undefined : await readResult(dir, key);
    if (result !== undefined) {
      ledger.addResult(result);
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Untimed<Event> = Event extends SweepEvent ? Omit<Event, "time"> : never;

/** Writes a sweep's log, in the process that drives it; made by `createSweep` and `reopenSweep`. */
export class SweepWriter {
  private readonly clock = steadyClock();
  private readonly stopHeartbeat: () => void;
  private isLost = false;
  private isClosed = false;

  private constructor(
    readonly dir: string,
    readonly ledger: Ledger,
    private readonly log: FileHandle,
    /** A torn last line is ended, so that it spoils no later one. */
    private endsTornLine: boolean,
  ) {
    this.stopHeartbeat = startHeartbeat(dir, () => {
      this.isLost = true;
    });
  }

  /** Opens a directory that this process owns. */
  static async open(dir: string, ledger: Ledger): Promise<SweepWriter> {
    const log = await open(path.join(dir, sweepFiles.log), "a+");
    const { size } = await log.stat();
    const { buffer } = await log.read(Buffer.from("\n"), 0, 1, Math.max(0, size - 1));
    return new SweepWriter(dir, ledger, log, buffer.toString() !== "\n");
  }

  get spec(): SweepSpec {
    return this.ledger.spec;
  }

  /** Adds events; they are on the disk when it resolves. @throws SweepError where another process drives the sweep now */
  async append(...events: Untimed<SweepEvent>[]): Promise<void> {
    await this.write(...events);
    await this.sync();
  }

  /** Adds events that a loss of power may undo until `sync`: what follows from them has to wait for it. @throws as `append` */
  async write(...events: Untimed<SweepEvent>[]): Promise<void> {
    if (this.isLost) {
      throw new SweepError(`The sweep ${this.dir} is driven by another process now, which took this one for dead.`);
    }
    const timed = events.map((event) => sweepEventSchema.parse({ ...event, time: this.clock() / 1000 }));
    const lines = timed.map((event) => `${JSON.stringify(event)}\n`).join("");
    await this.log.appendFile(this.endsTornLine ? `\n${lines}` : lines);
    this.endsTornLine = false;
    timed.forEach((event) => this.ledger.add(event));
  }

  /** Resolves when all that was written is on the disk. */
  sync(): Promise<void> {
    return this.log.datasync();
  }

  /** Keeps a file of data that a cell gave, once for all trials that need it. */
  async keepData(spec: Trial["spec"], write: (file: string) => Promise<void>): Promise<void> {
    const file = dataFileOf(this.dir, spec);
    if (file !== null && !(await readable(file))) {
      await write(file);
    }
  }

  /** Calls back when another process asks this one to stop, until the returned function is called. */
  watchStop(onRequest: () => void): () => void {
    return watchStopRequests(this.dir, onRequest);
  }

  /** Removes what was made of a sweep that is closed and has chosen nothing. Other files of its folder stay. */
  async discard(): Promise<void> {
    for (const file of [sweepFiles.log, sweepFiles.spec]) {
      await rm(path.join(this.dir, file), { force: true });
    }
    for (const folder of [sweepFiles.data, sweepFiles.runs, sweepFiles.results, "."]) {
      await rmdir(path.join(this.dir, folder)).catch(() => undefined);
    }
  }

  /** Gives the sweep up; a second call does nothing. */
  async close(): Promise<void> {
    if (this.isClosed) {
      return;
    }
    this.isClosed = true;
    this.stopHeartbeat();
    await this.log.close();
    await releaseOwnership(this.dir);
  }
}

async function readable(file: string): Promise<boolean> {
  return open(file).then((handle) => handle.close().then(() => true), () => false);
}
