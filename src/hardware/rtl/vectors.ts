import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { signalsOf } from "../integer/signals.js";
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
  const { timesteps, inputs, restarts, layers } = signalsOf(model, sequences);
  const { bits } = model.formats.hidden;
  const ofLayers = layers.flatMap(({ hidden, cell, gates }, index) => {
    const layer = model.layers[index]!;
    const cells = layer.cellFormat ? [{ name: `cell_${index}`, bits: layer.cellFormat.bits, words: cell }] : [];
    return [{ name: `hidden_${index}`, bits, words: hidden }, { name: `gates_${index}`, bits, words: gates }, ...cells];
  });
  const files = [
    { name: "inputs", bits: inputBits(model), words: inputs },
    { name: "restarts", bits: 1, words: restarts },
    { name: "outputs", bits, words: layers.at(-1)!.hidden },
    ...ofLayers,
  ];
  return { timesteps, files, columns: layers.map(({ columns }) => columns) };
}

/** The file's text in the strict subset of `$readmemh` that all simulators read alike. */
export function vectorText({ bits, words }: VectorFile): string {
  const digits = Math.ceil(bits / 4);
  const mask = 2 ** bits;
  return words.map((word) => `${(((word % mask) + mask) % mask).toString(16).toUpperCase().padStart(digits, "0")}\n`).join("");
}
