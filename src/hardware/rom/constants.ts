import type { AcceleratorLayer } from "../acceleratorModel.js";
import { initialHidden, type CellVector } from "../cells/cell.js";
import { cellHardware } from "../cells/cells.js";
import { vectorOf, type FixedLayer } from "../fixedModel.js";
import type { FixedVector } from "../fixedPoint.js";
import type { RomContent } from "./romContent.js";
import type { Encoding } from "./encoding.js";
import { packImage } from "./lanePacking.js";

/**
 * Scales, shifts and initial states of one layer.
 * @param columnsPerCycle initial hidden states in a word where they are broadcast: so many are read at once
 */
export function constantContents(layer: FixedLayer, prefix: string, columnsPerCycle: number, real?: AcceleratorLayer): RomContent[] {
  const trained = real as unknown as Readonly<Record<string, Float32Array>> | undefined;
  const { vectors, hasRecurrentWeights } = cellHardware(layer.cell);
  return vectors.map((vector) => {
    const lanes = vector.key === initialHidden.key && hasRecurrentWeights ? columnsPerCycle : 1;
    return constantContent(vector, prefix, lanes, vectorOf(layer, vector.key), trained?.[vector.key]);
  });
}

function constantContent(
  { image, role }: CellVector,
  prefix: string,
  lanes: number,
  { format, integers, saturated }: FixedVector,
  values: Float32Array | undefined,
): RomContent {
  const encoding: Encoding = { name: "twos-complement", bits: format.bits };
  return {
    image: packImage({ name: `${prefix}${image}`, depth: Math.ceil(integers.length / lanes), lanes, encoding }, (address, lane) => integers[address * lanes + lane]),
    role,
    shape: [integers.length],
    encoding,
    packing: { lanes, bitOrder: "lsb-first", order: ["row"], formula: lanes === 1 ? "word r: row r" : `word r, lane k: row r * ${lanes} + k` },
    fixedPoint: format,
    saturated,
    ...(values && { values }),
  };
}
