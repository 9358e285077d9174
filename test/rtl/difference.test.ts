import { expect, test } from "vitest";
import { fixModel } from "../../src/hardware/fixModel.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import type { RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import { acceleratorFiles } from "../../src/hardware/rtl/acceleratorFiles.js";
import { firstDivergence } from "../../src/hardware/verify/divergence.js";
import { traceLayout } from "../../src/hardware/verify/trace.js";
import type { TraceEvent } from "../../src/hardware/verify/trace.js";
import { simulatorTrace } from "../../src/hardware/verify/traceSources.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
const network: RandomNetworkOptions = { seed: 1, cell: "lstm", precision: "ternary", units: 6, inputs: 5 };

function folderOf(options: RandomNetworkOptions, macUnits: number): ReadonlyMap<string, string> {
  return acceleratorFiles(fixModel(randomNetwork(options)), macUnits);
}

const changed = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));

test("the same network gives the same hardware", () => {
  expect(changed(folderOf(network, 4), folderOf({ ...network }, 4))).toEqual([]);
});

test("two networks of one shape have different ROMs and different outputs for the same input", async () => {
  const other = { ...network, seed: 2 };
  const files = changed(folderOf(network, 4), folderOf(other, 4));
  expect(files).toContain("rom/recurrent_weights.mem");
  expect(files).toContain("rom/input_weights.mem");
  expect(files).not.toContain("rom/tanh_table.mem");
  const input = randomSequence(randomNetwork(network), 9, 2);
  const [one, two] = [network, other].map((options) => fixModel(randomNetwork(options)));
  const traces = await Promise.all([one!, two!].map((model, index) => simulatorTrace("icarus", `${root.path}/${index}`, model, 4, [input])));
  const outputs = await Promise.all(traces.map(onlyOutputs));
  expect(outputs[0]).toHaveLength(12);
  const { compared, divergence } = await firstDivergence(traceLayout(one!), outputs[0]!, outputs[1]!);
  expect([compared, divergence]).toEqual([12, expect.objectContaining({ timestep: 0, signal: "output" })]);
});

async function onlyOutputs(trace: Iterable<TraceEvent> | AsyncIterable<TraceEvent>): Promise<TraceEvent[]> {
  const outputs: TraceEvent[] = [];
  for await (const event of trace) {
    outputs.push(...(event.signal === "output" ? [event] : []));
  }
  return outputs;
}

test.each<[string, Partial<RandomNetworkOptions>, number]>([
  ["units", { units: 7 }, 4],
  ["inputs", { inputs: 6 }, 4],
  ["precision", { precision: "binary" }, 4],
  ["cell", { cell: "gru" }, 4],
  ["layers", { units: [6, 6] }, 4],
  ["kind of input", { inputKind: "dense" }, 4],
  ["MAC units", {}, 5],
])("other %s give another top module", (_, change, macUnits) => {
  expect(changed(folderOf(network, 4), folderOf({ ...network, ...change }, macUnits))).toContain("rtl/accelerator.v");
});
