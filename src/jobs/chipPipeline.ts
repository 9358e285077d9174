import type { PackedWeights, PipelineSnapshot, PipelineValues } from "../../webview/contract.js";
import { integerInput, type Sequence, timestepsOf } from "../hardware/calibrate.js";
import type { Chip } from "../hardware/chip.js";
import type { FixedLayer, FixedMatrix, FixedModel } from "../hardware/fixedModel.js";
import { resetHidden } from "../hardware/integer/elementWise.js";
import type { LayerInput, LayerTrace } from "../hardware/integer/layerUnits.js";
import { IntegerNetwork } from "../hardware/integer/network.js";
import { SummedHidden } from "../hardware/integer/summedHidden.js";
import { deltaCycles } from "../hardware/schedule/delta.js";
import type { AcceleratorShape } from "../hardware/schedule/shape.js";
import { resetsBefore } from "../hardware/schedule/stages.js";
import { chipInWords } from "./chipWords.js";

/** What is read until the shown timestep, which is its last one, and that one in words. */
export interface Moment {
  readonly sequence: Sequence;
  /** What the timestep reads: a symbol, or what kind of features. */
  readonly name: string;
  /** "timestep 16 of the validation part" */
  readonly place: string;
}

/** The integers of every layer of a chip in the last timestep of what it reads. */
export function chipPipeline({ name, fixed, shapes, ranges }: Chip, moment: Moment): PipelineSnapshot {
  const steps = [...networkSteps(fixed, moment.sequence)];
  const { befores, input, traces } = steps.at(-1)!;
  const layers = fixed.layers.map((layer, index) => {
    const below = traces[index - 1];
    const read = below ? features(`h of layer ${index - 1}`, below.hidden) : inputValues(input, moment.name);
    const timestep = { before: befores[index]!, input: read, trace: traces[index]! };
    return { shape: shapes[index]!, values: layerValues(fixed, layer, shapes[index]!, timestep) };
  });
  return { title: name, chip: { words: chipInWords(fixed, shapes), ranges, timestep: moment.place }, layers };
}

/** What a layer holds when a timestep begins; a GRU has no c. */
interface State {
  readonly hidden: Int32Array;
  /** h as the recurrent sums hold it: with delta updates not always the latest. */
  readonly summedHidden: Int32Array;
  readonly cell: Int32Array;
}

interface NetworkStep {
  readonly befores: readonly State[];
  readonly input: LayerInput;
  /** Valid until the next step. */
  readonly traces: readonly LayerTrace[];
}

function* networkSteps(fixed: FixedModel, sequence: Sequence): Generator<NetworkStep> {
  const network = new IntegerNetwork(fixed);
  const summed = fixed.layers.map(({ recurrentWeights, initialHidden }) => {
    const own = new SummedHidden(recurrentWeights.rows, fixed.delta);
    own.restart(initialHidden.integers);
    return own;
  });
  let before = fixed.layers.map((layer) => ({
    hidden: layer.initialHidden.integers,
    cell: layer.initialCell?.integers ?? new Int32Array(0),
  }));
  for (let timestep = 0; timestep < timestepsOf(sequence); timestep++) {
    const befores = before.map((state, layer) => ({ ...state, summedHidden: summed[layer]!.values.slice() }));
    const input = integerInput(network, sequence, timestep);
    const traces = network.step(input);
    yield { befores, input, traces };
    traces.forEach(({ hidden }, layer) => summed[layer]!.update(hidden));
    before = traces.map(({ hidden, cell }) => ({ hidden: hidden.slice(), cell: cell.slice() }));
  }
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

function layerValues({ formats, delta }: FixedModel, layer: FixedLayer, shape: AcceleratorShape, { before, input, trace }: Timestep): PipelineValues {
  const { inputWeights, recurrentWeights, inputFormat, hiddenFormat } = layer;
  const gain = recurrentWeights.rows > 0 ? layer.gainRecurrent : layer.gainInput;
  const { cellFormat = null, cellRange = null } = layer;
  return {
    inputWeights: packed(inputWeights),
    recurrentWeights: packed(recurrentWeights),
    input,
    hidden: [...before.summedHidden],
    candidateHidden: resetsBefore(layer) ? [...before.hidden].map((h, unit) => resetHidden(formats, trace.gates[unit]!, h)) : null,
    delta: delta === undefined ? null : { ...delta, columns: trace.columns, cycles: deltaCycles(shape, trace.columns) },
    cell: cellFormat && [...before.cell],
    cellRange,
    recurrentSums: [...trace.recurrentSums],
    inputSums: [...trace.inputSums],
    scales: [...gain.integers],
    preactivations: [...trace.preactivations],
    gates: [...trace.gates],
    nextCell: cellFormat && [...trace.cell],
    nextHidden: [...trace.hidden],
    formats: {
      ...formats,
      input: inputFormat,
      hidden: hiddenFormat,
      scale: gain.format,
      cell: cellFormat,
    },
  };
}

function packed({ codes }: FixedMatrix): PackedWeights {
  const narrow = codes instanceof Int32Array && codes.every((code) => code === (code << 16) >> 16) ? Int16Array.from(codes) : codes;
  const base64 = Buffer.from(narrow.buffer, narrow.byteOffset, narrow.byteLength).toString("base64");
  return { bytes: narrow instanceof Int8Array ? 1 : narrow instanceof Int16Array ? 2 : 4, base64 };
}
