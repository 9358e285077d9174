import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { integerInput } from "../../src/hardware/calibrate.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import type { FixedModel } from "../../src/hardware/fixedModel.js";
import { FastNetwork } from "../../src/hardware/integer/fastNetwork.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import { accountMemory } from "../../src/hardware/rom/memory.js";
import { verilogModules } from "../../src/hardware/rtl/modules.js";
import { placedMemories } from "../../src/hardware/rtl/placedMemories.js";
import type { PlacedMemory } from "../../src/hardware/rtl/placedMemory.js";
import { runToSuccess } from "../hardware/tools.js";
import { printedVerdicts, writeBatch } from "./batch.js";
import type { Shape } from "./shapes.js";

/** Timesteps of the two simulations whose difference is counted: what only a sequence's beginning does is in both. */
const [few, more] = [3, 5];

type Case = Omit<Shape, "sequences">;
const network = { seed: 3, cell: "lstm", precision: "ternary", units: 5, inputs: 4 } as const;
const cases: readonly Case[] = [
  { network, options: {}, macUnits: 6 },
  { network: { ...network, units: [5, 3], inputKind: "dense", precision: "full" }, options: { columnsPerCycle: 4 }, macUnits: 3 },
  { network: { ...network, cell: "gru", precision: "binary" }, options: { lookUp: { entries: 512, interpolation: "none" } }, macUnits: 4 },
  { network: { ...network, cell: "gru", reset: "before", units: [7, 2], inputKind: "dense" }, options: { columnsPerCycle: 2 }, macUnits: 4 },
  { network: { ...network, cell: "gru", units: [4, 6] }, options: { columnsPerCycle: 8 }, macUnits: 64 },
  { network: { ...network, units: [9, 4] }, options: { deltaThreshold: 5 }, macUnits: 7 },
  { network: { ...network, cell: "gru", units: 6, inputKind: "dense" }, options: { deltaThreshold: 2 }, macUnits: 5 },
];

const fixedOf = ({ network: of, options }: Case): FixedModel => fixModel(randomNetwork(of), options);

/** When the arithmetic of a layer takes the word of a memory, by the control signals of the generated Verilog. */
function useOf(memory: string, { cell, reset }: FixedModel["layers"][number] & { readonly reset?: string }): string {
  const recurrent = "sums.accumulate && !sums.is_input";
  const [candidate, last] = cell === "lstm" ? [0, 3] : [2, 2];
  const unit = `gate_valid && (gate_name == ${last}${reset === "before" ? " || gate_name == 0" : ""})`;
  const phase = reset === "before" ? " && !sums.is_second_phase" : "";
  const uses: readonly (readonly [RegExp, string])[] = [
    [/^sums\.recurrent_weights_rom$/, recurrent],
    [/^sums\.input_weights_rom$/, "sums.accumulate && sums.is_input"],
    [/hidden_states\.initial_rom$/, `${recurrent}${phase} && initial_state`],
    [/hidden_states\.bank_0/, `${recurrent}${phase} && !initial_state && !sums.all_columns.hidden_states.bank`],
    [/hidden_states\.bank_1/, `${recurrent}${phase} && !initial_state && sums.all_columns.hidden_states.bank`],
    [/reset_states/, `${recurrent} && sums.is_second_phase`],
    [/change_list\.initial_rom$/, `${recurrent} && initial_state`],
    [/change_list\.list_0$/, `${recurrent} && !initial_state && !sums.listed.change_list.bank`],
    [/change_list\.list_1$/, `${recurrent} && !initial_state && sums.listed.change_list.bank`],
    [/change_list\.references$/, "sums.listed.change_list.write_1 && !initial_state"],
    [/change_list\.initial_reference$/, "sums.listed.change_list.write_1 && initial_state"],
    [/sums_before$/, "sums.array.begins && !sums.array.takes_input && !initial_state"],
    [/^gate_(scale_recurrent|scale_input|shift)_rom$/, "scale"],
    [/^reset_shift_rom$|reset_gates$/, "scale && scale_gate == 2"],
    [/^sigmoid/, `gate_valid && gate_name != ${candidate}`],
    [/^tanh/, `gate_valid && gate_name == ${candidate}`],
    [/^element_wise\.tanh/, "write"],
    [/^(candidates|forget_gates|input_gates|update_gates|cell_scale_rom|cell_shift_rom)$/, `gate_valid && gate_name == ${last}`],
    [/^(cell_states|states_before)\.states$/, `${unit} && !late_initial_state`],
    [/^(cell_states|states_before)\..*initial_rom$/, `${unit} && late_initial_state`],
  ];
  const found = uses.filter(([pattern]) => pattern.test(memory));
  if (found.length !== 1) {
    throw new Error(`${memory} has ${found.length} conditions`);
  }
  // Names of the layer, from outside of it.
  return found[0]![1].replaceAll(/(?<![.\w])[a-z_]+(?:\.\w+)*/g, (name) => `LAYER.${name}`);
}

