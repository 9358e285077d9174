import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ExperimentSpec } from "../../src/experiment/spec.js";
import type { SweepSpec } from "../../src/sweeps/contract.js";
import { chooseAhead, type Driver, driveSweep, type MadeTrials } from "../../src/sweeps/drive.js";
import type { SweepEngine } from "../../src/sweeps/engine.js";
import { LocalEngine } from "../../src/sweeps/localEngine.js";
import { grid } from "../../src/sweeps/searches.js";
import { checkedSpace, labelsAt, type Point, type SearchSpace, parametersAt } from "../../src/sweeps/space.js";
import { createSweep, readSweep, reopenSweep, type SweepWriter } from "../../src/sweeps/sweepDirectory.js";
import { trialId } from "../../src/sweeps/trialId.js";
import { smallSpec, smallTask } from "../runs/spec.js";

/** A sweep of tiny trainings over a text of its own, without a cell around it. */

export const workerProgram = fileURLToPath(new URL("../../dist/api/trial-worker.mjs", import.meta.url));
if (!existsSync(workerProgram)) {
  throw new Error(`There is no ${workerProgram}: run \`node scripts/build.mjs api\` first.`);
}

/** Trains with a pause after each step: a long trial can be hit in the middle, whatever the machine. */
export const slowWorkerProgram = fileURLToPath(new URL("slowTrialWorker.mjs", import.meta.url));

// These trainings compute by the compute kernel alone, and to load the native TensorFlow takes every process longer than to train.
process.env["TRITLOOM_BACKEND"] = "cpu";

export const text = "the quick brown fox jumps over the lazy dog; ".repeat(40);
export const corpus = { name: "fox", source: { kind: "inline" }, sha256: createHash("sha256").update(text).digest("hex") } as const;

export const foxTask = { ...smallTask, corpus };

export const units: SearchSpace = { units: [4, 6, 7, 8] };

export function sweepSpec(change: Partial<SweepSpec> = {}, space = units): SweepSpec {
  const shown = Object.entries(checkedSpace(space)).map(([name, dimension]) => [
    name,
    dimension.kind === "choice" ? { kind: "choice", values: dimension.values.map((_, index) => labelsAt(checkedSpace(space), { [name]: index })[name]!) } : dimension,
  ]);
  const fixed = { version: 1, name: "fox", space: Object.fromEntries(shown), search: grid(), stop: null, seeds: 1, seed: 1, objective: "validation", window: 1 } as const;
  return { ...fixed, ...change };
}

/** What a trial function would make of parameters. */
export function madeOf(change: (parameters: Record<string, unknown>) => Partial<ExperimentSpec>, space = units): NonNullable<Driver["cell"]> {
  const checked = checkedSpace(space);
  return {
    space: checked,
    make: async (point: Point): Promise<MadeTrials> => {
      const parameters = parametersAt(checked, point);
      const { layers, ...rest } = smallSpec({ task: foxTask, steps: 20, validateEvery: 5 });
      const spec = { ...rest, layers: layers.map((layer) => ({ ...layer, units: parameters["units"] as number })), ...change(parameters) };
      return { trials: [{ id: trialId(spec), spec }] };
    },
  };
}

export const plain = madeOf(() => ({}));

export interface Driving {
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly cell?: Driver["cell"];
  readonly onChange?: Driver["onChange"];
  readonly program?: string;
  /** Default: processes of this machine. */
  readonly engine?: SweepEngine;
}

/** Makes a sweep and drives it to its end. */
export async function driveNew(dir: string, spec: SweepSpec, { cell = plain, ...driving }: Driving = {}) {
  return drive(await madeSweep(dir, spec, cell), { cell, ...driving });
}

/** A sweep whose candidates are chosen, for whoever drives it. */
export async function madeSweep(dir: string, spec: SweepSpec, cell: NonNullable<Driver["cell"]>): Promise<SweepWriter> {
  const sweep = await createSweep({ dir }, spec);
  await writeFile(path.join(dir, "data", `${corpus.sha256}.txt`), text);
  await chooseAhead(sweep, cell);
  return sweep;
}

export async function driveOn(dir: string, driving: Driving = {}) {
  return drive(await reopenSweep(dir), driving);
}

async function drive(sweep: SweepWriter, { workers = 1, signal = new AbortController().signal, cell, onChange = () => {}, program = workerProgram, ...driving }: Driving) {
  const engine = driving.engine ?? new LocalEngine({ workers, threads: 1, program });
  try {
    return await driveSweep(sweep, { engine, signal, ...(cell && { cell }), onChange });
  } finally {
    await sweep.close();
  }
}

/** All that must be the same whatever happened on the way: the figures, and the weights that ship, by the trials. */
export async function outcome(dir: string): Promise<Record<string, unknown>> {
  const { ledger } = await readSweep(dir);
  const figures = [...ledger.results].map(([key, result]) => [key, result.outcome === "value" ? result.value : result.message]);
  const models = await Promise.all(
    ledger.candidates.flatMap(({ number, trials }) =>
      trials.map(async ({ id }) => {
        const file = path.join(dir, "runs", `${String(number).padStart(4, "0")}-${id}`, "model.safetensors");
        return [`model ${id}`, createHash("sha256").update(await readFile(file).catch(() => "")).digest("hex")];
      }),
    ),
  );
  return Object.fromEntries([...figures, ...models].toSorted());
}
