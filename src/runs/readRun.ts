import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type ExperimentSpec, parseExperimentSpec } from "../experiment/spec.js";
import { runResultSchema, type RunEvent, type RunResult, type RunState } from "./contract.js";
import { runFiles } from "./runFiles.js";
import { EventLog } from "./eventLog.js";
import { ownerLives } from "./owner.js";
import { type RunEnding, runStateOf } from "./runState.js";

/** A folder that is no run, or a run that cannot be used as asked; the message names it and the remedy. */
export class RunError extends Error {
  override readonly name = "RunError";
}

/** What a run's directory says now. */
export interface RunReading {
  /** Absolute path: the run's identity. */
  readonly dir: string;
  readonly spec: ExperimentSpec;
  readonly state: RunState;
  /** How it ended before its last step; null for a run that trains or is finished. */
  readonly ending: RunEnding | null;
  /** In the order of writing; a torn last line is left out. */
  readonly events: readonly RunEvent[];
  readonly result?: RunResult;
}

/**
 * Reads a run's directory as it is now, whoever may be writing it.
 * @throws RunError when it is no run; InvalidSpecError when its spec.json is not valid
 */
export function readRun(dir: string): Promise<RunReading> {
  return new RunFollower(dir).poll();
}

/** Follows a run that grows: each `poll` reads only the events that were appended since the last. */
export class RunFollower {
  readonly dir: string;
  private readonly log: EventLog;
  private spec: ExperimentSpec | undefined;
  private polling: Promise<RunReading> | undefined;

  constructor(dir: string) {
    this.dir = path.resolve(dir);
    this.log = new EventLog(path.join(this.dir, runFiles.events));
  }

  /**
   * The run as it is now. A call while another is under way gets that one's answer.
   * @throws RunError when it is no run (any more)
   */
  poll(): Promise<RunReading> {
    this.polling ??= this.read().finally(() => {
      this.polling = undefined;
    });
    return this.polling;
  }

  private async read(): Promise<RunReading> {
    this.spec ??= await readSpec(this.dir);
    // The owner is asked before the events are read: what it wrote before it went is then in them.
    const lives = await ownerLives(this.dir);
    const result = await readResult(this.dir);
    const events = await this.log.read();
    if (events.length === 0 && !(await exists(this.dir))) {
      throw noRun(this.dir);
    }
    return { dir: this.dir, spec: this.spec, ...runStateOf(result, lives, events.at(-1)), events, result };
  }
}

/**
 * All runs directly under the given folders, newest first. A folder that is missing, and whatever in it is no
 * run or not yet one, is passed over.
 */
export async function listRuns(roots: string | readonly string[]): Promise<RunReading[]> {
  const dirs = await listRunDirs(roots);
  const readings = await Promise.all(dirs.map((dir) => readRun(dir).catch(() => undefined)));
  return readings.filter((reading) => reading !== undefined);
}

/** The directories of these runs, newest first, unread. */
export async function listRunDirs(roots: string | readonly string[]): Promise<string[]> {
  const folders = typeof roots === "string" ? [roots] : roots;
  const dirs = new Set<string>();
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((entry) => !entry.startsWith("."))) {
      dirs.add(path.resolve(folder, name));
    }
  }
  const found = await Promise.all(
    [...dirs].map(async (dir) => ((await exists(path.join(dir, runFiles.spec))) ? dir : undefined)),
  );
  // Names begin with the time of creation.
  return found.filter((dir) => dir !== undefined).toSorted((a, b) => compare(path.basename(b), path.basename(a)));
}

/**
 * Removes a run's directory and all in it.
 * @throws RunError when it is no run, or one that is being written
 */
export async function deleteRun(dir: string): Promise<void> {
  const reading = await readRun(dir);
  if (reading.state === "running" || (await ownerLives(reading.dir))) {
    throw new RunError(`The run ${reading.dir} is running: stop it first, then delete it.`);
  }
  // Renamed first, so that nobody ever sees half a run.
  const doomed = path.join(path.dirname(reading.dir), `.${path.basename(reading.dir)}.${randomUUID()}.deleted`);
  await rename(reading.dir, doomed);
  await rm(doomed, { recursive: true, force: true });
}

async function readSpec(dir: string): Promise<ExperimentSpec> {
  const file = path.join(dir, runFiles.spec);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ENOENT" || code === "ENOTDIR" ? noRun(dir) : error;
  }
  return parseExperimentSpec(parseJson(text, file), file);
}

/** The result, written atomically: a file that is not valid is a fault to be told, not an unfinished run. */
async function readResult(dir: string): Promise<RunResult | undefined> {
  const file = path.join(dir, runFiles.result);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  if (text === undefined) {
    return undefined;
  }
  const parsed = runResultSchema.safeParse(parseJson(text, file));
  if (!parsed.success) {
    const { path: field, message } = parsed.error.issues[0]!;
    throw new RunError(`${file} is not valid (${field.join(".") || "whole value"}: ${message}): delete it, or the run.`);
  }
  return parsed.data;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RunError(`${file} is not JSON: restore the file, or delete the run.`);
  }
}

function noRun(dir: string): RunError {
  return new RunError(`There is no run in ${dir} (no ${runFiles.spec}): give the directory of a run.`);
}

function exists(place: string): Promise<boolean> {
  return stat(place).then(() => true, () => false);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