/** The same for a memory that is in no layer. */
function streamUse(memory: string): string {
  const [buffer, bank] = /^(\w+)\.bank_(\d)/.exec(memory)!.slice(1) as [string, string];
  const reads = buffer === "out_buffer" ? "DUT.out_valid && DUT.out_ready" : `DUT.layer_${buffer.slice(7)}.sums.accumulate && DUT.layer_${buffer.slice(7)}.sums.is_input`;
  return `${reads} && DUT.${buffer}.read_bank == ${bank}`;
}

function monitorOf(model: FixedModel, number: number, paths: readonly string[]): string {
  const dut = `batch.bench_${number}.dut`;
  const counters = paths.map((memory, index) => {
    const layer = /^layer_(\d+)\.(.*)$/.exec(memory);
    const use = layer === null ? streamUse(memory) : useOf(layer[2]!, model.layers[Number(layer[1])]!).replaceAll("LAYER", `DUT.layer_${layer[1]}`);
    return { memory, index, use: use.replaceAll("DUT", dut) };
  });
  return [
    `module monitor_${number};`,
    ...counters.map(({ index }) => `    integer reads_${index} = 0;`),
    `    always @(posedge batch.bench_${number}.clock) if (!batch.bench_${number}.reset) begin`,
    ...counters.map(({ index, use }) => `        if (${use}) reads_${index} = reads_${index} + 1;`),
    "    end",
    "    always @(batch.finished) begin",
    ...counters.map(({ index, memory }) => `        $display("READS batch.bench_${number}.dut.${memory} %0d", reads_${index});`),
    "    end",
    "endmodule",
  ].join("\n");
}

interface Counted {
  readonly kind: string;
  readonly width: number;
  readonly depth: number;
  readonly reads: number;
  readonly writes: number;
}

/** Every instance of `rom.v` and `memory.v`, as Icarus elaborated them, and what the simulation did with it; by bench and path. */
function simulate(folder: string, shapes: readonly Shape[]): ReadonlyMap<string, Counted>[] {
  const { sources, verdicts } = writeBatch(folder, shapes);
  const { rom, memory, ...others } = verilogModules;
  const instrumented = (text: string, kind: string, writes: string): string =>
    text.replace(/endmodule\s*$/, `    always @(batch.finished) $display("${kind} %m %0d %0d %0d", WIDTH, DEPTH, ${writes});\nendmodule\n`);
  const counting = memory.replace(/endmodule\s*$/, "    integer writes = 0;\n    always @(posedge clock) if (write === 1'b1) writes = writes + 1;\nendmodule\n");
  writeFileSync(path.join(folder, "modules.v"), [...Object.values(others), instrumented(rom, "rom", "0"), instrumented(counting, "memory", "writes")].join("\n"));
  const monitors = shapes.map((shape, number) => {
    const model = fixedOf(shape);
    return monitorOf(model, number, placedMemories(model, shape.macUnits).map((placed) => placed.path));
  });
  writeFileSync(path.join(folder, "monitors.v"), monitors.join("\n"));
  const top = path.join(folder, "batch.v");
  const withEvent = readFileSync(top, "utf8").replace("integer left", "event finished;\n    integer left").replace("$finish;", "begin -> finished; #1 $finish; end");
  writeFileSync(top, withEvent);
  const tops = ["batch", ...shapes.map((_, number) => `monitor_${number}`)].flatMap((name) => ["-s", name]);
  runToSuccess("iverilog", ["-g2012", ...tops, "-o", "batch.vvp", ...sources, "monitors.v"], { cwd: folder });
  const { stdout } = runToSuccess("vvp", ["-n", "batch.vvp"], { cwd: folder });
  expect(printedVerdicts(stdout)).toEqual(verdicts);
  const reads = new Map([...stdout.matchAll(/^READS batch\.(\S+) (\d+)$/gm)].map(([, place, count]) => [place!, Number(count)]));
  const found = shapes.map(() => new Map<string, Counted>());
  for (const [, kind, bench, memoryPath, width, depth, writes] of stdout.matchAll(/^(rom|memory) batch\.bench_(\d+)\.dut\.(\S+) (\d+) (\d+) (\d+)$/gm)) {
    const place = `bench_${bench}.dut.${memoryPath}`;
    found[Number(bench)]!.set(memoryPath!, { kind: kind!, width: Number(width), depth: Number(depth), reads: reads.get(place)!, writes: Number(writes) });
  }
  return found;
}

