import type { CellRange, FixedModel } from "../hardware/fixedModel.js";
import { rangeOf } from "../hardware/fixedPoint.js";
import { cellName, columnsText } from "../hardware/schedule/figure.js";
import type { AcceleratorShape } from "../hardware/schedule/shape.js";

const rangesInWords: Readonly<Record<CellRange, string>> = { calibrated: "calibrated on data", trained: "as trained", assumed: "assumed" };

/** "hidden states of 12 bits; cell states of 16 bits in [-4, 4), calibrated on data; tables of 256 words" */
export function integersInWords({ formats, layers, tables }: FixedModel): string {
  const cells = layers.flatMap(({ cellFormat, cellRange }) =>
    cellFormat && cellRange ? [`cell states of ${cellFormat.bits} bits in [-${rangeOf(cellFormat)}, ${rangeOf(cellFormat)}), ${rangesInWords[cellRange]}`] : [],
  );
  const hidden = layers.flatMap((layer) =>
    layer.cell === "min-gru" ? [`those of minGRU in [-${rangeOf(layer.hiddenFormat)}, ${rangeOf(layer.hiddenFormat)}), ${rangesInWords[layer.hiddenRange]}`] : [],
  );
  return [`hidden states of ${formats.hidden.bits} bits`, ...new Set([...hidden, ...cells]), `tables of ${tables.tanh.entries} words`].join("; ");
}

/** "LSTM, 64 units, 89 one-hot inputs, ternary weights" */
export function layerInWords(shape: AcceleratorShape): string {
  return `${cellName(shape)}, ${shape.units} units, ${shape.inputs} ${shape.inputKind} inputs, ${shape.precision} weights`;
}

/** "64 MAC units of 4 columns", of stacked layers "2 x 64 MAC units of 4 columns" */
export function macUnitsInWords(shapes: readonly AcceleratorShape[]): string {
  const [first] = shapes;
  return `${shapes.length > 1 ? `${shapes.length} x ` : ""}${first!.macUnits} MAC units${columnsText(first!)}`;
}

/** "delta updates off", or "delta updates, threshold 8" */
export function deltaInWords({ delta }: Pick<FixedModel, "delta">): string {
  return delta === undefined ? "delta updates off" : `delta updates, threshold ${delta.threshold}`;
}

/** The chip in a line: array, delta updates, widths and ranges. */
export function chipInWords(fixed: FixedModel, shapes: readonly AcceleratorShape[]): string {
  return [macUnitsInWords(shapes), deltaInWords(fixed), integersInWords(fixed)].join("; ");
}
