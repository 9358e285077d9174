import type { ArrayCycle } from "./arrayOperands.js";
import type { GateNetlist } from "./gateNetlist.js";

/** Far longer than any path, in ps. */
const period = 200_000;

/** Operands in the order in which the testbench takes a word apart, most significant first. */
const fields = ["take", "accumulate", "is_input", "is_first", "weights", "input_weights", "values"] as const;
type Field = (typeof fields)[number];

/** Text of the operands' words for `$readmemb`. */
export function operandText(netlist: GateNetlist, cycles: readonly ArrayCycle[]): string {
  const word = (cycle: ArrayCycle): string => {
    const operands: Record<Field, bigint> = {
      take: BigInt(cycle.take),
      accumulate: BigInt(cycle.accumulate),
      is_input: BigInt(cycle.isInput),
      is_first: BigInt(cycle.isFirst),
      weights: cycle.weights,
      input_weights: cycle.inputWeights,
      values: sideBySide(cycle.values, busOf(netlist.inputs, "values").length),
    };
    return fields.map((field) => binary(operands[field], busOf(netlist.inputs, field).length)).join("");
  };
  return cycles.map((cycle) => `${word(cycle)}\n`).join("");
}

/** The first in the lowest bits; an idle cycle has fewer than there is room for. */
function sideBySide(values: readonly number[], bits: number): bigint {
  const each = bits / values.length;
  return values.reduceRight((all, value) => (all << BigInt(each)) | BigInt.asUintN(each, BigInt(value)), 0n);
}

function binary(value: bigint, bits: number): string {
  return BigInt.asUintN(bits, value).toString(2).padStart(bits, "0");
}

/**
 * Operands change just after the rising edge, as those from registers do; before the next one the sums are printed. Kept sums
 * are not asked for: all begin with 0.
 */
export function arrayTestbench({ inputs, outputs }: GateNetlist, top: string, cycles: number): string {
  const buses = fields.map((field) => ({ field, bits: busOf(inputs, field) }));
  const bits = buses.reduce((sum, bus) => sum + bus.bits.length, 0);
  const sources = new Map([["clock", "clock"], ["forget_sums", "1'b1"], ...buses.flatMap((bus) => sourcesOf(bus.field, bus.bits))]);
  const sums = [busOf(outputs, "recurrent_sum"), busOf(outputs, "input_sum")];
  const wires = new Map(sums.flat().map((port, index) => [port, `out_${index}`]));
  const ports = [...inputs.map((port) => [port, sources.get(port) ?? "1'b0"]), ...wires];
  return [
    "`timescale 1ps/1ps",
    "module testbench;",
    `  reg [${bits - 1}:0] words [0:${cycles - 1}];`,
    ...buses.map((bus) => `  reg [${bus.bits.length - 1}:0] ${bus.field};`),
    "  reg clock = 0;",
    "  integer cycle;",
    ...[...wires.values()].map((wire) => `  wire ${wire};`),
    `  ${top} array (`,
    ports.map(([port, wire]) => `    .\\${port} (${wire})`).join(",\n"),
    "  );",
    "  initial begin",
    '    $readmemb("operands.mem", words);',
    '    $dumpfile("toggles.vcd");',
    "    $dumpvars(1, array);",
    `    for (cycle = 0; cycle < ${cycles}; cycle = cycle + 1) begin`,
    `      #1 {${fields.join(", ")}} = words[cycle];`,
    `      #${period / 2 - 1} clock = 0;`,
    `      #${period / 2} $display("%b %b", ${sums.map((bus) => `{${bus.map((port) => wires.get(port)).join(", ")}}`).join(", ")});`,
    "      clock = 1;",
    "    end",
    "    $finish;",
    "  end",
    "endmodule",
    "",
  ].join("\n");
}

function sourcesOf(field: Field, ports: readonly string[]): [string, string][] {
  return ports.map((port, index) => [port, `${field}[${ports.length - 1 - index}]`]);
}

/** The single bits of a port, most significant first. */
export function busOf(ports: readonly string[], name: string): string[] {
  const bit = (port: string): number => Number(/\[(\d+)\]$/.exec(port)?.[1] ?? 0);
  return ports.filter((port) => port.replace(/\[\d+\]$/, "") === name).sort((one, other) => bit(other) - bit(one));
}
