import { cellHardware, type Gate } from "../../src/hardware/cells/cells.js";
import { lookUpTitle, stateTitle } from "../../src/hardware/schedule/figure.js";
import { inputColumns } from "../../src/hardware/schedule/timing.js";
import { columnsText, idleText, type CycleState, type RomWord } from "../../src/hardware/schedule/schedule.js";
import { defaultActivationBits, gateOfRow, type AcceleratorShape, type Cell } from "../../src/hardware/schedule/shape.js";
import { elementWiseWork, firstBusy, lookUpRows, scaleRows } from "./blockStages.js";
import { realValue, singleColumns, type LayerValues, type Values } from "./values.js";
import { count, integer, real } from "./numbers.js";
import type { BlockName } from "./state.js";

/** What is shown in one cycle. */
export interface Scene {
  readonly shape: AcceleratorShape;
  readonly state: CycleState;
  readonly values: Values;
}

const titles: Readonly<Record<Exclude<BlockName, "state" | "lookUp">, string>> = {
  rom: "Weight ROM",
  array: "Accumulate array",
  scale: "Scale · shift",
  elementWise: "Element-wise",
};

/** The title of a block of the datapath. */
export function blockTitle(block: BlockName, cell: Cell): string {
  return block === "state" ? stateTitle(cell) : block === "lookUp" ? lookUpTitle(cell) : titles[block];
}

const everyCell = {
  rom: "One word a cycle: the weights of P gate rows for one column, or several, group by group, then column by column.",
  array: "sum[row] ← sum[row] + weight[row, column] · h[column]; recurrent and input sums are kept apart.",
} as const;

/** What a block computes. */
export function blockEquation(block: BlockName, shape: Cell): string {
  return { ...everyCell, ...cellHardware(shape.cell).equations(shape) }[block];
}

const addressDigits = 4;
export const hexAddress = (address: number): string => `0x${address.toString(16).padStart(addressDigits, "0")}`;

/** A gate row in words: its gate and its unit. */
export function rowName(shape: AcceleratorShape, row: number): string {
  const { gate, unit } = gateOfRow(shape, row);
  return `${gate}[${unit}]`;
}

/** What the array receives: "h[22]", "h[20..23]" or the input symbol. */
export function broadcastName(word: RomWord, values: Values): string {
  const { network } = values;
  const index = columnsText(word);
  if (word.memory === "recurrent") {
    return `${network?.readsReset(word.group) ? "r·h" : "h"}[${index}]`;
  }
  return network?.values.input.kind === "symbol" ? `input ${network.inputName}` : `x[${index}]`;
}

/** The broadcast value in words, where it is known. */
export function broadcastText(word: RomWord, values: Values): string {
  const name = broadcastName(word, values);
  if (values.network === null) {
    return `broadcast ${name}`;
  }
  const { network } = values;
  const { input, formats } = network.values;
  if (word.columns > 1) {
    return `broadcast ${name} = ${singleColumns(word).map((column) => integer(network.broadcast(column))).join(", ")}`;
  }
  const code = network.broadcast(word);
  if (word.memory === "input" && input.kind === "symbol") {
    return `broadcast ${name} = ${code}`;
  }
  const format = word.memory === "input" ? formats.input : formats.hidden;
  return `broadcast ${name} = ${real(realValue(code, format))} (${format.bits} bit: ${integer(code)})`;
}

export interface Operations {
  readonly add: number;
  readonly subtract: number;
  readonly skip: number;
}

/** How many products of this cycle are added, subtracted and skipped. */
export function operations(scene: Scene, network: LayerValues): Operations {
  const tally = { add: 0, subtract: 0, skip: 0 };
  const { accumulate } = scene.state;
  for (const column of accumulate ? singleColumns(accumulate) : []) {
    for (let unit = 0; unit < accumulate!.busyUnits; unit++) {
      const weight = network.weight(column, accumulate!.firstRow + unit);
      tally[weight > 0 ? "add" : weight < 0 ? "subtract" : "skip"]++;
    }
  }
  return tally;
}

function romText({ state }: Scene): string {
  const { romRead } = state;
  return romRead ? `reads word ${hexAddress(romRead.address)} of the ${romRead.memory} weights, group ${romRead.group}` : "rests";
}

function arrayText(scene: Scene): string {
  const { state, shape, values } = scene;
  if (state.accumulate === null) {
    return `rests. ${state.idle ? idleText(state.idle, shape) : ""}`;
  }
  const { firstRow, busyUnits } = state.accumulate;
  const rows = `${rowName(shape, firstRow)} to ${rowName(shape, firstRow + busyUnits - 1)}`;
  const busy = `${count(busyUnits)} of ${count(shape.macUnits)} units on rows ${rows}, ${broadcastText(state.accumulate, values)}`;
  if (values.network === null) {
    return busy;
  }
  if (shape.precision === "full") {
    return `${busy}; all multiply`;
  }
  const { add, subtract, skip } = operations(scene, values.network);
  return `${busy}; ${count(add)} add, ${count(subtract)} subtract, ${count(skip)} skip`;
}

function scaleText({ state, shape, values }: Scene): string {
  const scaled = firstBusy(scaleRows(shape, state));
  if (scaled === null) {
    return "rests";
  }
  const name = `row ${rowName(shape, scaled)}`;
  if (values.network === null) {
    return name;
  }
  const row = values.network.row(scaled);
  const recurrent = cellHardware(shape.cell).hasRecurrentWeights ? `sum ${integer(row.recurrentSum)}, ` : "";
  const sums = `${recurrent}input ${integer(row.inputSum)}`;
  return `${name}: ${sums} → ${integer(row.preActivation)} (${real(row.preActivationValue)})`;
}

