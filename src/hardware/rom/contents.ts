import { inHiddenRange, type AcceleratorModel } from "../acceleratorModel.js";
import { cells } from "../cells/cells.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../fixedModel.js";
import { rangeOf } from "../fixedPoint.js";
import { rowGroups } from "../rowGroups.js";
import { rowPhases } from "../schedule/rowPhases.js";
import type { LayerRows } from "../schedule/rowPhases.js";
import { constantContents } from "./constants.js";
import type { Encoding } from "./encoding.js";
import { inGateOrder, realInGateOrder } from "./gateOrder.js";
import { banksOf, generatedLayout, layoutEncoding } from "./layout.js";
import type { Bank, WordLayout } from "./layout.js";
import type { RomImage } from "../../romFormats/romImage.js";
import { packImage } from "./lanePacking.js";
import type { RomContent } from "./romContent.js";
import { tableContent } from "./tables.js";

/** The encoding of a matrix's codes that the generated Verilog reads. */
export function weightEncoding(matrix: FixedMatrix): Encoding {
  return layoutEncoding(matrix, generatedLayout);
}

/** What a layer's images are called beside their own name: nothing in a model of one layer. */
export function layerPrefix({ layers }: Pick<FixedModel, "layers">, layer: number): string {
  return layers.length === 1 ? "" : `layer${layer}_`;
}

/**
 * Every image of the accelerator with P = `macUnits` in each layer, layer by layer, then the tables that layers share, without one that none looks up.
 * @param real the trained numbers that the constants' integers round, where the manifest is to state them
 * @throws RomLayoutError for a maximum width below that of one field
 */
export function romContents(model: FixedModel, macUnits: number, real?: AcceleratorModel, layout = generatedLayout): RomContent[] {
  const layers = model.layers.flatMap((layer, index) => {
    const trained = real?.layers[index];
    const ordered = trained && realInGateOrder(inHiddenRange(trained, rangeOf(layer.hiddenFormat)), layout);
    const shape = { macUnits, columnsPerCycle: model.columnsPerCycle, layout };
    return layerContents(inGateOrder(layer, layout), layerPrefix(model, index), shape, ordered);
  });
  const looksUpTanh = model.layers.some(({ cell }) => cells[cell].tanhLookUps > 0);
  return [...layers, tableContent(model.tables.sigmoid), ...(looksUpTanh ? [tableContent(model.tables.tanh)] : [])];
}

/** What weight images depend on beside the weights. */
interface WordShape {
  readonly macUnits: number;
  /** Columns of a dense matrix that are read in a cycle. */
  readonly columnsPerCycle: number;
  readonly layout: WordLayout;
}

/** Weights of one gate row in a word: a symbol has one. */
function inputsPerWord(input: MatrixInput, { columnsPerCycle }: WordShape): number {
  return input === "symbol" ? 1 : columnsPerCycle;
}

/** What a row of a matrix stands for. */
type MatrixInput = "symbol" | "feature" | "hidden unit";

function layerContents(layer: FixedLayer, prefix: string, shape: WordShape, real?: AcceleratorModel["layers"][number]): RomContent[] {
  const input = layer.inputKind === "one-hot" ? "symbol" : "feature";
  return [
    ...weightContents(`${prefix}input_weights`, input, layer, layer.inputWeights, shape),
    ...weightContents(`${prefix}recurrent_weights`, "hidden unit", layer, layer.recurrentWeights, shape),
    ...constantContents(layer, prefix, shape.columnsPerCycle, real),
  ];
}

/**
 * One word is what P MAC units read in one cycle: their P weights for each of N inputs of the matrix.
 *
 *   address = group * ceil(inputs / N) + floor(input / N)        (all inputs of a group, then the next group)
 *   lane k  = weight of gate row firstRow(group) + floor(k / N) (`rowGroups`) for the word's input k mod N
 *
 * An input is a hidden unit (recurrent), a symbol or a feature (input matrix); symbols have N = 1. Lanes past a group's last
 * gate row or the last input hold the field 0; in one-bit images that reads as -1, and the MAC unit's result is unused.
 */
