import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixModel } from "../../src/hardware/fixModel.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import type { RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import { acceleratorFiles, testbenchFiles } from "../../src/hardware/rtl/acceleratorFiles.js";
import { firstDivergence } from "../../src/hardware/verify/divergence.js";
import { simulate } from "../../src/hardware/verify/simulators.js";
import { modelTrace, traceLayout } from "../../src/hardware/verify/trace.js";
import type { TraceEvent, TraceLayout } from "../../src/hardware/verify/trace.js";
import { simulatorTrace, vcdFileTrace } from "../../src/hardware/verify/traceSources.js";
import { VcdError } from "../../src/hardware/verify/vcd.js";
import { vcdTrace } from "../../src/hardware/verify/vcdTrace.js";
import { writeFiles } from "../../src/files/writeFiles.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();

function subject(network: RandomNetworkOptions) {
  const model = randomNetwork(network);
  const fixed = fixModel(model);
  return { fixed, layout: traceLayout(fixed), sequences: [randomSequence(model, 1, 3), randomSequence(model, 2, 2)] };
}

const lstm = subject({ seed: 3, cell: "lstm", precision: "ternary", units: 5, inputs: 4 });

const valuesOfTimestep = (layout: TraceLayout): number => layout.reduce((sum, { units, signals }) => sum + units * signals.length, 0);

async function collect(events: AsyncIterable<TraceEvent>): Promise<TraceEvent[]> {
  const all: TraceEvent[] = [];
  for await (const event of events) {
    all.push(event);
  }
  return all;
}

async function* pieces(text: string, size: number): AsyncIterable<string> {
  for (let start = 0; start < text.length; start += size) {
    yield text.slice(start, start + size);
  }
}

describe("the first divergence", () => {
  const layout = lstm.layout;
  const events = [...modelTrace(lstm.fixed, lstm.sequences)];
  const shuffled = fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length });

  test("is none between a trace and itself, in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, async (other) => {
        expect(await firstDivergence(layout, events, other)).toEqual({ compared: events.length, timesteps: { a: 5, b: 5 } });
      }),
      { numRuns: 20 },
    );
  });

  test("is the earliest of several, in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, fc.uniqueArray(fc.nat(events.length - 1), { minLength: 1, maxLength: 5 }), async (order, wrong) => {
        const altered = new Map(wrong.map((index) => [events[index]!, { ...events[index]!, value: (events[index]!.value as number) + 1 }]));
        const { divergence } = await firstDivergence(layout, events, order.map((event) => altered.get(event) ?? event));
        const { value, ...place } = events[Math.min(...wrong)]!;
        expect(divergence).toEqual({ ...place, expected: value, got: (value as number) + 1 });
      }),
      { numRuns: 50 },
    );
  });

  test("is a value that one trace lacks though it goes on; a trace that ends sooner is compared as far as it goes", async () => {
    const index = events.findIndex(({ timestep, unit, signal }) => timestep === 2 && unit === 3 && signal === "f");
    const { value, ...place } = events[index]!;
    const without = events.toSpliced(index, 1);
    expect((await firstDivergence(layout, events, without)).divergence).toEqual({ ...place, expected: value, got: undefined });
    expect((await firstDivergence(layout, without, events)).divergence).toEqual({ ...place, expected: undefined, got: value });
    const short = events.filter(({ timestep }) => timestep < 2);
    expect(await firstDivergence(layout, events, short)).toEqual({ compared: short.length, timesteps: { a: 5, b: 2 } });
  });
});

