import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { onml, renderAny, waveSkin } from "wavedrom";
import { describe, expect, test } from "vitest";
import { integerInput, timestepsOf } from "../../src/hardware/calibrate.js";
import type { FixedModel } from "../../src/hardware/fixedModel.js";
import { fixModel, type FixedModelOptions } from "../../src/hardware/fixModel.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { randomNetwork, randomSequence, type RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import { inputBits } from "../../src/hardware/rtl/accelerator.js";
import { acceleratorFiles } from "../../src/hardware/rtl/acceleratorFiles.js";
import { generateAccelerator } from "../../src/hardware/rtl/generate.js";
import { inputCycles, outputCycles, streamTiming, type PortCycles } from "../../src/hardware/rtl/streamTiming.js";
import { runToSuccess } from "../hardware/tools.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** What the README of a chip says of its ports, seen at the ports: a testbench that knows nothing of what is within. */

const root = temporaryFolder();

/** What is done at the ports, one after the other. */
type Action = { readonly beat: number; readonly restart?: boolean } | { readonly wait: number } | "reset";

interface Cycle {
  readonly reset: string;
  readonly in_valid: string;
  readonly in_ready: string;
  /** Which beat it is. */
  readonly beat: number;
  readonly in_restart: string;
  readonly out_valid: string;
  readonly out_last: string;
  readonly out_data: string;
}

/** Feeds beats whenever they are taken, and prints all ports in every cycle, the output being always ready. */
function driver(bits: number, outputBits: number, actions: number, cycles: number): string {
  return `module driver;
    reg [33:0] actions [0:${actions}];     // kind: 0 beat, 1 reset, 2 wait; a beat's restart; a number
    reg clock = 0, reset = 0;
    reg [31:0] waited = 0;
    integer at = 0, beat = 0, cycle = 0;
    wire [1:0] kind = at < ${actions} ? actions[at][33:32] : 2'd2;
    wire in_valid = kind == 0 && !reset;
    wire in_ready, out_valid, out_last;
    wire [${outputBits - 1}:0] out_data;
    accelerator dut (.clock(clock), .reset(reset), .in_valid(in_valid), .in_ready(in_ready), .in_data(actions[at][${bits - 1}:0]), .in_restart(actions[at][31]),
        .out_valid(out_valid), .out_ready(1'b1), .out_data(out_data), .out_last(out_last));
    initial begin $readmemh("actions.mem", actions); reset = actions[0][33:32] == 1; end
    always #5 clock = !clock;
    always @(posedge clock) begin
        $display("CYCLE %b %b %b %0d %b %b %b %b", reset, in_valid, in_ready, beat, actions[at][31], out_valid, out_last, out_data);
        cycle <= cycle + 1;
        if (cycle == ${cycles}) $finish;
        reset <= 0;
        if (reset) at = at + 1;
        else if (in_valid && in_ready) begin at = at + 1; beat = beat + 1; end
        else if (kind == 2 && at < ${actions}) begin
            waited <= waited + 1;
            if (waited + 1 >= actions[at][30:0]) begin at = at + 1; waited <= 0; end
        end
        if (at < ${actions} && actions[at][33:32] == 1) reset <= 1;
    end
endmodule
`;
}

function simulate(fixed: FixedModel, macUnits: number, actions: readonly Action[], cycles: number): Cycle[] {
  for (const [name, text] of acceleratorFiles(fixed, macUnits)) {
    mkdirSync(path.dirname(path.join(root.path, name)), { recursive: true });
    writeFileSync(path.join(root.path, name), text);
  }
  const bits = inputBits(fixed);
  const word = (action: Action): number => {
    if (action === "reset") {
      return 2 ** 32;
    }
    return "wait" in action ? 2 ** 33 + action.wait : (action.restart ? 2 ** 31 : 0) + (((action.beat % 2 ** bits) + 2 ** bits) % 2 ** bits);
  };
  const words = [...actions, { wait: 1 }].map((action) => `${word(action).toString(16)}\n`);
  writeFileSync(path.join(root.path, "actions.mem"), words.join(""));
  writeFileSync(path.join(root.path, "driver.v"), driver(bits, fixed.formats.hidden.bits, actions.length, cycles));
  runToSuccess("bash", ["-c", "iverilog -g2012 -s driver -o driver.vvp driver.v rtl/*.v"], { cwd: root.path });
  const { stdout } = runToSuccess("vvp", ["-n", "driver.vvp"], { cwd: root.path });
  return stdout.split("\n").filter((line) => line.startsWith("CYCLE ")).map((line) => {
    const [reset, in_valid, in_ready, beat, in_restart, out_valid, out_last, out_data] = line.split(" ").slice(1) as [string, string, string, string, string, string, string, string];
    return { reset, in_valid, in_ready, beat: Number(beat), in_restart, out_valid, out_last, out_data };
  });
}

