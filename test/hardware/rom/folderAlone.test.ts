import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { AcceleratorModel } from "../../../src/hardware/acceleratorModel.js";
import { integerInput, timestepsOf, type Sequence } from "../../../src/hardware/calibrate.js";
import type { FixedModel } from "../../../src/hardware/fixedModel.js";
import { fixModel, type FixedModelOptions } from "../../../src/hardware/fixModel.js";
import { IntegerNetwork } from "../../../src/hardware/integer/network.js";
import { randomSequence } from "../../../src/hardware/randomNetwork.js";
import { exportRom } from "../../../src/hardware/rom/exportRom.js";
import type { WordLayout } from "../../../src/hardware/rom/layout.js";
import { parseRomManifest } from "../../../src/hardware/rom/manifest.js";
import { temporaryFolder } from "../../temporaryFolder.js";
import { randomModel, type RandomModelOptions } from "../randomModel.js";

/** The folder of an export is enough: a program in another language, written from its README, computes the same integers. */

const root = temporaryFolder();
const program = path.join(import.meta.dirname, "rom_network.py");

interface Case {
  readonly model: RandomModelOptions;
  readonly options?: FixedModelOptions;
  readonly layout?: Partial<WordLayout>;
  readonly macUnits?: number;
  readonly format?: "mem" | "npy";
}

const ternary = { units: 7, symbols: 5, precision: "ternary" } as const;
const cases: Readonly<Record<string, Case>> = {
  "LSTM": { model: ternary },
  "LSTM of binary weights that saturates, features": { model: { ...ternary, precision: "binary", kind: "saturating", inputKind: "dense", seed: 2 } },
  "LSTM of full precision, 8 bits": { model: { ...ternary, precision: "full", seed: 3 }, options: { activationBits: 8 }, format: "npy" },
  "LSTM with a finer cell than hidden state": { model: { ...ternary, seed: 4 }, options: { activationBits: 6, cellBits: 24, calibration: { input: 1, cells: [0.4] } } },
  "GRU, reset before": { model: { ...ternary, cell: "gru", reset: "before", seed: 5 } },
  "GRU, reset before, full precision": { model: { ...ternary, cell: "gru", reset: "before", precision: "full", inputKind: "dense", seed: 6 }, macUnits: 5 },
  "GRU, reset after": { model: { ...ternary, cell: "gru", reset: "after", seed: 7 }, macUnits: 5 },
  "GRU, reset after, two units": { model: { ...ternary, units: 2, cell: "gru", reset: "after", kind: "saturating", seed: 8 } },
  "stack over word vectors": { model: { ...ternary, units: [6, 4, 3], inputKind: "embedding", seed: 9 } },
  "stack of GRUs": { model: { ...ternary, units: [5, 4], cell: "gru", precision: "binary", seed: 10 }, macUnits: 3 },
  "four columns a cycle": { model: { ...ternary, inputKind: "dense", seed: 11 }, options: { columnsPerCycle: 4 }, macUnits: 3 },
  "delta updates": { model: { ...ternary, seed: 12 }, options: { deltaThreshold: 40 } },
  "delta updates of a GRU": { model: { ...ternary, cell: "gru", reset: "after", inputKind: "dense", seed: 13 }, options: { deltaThreshold: 5 } },
  "without interpolation": { model: { ...ternary, seed: 14 }, options: { lookUp: { entries: 512, interpolation: "none" } } },
  "minGRU": { model: { ...ternary, cell: "min-gru", seed: 17 } },
  "stack of minGRUs over features, a range of 64, four columns a cycle": {
    model: { ...ternary, units: [5, 4], cell: "min-gru", inputKind: "dense", precision: "full", kind: "saturating", seed: 18 },
    options: { columnsPerCycle: 4, calibration: { input: 3, cells: [0, 0], hidden: [3, 64] } },
    macUnits: 3,
  },
  "another layout": {
    model: { ...ternary, seed: 15 },
    layout: { trits: "base3", bitOrder: "msb-first", lstmOrder: "ifco", maxWidth: 16 },
    macUnits: 9,
    format: "npy",
  },
  "another layout of a GRU": { model: { ...ternary, cell: "gru", reset: "before", precision: "binary", seed: 16 }, layout: { bits: "sign-bit-inverted", gruOrder: "zrh" } },
};

const sequencesOf = (model: Parameters<typeof randomSequence>[0]): Sequence[] => [30, 10].map((length, index) => randomSequence(model, 21 + index, length));

async function exported(name: string): Promise<{ folder: string; network: IntegerNetwork; sequences: Sequence[]; output: AcceleratorModel["output"] }> {
  const { model: shape, options, layout, macUnits = 4, format = "mem" } = cases[name]!;
  const model = randomModel(shape);
  const fixed = fixModel(model, options);
  const folder = path.join(root.path, name.replaceAll(/\W/g, "-"));
  await exportRom(model, { folder, formats: [format], macUnits, fixed, layout });
  return { folder, network: new IntegerNetwork(fixed), output: model.output, sequences: sequencesOf(model) };
}

