import { acceleratorModel, type AcceleratorInput } from "../hardware/acceleratorModel.js";
import { integerInput, timestepsOf, type Sequence } from "../hardware/calibrate.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../hardware/fixedModel.js";
import { fixedModel } from "../hardware/fixModel.js";
import { resetHidden } from "../hardware/integer/elementWise.js";
import type { LayerInput, LayerTrace } from "../hardware/integer/layer.js";
import { IntegerNetwork } from "../hardware/integer/network.js";
import { layerShapes } from "../hardware/layerShapes.js";
import { embed } from "../hardware/randomNetwork.js";
import { findPreset, shapeOf } from "../hardware/schedule/presets.js";
import type { Precision } from "../hardware/schedule/shape.js";
import { deployedModelFromTensors } from "../rnn/deployedModelFile.js";
import { readSafetensors } from "../runs/safetensors.js";
import type { PackedWeights, PipelineSnapshot, PipelineValues } from "../../webview/contract.js";

/** Network of the paper's hardware table: Penn Treebank characters. */
const paperNetwork = { cell: "lstm", inputs: 50, inputKind: "one-hot", units: 1000 } as const;

/** Characters that are read before the timestep that is shown, so that its state is one of real work. */
const openingText = "the white whale";

/** Timesteps of a model that reads features: there is no data beside a model, so all of them are 0. */
const silentTimesteps = 8;

/** What the panel shows while there is no trained run: the paper's low-power accelerator, without values. */
export function presetPipeline(precision: Precision = "ternary"): PipelineSnapshot {
  const preset = findPreset("low-power", precision);
  const shape = shapeOf(paperNetwork, preset);
  return { title: `${preset.name} preset, ${precision} weights`, layers: [{ shape, values: null }] };
}

/**
 * The same for the model in a file of a run.
 * @throws UnsupportedModelError, InvalidTensorsError or the file system's error when it cannot be read
 */
export async function filePipeline(title: string, file: string): Promise<PipelineSnapshot> {
  const model = deployedModelFromTensors(await readSafetensors(file));
  return modelPipeline(title, fixedModel(acceleratorModel(model)));
}

/** The low-power accelerator that holds these integers, with those of the timestep after a few characters. */
export function modelPipeline(title: string, fixed: FixedModel): PipelineSnapshot {
  const network = new IntegerNetwork(fixed);
  const { sequence, name } = opening(fixed.input);
  const last = timestepsOf(sequence) - 1;
  let before = fixed.layers.map(initialState);
  for (let timestep = 0; timestep < last; timestep++) {
    before = network.step(integerInput(network, sequence, timestep)).map(stateAfter);
  }
  const input = integerInput(network, sequence, last);
  const traces = network.step(input);
  const { macUnits, clockMegahertz } = findPreset("low-power", fixed.layers[0]!.recurrentWeights.precision);
  const shapes = layerShapes(fixed, { macUnits, clockMegahertz });
  const layers = fixed.layers.map((layer, index) => {
    const below = traces[index - 1];
    const read = below ? features(`h of layer ${index - 1}`, below.hidden) : inputValues(input, name);
    return { shape: shapes[index]!, values: layerValues(fixed, layer, { before: before[index]!, input: read, trace: traces[index]! }) };
  });
  return { title, layers };
}

/** What is read until the shown timestep, which is its last, and what that one reads in words. */
function opening(input: AcceleratorInput): { sequence: Sequence; name: string } {
  if (input.kind === "dense") {
    const values = new Float32Array(silentTimesteps * input.width);
    return { sequence: { kind: "dense", width: input.width, values }, name: "features, all of them 0" };
  }
  const symbols = openingSymbols(input.symbols);
  const name = input.symbols[symbols.at(-1)!]!;
  return input.kind === "one-hot"
    ? { sequence: { kind: "symbols", symbols }, name }
    : { sequence: { kind: "dense", width: input.units, values: embed(input, symbols) }, name: `the vector of ${JSON.stringify(name)}` };
}

/** Ids of the opening characters, or words, that the model knows; its first symbol when it knows none of them. */
function openingSymbols(alphabet: readonly string[]): Int32Array {
  const ids = (parts: string[]): number[] => parts.map((symbol) => alphabet.indexOf(symbol)).filter((id) => id >= 0);
  const words = ids(openingText.split(" "));
  const known = words.length > 0 ? words : ids([...openingText]);
  return Int32Array.from(known.length > 0 ? known : [0]);
}

/** h and c at the beginning of a timestep; a GRU has no c. */
interface State {
  readonly hidden: Int32Array;
  readonly cell: Int32Array;
}

function initialState(layer: FixedLayer): State {
  return { hidden: layer.initialHidden.integers, cell: layer.cell === "lstm" ? layer.initialCell.integers : new Int32Array(0) };
}

/** A copy: the integers of a trace change with the next timestep. */
function stateAfter({ hidden, cell }: LayerTrace): State {
  return { hidden: hidden.slice(), cell: cell.slice() };
}

function inputValues(input: LayerInput, name: string): PipelineValues["input"] {
  return typeof input === "number" ? { kind: "symbol", name, id: input } : features(name, input);
}

function features(name: string, integers: Int32Array): PipelineValues["input"] {
  return { kind: "features", name, integers: [...integers] };
}

interface Timestep {
  readonly before: State;
  readonly input: PipelineValues["input"];
  readonly trace: LayerTrace;
}

function layerValues({ formats }: FixedModel, layer: FixedLayer, { before, input, trace }: Timestep): PipelineValues {
  const { inputWeights, recurrentWeights, gateScaleRecurrent, inputFormat } = layer;
  const isLstm = layer.cell === "lstm";
  const resetsBefore = layer.cell === "gru" && layer.reset === "before";
  return {
    inputWeights: packed(inputWeights),
    recurrentWeights: packed(recurrentWeights),
    input,
    hidden: [...before.hidden],
    candidateHidden: resetsBefore ? [...before.hidden].map((h, unit) => resetHidden(formats, trace.gates[unit]!, h)) : null,
    cell: isLstm ? [...before.cell] : null,
    cellRange: isLstm ? layer.cellRange : null,
    recurrentSums: [...trace.recurrentSums],
    inputSums: [...trace.inputSums],
    scaleRecurrent: [...gateScaleRecurrent.integers],
    preactivations: [...trace.preactivations],
    gates: [...trace.gates],
    nextCell: isLstm ? [...trace.cell] : null,
    nextHidden: [...trace.hidden],
    formats: {
      ...formats,
      input: inputFormat,
      scaleRecurrent: gateScaleRecurrent.format,
      cell: isLstm ? layer.cellFormat : null,
    },
  };
}

function packed({ codes }: FixedMatrix): PackedWeights {
  const narrow = codes instanceof Int32Array && codes.every((code) => code === (code << 16) >> 16) ? Int16Array.from(codes) : codes;
  const base64 = Buffer.from(narrow.buffer, narrow.byteOffset, narrow.byteLength).toString("base64");
  return { bytes: narrow instanceof Int8Array ? 1 : narrow instanceof Int16Array ? 2 : 4, base64 };
}
