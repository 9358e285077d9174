import { integerInput, timestepsOf } from "../calibrate.js";
import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { IntegerNetwork } from "../integer/network.js";
import { inputBits } from "./accelerator.js";

/** One memory file of a testbench: name without extension, width in bits, words. */
export interface VectorFile {
  readonly name: string;
  readonly bits: number;
  readonly words: readonly number[];
}

/** What a testbench feeds and expects: inputs, and every signal that the integer model computes from them. */
export interface Vectors {
  readonly timesteps: number;
  readonly files: readonly VectorFile[];
  /** [layers][T]: recurrent columns that each timestep reads. */
  readonly columns: readonly (readonly number[])[];
}

/**
 * The integer model's run over sequences that each begin from the initial state.
 * @throws RangeError when there is nothing to read
 */
export function testVectors(model: FixedModel, sequences: readonly Sequence[]): Vectors {
  const timesteps = sequences.reduce((sum, sequence) => sum + timestepsOf(sequence), 0);
  if (timesteps === 0) {
    throw new RangeError("There is no timestep to verify; give a sequence of at least one.");
  }
  const network = new IntegerNetwork(model);
  const inputs: number[] = [];
  const restarts: number[] = [];
  const layers = model.layers.map(() => ({ hidden: [] as number[], cell: [] as number[], gates: [] as number[], columns: [] as number[] }));
  for (const sequence of sequences) {
    network.restart();
    for (let timestep = 0; timestep < timestepsOf(sequence); timestep++) {
      const input = integerInput(network, sequence, timestep);
      append(inputs, typeof input === "number" ? [input] : input);
      restarts.push(timestep === 0 ? 1 : 0);
      network.step(input).forEach(({ hidden, cell, gates, columns }, layer) => {
        layers[layer]!.columns.push(columns);
        append(layers[layer]!.hidden, hidden);
        append(layers[layer]!.cell, cell);
        append(layers[layer]!.gates, gates);
      });
    }
  }
  return { timesteps, files: vectorFiles(model, inputs, restarts, layers), columns: layers.map(({ columns }) => columns) };
}

function vectorFiles(
  model: FixedModel,
  inputs: number[],
  restarts: number[],
  layers: readonly { hidden: number[]; cell: number[]; gates: number[] }[],
): VectorFile[] {
  const { bits } = model.formats.hidden;
  const ofLayers = layers.flatMap(({ hidden, cell, gates }, index) => {
    const layer = model.layers[index]!;
    const cells = layer.cell === "lstm" ? [{ name: `cell_${index}`, bits: layer.cellFormat.bits, words: cell }] : [];
    return [{ name: `hidden_${index}`, bits, words: hidden }, { name: `gates_${index}`, bits, words: gates }, ...cells];
  });
  return [
    { name: "inputs", bits: inputBits(model), words: inputs },
    { name: "restarts", bits: 1, words: restarts },
    { name: "outputs", bits, words: layers.at(-1)!.hidden },
    ...ofLayers,
  ];
}

function append(list: number[], values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++) {
    list.push(values[index]!);
  }
}

/** The file's text in the strict subset of `$readmemh` that all simulators read alike. */
export function vectorText({ bits, words }: VectorFile): string {
  const digits = Math.ceil(bits / 4);
  const mask = 2 ** bits;
  return words.map((word) => `${(((word % mask) + mask) % mask).toString(16).toUpperCase().padStart(digits, "0")}\n`).join("");
}
