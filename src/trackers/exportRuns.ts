import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically, writeNewFileAtomically } from "../files/atomicFile.js";
import { type AtomicFolderOptions, writeFolder } from "../files/atomicFolder.js";
import { makeFolder } from "../files/makeFolder.js";
import { writeErrorText } from "../files/writeErrorText.js";
import { inTurns } from "../runs/inTurns.js";
import { readRun } from "../runs/readRun.js";
import { type NameOption, RefusedError } from "../text/optionError.js";
import { longCsv, wideCsv } from "./curvesCsv.js";
import { safeNames } from "./fileNames.js";
import { followTranscript } from "./measurements.js";
import { metaFile, type MlflowExperiment, mlflowExperiment, mlflowFiles, mlflowRunId } from "./mlflow.js";
import { EventFile, eventFileName, eventFilePrefix } from "./tensorBoard/eventFile.js";
import { followRuns, type GrowingEventFile } from "./tensorBoard/follow.js";

/** What runs can be exported to. */
export const trackers = ["tensorboard", "mlflow", "csv"] as const;
export type Tracker = (typeof trackers)[number];

/** The folder that an export is written to where no other is named, in the working directory. */
export const defaultFolders: Readonly<Record<Tracker, string>> = { tensorboard: "tensorboard", mlflow: "mlruns", csv: "curves" };

const defaultExperiment = "tritloom";
const longFile = "curves.csv";

/** The place and the form in which runs are exported. */
export interface ExportRunsOptions {
  readonly to: Tracker;
  /** Default: `tensorboard`, `mlruns` or `curves` in the working directory. */
  readonly out?: string | undefined;
  /** Replace what an earlier export wrote of the same runs. Default: that is an error. */
  readonly overwrite?: boolean | undefined;
  /** For CSV: true writes one file with a row for each number, in place of one file a run with a row for each step. */
  readonly long?: boolean | undefined;
  /** The name of MLflow's experiment. Default "tritloom". */
  readonly experiment?: string | undefined;
}

/** What an export wrote. */
export interface RunsExport {
  readonly to: Tracker;
  /** Absolute. */
  readonly out: string;
  /** The file or folder with the curves of each run. */
  readonly runs: readonly { readonly dir: string; readonly place: string }[];
}

/** A run was exported there before; nothing was written. */
export class RunsExportError extends RefusedError {
  override readonly name = "RunsExportError";
}

/**
 * Writes runs as another tool reads them. Each run's folder or file appears whole or not at all; one that still trains is exported as
 * far as it is.
 * @throws RunsExportError where one of them is there already and `overwrite` is not set; RunError for a directory without a run; the
 *   file system's error
 */
export async function exportRuns(dirs: readonly string[], options: ExportRunsOptions): Promise<RunsExport> {
  const planned = await plan(dirs, options);
  await requireFree(planned, options);
  await writers[options.to](planned, options);
  return told(planned);
}

/**
 * The same for TensorBoard, whose files then grow with those runs that train, until all have ended or `signal` aborts.
 * @param onWritten called when the files have all that there is so far
 * @throws as `exportRuns`
 */
export async function followIntoTensorBoard(
  dirs: readonly string[],
  options: ExportRunsOptions & { readonly to: "tensorboard" },
  { signal, onWritten }: { readonly signal: AbortSignal; readonly onWritten: (exported: RunsExport) => void },
): Promise<RunsExport> {
  const planned = await plan(dirs, options);
  await requireFree(planned, options);
  const files = await inTurns(planned.runs, (run) => writeEventFile(run, options));
  onWritten(told(planned));
  await followRuns(files, signal);
  return told(planned);
}

/** The places that an export would write and that hold something already. */
export async function occupiedPlaces(dirs: readonly string[], options: ExportRunsOptions): Promise<string[]> {
  return occupied(await plan(dirs, options));
}

interface PlannedRun {
  readonly dir: string;
  /** Tells it from the other runs. */
  readonly name: string;
  readonly place: string;
}

interface Plan extends RunsExport {
  readonly runs: readonly PlannedRun[];
  readonly experiment: MlflowExperiment;
}

async function plan(dirs: readonly string[], { to, out = defaultFolders[to], long = false, experiment: experimentName = defaultExperiment }: ExportRunsOptions): Promise<Plan> {
  const readings = await inTurns([...new Set(dirs.map((dir) => path.resolve(dir)))], (dir) => readRun(dir));
  const folder = path.resolve(out);
  const names = safeNames(readings.map(({ dir }) => path.basename(dir)));
  const experiment = to === "mlflow" ? await mlflowExperiment(folder, experimentName) : { id: "", meta: undefined };
  const places: Readonly<Record<Tracker, (dir: string, name: string) => string>> = {
    tensorboard: (_, name) => name,
    mlflow: (dir) => path.join(experiment.id, mlflowRunId(dir)),
    csv: (_, name) => (long ? longFile : `${name}.csv`),
  };
  const runs = readings.map(({ dir }, index) => ({ dir, name: names[index]!, place: path.join(folder, places[to](dir, names[index]!)) }));
  return { to, out: folder, runs, experiment };
}

