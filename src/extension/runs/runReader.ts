import { access } from "node:fs/promises";
import path from "node:path";
import { hasAccelerator } from "../../hardware/acceleratorModel.js";
import { readVerification, verificationInWords } from "../../jobs/verifiedRun.js";
import { Course } from "../../runs/course.js";
import { readKeptCourse } from "../../runs/courseLog.js";
import type { Outline } from "../../runs/outline.js";
import { importedCourse, type ImportedRun, importedSummary, readImportedRun } from "../../runs/importedRun.js";
import { readOwner } from "../../runs/owner.js";
import { type MarksReading, readMarks } from "../../runs/marksFile.js";
import { followCourse, followOutline, NoRunError, type RunFollower, type RunReading } from "../../runs/readRun.js";
import { runFiles } from "../../runs/runFiles.js";
import { summaryOf } from "../../runs/runSummary.js";
import { KeptRows } from "./keptRows.js";
import type { BrokenRun, ListedRun } from "./runList.js";

/** Reads runs for the list; of one that trains, or whose curves are looked at, only what was appended since the last time. */
export class RunReader {
  private readonly outlines = new Map<string, RunFollower<Outline>>();
  private readonly courses = new Map<string, RunFollower<Course>>();
  private readonly rows = new KeptRows();
  private readonly keptCourses = new Map<string, { readonly stamps: string | undefined; readonly course: Course }>();

  /** @param onFault told when a directory looks like a run but cannot be read as one */
  constructor(private readonly onFault: (error: unknown) => void) {}

  readonly read = async (dir: string, colour: number, withCurves: boolean): Promise<ListedRun | BrokenRun | undefined> => {
    if (this.outlines.has(dir) || (withCurves && this.courses.has(dir))) {
      return this.readNow(dir, colour, withCurves);
    }
    const { row, stamps } = await this.rows.find(dir);
    const known = row && (await this.asWanted(row, stamps, withCurves));
    if (known !== undefined) {
      this.courses.delete(dir);
      return { ...known, summary: { ...known.summary, colour } };
    }
    const run = await this.readNow(dir, colour, withCurves);
    if (run?.summary !== undefined) {
      this.rows.keep(run, stamps);
    }
    return run;
  };

  /** The row, with its curves where these are wanted: the same ones while the files of the run stay as they are. Undefined where they were not kept. */
  private async asWanted(row: ListedRun, stamps: string | undefined, withCurves: boolean): Promise<ListedRun | undefined> {
    const { dir } = row;
    const before = this.keptCourses.get(dir);
    this.keptCourses.delete(dir);
    if (!withCurves) {
      return row;
    }
    const course = before?.stamps === stamps ? before?.course : await readKeptCourse(dir);
    if (course === undefined) {
      return undefined;
    }
    this.keptCourses.set(dir, { stamps, course });
    return { ...row, course };
  }

  private async readNow(dir: string, colour: number, withCurves: boolean): Promise<ListedRun | BrokenRun | undefined> {
    try {
      return await this.listed(await (withCurves ? this.course(dir) : this.outline(dir)), colour);
    } catch (error) {
      this.outlines.delete(dir);
      this.courses.delete(dir);
      if (error instanceof NoRunError) {
        return this.imported(dir, colour, withCurves);
      }
      this.onFault(error);
      return { dir, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Curves of another tool; undefined where the directory has none either. */
  private async imported(dir: string, colour: number, withCurves: boolean): Promise<ListedRun | BrokenRun | undefined> {
    try {
      const run = await readImportedRun(dir);
      return run && { ...listedImport(dir, run, colour, await readMarks(dir)), ...(withCurves && { course: importedCourse(run) }) };
    } catch (error) {
      this.onFault(error);
      return { dir, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  private async course(dir: string): Promise<RunReading<Course>> {
    this.outlines.delete(dir);
    const follower = this.courses.get(dir) ?? followCourse(dir);
    this.courses.set(dir, follower);
    return follower.poll();
  }

  private async outline(dir: string): Promise<RunReading> {
    this.courses.delete(dir);
    const follower = this.outlines.get(dir) ?? followOutline(dir);
    const reading = await follower.poll();
    if (reading.state === "running") {
      this.outlines.set(dir, follower);
    } else {
      this.outlines.delete(dir);
    }
    return reading;
  }

  private async listed(reading: RunReading, colour: number): Promise<ListedRun> {
    const { dir, spec, log, logProblem } = reading;
    const verification = await readVerification(dir);
    const { marks, problem = logProblem?.message } = await readMarks(dir);
    return {
      dir,
      summary: summaryOf(reading, colour, marks),
      startedAt: log.startedAt ?? Infinity,
      owner: (await readOwner(dir))?.pid,
      ...(verification && { verification: verificationInWords(verification) }),
      isExportable: hasAccelerator(spec) && (await exists(path.join(dir, runFiles.model))),
      ...(log instanceof Course && { course: log }),
      events: log.events,
      problem,
    };
  }
}

function listedImport(dir: string, run: ImportedRun, colour: number, { marks, problem }: MarksReading): ListedRun {
  return {
    dir,
    summary: importedSummary(dir, run, colour, marks),
    startedAt: run.importedAt,
    owner: undefined,
    isExportable: false,
    events: run.train.length + run.validation.length,
    ...(problem !== undefined && { problem }),
  };
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
