import * as z from "zod";
import type { AcceleratorModel } from "../acceleratorModel.js";
import { timestepsOf, type Sequence } from "../calibrate.js";
import { gateRows } from "../fixedModel.js";
import type { FixedLayer, FixedModel } from "../fixedModel.js";
import { realValue } from "../fixedPoint.js";
import { signalsOf } from "../integer/signals.js";
import { randomSequence } from "../randomNetwork.js";
import { arrayFile, arrayFileSchema, type ArrayFile, type ArrayFileEntry } from "./arrayFile.js";
import { blockSources } from "./gateOrder.js";
import type { WordLayout } from "./layout.js";

/** Timesteps of the golden vectors. */
export const goldenTimesteps = 20;

export const goldenSchema = z
  .strictObject({
    origin: z.string().min(1).describe("What was read."),
    timesteps: z.number().int().min(1),
    inputs: arrayFileSchema.describe("[T] numbers of symbols, or [T, I] integers in the first layer's inputFormat."),
    restarts: arrayFileSchema.describe("[T]: 1 where a sequence begins, from the initial state, else 0."),
    layers: z.array(
      z.strictObject({
        hidden: arrayFileSchema.describe("[T, H]: h after each timestep."),
        gates: arrayFileSchema.describe("[T, G H]: results of the look-ups, in the order of gateOrder."),
        cell: arrayFileSchema.describe("[T, H]: c after each timestep.").optional(),
      }),
    ),
    logits: arrayFileSchema.describe("[T, V]: what host.output makes of the last layer's h.").optional(),
  })
  .describe("Inputs, and every signal that they give.");
export type Golden = z.infer<typeof goldenSchema>;

/** What golden vectors are made from. */
export interface GoldenSource {
  /** In words, for the manifest. */
  readonly origin: string;
  /** Each begins from the initial state. */
  readonly sequences: readonly Sequence[];
}

/** The first timesteps of these; where they are of one sequence, it begins anew half-way, so that a restart is seen. */
function goldenSequences(sequences: readonly Sequence[]): Sequence[] {
  const chosen: Sequence[] = [];
  let left = goldenTimesteps;
  for (const sequence of sequences) {
    const taken = Math.min(left, timestepsOf(sequence));
    chosen.push(part(sequence, 0, taken));
    left -= taken;
  }
  const filled = chosen.filter((sequence) => timestepsOf(sequence) > 0);
  const [only] = filled;
  const half = only === undefined ? 0 : Math.ceil(timestepsOf(only) / 2);
  return filled.length === 1 && half < timestepsOf(only!) ? [part(only!, 0, half), part(only!, half, timestepsOf(only!))] : filled;
}

function part(sequence: Sequence, from: number, to: number): Sequence {
  return sequence.kind === "symbols"
    ? { kind: "symbols", symbols: sequence.symbols.subarray(from, to) }
    : { ...sequence, values: sequence.values.subarray(from * sequence.width, to * sequence.width) };
}

/** What stands in for data where there is none. */
export function randomGolden(model: AcceleratorModel): GoldenSource {
  return { origin: "seeded random input", sequences: [randomSequence(model, 1, goldenTimesteps)] };
}

/**
 * Every gate, c and h of the integer model, and the host's logits, over the beginning of some sequences.
 * @throws RangeError for sequences without a timestep
 */
export function goldenVectors(
  { output }: Pick<AcceleratorModel, "output">,
  fixed: FixedModel,
  layout: WordLayout,
  { origin, sequences }: GoldenSource,
): { golden: Golden; files: readonly ArrayFile[] } {
  const { timesteps, inputs, restarts, layers } = signalsOf(fixed, goldenSequences(sequences));
  const files: ArrayFile[] = [];
  const add = (file: ArrayFile): ArrayFileEntry => {
    files.push(file);
    return file.entry;
  };
  const array = (name: string, values: readonly number[], ...inner: readonly number[]): ArrayFileEntry =>
    add(arrayFile(`golden/${name}`, Int32Array.from(values), [timesteps, ...inner]));
  const [first] = fixed.layers;
  const golden: Golden = {
    origin,
    timesteps,
    inputs: first!.inputKind === "one-hot" ? array("inputs", inputs) : array("inputs", inputs, first!.inputs),
    restarts: array("restarts", restarts),
    layers: layers.map(({ hidden, gates, cell }, index) => {
      const layer = fixed.layers[index]!;
      const inOrder = inBlockOrder(gates, layer.units, blockSources(layer.cell, layout));
      return {
        hidden: array(`hidden_${index}`, hidden, layer.units),
        gates: array(`gates_${index}`, inOrder, gateRows(layer)),
        ...(layer.cellFormat && { cell: array(`cell_${index}`, cell, layer.units) }),
      };
    }),
    ...(output && { logits: add(logitsFile(output, layers.at(-1)!.hidden, fixed.layers.at(-1)!, timesteps)) }),
  };
  return { golden, files };
}

/** [T, G H] with each timestep's blocks of H in another order. */
function inBlockOrder(gates: readonly number[], units: number, sources: readonly number[]): number[] {
  const rows = sources.length * units;
  return gates.map((_, index) => {
    const row = index % rows;
    return gates[index - row + sources[Math.floor(row / units)]! * units + (row % units)]!;
  });
}

/** In double precision, from the bias on and in the order of units: so anyone's sums are the same to the last bit. */
function logitsFile({ weights, bias }: NonNullable<AcceleratorModel["output"]>, hidden: readonly number[], { hiddenFormat }: FixedLayer, timesteps: number): ArrayFile {
  const outputs = bias.length;
  const units = hidden.length / timesteps;
  const logits = Float64Array.from({ length: timesteps * outputs }, (_, index) => {
    const timestep = Math.floor(index / outputs);
    const output = index % outputs;
    let logit = bias[output]!;
    for (let unit = 0; unit < units; unit++) {
      logit += realValue(hidden[timestep * units + unit]!, hiddenFormat) * weights[unit * outputs + output]!;
    }
    return logit;
  });
  return arrayFile("golden/logits", logits, [timesteps, outputs]);
}