export function weightImage(name: string, layer: LayerRows, matrix: FixedMatrix, macUnits: number, inputs = 1): RomImage {
  return bankImage(name, layer, matrix, { macUnits, inputs, layout: generatedLayout }, { firstLane: 0, lanes: macUnits * inputs });
}

/** The same for some of the lanes. In base 3 an unused lane is the trit 0. */
function bankImage(
  name: string,
  layer: LayerRows,
  matrix: FixedMatrix,
  { macUnits, inputs: perWord, layout }: Pick<WordShape, "macUnits" | "layout"> & { readonly inputs: number },
  bank: Bank,
): RomImage {
  const { rows: inputs, columns: gateRows, codes } = matrix;
  const groups = rowGroups(layer, macUnits);
  const words = Math.ceil(inputs / perWord);
  const depth = groups.length * words;
  const packing = { lanes: bank.lanes, encoding: layoutEncoding(matrix, layout), bitOrder: layout.bitOrder };
  return packImage({ name, depth, ...packing }, (address, bankLane) => {
    const { firstRow, rows } = groups[Math.floor(address / words)]!;
    const lane = bank.firstLane + bankLane;
    const row = Math.floor(lane / perWord);
    const input = (address % words) * perWord + (lane % perWord);
    return row < rows && input < inputs ? codes[input * gateRows + firstRow + row] : undefined;
  });
}

/** One content, one for each bank that the layout's maximum width makes, or none of a matrix without rows. */
function weightContents(name: string, input: MatrixInput, layer: FixedLayer, matrix: FixedMatrix, shape: WordShape): RomContent[] {
  if (matrix.rows === 0) {
    return [];
  }
  const { macUnits, layout } = shape;
  const encoding = layoutEncoding(matrix, layout);
  const fixed = matrix.precision === "full" ? { fixedPoint: matrix.format, saturated: matrix.saturated } : {};
  const inputs = inputsPerWord(input, shape);
  const banks = banksOf(macUnits * inputs, encoding, layout.maxWidth);
  return banks.map((bank, index) => ({
    image: bankImage(banks.length === 1 ? name : `${name}_bank${index}`, layer, matrix, { macUnits, inputs, layout }, bank),
    role: `weights from each ${input} to each gate row, ${matrix.precision === "full" ? "fixed point" : matrix.precision}`,
    shape: [matrix.rows, matrix.columns],
    encoding,
    packing: {
      lanes: bank.lanes,
      bitOrder: layout.bitOrder,
      ...(banks.length > 1 && { bank: { index, of: banks.length, firstLane: bank.firstLane } }),
      order: ["row group", inputs === 1 ? input : `${inputs} ${input}s`],
      formula: weightFormula(input, layer, matrix, macUnits, inputs),
      ...(inputs > 1 && { inputsPerWord: inputs }),
    },
    ...fixed,
  }));
}

function weightFormula(input: MatrixInput, layer: LayerRows, { rows, columns }: FixedMatrix, macUnits: number, perWord: number): string {
  const lane = perWord === 1 ? "lane k" : `lane k * ${perWord} + j`;
  const from = perWord === 1 ? "" : ` * ${perWord} + j (lanes from ${rows} on unused)`;
  const word = `word group * ${Math.ceil(rows / perWord)} + input, ${lane}: weight from ${input} "input"${from} to gate row`;
  const [first, second] = rowPhases(layer);
  if (second === undefined) {
    return `${word} group * ${macUnits} + k; lanes of gate row ${columns} and above hold the field 0 and are unused`;
  }
  const groups = Math.ceil(first!.rows / macUnits);
  return (
    `${word} group * ${macUnits} + k for groups 0 to ${groups - 1}, lanes of gate row ${first!.rows} and above unused; ` +
    `then to gate row ${second.firstRow} + (group - ${groups}) * ${macUnits} + k, ` +
    `lanes of gate row ${columns} and above unused; unused lanes hold the field 0`
  );
}