function told({ to, out, runs }: Plan): RunsExport {
  return { to, out, runs: runs.map(({ dir, place }) => ({ dir, place })) };
}

/** Nothing is written where a part cannot be. */
async function requireFree(planned: Plan, { overwrite = false }: ExportRunsOptions): Promise<void> {
  const [first, ...others] = overwrite ? [] : await occupied(planned);
  if (first !== undefined) {
    throw alreadyThere(first, others.length);
  }
}

function alreadyThere(place: string, others = 0): RunsExportError {
  const more = others > 0 ? ` and ${others} more` : "";
  return new RunsExportError((name) => `Cannot export to ${place}${more}: it is there already. ${remedy(name)}`);
}

const remedy = (name: NameOption): string => `Choose another folder, or replace the earlier export (${name("overwrite")}).`;

/** Only what an export wrote is replaced. */
function replacing(overwrite: boolean, isExport: (entries: readonly string[]) => boolean): AtomicFolderOptions {
  return {
    mayReplace: async (folder) => overwrite && isExport(await readdir(folder)),
    remedy: (name) => (overwrite ? "It is no export of this run: choose another folder." : remedy(name)),
  };
}

/** @throws RunsExportError in place of the file system's error */
async function writing<T>(place: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new RunsExportError((name) => `Cannot export to ${place}: ${writeErrorText(error, name)}`, { cause: error });
  }
}

async function occupied({ runs }: Plan): Promise<string[]> {
  const places = [...new Set(runs.map(({ place }) => place))];
  const held = await inTurns(places, holdsSomething);
  return places.filter((_, index) => held[index]);
}

async function holdsSomething(place: string): Promise<boolean> {
  try {
    return (await lstat(place)).isDirectory() ? (await readdir(place)).length > 0 : true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      return false;
    }
    throw error;
  }
}

const writers: Readonly<Record<Tracker, (planned: Plan, options: ExportRunsOptions) => Promise<unknown>>> = {
  tensorboard: ({ runs }, options) => inTurns(runs, (run) => writeEventFile(run, options)),
  mlflow: writeMlflow,
  csv: writeCsv,
};

async function writeEventFile({ dir, place }: PlannedRun, { overwrite = false }: ExportRunsOptions): Promise<GrowingEventFile> {
  const follower = followTranscript(dir);
  const events = new EventFile();
  const reading = await follower.poll();
  const name = eventFileName(reading);
  const options = replacing(overwrite, (entries) => entries.every((entry) => entry.startsWith(eventFilePrefix)));
  const folder = await writing(place, () => writeFolder(place, options, (target) => target.write(name, events.news(reading))));
  return { file: path.join(folder, name), events, follower };
}

async function writeMlflow({ out, runs, experiment }: Plan, { overwrite = false }: ExportRunsOptions): Promise<void> {
  const options = replacing(overwrite, (entries) => entries.includes(metaFile));
  await inTurns(runs, async ({ dir, place }) => {
    const files = mlflowFiles(await followTranscript(dir).poll(), place, experiment.id);
    await writing(place, () =>
      writeFolder(place, options, async (target) => {
        for (const [file, text] of files) {
          await target.write(file, text);
        }
      }),
    );
  });
  const { id, meta } = experiment;
  if (meta !== undefined) {
    await writing(path.join(out, id), () => writeNewFileAtomically(path.join(out, id, metaFile), meta));
  }
}

async function writeCsv({ out, runs }: Plan, { long = false, overwrite = false }: ExportRunsOptions): Promise<void> {
  await writing(out, () => makeFolder(out));
  if (long) {
    const read = (dir: string) => () => followTranscript(dir).poll();
    return writeCurves(path.join(out, longFile), longCsv(runs.map(({ name, dir }) => ({ name, read: read(dir) }))), overwrite);
  }
  await inTurns(runs, async ({ dir, place }) => writeCurves(place, wideCsv(await followTranscript(dir).poll()), overwrite));
}

async function writeCurves(file: string, content: string | AsyncIterable<string>, overwrite: boolean): Promise<void> {
  if (overwrite) {
    return writing(file, () => writeFileAtomically(file, content));
  }
  if (!(await writing(file, () => writeNewFileAtomically(file, content)))) {
    throw alreadyThere(file);
  }
}
