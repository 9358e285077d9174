import * as z from "zod";
import { type Displayable, displaySymbol, type MimeBundle } from "../display/host.js";
import { grid, thousands } from "../display/html.js";
import { type Axis, type ScatterPlot, scatterSvg } from "../display/scatterSvg.js";
import { checkValues } from "../experiment/options.js";
import { type TradeOffOptions, tradeOffOf, type TradeOffRow } from "../jobs/tradeOff.js";
import { roundTicks } from "../runs/curveSvg.js";
import type { Measure } from "../runs/measures.js";
import type { SweepSummary } from "../sweeps/summary.js";
import { extentOf } from "../numbers/extent.js";

const names = { macUnits: true, columnsPerCycle: true, activationBits: true } as const;
const number = z.number().optional();
const optionsSchema = z.strictObject({ macUnits: number, columnsPerCycle: number, activationBits: number });

/** What better figures cost in hardware: the candidates of a sweep by their figure, ROM bits and cycles. */
export class TradeOff implements Displayable {
  /** @param rows the best figure first */
  constructor(
    readonly rows: readonly TradeOffRow[],
    private readonly measure: Measure,
  ) {}

  /** Those that no other candidate beats in one of the three without losing in another: the Pareto front. */
  get front(): readonly TradeOffRow[] {
    return this.rows.filter(({ isOnFront }) => isOnFront);
  }

  [displaySymbol](): MimeBundle {
    const { rows, measure } = this;
    const parameters = [...new Set(rows.flatMap((row) => Object.keys(row.parameters)))];
    const heading = `Trade-off: validation ${measure.name}, ROM bits and cycles of a timestep; * nothing is better in one without being worse in another`;
    const facts = rows.map((row) => [
      `${row.number}${row.isOnFront ? " *" : ""}`,
      ...parameters.map((name) => worded(row.parameters[name])),
      measure.text(row.figure),
      thousands(row.romBits),
      thousands(row.cyclesPerTimestep),
    ]);
    const bundle = grid(heading, ["candidate", ...parameters, `validation ${measure.name}`, "ROM bits", "cycles"], facts);
    return rows.length === 0 ? bundle : { ...bundle, "text/html": `${this.picture()}${bundle["text/html"]!}` };
  }

  private picture(): string {
    const { rows, measure } = this;
    const against = (name: string, of: (row: TradeOffRow) => number): ScatterPlot => ({
      x: axisOf(name, rows.map(of), (value) => thousands(value)),
      y: axisOf(`validation ${measure.name}`, rows.map(({ figure }) => figure), measure.tick),
      points: rows.map((row) => ({ x: of(row), y: row.figure, label: String(row.number), isMarked: row.isOnFront })),
    });
    return scatterSvg("Figure of each candidate over its ROM bits and over its cycles of a timestep", [
      against("ROM bits", ({ romBits }) => romBits),
      against("cycles of a timestep", ({ cyclesPerTimestep }) => cyclesPerTimestep),
    ]);
  }
}

function axisOf(name: string, values: readonly number[], text: (value: number) => string): Axis {
  const { least, most } = extentOf(values);
  const ticks = roundTicks(least, most, 4);
  return { name, ticks: ticks.map((value) => ({ value, text: text(value) })) };
}

function worded(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value ?? "");
}

/** @throws TypeError for options that are none; Error before the first candidate was trained to its end */
export async function tradeOff({ dir, candidates, measure }: SweepSummary, options: TradeOffOptions): Promise<TradeOff> {
  const given = checkValues("sweep.tradeOff", options, names, optionsSchema);
  const rows = measure === undefined ? [] : await tradeOffOf(candidates, measure, given);
  if (measure === undefined || rows.length === 0) {
    throw new Error(`No candidate of the sweep ${dir} was trained to its end yet, and only those have weights that ship.`);
  }
  return new TradeOff(rows, measure);
}
