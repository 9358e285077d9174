import { acceleratorModel } from "../hardware/acceleratorModel.js";
import { chipOf } from "../hardware/chip.js";
import type { ChipOptions } from "../hardware/chipOptions.js";
import { accountMemory } from "../hardware/rom/memory.js";
import { summariseNetwork } from "../hardware/schedule/network.js";
import type { Measure } from "../runs/measures.js";
import { readRun } from "../runs/readRun.js";
import { shippedModel } from "../runs/shippedModel.js";
import type { CandidateRow } from "../sweeps/summary.js";

/** What the memory and the cycles of a chip depend on. */
export type TradeOffOptions = Pick<ChipOptions, "macUnits" | "columnsPerCycle" | "activationBits">;

/** A trained candidate, and what its accelerator takes. */
export interface TradeOffRow {
  /** The candidate's number in its sweep. */
  readonly number: number;
  readonly parameters: CandidateRow["parameters"];
  /** The mean of its seeds on the validation part. */
  readonly figure: number;
  /** Bits of the accelerator's ROMs: weights, scales, shifts, states and tables. */
  readonly romBits: number;
  readonly cyclesPerTimestep: number;
  /** No other candidate is better in one of the three and at least as good in the others: the Pareto front. */
  readonly isOnFront: boolean;
  /** The directory of its first run. */
  readonly run: string;
}

/**
 * What the accelerators of the candidates take that were trained to their end, the best figure first. Memory and cycles follow from the
 * shape of a network, so no data is needed.
 * @throws UnsupportedModelError for a model that there is no accelerator for; OptionError
 */
export async function tradeOffOf(candidates: readonly CandidateRow[], { better }: Measure, options: TradeOffOptions): Promise<TradeOffRow[]> {
  const finished = candidates.filter(({ state, mean, runs }) => state === "finished" && mean !== null && runs.length > 0);
  const rows = await Promise.all(finished.map((candidate) => rowOf(candidate, options)));
  const isBetter = betterBy(better);
  const judged = rows.map((row) => ({ ...row, isOnFront: isOnFront(row, rows, better) }));
  return judged.toSorted((one, other) => (one.figure === other.figure ? one.romBits - other.romBits : isBetter(one.figure, other.figure) ? -1 : 1));
}

type Measured = Omit<TradeOffRow, "isOnFront">;

function betterBy(better: Measure["better"]): (one: number, other: number) => boolean {
  return (one, other) => one !== other && better(one, other) === one;
}

type Costs = Pick<TradeOffRow, "figure" | "romBits" | "cyclesPerTimestep">;

/** Whether no row is at least as good in all three and better in one: the Pareto front. */
export function isOnFront(row: Costs, rows: readonly Costs[], better: Measure["better"]): boolean {
  return !rows.some((other) => dominates(other, row, betterBy(better)));
}

async function rowOf({ number, parameters, mean, runs }: CandidateRow, options: TradeOffOptions): Promise<Measured> {
  const reading = await readRun(runs[0]!);
  const model = acceleratorModel(await shippedModel(reading));
  const chip = chipOf({ name: reading.spec.name, model, read: () => [] }, { ...options, calibrate: false });
  const { shippedBits } = accountMemory(chip.fixed, chip.macUnits, model.host);
  return { number, parameters, figure: mean!, romBits: shippedBits, cyclesPerTimestep: summariseNetwork(chip.shapes).cyclesPerTimestep, run: reading.dir };
}

function dominates(one: Costs, other: Costs, isBetter: (a: number, b: number) => boolean): boolean {
  const isWorse = isBetter(other.figure, one.figure) || one.romBits > other.romBits || one.cyclesPerTimestep > other.cyclesPerTimestep;
  const isBetterSomewhere = isBetter(one.figure, other.figure) || one.romBits < other.romBits || one.cyclesPerTimestep < other.cyclesPerTimestep;
  return !isWorse && isBetterSomewhere;
}
