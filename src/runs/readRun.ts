import { randomUUID } from "node:crypto";
import { lstat, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type ExperimentSpec, parseExperimentSpec } from "../experiment/spec.js";
import { printableLine } from "../text/printable.js";
import { runResultSchema, type RunResult, type RunState } from "./contract.js";
import { Course } from "./course.js";
import { CourseLog } from "./courseLog.js";
import { runFiles } from "./runFiles.js";
import { EventLog } from "./eventLog.js";
import type { Outline } from "./outline.js";
import { OutlineLog } from "./outlineLog.js";
import { ownerLives } from "./owner.js";
import { IrregularFileError, readSmallFile } from "../files/regularFile.js";
import { inTurns } from "./inTurns.js";
import { type RunEnding, runStateOf } from "./runState.js";

/** A folder that is no run, or a run that cannot be used as asked; the message names it and the remedy. */
export class RunError extends Error {
  override readonly name: string = "RunError";
}

/** A folder that is no run, or no longer one. */
export class NoRunError extends RunError {
  override readonly name = "NoRunError";
}

/** A spec and a result have a few kilobytes, plus the names of classes. */
const mostBytes = 16 * 1024 * 1024;

/** What a run's directory says now. */
export interface RunReading<Log extends Outline = Outline> {
  /** Absolute path: the run's identity. */
  readonly dir: string;
  readonly spec: ExperimentSpec;
  readonly state: RunState;
  /** How it ended before its last step; null for a run that trains or is finished. */
  readonly ending: RunEnding | null;
  /** A torn last line of the file is left out. */
  readonly log: Log;
  /** Why `log` is empty although the run may have come far. */
  readonly logProblem?: LogProblem;
  readonly result?: RunResult;
}

export interface LogProblem {
  readonly kind: "missing" | "unreadable";
  /** What is wrong, where, and the remedy. */
  readonly message: string;
}

/**
 * Reads a run's directory as it is now, whoever may be writing it; of its log the outline, in a fraction of the time that the curves
 * take.
 * @throws NoRunError when it is no run; RunError or InvalidSpecError when a file of it cannot be used; the file system's error
 */
export function readRun(dir: string): Promise<RunReading> {
  return followOutline(dir).poll();
}

/**
 * Reads the curves of a run that the caller is going to train on.
 * @param step of the checkpoint: what was reported of later ones does not count
 * @param points of one curve at most
 * @throws as `readRun`
 */
export async function readCourse(dir: string, step: number, points?: number): Promise<Course> {
  return (await new RunFollower(dir, courseLog(points, step)).poll()).log;
}

/** Follows a run for those who look at rows of a list. */
export function followOutline(dir: string): RunFollower<Outline> {
  return new RunFollower(dir, (spec, place) => new OutlineLog(place, spec));
}

/** Follows a run for those who look at curves. */
export function followCourse(dir: string): RunFollower<Course> {
  return new RunFollower(dir, (spec, place) => new CourseLog(place, spec));
}

/**
 * Follows all events of a run.
 * @param make what they are to be put in
 */
export function followEvents<Log extends Outline>(dir: string, make: (spec: ExperimentSpec) => Log): RunFollower<Log> {
  return new RunFollower(dir, (spec, place) => new EventLog(path.join(place, runFiles.events), () => make(spec)));
}

/** What reads a log each time that it is asked to. */
interface LogReader<Log> {
  readonly present: Log;
  /** @param grows whether the owner of the run lives */
  read(grows: boolean): Promise<Log>;
}

type OpenLog<Log> = (spec: ExperimentSpec, dir: string) => LogReader<Log>;

/** @param resumesAt step from which the caller is going to train on */
function courseLog(points: number | undefined, resumesAt: number): OpenLog<Course> {
  return (spec, dir) => new EventLog(path.join(dir, runFiles.events), () => new Course(spec, points), resumesAt);
}

/** Follows a run that grows: each `poll` reads only the events that were appended since the last. */
export class RunFollower<Log extends Outline> {
  readonly dir: string;
  private known: { readonly spec: ExperimentSpec; readonly log: LogReader<Log> } | undefined;
  private polling: Promise<RunReading<Log>> | undefined;

  constructor(
    dir: string,
    private readonly openLog: OpenLog<Log>,
  ) {
    this.dir = path.resolve(dir);
  }

  /**
   * The run as it is now; `log` is the same object at each call while its file only grows. A call while another is under way gets
   * that one's answer.
   * @throws RunError when it is no run (any more)
   */
  poll(): Promise<RunReading<Log>> {
    this.polling ??= this.read().finally(() => {
      this.polling = undefined;
    });
    return this.polling;
  }

  private async read(): Promise<RunReading<Log>> {
    const { spec, log } = (this.known ??= await this.open());
    // The owner is asked before the events are read: what it wrote before it went is then in them.
    const lives = await ownerLives(this.dir);
    const result = await readResult(this.dir);
    const logProblem = await log.read(lives).then(() => undefined, logProblemOf);
    if (logProblem?.kind === "missing" && !(await exists(this.dir))) {
      throw noRun(this.dir);
    }
    return { dir: this.dir, spec, ...runStateOf(result, lives, log.present.last), log: log.present, logProblem, result };
  }

