import { modelInputs } from "../fixedModel.js";
import type { FixedLayer, FixedModel } from "../fixedModel.js";
import { realValue } from "../fixedPoint.js";
import { arrayInWords, inputBits } from "./accelerator.js";
import { fillTemplate } from "./template.js";
import readme from "./templates/README.md";

interface ReadmeFacts {
  readonly macUnits: number;
  readonly timesteps: number;
  readonly scheduleCycles: number;
  readonly origin?: string;
}

/** How to simulate, synthesise and feed the accelerator, for the engineer who opens the folder. */
export function acceleratorReadme(model: FixedModel, { macUnits, timesteps, scheduleCycles, origin }: ReadmeFacts): string {
  const { layers, formats, tables } = model;
  const [first] = layers as [FixedLayer];
  const last = layers.at(-1)!;
  const step = (fractionBits: number): string => `2^-${fractionBits}`;
  return fillTemplate(readme, {
    origin: origin === undefined ? "" : ` of ${origin}`,
    array: arrayInWords(macUnits, model.columnsPerCycle),
    layers: layers.map((layer, index) => `- layer ${index}: ${layerInWords(layer)}`).join("\n"),
    inputBits: inputBits(model),
    input:
      first.inputKind === "one-hot"
        ? `the number of one of ${modelInputs(model)} symbols, one beat a timestep`
        : `${first.inputs} beats a timestep, signed integers times ${step(first.inputFormat.fractionBits)}`,
    outputBits: formats.hidden.bits,
    output: `${last.units} beats a timestep: h of the last layer, signed integers times ${step(formats.hidden.fractionBits)}`,
    cells: layers.map((layer, index) => `| layer ${index}: cell state | ${cellInWords(layer)} |`).join("\n"),
    preactivation: `${formats.preactivation.bits} bits, times ${step(formats.preactivation.fractionBits)}, saturated`,
    sums: layers.map((layer, index) => `| layer ${index}: recurrent and input sums | ${layer.bits.recurrentSum} and ${layer.bits.inputSum} bits, no overflow possible |`).join("\n"),
    table: `${tables.tanh.entries} words, ${tables.tanh.segmentBits === 0 ? "no interpolation" : "linear interpolation"}; error at most ${tables.sigmoid.errorBound.toExponential(1)} (sigmoid), ${tables.tanh.errorBound.toExponential(1)} (tanh)`,
    timesteps,
    scheduleCycles,
  });
}

function layerInWords({ cell, units, inputs, inputKind, recurrentWeights }: FixedLayer): string {
  return `${cell.toUpperCase()}, ${units} units, ${inputs} ${inputKind === "one-hot" ? "symbols" : "features"}, ${recurrentWeights.precision} weights`;
}

function cellInWords(layer: FixedLayer): string {
  if (layer.cell === "gru") {
    return "none";
  }
  const { cellFormat, cellRange } = layer;
  const limit = realValue(2 ** (cellFormat.bits - 1), cellFormat);
  return `${cellFormat.bits} bits, range [-${limit}, ${limit}), ${cellRange}, saturated`;
}
