import type { AcceleratorLayer } from "../acceleratorModel.js";
import type { FixedGru, FixedLayer, FixedLstm } from "../fixedModel.js";
import type { FixedVector } from "../fixedPoint.js";
import type { RomContent } from "./romContent.js";
import type { Encoding } from "./encoding.js";
import { packImage } from "./lanePacking.js";

/** An image of one value a word. */
interface Constant<Key extends string> {
  readonly name: string;
  /** Of the integers in the fixed layer, and of the real numbers in the accelerator's. */
  readonly key: Key;
  readonly role: string;
}

type VectorKey<Layer> = { [Key in keyof Layer]: Layer[Key] extends FixedVector ? Key : never }[keyof Layer] & string;

/** In the order of the equations. */
const gateConstants: readonly Constant<VectorKey<FixedLstm> & VectorKey<FixedGru>>[] = [
  { name: "gate_scale_recurrent", key: "gateScaleRecurrent", role: "scale of the recurrent sum, for each gate row" },
  { name: "gate_scale_input", key: "gateScaleInput", role: "scale of the input sum, for each gate row" },
  { name: "gate_shift", key: "gateShift", role: "added to both scaled sums, for each gate row" },
];

const initialHidden = { name: "initial_hidden", key: "initialHidden", role: "hidden state before the first timestep, for each unit" } as const;

const lstmConstants: readonly Constant<VectorKey<FixedLstm>>[] = [
  ...gateConstants,
  { name: "cell_scale", key: "cellScale", role: "scale of the cell state before the output tanh, for each unit" },
  { name: "cell_shift", key: "cellShift", role: "added to the scaled cell state, for each unit" },
  initialHidden,
  { name: "initial_cell", key: "initialCell", role: "cell state before the first timestep, for each unit" },
];

const gruConstants: readonly Constant<VectorKey<FixedGru>>[] = [
  ...gateConstants,
  { name: "reset_shift", key: "resetShift", role: "added to the candidate's scaled recurrent sum inside the reset, for each unit" },
  initialHidden,
];

/**
 * Scales, shifts and initial states of one layer.
 * @param columnsPerCycle initial hidden states in a word: so many are read at once
 */
export function constantContents(layer: FixedLayer, prefix: string, columnsPerCycle: number, real?: AcceleratorLayer): RomContent[] {
  const lanesOf = ({ key }: Constant<string>): number => (key === initialHidden.key ? columnsPerCycle : 1);
  if (layer.cell === "lstm") {
    const trained = real?.cell === "lstm" ? real : undefined;
    return lstmConstants.map((constant) => constantContent(constant, prefix, lanesOf(constant), layer[constant.key], trained?.[constant.key]));
  }
  const trained = real?.cell === "gru" ? real : undefined;
  return gruConstants.map((constant) => constantContent(constant, prefix, lanesOf(constant), layer[constant.key], trained?.[constant.key]));
}

function constantContent(
  { name, role }: Constant<string>,
  prefix: string,
  lanes: number,
  { format, integers, saturated }: FixedVector,
  values: Float32Array | undefined,
): RomContent {
  const encoding: Encoding = { name: "twos-complement", bits: format.bits };
  return {
    image: packImage({ name: `${prefix}${name}`, depth: Math.ceil(integers.length / lanes), lanes, encoding }, (address, lane) => integers[address * lanes + lane]),
    role,
    shape: [integers.length],
    encoding,
    packing: { lanes, bitOrder: "lsb-first", order: ["row"], formula: lanes === 1 ? "word r: row r" : `word r, lane k: row r * ${lanes} + k` },
    fixedPoint: format,
    saturated,
    ...(values && { values }),
  };
}