/** Recurrent columns of each timestep, for each layer, from the integer reference. */
function columnsOf(model: FixedModel, shape: Case): number[][] {
  const integers = new IntegerNetwork(model);
  const reader = new FastNetwork(model);
  const sequence = randomSequence(randomNetwork(shape.network), shape.network.seed, more + 1);
  return Array.from({ length: more + 1 }, (_, timestep) => integers.step(integerInput(reader, sequence, timestep)).map(({ columns }) => columns));
}

/** "layer_0.tanh.linear.table_rom: 5 reads, 0 writes", sorted. Lists take turns and hold different numbers of changes: both together. */
function perMemory(memories: readonly Pick<PlacedMemory, "path" | "reads" | "writes">[]): string[] {
  const sums = new Map<string, { reads: number; writes: number }>();
  for (const { path: place, reads, writes } of memories) {
    const name = place.replace(/list_[01]$/, "list");
    const known = sums.get(name) ?? { reads: 0, writes: 0 };
    sums.set(name, { reads: known.reads + reads, writes: known.writes + writes });
  }
  return [...sums].map(([name, { reads, writes }]) => `${name}: ${reads} reads, ${writes} writes`).toSorted();
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("The memories of an accelerator", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "tritloom-memories-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let simulated: readonly ReadonlyMap<string, Counted>[];

  beforeAll(() => {
    simulated = simulate(folder, cases.flatMap((shape) => [{ ...shape, sequences: [few] }, { ...shape, sequences: [more] }]));
  }, 300_000);

  const all = cases.map((shape, index) => ({ shape, index, name: `case ${index}` }));

  it.each(all)("are those that Icarus elaborates, each in its width and depth: $name", ({ shape, index }) => {
    const elaborated = [...simulated[2 * index]!].map(([place, { kind, width, depth }]) => [place, kind, width, depth]);
    const ours = placedMemories(fixedOf(shape), shape.macUnits).map(({ path: place, kind, width, depth }) => [place, kind, width, depth]);
    const inOrder = (rows: readonly (readonly unknown[])[]): unknown[] => rows.toSorted(([one], [other]) => String(one).localeCompare(String(other)));
    expect(inOrder(ours)).toEqual(inOrder(elaborated));
  });

  it.each(all)("take the bits of the account: $name", ({ shape, index }) => {
    const roms = [...simulated[2 * index]!.values()].filter(({ kind }) => kind === "rom");
    expect(accountMemory(fixedOf(shape), shape.macUnits).shippedBits).toBe(roms.reduce((sum, { width, depth }) => sum + width * depth, 0));
  });

  it.each(all)("are read and written as often as a simulation counts: $name", ({ shape, index }) => {
    const model = fixedOf(shape);
    const [before, after] = [simulated[2 * index]!, simulated[2 * index + 1]!];
    const timesteps = more - few;
    const simulatedRows = perMemory([...after].map(([place, { reads, writes }]) => {
      const earlier = before.get(place)!;
      return { path: place, reads: (reads - earlier.reads) / timesteps, writes: (writes - earlier.writes) / timesteps };
    }));
    const columns = columnsOf(model, shape);
    const averages = (first: number): number[] => model.layers.map((_, layer) => average(columns.slice(first, first + timesteps).map((row) => row[layer]!)));
    // A timestep writes the list that the next one reads.
    const written = placedMemories(model, shape.macUnits, averages(few + 1));
    const counted = placedMemories(model, shape.macUnits, averages(few)).map((memory, index) => ({ ...memory, writes: written[index]!.writes }));
    expect(perMemory(counted)).toEqual(simulatedRows);
    // An empty list is read, as one change of nothing, and not written; there is none here.
    expect(columns.every((row) => row.every((count) => count >= 1))).toBe(true);
  });
});
