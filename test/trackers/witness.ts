import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { trackerPackages } from "../../scripts/setup-interop.mjs";

/** A number, or the word for one that is not finite. */
type Num = number | string;

export interface TensorBoardReading {
  /** By the folder of the run. */
  readonly runs: Readonly<
    Record<
      string,
      {
        readonly scalars: Readonly<Record<string, readonly (readonly [step: number, time: number, value: Num])[]>>;
        /** Step, min, max, num, sum, sum of squares, limits and contents of buckets. */
        readonly histograms: Readonly<Record<string, readonly (readonly [number, number, number, number, number, number, number[], number[]])[]>>;
      }
    >
  >;
  /** What the HPARAMS tab is told. */
  readonly sessions: Readonly<
    Record<string, { readonly hparams: Readonly<Record<string, unknown>>; readonly status: string; readonly start: number; readonly end?: number; readonly metrics: readonly string[] }>
  >;
}

export interface MlflowRun {
  readonly status: string;
  readonly start: number;
  readonly end: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, readonly (readonly [step: number, milliseconds: number, value: Num])[]>>;
  readonly artifacts: readonly string[];
}

export type CsvRows = readonly Readonly<Record<string, Num | null>>[];

interface Case {
  readonly tool: "tensorboard" | "mlflow" | "csv";
  /** Absolute. */
  readonly place: string;
}

/** Installs them before the first test begins, whose time is limited. */
const packages = await trackerPackages();

const program = fileURLToPath(new URL("witness.py", import.meta.url));

/** What the tools themselves, and for CSV Python's csv module, read. */
async function witness(cases: readonly Case[]): Promise<readonly unknown[]> {
  const env = { ...process.env, PYTHONPATH: packages };
  const child = spawn("python3", [program], { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(cases));
  const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    return JSON.parse(answer) as unknown[];
  } catch {
    throw new Error(`The witness gave no answer:\n${errors}`);
  }
}

export const readByTensorBoard = async (...places: string[]) => (await witness(places.map((place) => ({ tool: "tensorboard", place })))) as readonly TensorBoardReading[];

/** Runs by the names of their experiments and their own. */
export const readByMlflow = async (place: string) => (await witness([{ tool: "mlflow", place }]))[0] as Readonly<Record<string, Readonly<Record<string, MlflowRun>>>>;

export const readByCsv = async (...places: string[]) => (await witness(places.map((place) => ({ tool: "csv", place })))) as readonly CsvRows[];
