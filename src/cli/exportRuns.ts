import path from "node:path";
import { listRunDirs, NoRunError, readRun } from "../runs/readRun.js";
import { runFiles } from "../runs/runFiles.js";
import { type ExportRunsOptions, exportRuns, followIntoTensorBoard, type RunsExport, type Tracker, trackers } from "../trackers/exportRuns.js";
import { type CommandLine, oneOf, type Report, UsageError } from "./command.js";
import { EndedBySignalError, Interruption } from "./interruption.js";
import { runsFolder } from "./runsFolder.js";
import { tell } from "./terminal.js";

/** Options of `export` that tell it to write for another tool. */
export const trackerOptions = {
  to: { value: "TOOL", description: `write curves, hyper-parameters and figures for ${trackers.join(", ")}, in place of ROMs` },
  follow: { description: "with --to tensorboard: go on as long as one of the runs trains" },
  long: { description: "with --to csv: one file with a row for each number, in place of a file for each run with a row for each step" },
  experiment: { value: "NAME", description: "with --to mlflow: name of the experiment; default tritloom" },
} as const;

/** Options of one tool alone. */
const owners: Readonly<Record<string, Tracker>> = { follow: "tensorboard", long: "csv", experiment: "mlflow" };
/** What ROMs and other tools both take. */
const shared = new Set(["to", "out", "overwrite", "json", ...Object.keys(owners)]);

/** Refuses what needs --to where it is not given. @throws UsageError */
export function requireNoTracker(line: CommandLine): void {
  const { operands } = line;
  const given = givenOptions(line).find((option) => Object.hasOwn(owners, option));
  if (given !== undefined) {
    throw new UsageError(`--${given} needs --to ${owners[given]!}.`);
  }
  if (operands.length > 1) {
    throw new UsageError(`ROMs are written of one run, and ${operands.length} are given: give one, or --to ${trackers.join("|")} for the curves of many.`);
  }
}

/** `tritloom export RUN… --to TOOL` @throws UsageError */
export async function exportToTracker(line: CommandLine): Promise<Report> {
  const { operands, values, switches } = line;
  const to = oneOf("to", values.to!, trackers);
  for (const option of givenOptions(line)) {
    if (!shared.has(option)) {
      throw new UsageError(`--${option} is for ROMs: leave it out with --to ${to}.`);
    }
    if ((owners[option] ?? to) !== to) {
      throw new UsageError(`--${option} is for --to ${owners[option]!}: leave it out with --to ${to}.`);
    }
  }
  const dirs = (await Promise.all(operands.map(runsIn))).flat();
  const options = { to, out: values.out, overwrite: switches.has("overwrite"), long: switches.has("long"), experiment: values.experiment };
  const exported = switches.has("follow") ? await follow(dirs, { ...options, to: "tensorboard" }) : await exportRuns(dirs, options);
  return { text: inWords(exported), json: { ...exported } };
}

function givenOptions({ values, switches }: CommandLine): string[] {
  return [...Object.keys(values), ...switches];
}

/** The run in a directory, or all runs of a sweep or of a folder of runs. */
async function runsIn(place: string): Promise<string[]> {
  try {
    return [(await readRun(place)).dir];
  } catch (error) {
    if (!(error instanceof NoRunError)) {
      throw error;
    }
  }
  const root = path.resolve(place);
  const dirs = await listRunDirs([root, path.join(root, runsFolder)]);
  if (dirs.length === 0) {
    throw new UsageError(`There is no run in ${root} (no ${runFiles.spec}, there or in a folder of it): give the directory of a run, of a sweep, or a folder of runs.`);
  }
  return dirs;
}

async function follow(dirs: readonly string[], options: ExportRunsOptions & { readonly to: "tensorboard" }): Promise<RunsExport> {
  const stopping = new AbortController();
  const interruption = new Interruption(() => stopping.abort());
  try {
    const onWritten = (exported: RunsExport): void => tell(`${inWords(exported)}\nFollowing them; Ctrl+C ends it.`);
    const exported = await followIntoTensorBoard(dirs, options, { signal: stopping.signal, onWritten });
    if (interruption.ending !== undefined) {
      throw new EndedBySignalError(`The files in ${exported.out} are whole and grow no more.`, interruption.ending);
    }
    return exported;
  } finally {
    interruption.stopListening();
  }
}

const next: Readonly<Record<Tracker, (out: string) => string>> = {
  tensorboard: (out) => `To see them: tensorboard --logdir ${JSON.stringify(out)}`,
  mlflow: (out) => `To see them: MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri ${JSON.stringify(out)}`,
  csv: () => "",
};

function inWords({ to, out, runs }: RunsExport): string {
  const places = [...new Set(runs.map(({ place }) => place))];
  const count = `${runs.length} ${runs.length === 1 ? "run" : "runs"}`;
  return [`Exported ${count} to ${out}`, ...places.map((place) => `  ${path.relative(out, place)}`), next[to](out)].join("\n").trimEnd();
}