/** Frames of output, a word as a signed number. */
function frames(cycles: readonly Cycle[]): number[][] {
  const all: number[][] = [];
  let frame: number[] = [];
  for (const { out_data: word, out_last } of cycles.filter(({ out_valid }) => out_valid === "1")) {
    frame.push(Number(BigInt.asIntN(word.length, BigInt(`0b${word}`))));
    if (out_last === "1") {
      all.push(frame);
      frame = [];
    }
  }
  return all;
}

/** What the integer model gives for frames of input; true begins a sequence before one. */
function expected(fixed: FixedModel, inputs: readonly { readonly input: number | Int32Array; readonly restart: boolean }[]): number[][] {
  const network = new IntegerNetwork(fixed);
  return inputs.map(({ input, restart }) => {
    if (restart) {
      network.restart();
    }
    return [...network.step(input).at(-1)!.hidden];
  });
}

function chip(network: RandomNetworkOptions, options: FixedModelOptions = {}) {
  const model = randomNetwork(network);
  const fixed = fixModel(model, options);
  const sequence = randomSequence(model, 1, 6);
  const inputs = Array.from({ length: timestepsOf(sequence) }, (_, timestep) => integerInput({ model: fixed }, sequence, timestep));
  return { model, fixed, sequence, inputs, beats: inputs.map((input) => (typeof input === "number" ? [input] : [...input])) };
}

const symbols = { seed: 3, cell: "lstm", precision: "ternary", units: 3, inputs: 5 } as const;
const features = { seed: 4, cell: "gru", precision: "binary", units: 4, inputs: 3, inputKind: "dense" } as const;

