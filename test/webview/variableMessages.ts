import type { Look, ShownValue, ValueView } from "../../src/variables/contract.js";
import type { ToWebview } from "../../webview/contract.js";
import { webviewProtocolVersion as version } from "../../webview/protocol.js";

export const look: Look = { name: "model", path: [], way: "table", first: 0, firstColumn: 0 };

/** What the extension sends for a variable "model". */
export function variableMessage(shown: ShownValue, changes: Partial<ValueView> = {}, runningCell: number | null = null): ToWebview {
  const summary = { kind: "object" as const, type: "Sequential", size: "3 layers", value: "", bytes: 1200 };
  const view: ValueView = { look, trail: [], summary, ways: [shown.kind], facts: [], shown, ...changes };
  return { type: "variable", version, look, runningCell, shown: { kind: "value", view } };
}

export const table: ShownValue = {
  kind: "table",
  rowName: "index",
  columns: ["name", "loss"],
  rows: [
    { head: "50", cells: ['"a"', "1.5"], opens: true },
    { head: "51", cells: ['"b"', "2"], opens: false },
  ],
  rowRange: { first: 50, shown: 2, total: 120 },
  columnRange: { first: 0, shown: 2, total: 2 },
};

export const base64 = (values: ArrayBufferView) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
export const heatMap = (values: readonly number[], rows: number, columns: number): ShownValue => ({
  kind: "heat map",
  rows,
  columns,
  values: base64(Float32Array.from(values)),
  rowsPerCell: 1,
  columnsPerCell: 1,
  greatest: 2,
});

/** One of each kind that has text or bars of its own. */
export const shownValues: Readonly<Record<string, ShownValue>> = {
  table,
  histogram: { kind: "histogram", isDiscrete: false, bars: Array.from({ length: 48 }, (_, bar) => ({ from: bar, to: bar + 1, count: 1000 - (bar - 24) ** 2 })) },
  "heat map": heatMap([2, -2, 0, NaN, 1, 2], 2, 3),
};
