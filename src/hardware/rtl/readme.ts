import { cells } from "../cells/cells.js";
import { modelInputs } from "../fixedModel.js";
import { equationsOf } from "../rom/manifestModel.js";
import type { RomManifest } from "../rom/manifest.js";
import type { CellRange, FixedLayer, FixedModel } from "../fixedModel.js";
import { rangeOf, type FixedPoint } from "../fixedPoint.js";
import { arrayInWords, inputBits } from "./accelerator.js";
import { markdownText } from "../../text/markdown.js";
import { addressBits } from "./addressBits.js";
import { inputCycles, outputCycles, streamTiming, timingDiagram, type TimingDiagram } from "./streamTiming.js";
import { fillTemplate } from "./template.js";
import readme from "./templates/README.md";

interface ReadmeFacts {
  readonly macUnits: number;
  readonly timesteps: number;
  readonly scheduleCycles: number;
  /** In `rom/`. */
  readonly images: RomManifest["images"];
  readonly origin?: string;
}

/** How to simulate, synthesise and feed the accelerator, for the engineer who opens the folder. */
export function acceleratorReadme(model: FixedModel, { macUnits, timesteps, scheduleCycles, images, origin }: ReadmeFacts): string {
  const { layers, formats, tables } = model;
  const [first] = layers as [FixedLayer];
  const last = layers.at(-1)!;
  const timing = streamTiming(model, macUnits);
  const isOneHot = first.inputKind === "one-hot";
  const step = (fractionBits: number): string => `2^-${fractionBits}`;
  return fillTemplate(readme, {
    origin: origin === undefined ? "" : ` of ${markdownText(origin)}`,
    array: arrayInWords(macUnits, model.columnsPerCycle),
    layers: layers.map((layer, index) => `- layer ${index}: ${layerInWords(layer)}`).join("\n"),
    inputBits: inputBits(model),
    input:
      isOneHot
        ? `the number of one of ${modelInputs(model)} symbols, one beat a timestep`
        : `${first.inputs} beats a timestep, signed integers times ${step(first.inputFormat.fractionBits)}`,
    outputBits: formats.hidden.bits,
    output: `${last.units} beats a timestep: h of the last layer, signed integers times ${step(last.hiddenFormat.fractionBits)}`,
    cells: layers.map((layer, index) => `| layer ${index}: ${stateInWords(layer)} |`).join("\n"),
    preactivation: `${formats.preactivation.bits} bits, times ${step(formats.preactivation.fractionBits)}, saturated`,
    sums: layers.map((layer, index) => `| layer ${index}: ${sumsInWords(layer)} bits, no overflow possible |`).join("\n"),
    table: `${tables.tanh.entries} words, ${tables.tanh.segmentBits === 0 ? "no interpolation" : "linear interpolation"}; error at most ${tables.sigmoid.errorBound.toExponential(1)} (sigmoid), ${tables.tanh.errorBound.toExponential(1)} (tanh)`,
    timesteps,
    scheduleCycles,
    equations: equationsOf(model).join("\n    "),
    gateOrders: layers.map(gateOrderInWords).join("\n"),
    inputDiagram: diagramText(timingDiagram("input, after a cycle of reset", inputCycles(timing, isOneHot))),
    outputDiagram: diagramText(timingDiagram("output of the first timestep", outputCycles(timing))),
    firstOutput: timing.firstOutput,
    lastOutput: timing.lastOutput,
    period: `${model.delta === undefined ? "" : "at most "}${timing.period}`,
    unchecked: isOneHot ? uncheckedSymbol(first) : uncheckedFrame(first),
    memoryMap: images.map(({ files, depth, width, role }) => `| \`${files[0]!.path}\` | ${depth} | ${width} | ${role} |`).join("\n"),
    addresses: images.filter(({ packing }) => packing.order[0] === "row group").map(({ name, packing }) => `- \`${name}\`: ${packing.formula}.`).join("\n"),
  });
}

function gateOrderInWords({ cell, units }: FixedLayer, index: number): string {
  const blocks = cells[cell].gates.map((gate, block) => `${gate} ${block * units} to ${(block + 1) * units - 1}`);
  return `- layer ${index}: gate rows ${blocks.join(", ")}`;
}

function diagramText({ signal, head }: TimingDiagram): string {
  const lanes = signal.map((lane) => `    ${JSON.stringify(lane)}`).join(",\n");
  return `{ "signal": [\n${lanes}\n  ],\n  "head": ${JSON.stringify(head)} }`;
}

/** A number that is no symbol's; where their count is a power of two there is none. */
function uncheckedSymbol({ inputs }: FixedLayer): string {
  return 2 ** addressBits(inputs) === inputs
    ? `- Every value of \`in_data\` is a symbol.`
    : `- A symbol of ${inputs} or above reads weights of other rows, and for the last rows words beyond the end of the input weights, whose content is
  undefined. Outputs are wrong from that timestep on, until one with \`in_restart\`, or a reset, begins from the initial state again.`;
}

function uncheckedFrame({ inputs }: FixedLayer): string {
  return inputs === 1
    ? "- A frame has one beat: a lost beat is a lost timestep."
    : `- Beats are counted, not marked: the accelerator cuts the input into frames of ${inputs} from the reset on. After a beat that is lost, or one too many, every later
  frame is shifted, without a sign of it, and an \`in_restart\` that is then no frame's first is ignored. Only a reset begins a new frame.`;
}

function layerInWords({ cell, units, inputs, inputKind, recurrentWeights }: FixedLayer): string {
  return `${cells[cell].name}, ${units} units, ${inputs} ${inputKind === "one-hot" ? "symbols" : "features"}, ${recurrentWeights.precision} weights`;
}

function sumsInWords({ bits, recurrentWeights }: FixedLayer): string {
  return recurrentWeights.rows === 0 ? `input sums | ${bits.inputSum}` : `recurrent and input sums | ${bits.recurrentSum} and ${bits.inputSum}`;
}

/** The state that is no h in [-1, 1). */
function stateInWords(layer: FixedLayer): string {
  if (layer.cell === "min-gru") {
    return `hidden state | ${formatInWords(layer.hiddenFormat, layer.hiddenRange)}`;
  }
  const { cellFormat, cellRange } = layer;
  return `cell state | ${cellFormat && cellRange ? formatInWords(cellFormat, cellRange) : "none"}`;
}

function formatInWords(format: FixedPoint, origin: CellRange): string {
  const limit = rangeOf(format);
  return `${format.bits} bits, range [-${limit}, ${limit}), ${origin}, saturated`;
}
