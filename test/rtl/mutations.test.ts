import { describe, expect, test } from "vitest";
import { fixModel } from "../../src/hardware/fixModel.js";
import type { FixedModelOptions } from "../../src/hardware/fixModel.js";
import type { FixedModel } from "../../src/hardware/fixedModel.js";
import { integerInput } from "../../src/hardware/calibrate.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { point, hull, signedBits } from "../../src/hardware/interval.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import type { RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import { acceleratorFiles, testbenchFiles } from "../../src/hardware/rtl/acceleratorFiles.js";
import { simulate, SimulationError } from "../../src/hardware/verify/simulators.js";
import { writeFiles } from "../../src/files/writeFiles.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();

function subject(network: RandomNetworkOptions, options: FixedModelOptions = {}) {
  const model = randomNetwork(network);
  const fixed = fixModel(model, options);
  return { fixed, sequences: [randomSequence(model, 1, 3), randomSequence(model, 2, 2)] };
}

const subjects = {
  lstm: subject({ seed: 3, cell: "lstm", precision: "ternary", units: 5, inputs: 4 }),
  saturating: subject({ seed: 4, cell: "lstm", precision: "full", units: 5, inputs: 4, kind: "saturating" }),
  gru: subject({ seed: 5, cell: "gru", reset: "before", precision: "binary", units: 5, inputs: 3, inputKind: "dense" }),
  resetAfter: subject({ seed: 9, cell: "gru", reset: "after", precision: "ternary", units: 2, inputs: 3, kind: "saturating" }),
  oneUnit: subject({ seed: 7, cell: "gru", reset: "before", precision: "binary", units: 1, inputs: 2, inputKind: "dense" }),
  stack: subject({ seed: 6, cell: "lstm", precision: "ternary", units: [4, 3], inputs: 3 }),
  pairs: subject({ seed: 8, cell: "gru", reset: "before", precision: "binary", units: 5, inputs: 3, inputKind: "dense" }, { columnsPerCycle: 4 }),
  minGru: subject({ seed: 10, cell: "min-gru", precision: "ternary", units: 5, inputs: 3, kind: "saturating" }),
  minGruPairs: subject({ seed: 11, cell: "min-gru", precision: "full", units: 5, inputs: 3, inputKind: "dense" }, { columnsPerCycle: 4 }),
} as const;
type Subject = keyof typeof subjects;

/** How a fault shows: a wrong value, right values in a wrong number of cycles, or nothing more comes out. */
type Symptom = "difference" | "cycles" | "stuck";

async function symptom(name: Subject, file?: string, change: (text: string) => string = (text) => text): Promise<Symptom | "none"> {
  const { fixed, sequences } = subjects[name];
  const bench = testbenchFiles(fixed, 3, sequences);
  const files = new Map([...acceleratorFiles(fixed, 3), ...bench.files]);
  if (file !== undefined) {
    const text = files.get(file);
    const changed = change(text ?? "");
    expect(changed, `${file} has nothing to change`).not.toBe(text ?? "");
    files.set(file, changed);
  }
  await writeFiles(root.path, files);
  try {
    const { mismatches, cycles } = await simulate("icarus", root.path, bench.scheduleCycles);
    return mismatches > 0 ? "difference" : cycles === bench.scheduleCycles ? "none" : "cycles";
  } catch (error) {
    expect(error).toBeInstanceOf(SimulationError);
    expect((error as Error).message).toMatch(/^icarus ended with exit code 1 and without a verdict:\n(.*\n)*STUCK cycle=\d+ beat=\d+ word=\d+\n/);
    return "stuck";
  }
}

const replace = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const words = (change: (words: string[]) => string[]) => (text: string) => `${change(text.trimEnd().split("\n")).join("\n")}\n`;

/** Every word's bits in the opposite order. */
function reversed(text: string, width: number): string {
  return words((all) =>
    all.map((word) => {
      const bits = BigInt(`0x${word}`).toString(2).padStart(width, "0");
      return BigInt(`0b${[...bits].toReversed().join("")}`).toString(16).toUpperCase().padStart(word.length, "0");
    }),
  )(text);
}

/** Two blocks of 5 words exchanged. */
const swapBlocks = (a: number, b: number) =>
  words((all) => all.map((_, index) => all[Math.floor(index / 5) === a ? index + 5 * (b - a) : Math.floor(index / 5) === b ? index - 5 * (b - a) : index]!));

/** One bit less than the largest recurrent sum that occurs. */
function narrowed({ fixed, sequences }: { fixed: FixedModel; sequences: (typeof subjects)[Subject]["sequences"] }): number {
  const network = new IntegerNetwork(fixed);
  const sums = sequences.flatMap((sequence) => {
    network.restart();
    const timesteps = sequence.kind === "symbols" ? sequence.symbols.length : sequence.values.length / sequence.width;
    return Array.from({ length: timesteps }, (_, timestep) => Array.from(network.step(integerInput(network, sequence, timestep))[0]!.recurrentSums)).flat();
  });
  return signedBits(hull(sums.map(point))) - 1;
}

const faults: readonly [string, Subject, Symptom, string, (text: string) => string][] = [
  ["one flipped weight", "lstm", "difference", "rom/recurrent_weights.mem", words(([first, ...rest]) => [(Number.parseInt(first!, 16) ^ 1).toString(16).padStart(first!.length, "0"), ...rest])],
  ["wrong bit order of the weights", "lstm", "difference", "rom/recurrent_weights.mem", (text) => reversed(text, 6)],
  ["a ROM off by one address", "lstm", "difference", "rom/gate_shift.mem", words(([first, ...rest]) => [...rest, first!])],
  ["swapped gates in a ROM", "lstm", "difference", "rom/gate_scale_input.mem", swapBlocks(1, 2)],
  ["one wrong initial state", "lstm", "difference", "rom/initial_cell.mem", words(([first, ...rest]) => [first === "0001" ? "0002" : "0001", ...rest])],
  ["one wrong table word in the middle", "lstm", "difference", "rom/tanh_table.mem", words((all) => all.map((_, index) => all[Math.max(0, index - 1)]!))],
  ["one wrong expected h", "lstm", "difference", "vectors/hidden_0.mem", words((all) => [...all.slice(0, -1), all.at(-1) === "000" ? "001" : "000"])],
  ["one wrong expected gate", "gru", "difference", "vectors/gates_0.mem", words((all) => [...all.slice(0, -1), all.at(-1) === "000" ? "001" : "000"])],
  ["dropped saturation", "saturating", "difference", "rtl/saturate.v", replace(/assign out = .*;/, "assign out = in[OUT_BITS-1:0];")],
  ["saturation one too low", "saturating", "difference", "rtl/saturate.v", replace("{in[IN_BITS-1], {(OUT_BITS - 1){~in[IN_BITS-1]}}}", "{in[IN_BITS-1], {(OUT_BITS - 1){~in[IN_BITS-1]}}} - 1'b1")],
  ["missing rounding", "lstm", "difference", "rtl/round_shift.v", replace("RIGHT > 0 ? HALF : {WIDE{1'b0}}", "{WIDE{1'b0}}")],
  ["sign extension dropped", "lstm", "difference", "rtl/round_shift.v", replace("{(WIDE - IN_BITS){in[IN_BITS-1]}}", "{(WIDE - IN_BITS){1'b0}}")],
  ["wrong shift", "lstm", "difference", "rtl/scale_shift.v", replace(".SHIFT(GUARD_BITS)", ".SHIFT(GUARD_BITS - 1)")],
  ["missing interpolation", "lstm", "difference", "rtl/look_up.v", replace(/\bword\[VALUE_BITS-1:0\] \+ rise/, "word[VALUE_BITS-1:0]")],
  ["no bank swap", "lstm", "difference", "rtl/hidden_memory.v", replace("else if (swap) bank <= !bank;", "")],
  ["missing restart", "lstm", "difference", "rtl/lstm_layer.v", replace("frame_restart || fresh", "fresh")],
  ["f and i swapped in the product", "lstm", "difference", "rtl/element_wise_lstm.v", replace("forget_gate}) * cell_before", "input_gate}) * cell_before")],
  ["tanh of the cell state without its shift", "lstm", "difference", "rtl/element_wise_lstm.v", replace("rounded_scaled + aligned_shift", "rounded_scaled")],
  ["an accumulator one bit too narrow", "gru", "difference", "rtl/accelerator.v", replace(/\.RECURRENT_BITS\(\d+\)/, `.RECURRENT_BITS(${narrowed(subjects.gru)})`)],
  ["the candidate without its sign", "gru", "difference", "rtl/element_wise_gru.v", replace("{2{candidate_2[ACTIVATION_BITS-1]}}", "2'b00")],
  ["the second phase one cycle too late", "gru", "cycles", "rtl/sequencer.v", replace(/(PHASE_GAP = \d+'d)(\d)\b/, "$19")],
  ["the second phase some cycles too soon", "oneUnit", "difference", "rtl/sequencer.v", replace(/(PHASE_GAP = \d+'d)(\d)\b/, "$12")],
  ["a small candidate that does not wait", "resetAfter", "difference", "rtl/gru_layer.v", replace("|| 2 * UNITS < GATE_DELAY", "")],
  ["a symbol that is not kept", "lstm", "difference", "rtl/symbol_buffer.v", replace("symbol <= waiting;", "symbol <= write_word;")],
  ["no bank swap between layers", "stack", "difference", "rtl/frame_buffer.v", replace("if (release_frame) read_bank <= !read_bank;", "")],
  ["the restart that is not passed on", "stack", "difference", "rtl/accelerator.v", replace(/\.write_restart\(write_restart_0\),(?=[^]*frame_1)/, ".write_restart(1'b0),")],
  ["an output stream without its end", "lstm", "difference", "rtl/frame_reader.v", replace(/assign out_last = .*;/, "assign out_last = 1'b0;")],
  ["a difference with its sign lost", "pairs", "difference", "rtl/pair_sums.v", replace("first - second", "second - first")],
  ["a column too many in a last word", "pairs", "difference", "rtl/wide_memory.v", replace("at_last_word ? {WIDTH{1'b0}} : value", "value")],
  ["values that come with their weights", "pairs", "difference", "rtl/gate_sums.v", replace("assign recurrent_address = recurrent_word_1;", "assign recurrent_address = recurrent_word;")],
  ["an initial state in the wrong lane", "pairs", "difference", "rtl/state_memory.v", replace("lane <= wide_unit[LANE_BITS-1:0];", "lane <= ~wide_unit[LANE_BITS-1:0];")],
  ["a candidate that is not clipped to the range of h", "minGru", "difference", "rtl/min_gru_layer.v", replace("candidate_1 <= saturated_candidate;", "candidate_1 <= rounded_candidate[ACTIVATION_BITS-1:0];")],
  ["z and 1 - z exchanged", "minGru", "difference", "rtl/element_wise_min_gru.v", replace("{candidate_1[ACTIVATION_BITS-1], candidate_1} - {hidden_before[ACTIVATION_BITS-1], hidden_before}", "{hidden_before[ACTIVATION_BITS-1], hidden_before} - {candidate_1[ACTIVATION_BITS-1], candidate_1}")],
  ["a symbol that is read a cycle too soon", "minGru", "difference", "rtl/input_sums.v", replace("assign late_word = word_1;", "assign late_word = word;")],
  ["sums that are taken a cycle too soon", "minGruPairs", "difference", "rtl/input_sums.v", replace("assign array_take = take_1;", "assign array_take = take;")],
  ["a minGRU that does not restart", "minGru", "difference", "rtl/min_gru_layer.v", replace("frame_restart || fresh", "fresh")],
  ["an input that is never ready", "lstm", "stuck", "rtl/symbol_buffer.v", replace("assign ready = !frame;", "assign ready = 1'b0;")],
  ["a frame that never leaves", "stack", "stuck", "rtl/frame_buffer.v", replace("assign frame = full != 2'd0;", "assign frame = 1'b0;")],
];

describe("the testbench", () => {
  test.each(Object.keys(subjects) as Subject[])("passes %s without faults", async (name) => {
    expect(await symptom(name)).toBe("none");
  });

  test.each(faults)("catches %s", async (_, name, expected, file, change) => {
    expect(await symptom(name, file, change)).toBe(expected);
  });
});