describe("traces", () => {
  test.each([
    ["lstm", lstm],
    ["stacked gru", subject({ seed: 4, cell: "gru", reset: "before", precision: "full", units: [3, 4], inputs: 3, inputKind: "dense" })],
  ])("of the integer model, Icarus and Verilator agree: %s", async (_, { fixed, layout, sequences }) => {
    const at = (name: string): string => path.join(root.path, name);
    const all = 5 * valuesOfTimestep(layout);
    const inIcarus = await simulatorTrace("icarus", at("icarus"), fixed, 4, sequences);
    expect(await firstDivergence(layout, modelTrace(fixed, sequences), inIcarus)).toEqual({ compared: all, timesteps: { a: 5, b: 5 } });
    const inVerilator = await simulatorTrace("verilator", at("verilator"), fixed, 4, sequences);
    const again = vcdFileTrace(path.join(at("icarus"), "accelerator.vcd"), layout);
    expect(await firstDivergence(layout, inVerilator, again)).toEqual({ compared: all, timesteps: { a: 5, b: 5 } });
  }, 300_000);

  test.each([
    ["g", 0],
    ["f", 5],
  ])("of hardware with one wrong constant of gate %s part where the testbench says so", async (letter, block) => {
    const { fixed, layout, sequences } = lstm;
    await writeFiles(root.path, acceleratorFiles(fixed, 4));
    await writeFiles(root.path, testbenchFiles(fixed, 4, sequences).files);
    const file = path.join(root.path, "rom/gate_shift.mem");
    const words = readFileSync(file, "utf8").split("\n");
    words[block + 2] = words[block + 2] === "8000" ? "7FFF" : "8000";
    writeFileSync(file, words.join("\n"));
    const { firstDifference } = await simulate("icarus", root.path, 1, { plusArguments: ["+trace"] });
    const { divergence } = await firstDivergence(layout, modelTrace(fixed, sequences), vcdFileTrace(path.join(root.path, "accelerator.vcd"), layout));
    const { signal: gate, ...place } = divergence!;
    expect({ ...place, gate }).toEqual(firstDifference);
    expect(divergence).toMatchObject({ timestep: 0, unit: 2, signal: letter });
  });
});