  private async open(): Promise<{ spec: ExperimentSpec; log: LogReader<Log> }> {
    const spec = await readSpec(this.dir);
    return { spec, log: this.openLog(spec, this.dir) };
  }
}

function logProblemOf(error: Error): LogProblem {
  return (error as NodeJS.ErrnoException).code === "ENOENT"
    ? { kind: "missing", message: `${runFiles.events} is missing, so its steps and curves are not known: restore the file.` }
    : { kind: "unreadable", message: error.message };
}

/**
 * All runs directly under the given folders, newest first. A folder that is missing, and whatever in it is no
 * run or not yet one, is passed over.
 */
export async function listRuns(roots: string | readonly string[]): Promise<RunReading[]> {
  const dirs = await listRunDirs(roots);
  const readings = await inTurns(dirs, (dir) => readRun(dir).catch(() => undefined));
  return readings.filter((reading) => reading !== undefined);
}

/**
 * The directories of these runs, newest first, unread: those that have a spec, be it one that cannot be read.
 * @throws the file system's error for a folder that is there but cannot be listed
 */
export function listRunDirs(roots: string | readonly string[]): Promise<string[]> {
  return listDirsWith(roots, [runFiles.spec]);
}

/**
 * The same with the directories of imported curves.
 * @throws as `listRunDirs`
 */
export function listDirsOfCurves(roots: string | readonly string[]): Promise<string[]> {
  return listDirsWith(roots, [runFiles.spec, runFiles.imported]);
}

/** @param names of files of which a directory has one */
async function listDirsWith(roots: string | readonly string[], names: readonly string[]): Promise<string[]> {
  const folders = typeof roots === "string" ? [roots] : roots;
  const dirs = new Set<string>();
  for (const folder of folders) {
    const entries = await readdir(folder).catch(nothingThere);
    for (const entry of (entries ?? []).filter((name) => !name.startsWith("."))) {
      dirs.add(path.resolve(folder, entry));
    }
  }
  const found = await inTurns([...dirs], async (dir) => ((await hasOneOf(dir, names)) ? dir : undefined));
  // Names begin with the time of creation.
  return found.filter((dir) => dir !== undefined).toSorted((a, b) => compare(path.basename(b), path.basename(a)));
}

async function hasOneOf(dir: string, names: readonly string[]): Promise<boolean> {
  const found = names.map((name) => lstat(path.join(dir, name)).catch(nothingThere).then((each) => each !== undefined, () => true));
  return (await Promise.all(found)).includes(true);
}

/** @throws any error but that a file or a folder is not there */
function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") {
    throw error;
  }
}

/**
 * Removes the directory of a run, or of imported curves, and all in it.
 * @throws RunError when it is no run, or one that is being written
 */
export async function deleteRun(dir: string): Promise<void> {
  const absolute = path.resolve(dir);
  if (!(await exists(path.join(absolute, runFiles.imported)))) {
    await requireAtRest(absolute);
  }
  // Renamed first, so that nobody ever sees half a run.
  const doomed = path.join(path.dirname(absolute), `.${path.basename(absolute)}.${randomUUID()}.deleted`);
  await rename(absolute, doomed);
  await rm(doomed, { recursive: true, force: true });
}

/** @throws RunError */
async function requireAtRest(dir: string): Promise<void> {
  const { state } = await readRun(dir);
  if (state === "running" || (await ownerLives(dir))) {
    throw new RunError(`The run ${dir} is running: stop it first, then delete it.`);
  }
}

async function readSpec(dir: string): Promise<ExperimentSpec> {
  const file = path.join(dir, runFiles.spec);
  const json = await readJson(file, namesMadePrintable);
  if (json === undefined) {
    throw noRun(dir);
  }
  return parseExperimentSpec(json, file);
}

/**
 * New names are refused when they are not printable. Those of a run that is there already, of an earlier version or from
 * somebody else, are shown with escapes, so that the run can still be used.
 */
function namesMadePrintable(key: string, value: unknown): unknown {
  return key === "name" && typeof value === "string" ? printableLine(value) : value;
}

/** The result, written atomically: a file that is not valid is a fault to be told, not an unfinished run. */
async function readResult(dir: string): Promise<RunResult | undefined> {
  const file = path.join(dir, runFiles.result);
  const json = await readJson(file);
  if (json === undefined) {
    return undefined;
  }
  const parsed = runResultSchema.safeParse(json);
  if (!parsed.success) {
    const { path: field, message } = parsed.error.issues[0]!;
    throw new RunError(`${file} is not valid (${field.join(".") || "whole value"}: ${message}): delete it, or the run.`);
  }
  return parsed.data;
}

/** @returns undefined when the file is not there */
async function readJson(file: string, reviver?: (key: string, value: unknown) => unknown): Promise<unknown> {
  let text: string;
  try {
    text = await readSmallFile(file, mostBytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw error instanceof IrregularFileError ? new RunError(error.message, { cause: error }) : error;
  }
  try {
    return JSON.parse(text, reviver);
  } catch {
    throw new RunError(`${file} is not JSON: restore the file, or delete the run.`);
  }
}

function noRun(dir: string): NoRunError {
  return new NoRunError(`There is no run in ${dir} (no ${runFiles.spec}): give the directory of a run.`);
}

function exists(place: string): Promise<boolean> {
  return stat(place).then(() => true, () => false);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