function lookUpText({ state, shape, values }: Scene): string {
  const lookedUp = firstBusy(lookUpRows(shape, state));
  if (lookedUp === null) {
    return "rests";
  }
  const name = `row ${rowName(shape, lookedUp)}`;
  if (values.network === null) {
    return name;
  }
  const row = values.network.row(lookedUp);
  const { bits } = values.network.values.formats.gate;
  const result = `${real(row.activationValue)} (${bits} bit: ${integer(row.activation)})`;
  return `${name}: ${curveOf(shape, row.gate)}(${real(row.preActivationValue)}) = ${result}`;
}

/** Which function of the pre-activation a gate is. */
export function curveOf({ cell }: Cell, gate: Gate): "tanh" | "linear" | "σ" {
  const { candidate } = cellHardware(cell);
  return gate === candidate.gate ? candidate.curve : "σ";
}

function elementWiseText({ state, shape }: Scene): string {
  const busy = elementWiseWork(shape, state).flatMap(({ work, unit }) => (unit === null ? [] : [`${work} of unit ${unit}`]));
  return busy.length > 0 ? busy.join(", ") : "rests";
}

const rangesInWords = { calibrated: "range seen on data", trained: "range of training", assumed: "range assumed" } as const;

/** "16 bit, range assumed" */
function cellFormat({ values }: LayerValues): string {
  return `${values.formats.cell?.bits ?? 0} bit, ${rangesInWords[values.cellRange ?? "assumed"]}`;
}

/** "c and h": what a unit writes back. */
export function statesOf({ cell }: Cell, between: string): string {
  return cellHardware(cell).states.join(between);
}

/** "64 × h 12 bit, c 16 bit": what the state memory holds of each unit, as far as it is known. */
export function stateSize({ shape, values }: Scene): string {
  const { activationBits = defaultActivationBits } = shape;
  const cell = values.network?.values.formats.cell;
  return `${count(shape.units)} × h ${activationBits} bit${cell ? `, c ${cell.bits} bit` : ""}`;
}

function stateText({ state, shape, values }: Scene): string {
  if (state.writeBack === null) {
    return "rests";
  }
  const name = `writes ${statesOf(shape, " and ")} of unit ${state.writeBack}`;
  if (values.network === null) {
    return name;
  }
  const { cell, hidden, hiddenValue } = values.network.unit(state.writeBack);
  const { bits } = values.network.values.formats.hidden;
  return `${name}: ${cell === null ? "" : `c = ${integer(cell)} (${cellFormat(values.network)}), `}h = ${integer(hidden)} (${real(hiddenValue)}, ${bits} bit)`;
}

const texts: Readonly<Record<BlockName, (scene: Scene) => string>> = {
  rom: romText,
  array: arrayText,
  scale: scaleText,
  lookUp: lookUpText,
  elementWise: elementWiseText,
  state: stateText,
};

/** What a block does in this cycle, in words. */
export const blockText = (block: BlockName, scene: Scene): string => texts[block](scene);

/** Whether a block works in this cycle. */
export function blockWorks(block: BlockName, { state, shape }: Scene): boolean {
  switch (block) {
    case "rom":
      return state.romRead !== null;
    case "array":
      return state.accumulate !== null;
    case "scale":
      return firstBusy(scaleRows(shape, state)) !== null;
    case "lookUp":
      return firstBusy(lookUpRows(shape, state)) !== null;
    case "elementWise":
      return elementWiseWork(shape, state).some(({ unit }) => unit !== null);
    case "state":
      return state.writeBack !== null;
  }
}

/** The whole sum of one MAC unit so far, in words; null without values or work. */
export function unitText({ state, shape, values }: Scene, unit: number): string {
  const { accumulate } = state;
  if (accumulate === null || unit >= accumulate.busyUnits) {
    return `MAC unit ${unit} rests in this cycle.`;
  }
  const row = accumulate.firstRow + unit;
  const name = `MAC unit ${unit}, row ${rowName(shape, row)}`;
  const columns = accumulate.column + accumulate.columns;
  if (values.network === null) {
    return `${name}: ${accumulate.memory} columns so far: ${columns}.`;
  }
  const all = accumulate.memory === "recurrent" ? shape.units : inputColumns(shape);
  const sum = values.network.sumsWith(accumulate)[unit]!;
  const terms = lastTerms(values.network, accumulate, row);
  return `${name}: ${terms} = ${integer(sum)} after ${columns} of ${all} ${accumulate.memory} columns.`;
}

/** The last terms that were not skipped, as "… + 651 − 120". */
function lastTerms(network: LayerValues, word: RomWord, row: number): string {
  const terms: string[] = [];
  for (let column = word.column + word.columns - 1; column >= 0 && terms.length < 6; column--) {
    const at = { ...word, column };
    const term = network.weight(at, row) * network.broadcast(at);
    if (term !== 0) {
      terms.unshift(`${term < 0 ? "−" : "+"} ${Math.abs(term)}`);
    }
  }
  return terms.length === 6 ? `… ${terms.join(" ")}` : terms.join(" ") || "0";
}
