import { columnsText, type CycleState, type RomWord } from "../schedule.js";
import { gateOfRow, type AcceleratorShape } from "../shape.js";
import { elementWiseStages, gateStages, resetProductStages, resetsBefore } from "../stages.js";

/** What one block works on: named numbers, for a picture one word. */
export interface BlockWork {
  readonly numbers: Readonly<Record<string, number>>;
  readonly word: string;
}

/** A block of the accelerator as a signal: what it does in a cycle, or null where it rests. */
export interface BlockSignal {
  /** An identifier: letters, digits and underscores. */
  readonly name: string;
  readonly fields: readonly string[];
  readonly at: (state: CycleState) => BlockWork | null;
}

function rowSignal(shape: AcceleratorShape, name: string, pick: (state: CycleState) => number | null | undefined): BlockSignal {
  const at = (state: CycleState): BlockWork | null => {
    const row = pick(state) ?? null;
    if (row === null) {
      return null;
    }
    const { gate, unit } = gateOfRow(shape, row);
    return { numbers: { row }, word: `${gate}[${unit}]` };
  };
  return { name, fields: ["row"], at };
}

function unitSignal(name: string, pick: (state: CycleState) => number | null | undefined): BlockSignal {
  const at = (state: CycleState): BlockWork | null => {
    const unit = pick(state) ?? null;
    return unit === null ? null : { numbers: { unit }, word: `[${unit}]` };
  };
  return { name, fields: ["unit"], at };
}

const wordName = (word: RomWord): string => `${word.memory === "recurrent" ? "h" : "x"}[${columnsText(word)}]`;

const weightRom: BlockSignal = {
  name: "weight_rom",
  fields: ["group", "column", "address", "is_input"],
  at: ({ romRead: word }) =>
    word && {
      numbers: { group: word.group, column: word.column, address: word.address, is_input: word.memory === "input" ? 1 : 0 },
      word: `group ${word.group} ${wordName(word)}`,
    },
};

const array: BlockSignal = {
  name: "accumulate_array",
  fields: ["first_row", "busy_units", "column", "is_input"],
  at: ({ accumulate: word }) =>
    word && {
      numbers: { first_row: word.firstRow, busy_units: word.busyUnits, column: word.column, is_input: word.memory === "input" ? 1 : 0 },
      word: `${word.busyUnits} units ${wordName(word)}`,
    },
};

const take: BlockSignal = {
  name: "take",
  fields: ["group"],
  at: ({ take: group }) => (group === null ? null : { numbers: { group }, word: `group ${group}` }),
};

const identifier = (...parts: string[]): string => parts.join("_").replaceAll("-", "_");

/** All blocks and stages of a layer's accelerator, in the order in which a row passes them. */
export function blockSignals(shape: AcceleratorShape): BlockSignal[] {
  const { cell } = shape;
  const products = resetsBefore(shape) ? resetProductStages : [];
  return [
    weightRom,
    array,
    take,
    ...gateStages[cell].map((stage, index) => rowSignal(shape, identifier("gate", stage), ({ gateRows }) => gateRows[index])),
    rowSignal(shape, "gate_write", ({ gateWrite }) => gateWrite),
    ...products.map((stage, index) => unitSignal(identifier("reset_product", stage), ({ resetProduct }) => resetProduct[index])),
    ...elementWiseStages[cell].map((stage, index) => unitSignal(identifier("element_wise", stage), ({ elementWise }) => elementWise[index])),
    unitSignal("write_back", ({ writeBack }) => writeBack),
  ];
}