describe("a value change dump", () => {
  async function dump(): Promise<string> {
    await simulatorTrace("icarus", root.path, lstm.fixed, 4, lstm.sequences);
    return readFileSync(path.join(root.path, "accelerator.vcd"), "latin1");
  }

  test("is read the same in pieces of any size, and wherever the accelerator is in the hierarchy", async () => {
    const text = await dump();
    const whole = await collect(vcdTrace(lstm.layout, pieces(text, text.length)));
    expect(whole).toHaveLength(5 * valuesOfTimestep(lstm.layout));
    for (const size of [1, 7, 1000]) {
      expect(await collect(vcdTrace(lstm.layout, pieces(text, size)))).toEqual(whole);
    }
    const renamed = text.replaceAll("$scope module testbench $end", "$scope module chip $end").replaceAll("$scope module dut $end", "$scope module core $end");
    const deep = renamed.replace("$scope", "$scope module board $end\n$scope").replace("$enddefinitions", "$upscope $end\n$enddefinitions");
    expect(await collect(vcdTrace(lstm.layout, pieces(deep, 4096), "chip.core"))).toEqual(whole);
  });

  test("tells unknown bits as x", async () => {
    const text = await dump();
    const code = /\$var reg +12 (\S+) write_hidden /.exec(text) ?? /\$var \w+ +12 (\S+) write_hidden /.exec(text);
    const unknown = text.replaceAll(new RegExp(`^b[01]+ ${code![1]!.replaceAll(/\W/g, "\\$&")}$`, "gm"), `bx ${code![1]}`);
    const { divergence } = await firstDivergence(lstm.layout, modelTrace(lstm.fixed, lstm.sequences), vcdTrace(lstm.layout, pieces(unknown, 4096)));
    expect(divergence).toMatchObject({ timestep: 0, unit: 0, signal: "h", got: "x" });
  });

  const gru = subject({ seed: 5, cell: "gru", precision: "binary", units: 5, inputs: 4 });
  const stack = subject({ seed: 5, cell: "lstm", precision: "binary", units: [5, 5], inputs: 4 });
  const narrow = traceLayout(fixModel(randomNetwork({ seed: 3, cell: "lstm", precision: "ternary", units: 5, inputs: 4 }), { activationBits: 8 }));
  test.each<[string, (text: string) => string, string | RegExp, TraceLayout?, string?]>([
    ["an empty file", () => "", "The dump ends before $enddefinitions: it was cut off, dump it again and let the simulation end."],
    ["another file", () => "module accelerator;", '"module" is no declaration command: this is not a value change dump (IEEE 1364, 18), whose header begins with $date, $version, $timescale or $scope.'],
    ["a header cut off", (text) => text.slice(0, 200), "The dump ends before $enddefinitions: it was cut off, dump it again and let the simulation end."],
    ["a change cut off", (text) => `${text}#99999999\nb0101`, "The dump ends in a value change after #99999999: it was cut off, dump it again and let the simulation end."],
    ["a damaged change", (text) => `${text}#99999999\nq!\n`, '"q!" after #99999999 is no value change: the dump is damaged or was cut off.'],
    ["a damaged time", (text) => `${text}#9x9\n`, /^"#9x9" after #\d+ is no time: the dump is damaged\.$/],
    ["a damaged variable", (text) => text.replace(/\$var (\w+) +1 (\S+) clock/, "$var $1 one $2 clock"), /^"\$var \w+ one \S+ clock \$end" is no variable: it has a type, a size, a code and a name\.$/],
    ["another module", (text) => text.replaceAll("layer_0", "lane_0"), "The dump has no scope layer_0 with a variable gate_valid: it is of another module, or does not reach down to the accelerator's layers ($dumpvars(0, …))."],
    ["signals left out", (text) => text.replaceAll(/\$var \w+ +\d+ \S+ (write_cell|out_ready)\b.*\$end\n/g, ""), "The dump has no layer_0.write_cell, out_ready in testbench.dut: dump all variables of the accelerator and its layers ($dumpvars(0, …))."],
    ["another cell", (text) => text, /^layer_0\.gate_name is 3 at time \d+, which is no gate: the dump is of another kind of cell\.$/, gru.layout],
    ["more layers than the model", (text) => text.replace("$enddefinitions", "$scope module testbench $end $scope module dut $end $scope module layer_1 $end $var wire 1 zz gate_valid $end $upscope $end $upscope $end $upscope $end $enddefinitions"), "testbench.dut has a layer_1 in the dump, this accelerator has 1 layer: the dump is of another model."],
    ["fewer layers than the model", (text) => text, "The dump has no layer_1.gate_valid, layer_1.gate_name, layer_1.gate_unit, layer_1.write, layer_1.write_unit, layer_1.done, layer_1.gate, layer_1.write_cell, layer_1.write_hidden in testbench.dut: dump all variables of the accelerator and its layers ($dumpvars(0, …)).", stack.layout],
    ["other widths", (text) => text, "testbench.dut.layer_0.gate has 12 bits in the dump and 8 in this accelerator: the dump is of another model or other options.", narrow],
    ["another scope", (text) => text, "The dump has no accelerator chip; it has testbench.dut.", lstm.layout, "chip"],
    ["two accelerators", (text) => text.replace("$enddefinitions", "$scope module other $end $scope module layer_0 $end $var wire 1 zz gate_valid $end $upscope $end $upscope $end $enddefinitions"), "The dump has several accelerators: testbench.dut, other. Choose one by its scope."],
    ["an unknown strobe", withUnknownStrobe, /^layer_0\.gate_valid is x at time \d+, after the reset: hold the reset for at least two clock edges, and dump from the start\.$/],
  ])("of %s is refused in one clear error", async (name, change, message, layout = lstm.layout, scope = undefined) => {
    const text = name === "an empty file" || name === "another file" ? "" : await dump();
    const read = collect(vcdTrace(layout, pieces(change(text), 4096), scope));
    await expect(read).rejects.toThrow(typeof message === "string" ? new VcdError(message) : message);
  });
});

/** Wherever layer_0's gate_valid becomes 1. */
function withUnknownStrobe(text: string): string {
  const [, code] = /\$var \w+ +1 (\S+) gate_valid \$end/.exec(text)!;
  return text.replaceAll(`\n1${code}\n`, `\nx${code}\n`);
}
