import { verilogFunction } from "./booleanFunction.js";
import type { Liberty } from "./liberty.js";

interface Pin {
  readonly name: string;
  readonly text: string;
}

/**
 * Verilog of a library's gates and plain flip-flops for a simulation in which glitches show: an output changes after the mean
 * of its delays, each from the middle of its table. Flip-flops begin at 0. Cells of other kinds are left out.
 */
export function cellModels({ text }: Pick<Liberty, "text">): string {
  const picoseconds = timeUnit(text);
  const cells = text.split(/\bcell\s*\(/).slice(1);
  return ["`timescale 1ps/1ps", ...cells.flatMap((cell) => cellModel(cell, picoseconds))].join("\n");
}

const otherKinds = /\b(latch|statetable|test_cell|three_state|bus|bundle|clear|preset)\b\s*[(:]/;

function cellModel(cell: string, picoseconds: number): string[] {
  const name = /^\s*"?(\w+)"?\s*\)/.exec(cell)?.[1];
  const pins = pinsOf(cell);
  const outputs = pins.filter(({ text }) => attribute(text, "function") !== undefined);
  if (name === undefined || outputs.length === 0 || otherKinds.test(cell)) {
    return [];
  }
  const direction = ({ text }: Pin): string => (attribute(text, "direction") === "input" ? "input" : "output");
  return [
    `module ${name} (${pins.map((pin) => `${direction(pin)} ${pin.name}`).join(", ")});`,
    ...flipFlop(cell),
    ...outputs.map(({ name: output, text }) => `  assign #${delay(text, picoseconds)} ${output} = ${verilogFunction(attribute(text, "function")!)};`),
    "endmodule",
  ];
}

function flipFlop(cell: string): string[] {
  const [, state, inverse, group] = /\bff\s*\(\s*"?(\w+)"?\s*,\s*"?(\w+)"?\s*\)\s*\{([^}]*)\}/.exec(cell) ?? [];
  if (state === undefined) {
    return [];
  }
  return [
    `  reg ${state} = 1'b0;`,
    `  wire ${inverse} = ~${state};`,
    `  wire clocked_on = ${verilogFunction(attribute(group!, "clocked_on")!)};`,
    `  always @(posedge clocked_on) ${state} <= ${verilogFunction(attribute(group!, "next_state")!)};`,
  ];
}

function pinsOf(cell: string): Pin[] {
  const parts = cell.split(/\bpin\s*\(\s*"?(\w+)"?\s*\)/).slice(1);
  return Array.from({ length: parts.length / 2 }, (_, index) => ({ name: parts[2 * index]!, text: parts[2 * index + 1]! }));
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}\\s*:\\s*"?([^";]*)"?\\s*;`).exec(text)?.[1];
}

/** In ps; at least 1, as every path from a clock edge has a delay. */
function delay(pin: string, picoseconds: number): number {
  const tables = [...pin.matchAll(/\bcell_(?:rise|fall)\s*\([^)]*\)\s*\{[^}]*?\bvalues\s*\(([^)]*)\)/g)];
  const middles = tables.map(([, values]) => {
    const numbers = [...values!.matchAll(/[\d.eE+-]+/g)].map(Number);
    return numbers[Math.floor(numbers.length / 2)]!;
  });
  const mean = middles.reduce((sum, value) => sum + value, 0) / Math.max(1, middles.length);
  return Math.max(1, Math.round(mean * picoseconds));
}

function timeUnit(text: string): number {
  const [, count, unit] = /\btime_unit\s*:\s*"?(\d+)\s*(ns|ps)/.exec(text) ?? [];
  return count === undefined ? 1000 : Number(count) * (unit === "ns" ? 1000 : 1);
}
