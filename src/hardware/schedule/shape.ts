import { cellHardware, cells, type CellName, type Gate } from "../cells/cells.js";

/** How weights are stored and what a MAC unit does with one: multiply, or add, subtract, skip. */
export const precisions = ["full", "binary", "ternary"] as const;
export type Precision = (typeof precisions)[number];

/** The same, the narrowest first: what holds one of them holds those before it. */
export const narrowFirst = ["binary", "ternary", "full"] as const satisfies readonly Precision[];

/** The precision of MAC units that hold weights of all of these. */
export function widestPrecision(held: readonly (Precision | undefined)[]): Precision {
  return narrowFirst.findLast((precision) => held.includes(precision)) ?? "full";
}

/** Whether a GRU's reset gate multiplies h before its product with the candidate's matrix, or that product. */
export const resets = ["before", "after"] as const;

/** The recurrent cell; only a GRU has a reset. */
export type Cell =
  | { readonly cell: Exclude<CellName, "gru">; readonly reset?: undefined }
  | { readonly cell: "gru"; readonly reset: (typeof resets)[number] };

interface LayerSizes {
  /** Input symbols (one-hot) or input features (dense): I. */
  readonly inputs: number;
  readonly inputKind: "one-hot" | "dense";
  /** Hidden units: H. An LSTM layer has 4H gate rows, a GRU layer 3H. */
  readonly units: number;
}

/** One recurrent layer, wherever it runs. */
export type LayerShape = Cell & LayerSizes;

/** What determines the schedule of one layer on the time-multiplexed accelerator. */
export type AcceleratorShape = LayerShape & {
  /** Multiply-accumulate units that work side by side: P. */
  readonly macUnits: number;
  /** Columns that each MAC unit takes in one cycle: N, a power of two; default 1. */
  readonly columnsPerCycle?: number;
  readonly precision: Precision;
  /** Bits of h and of a full-precision weight. Default 12. */
  readonly activationBits?: number;
  /** Absent where nobody gave a clock: then there are figures per cycle, none per second. */
  readonly clockMegahertz?: number;
};

/** The layer alone, without the array that runs it. */
export function layerOf(shape: LayerShape): LayerShape {
  const { inputs, inputKind, units } = shape;
  return { ...cellOf(shape), inputs, inputKind, units };
}

/** The cell of a layer, and nothing else of it. */
export function cellOf({ cell, reset }: Cell): Cell {
  return cell === "gru" ? { cell, reset } : { cell };
}

/** Gate blocks of a cell, in the order of its weight rows. */
export function gatesOf({ cell }: Cell): readonly Gate[] {
  return cellHardware(cell).gates as readonly Gate[];
}

/** Used wherever nobody says otherwise, so that a schedule and the ROM of one model agree. */
export const defaultMacUnits = 64;

export const mostColumnsPerCycle = 64;

/** Whether MAC units can take so many columns at once. */
export function isColumnsPerCycle(columns: number): boolean {
  return columns <= mostColumnsPerCycle && Number.isInteger(Math.log2(columns)) && columns >= 1;
}

/** Bits of hidden states, gates and full-precision weights where nobody says otherwise: the paper's, as remembered. */
export const defaultActivationBits = 12;

/** A shape that no accelerator can have; the message names the field, its value and the remedy. */
export class InvalidShapeError extends Error {
  override readonly name = "InvalidShapeError";
}

/** Keeps 4H (H + I) below 2^53, so that every count here is an exact integer. */
export const largestCount = 1_000_000;

function checkCount(name: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > largestCount) {
    throw new InvalidShapeError(
      `Accelerator shape: ${name} is ${String(value)}; give a whole number from 1 to ${largestCount}.`,
    );
  }
}

function checkOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) {
    throw new InvalidShapeError(`Accelerator shape: ${name} is ${String(value)}; give one of ${allowed.join(", ")}.`);
  }
}

function checkCell(shape: AcceleratorShape): void {
  checkOneOf("cell", shape.cell, Object.keys(cells));
  if (shape.cell === "gru") {
    checkOneOf("reset", shape.reset, resets);
  } else if ("reset" in shape) {
    throw new InvalidShapeError(`Accelerator shape: reset is ${String(shape.reset)}, but only a GRU has one; leave it out.`);
  }
}

/**
 * Checks a shape where it enters.
 * @returns the same value
 * @throws InvalidShapeError
 */
export function checkShape(shape: AcceleratorShape): AcceleratorShape {
  checkCount("inputs", shape.inputs);
  checkCount("units", shape.units);
  checkCount("macUnits", shape.macUnits);
  if (shape.columnsPerCycle !== undefined && !isColumnsPerCycle(shape.columnsPerCycle)) {
    throw new InvalidShapeError(
      `Accelerator shape: columnsPerCycle is ${String(shape.columnsPerCycle)}; give a power of two from 1 to ${mostColumnsPerCycle}.`,
    );
  }
  checkOneOf("inputKind", shape.inputKind, ["one-hot", "dense"]);
  checkOneOf("precision", shape.precision, precisions);
  checkCell(shape);
  checkActivationBits(shape);
  const { clockMegahertz } = shape;
  if (clockMegahertz !== undefined && !(Number.isFinite(clockMegahertz) && clockMegahertz > 0)) {
    throw new InvalidShapeError(`Accelerator shape: clockMegahertz is ${String(clockMegahertz)}; give a positive number.`);
  }
  return shape;
}

/** Whether hidden states can have so many bits. */
export function isActivationBits(bits: number): boolean {
  return Number.isInteger(bits) && bits >= 4 && bits <= 16;
}

function checkActivationBits({ activationBits }: AcceleratorShape): void {
  if (activationBits !== undefined && !isActivationBits(activationBits)) {
    throw new InvalidShapeError(`Accelerator shape: activationBits is ${String(activationBits)}; give a whole number from 4 to 16.`);
  }
}

/** Bits of one stored weight: one sign bit, a two-bit trit, or fixed point as wide as h. */
export function storedWeightBits({ precision, activationBits = defaultActivationBits }: Pick<AcceleratorShape, "precision" | "activationBits">): number {
  return { full: activationBits, binary: 1, ternary: 2 }[precision];
}

/** The gate and hidden unit that a weight row computes. */
export function gateOfRow(shape: LayerShape, row: number): { gate: Gate; unit: number } {
  const gates = gatesOf(shape);
  const gate = gates[Math.floor(row / shape.units)];
  if (gate === undefined || row < 0) {
    throw new RangeError(`Row ${row} is outside the ${gates.length * shape.units} gate rows.`);
  }
  return { gate, unit: row % shape.units };
}