describe("the README of a chip", () => {
  test.each([
    ["an LSTM over symbols", symbols, {}],
    ["a GRU over features, several columns a cycle", features, { columnsPerCycle: 2 }],
    ["a stack with delta updates, one feature", { ...features, units: [5, 2, 1], inputs: 1, reset: "after" }, { deltaThreshold: 0 }],
  ] as const)("draws the handshake and tells the latency of %s as they are", async (_, network, options) => {
    const { model, fixed, sequence, beats } = chip(network, options);
    const timing = streamTiming(fixed, 4);
    const [first, ...others] = beats.flat();
    const cycles = simulate(fixed, 4, ["reset", { beat: first!, restart: true }, ...others.map((beat) => ({ beat }))], timing.lastOutput + 6 * timing.period + 20);
    checkPorts(cycles, inputCycles(timing, !("inputKind" in network)), timing.inputBeats);
    checkPorts(cycles, outputCycles(timing), timing.inputBeats);
    const outputs = cycles.flatMap(({ out_valid, out_last }, cycle) => (out_valid === "1" ? [{ cycle: cycle - 1, isLast: out_last === "1" }] : []));
    expect(outputs[0]!.cycle).toBe(timing.firstOutput);
    expect(outputs.find(({ isLast }) => isLast)!.cycle).toBe(timing.lastOutput);
    const ends = outputs.filter(({ isLast }) => isLast).map(({ cycle }) => cycle);
    expect(ends).toHaveLength(6);
    const lastPeriod = ends[5]! - ends[4]!;
    expect(fixed.delta === undefined ? lastPeriod - timing.period : Math.max(0, lastPeriod - timing.period)).toBe(0);

    const { dir } = await generateAccelerator(fixed, [sequence], { folder: path.join(root.path, "chip"), macUnits: 4, model });
    const readme = readFileSync(path.join(dir, "README.md"), "utf8");
    expect(readme).toContain(`| first output beat of a timestep that finds the accelerator at rest | ${timing.firstOutput} |`);
    expect(readme).toContain(`| its last output beat, \`out_ready\` always high | ${timing.lastOutput} |`);
    const diagrams = [...readme.matchAll(/```wavedrom\n([^`]*)```/g)].map(([, text]) => onml.stringify(renderAny(0, JSON.parse(text!), waveSkin)));
    expect(diagrams).toHaveLength(2);
    expect(diagrams[0]).toContain(">in_restart<");
    expect(diagrams[1]).toContain(">h[0]<");
    const depths = [...readme.matchAll(/^\| `(.*\.mem)` \| (\d+) \| \d+ \|/gm)].map(([, name, depth]) => [name, Number(depth)]);
    expect(depths.length).toBeGreaterThan(8);
    depths.forEach(([name, depth]) => expect(readFileSync(path.join(dir, "rom", name as string), "utf8").trimEnd().split("\n")).toHaveLength(depth as number));
  });

  test("says what a symbol beyond the last one does: outputs of no symbol until a sequence begins anew", () => {
    const { fixed, inputs } = chip(symbols);
    const beats = [inputs[0], inputs[1], 7, inputs[2], inputs[3], inputs[4]] as number[];
    const restarts = [0, 4];
    const found = frames(simulate(fixed, 4, ["reset", ...beats.map((beat, index) => ({ beat, restart: restarts.includes(index) }))], 1000));
    expect(found).toHaveLength(6);
    for (let symbol = 0; symbol < symbols.inputs; symbol++) {
      const wanted = expected(fixed, beats.map((beat, index) => ({ input: index === 2 ? symbol : beat, restart: restarts.includes(index) })));
      expect(found.map((frame, timestep) => JSON.stringify(frame) === JSON.stringify(wanted[timestep]))).toEqual([true, true, false, false, true, true]);
    }
  });

  test("says what a lost beat does: all later frames are shifted, restarts with them, until a reset, one cycle of which is enough", () => {
    const { fixed, beats } = chip(features);
    const [a, b, c, d, e] = beats as [number[], number[], number[], number[], number[]];
    const beat = (frame: readonly number[], restart = false): Action[] => frame.map((value, index) => ({ beat: value, restart: restart && index === 0 }));
    const actions: Action[] = ["reset", ...beat(a, true), ...beat(b.slice(1)), ...beat(c, true), ...beat(d), { wait: 400 }, "reset", ...beat(e)];
    const found = frames(simulate(fixed, 4, actions, 1000));
    const shifted = [a, [b[1]!, b[2]!, c[0]!], [c[1]!, c[2]!, d[0]!]].map((frame, index) => ({ input: Int32Array.from(frame), restart: index === 0 }));
    expect(found).toEqual(expected(fixed, [...shifted, { input: Int32Array.from(e), restart: true }]));
  });

  test("says when a restart counts: with a frame's first beat", () => {
    const { fixed, beats } = chip(features);
    const marked = beats.flatMap((frame, timestep) => frame.map((value, index): Action => ({ beat: value, restart: timestep === 2 ? index > 0 : timestep === 4 && index === 0 })));
    const found = frames(simulate(fixed, 4, ["reset", ...marked], 1000));
    expect(found).toEqual(expected(fixed, beats.map((frame, timestep) => ({ input: Int32Array.from(frame), restart: timestep === 0 || timestep === 4 }))));
  });
});

/** The simulated ports against a diagram; cycle 0 of the diagram is the one after the reset. */
function checkPorts(cycles: readonly Cycle[], { from, ports }: PortCycles, inputBeats: number): void {
  for (const [name, states] of Object.entries(ports)) {
    states.forEach((state, index) => {
      const cycle = cycles[from + index + 1]!;
      if (typeof state === "number" && name !== "out_ready") {
        expect(cycle[name as keyof Cycle], `${name} in cycle ${from + index}`).toBe(String(state));
      } else if (name === "in_data" && typeof state === "string") {
        const label = state.startsWith("symbol") ? `symbol ${cycle.beat}` : `x${cycle.beat % inputBeats} of ${Math.floor(cycle.beat / inputBeats)}`;
        expect(state, `cycle ${from + index}`).toBe(label);
      }
    });
  }
}
