import type { CellHardware } from "./cell.js";
import { gru } from "./gru.js";
import { lstm } from "./lstm.js";
import { minGru } from "./minGru.js";

/** Every recurrent cell that there is an accelerator for, by its name in experiments and files. */
export const cells = { lstm, gru, "min-gru": minGru } as const satisfies Readonly<Record<string, CellHardware>>;

export type CellName = keyof typeof cells;
export type Gate = (typeof cells)[CellName]["gates"][number];

/** The same with one type for all. */
export function cellHardware(cell: CellName): CellHardware {
  return cells[cell];
}

/** A value of each cell. */
export function ofEachCell<Value>(value: (cell: CellHardware) => Value): Readonly<Record<CellName, Value>> {
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, value(cell)])) as Record<CellName, Value>;
}

type Named = { readonly cell: CellName };
type Of<Layer extends Named, Name extends CellName> = Extract<Layer, { readonly cell: Name }>;

/** A function for the layers of each cell. */
export type ForCells<Layer extends Named, Rest extends readonly unknown[], Result> = {
  readonly [Name in CellName]: (layer: Of<Layer, Name>, ...rest: Rest) => Result;
};

/** The function for a layer's own cell: that its name chooses it is more than the type checker can see. */
export function forCell<Layer extends Named, Rest extends readonly unknown[], Result>(table: ForCells<Layer, Rest, Result>, { cell }: Layer): (layer: Layer, ...rest: Rest) => Result {
  return table[cell] as (layer: Layer, ...rest: Rest) => Result;
}