describe("The folder of an export alone", () => {
  test("is enough to compute every c, h and logit of other input, and its own golden vectors hold", async () => {
    const all = await Promise.all(Object.keys(cases).map(exported));
    const inputs = all.map(({ network, sequences }) =>
      sequences.map((sequence) =>
        Array.from({ length: timestepsOf(sequence) }, (_, timestep) => {
          const input = integerInput(network, sequence, timestep);
          return typeof input === "number" ? input : [...input];
        }),
      ),
    );
    const question = JSON.stringify(all.map(({ folder }, index) => ({ folder, sequences: inputs[index] })));
    const answer = JSON.parse(execFileSync("python3", [program, "--run"], { input: question, encoding: "utf8", maxBuffer: 2 ** 28 })) as Signals[][];
    all.forEach(({ network, folder, output }, index) => {
      const timesteps = answer[index]!;
      let at = 0;
      for (const sequence of inputs[index]!) {
        network.restart();
        for (const input of sequence) {
          const traces = network.step(typeof input === "number" ? input : Int32Array.from(input));
          const { layers, logits } = timesteps[at++]!;
          expect(logits, folder).toEqual(logitsOf(output!, traces.at(-1)!.hidden, network.model));
          expect(layers.map(({ hidden }) => hidden), folder).toEqual(traces.map(({ hidden }) => [...hidden]));
          expect(layers.map(({ cell = [] }) => cell), folder).toEqual(traces.map(({ cell }) => [...cell]));
        }
      }
      expect(timesteps).toHaveLength(at);
    });
    expect(execFileSync("python3", [program, ...all.map(({ folder }) => folder)], { encoding: "utf8" })).toMatch(/^Every checksum, gate, c, h and logit/);
  });

  test("has golden vectors whose logits are those of h through the output layer, and a restart in them", async () => {
    const model = randomModel(ternary);
    const { manifest, dir } = await exportRom(model, { folder: path.join(root.path, "logits"), formats: ["mem"] });
    const { golden, host, formats } = parseRomManifest(readFileSync(manifest, "utf8"))!;
    expect(golden.timesteps).toBe(20);
    const [hidden, logits, restarts] = [golden.layers[0]!.hidden, golden.logits!, golden.restarts].map((file) => numbers(path.join(dir, file.path), file.type));
    expect(restarts!.reduce((sum, restart) => sum + restart, 0)).toBe(2);
    const { weights, bias } = model.output!;
    const outputs = host.output!.names.length;
    logits!.forEach((logit, index) => {
      const [timestep, output] = [Math.floor(index / outputs), index % outputs];
      const products = Array.from({ length: 7 }, (_, unit) => hidden![timestep * 7 + unit]! * 2 ** -formats.hidden.fractionBits * weights[unit * outputs + output]!);
      // Eight terms below 1 in double precision, in another order: at most seven roundings of sums below 8.
      expect(Math.abs(logit - products.reduceRight((sum, product) => sum + product, bias[output]!))).toBeLessThanOrEqual(7 * 8 * 2 ** -53 * 2);
    });
  });

  test.each([
    ["a weight", "recurrent_weights.mem", (text: string) => text.replace(/^./, (digit) => (digit === "1" ? "0" : "1"))],
    ["a shift's direction", "manifest.json", (text: string) => text.replace('"direction": "right"', '"direction": "left"')],
    ["a rounding", "manifest.json", (text: string) => text.replace(/("preactivation": \{\s*"direction": "right",\s*"bits": )3/, "$12")],
  ])("is told apart from one where %s was changed", async (name, file, change) => {
    const { dir } = await exportRom(randomModel(ternary), { folder: path.join(root.path, name), formats: ["mem"], macUnits: 4 });
    const text = readFileSync(path.join(dir, file), "utf8");
    writeFileSync(path.join(dir, file), change(text));
    expect(change(text)).not.toBe(text);
    const { status, stdout } = spawnSync("python3", [program, dir], { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stdout).toMatch(/another (hidden|gates)|other logits/);
  });
});

interface Signals {
  readonly layers: readonly { readonly hidden: number[]; readonly cell?: number[] }[];
  readonly logits: number[];
}

/** In the order that the README says, so that every bit is the same. */
function logitsOf({ weights, bias }: NonNullable<AcceleratorModel["output"]>, hidden: Int32Array, { layers }: FixedModel): number[] {
  const { fractionBits } = layers.at(-1)!.hiddenFormat;
  return Array.from(bias, (start, output) =>
    hidden.reduce((sum, h, unit) => sum + h * 2 ** -fractionBits * weights[unit * bias.length + output]!, start),
  );
}

/** Numbers of a NumPy file of one of these types. */
function numbers(file: string, type: "int32" | "float32" | "float64"): number[] {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  const size = type === "float64" ? 8 : 4;
  const read = { int32: (at: number) => bytes.readInt32LE(at), float32: (at: number) => bytes.readFloatLE(at), float64: (at: number) => bytes.readDoubleLE(at) }[type];
  return Array.from({ length: (bytes.length - start) / size }, (_, index) => read(start + index * size));
}
