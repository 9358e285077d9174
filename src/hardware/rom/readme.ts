import { markdownText } from "../../text/markdown.js";
import { cells } from "../cells/cells.js";
import type { CellRange } from "../fixedModel.js";
import { rangeOf, type FixedPoint } from "../fixedPoint.js";
import type { Precision } from "../schedule/shape.js";
import type { EncodingName } from "./encoding.js";
import { type RomFormat, romFormats } from "../../romFormats/romFormats.js";
import type { RomManifest, RomManifestImage } from "./manifest.js";
import { manifestName } from "./manifest.js";
import { memoryTable } from "./memory.js";
import { wordPicture } from "./wordPicture.js";

export const readmeName = "README.md";

type Layer = RomManifest["model"]["layers"][number];

/** How to load each exported format, for the person who opens the folder. */
export function romReadme(manifest: RomManifest): string {
  const { model, macUnits, images, memory } = manifest;
  const example = images.find(({ name }) => /recurrent_weights(_bank0)?$/.test(name)) ?? images[0]!;
  const formats = [...new Set(example.files.map(({ format }) => format))];
  return `# ROM images${manifest.source.name === undefined ? "" : ` of ${markdownText(manifest.source.name)}`}

For ${macUnits} MAC units:

${model.layers.map((layer, index) => `- ${layerInWords(layer, index)}`).join("\n")}

\`${manifestName}\` is the contract: encoding, packing, fixed-point format and SHA-256 of every file, and for each layer the
widths, shifts and ranges of its arithmetic. This folder is all that another implementation needs: read the arithmetic below, then
compare with the golden vectors.

In real numbers:

    ${model.equations.join("\n    ")}

## Arithmetic

${model.rules.map((rule) => `- ${rule}`).join("\n")}

A timestep, line by line, j counting gate rows and u units:

${model.layers.map(stepsInWords).join("\n\n")}

${tablesInWords(manifest)}

## Host

${hostInWords(manifest)}

## Golden vectors

${goldenInWords(manifest)}

## Images

| image | words | bits | content |
|---|---|---|---|
${images.map(imageRow).join("\n")}

One word of a weight image holds the weights that the ${macUnits} MAC units read in one cycle, ${lanesInWords(manifest)}. In
${example.name}${example.packing.bank ? `, one of the ${example.packing.bank.of} banks that a word is split into` : ""}:

${wordPicture(example)}

Which weight is where: ${example.packing.formula}. The formula of every image is in the manifest.

${weightImages(images).map(weightMeaning).filter(isFirst).join(" ")}${otherLayoutNote(manifest)}

| memory | |
|---|---|
${memoryTable(memory)
  .map(([part, bits]) => `| ${part} | ${bits} |`)
  .join("\n")}

${formats.map((format) => romFormats[format].howToLoad(example, fileOf(example, format))).join("\n")}`;
}

function layerInWords(layer: Layer, index: number): string {
  const { units, inputs, inputKind, precision, gateOrder } = layer;
  const weights = weightsInWords(precision);
  const name = `${cells[layer.cell].name}${"reset" in layer ? ` (reset ${layer.reset} the product)` : ""}`;
  return (
    `layer ${index}: ${name}, ${units} units, ${inputs} ${inputKind} inputs, ${weights} weights; ` +
    `gate rows count through the blocks ${gateOrder.join(", ")} of ${units} rows each${"cellFormat" in layer ? rangeInWords("cell state", layer.cellFormat, layer.cellRange) : ""}` +
    ("hiddenFormat" in layer ? rangeInWords("hidden state", layer.hiddenFormat, layer.hiddenRange) : "")
  );
}

const rangesInWords = { calibrated: "was calibrated on data", trained: "it was trained with", assumed: "was assumed, not seen on data" } as const;

function rangeInWords(state: string, format: FixedPoint, origin: CellRange): string {
  const limit = rangeOf(format);
  return `; ${state} in [-${limit}, ${limit}), a range that ${rangesInWords[origin]}`;
}

function weightsInWords(precision: { input: Precision; recurrent?: Precision }): string {
  const { input, recurrent = input } = precision;
  return input === recurrent ? input : `${input} input and ${recurrent} recurrent`;
}

function stepsInWords({ steps }: Layer, index: number): string {
  return `    layer ${index}\n${steps.map((step) => `    ${step}`).join("\n")}`;
}

const readoutInWords = {
  "every-timestep": "at every timestep",
  "last-timestep": "at the last timestep of a sequence",
} as const;

/** What comes before and after the accelerator. */
function hostInWords({ host: { output, embedding } }: RomManifest): string {
  const parts = [
    embedding && `Word vectors are in \`${embedding.vectors.path}\` (${embedding.vectors.type}): ${embedding.equation}.`,
    output &&
      `The output layer stays in floating point: \`${output.weights.path}\` and \`${output.bias.path}\` (${output.weights.type}), read ` +
        `${readoutInWords[output.readout]}: ${output.equation}. The names of its outputs are in the manifest.`,
  ].filter((text) => text !== undefined);
  return parts.length === 0 ? "The host has nothing to compute: this network has no output layer." : parts.join("\n\n");
}

function goldenInWords({ golden }: RomManifest): string {
  const files = golden.layers.flatMap(({ hidden, cell, gates }) => [hidden, ...(cell ? [cell] : []), gates]).map((file) => `\`${file.path}\``);
  const logits =
    golden.logits === undefined ? "" : ` \`${golden.logits.path}\` has the logits, in double precision, the bias first and then a unit after the other.`;
  return `${golden.timesteps} timesteps of ${golden.origin}: inputs as integers in \`${golden.inputs.path}\`; a 1 in \`${golden.restarts.path}\` where a sequence
begins; h, c and gates after each timestep in ${files.join(", ")}.${logits}`;
}

function tablesInWords({ tables, images }: RomManifest): string {
  return tables
    .filter(({ name }) => images.some((image) => image.name === `${name}_table`))
    .map(({ name, entries, interpolation, output, errorBound }) => {
      const between = interpolation === "linear" ? ", linear between them" : "";
      const steps = (errorBound * 2 ** output.fractionBits).toFixed(2);
      return `${name}: table of ${entries} words${between}; at most ${errorBound.toPrecision(3)} (${steps} steps of the result) from the function.`;
    })
    .join("  \n");
}

function weightImages(images: readonly RomManifestImage[]): RomManifestImage[] {
  return images.filter(({ packing }) => packing.order[0] === "row group");
}

function isFirst(text: string, index: number, texts: readonly string[]): boolean {
  return texts.indexOf(text) === index;
}

function weightMeaning({ encoding, fixedPoint }: RomManifestImage): string {
  return fixedPoint === undefined
    ? encodingMeaning[encoding.name]
    : "A full-precision weight is fixed point in two's complement; its format is in the manifest.";
}

const encodingMeaning: Record<EncodingName, string> = {
  "sign-bit": "A binary weight is one bit: 0 = -1, 1 = +1.",
  "sign-bit-inverted": "A binary weight is one bit: 0 = +1, 1 = -1.",
  "twos-complement": "A ternary weight is two bits, two's complement: 00 = 0, 01 = +1, 11 = -1.",
  "sign-nonzero": "A ternary weight is two bits, the upper for not zero, the lower for the sign: 00 = 0, 10 = +1, 11 = -1.",
  "one-hot": "A ternary weight is two bits, one for each sign: 00 = 0, 01 = +1, 10 = -1.",
  "base3": "Five ternary weights t0 to t4 are eight bits: the sum of (t + 1) * 3^k, lane 5j + k being t of k.",
};

/** Which weight a lane holds. */
function lanesInWords({ columnsPerCycle = 1, model }: RomManifest): string {
  if (columnsPerCycle === 1) {
    return "lane k that of unit k";
  }
  const symbols = model.input.kind === "one-hot" ? "; of a symbol's weights each unit reads one, in lane k" : "";
  return `each for ${columnsPerCycle} columns: lane ${columnsPerCycle} k + j that of unit k for column j of the word${symbols}`;
}

/** A reader of the generated Verilog must not take these files for its own. */
function otherLayoutNote({ images, model, maxWidth }: RomManifest): string {
  const own = ["sign-bit", "twos-complement"];
  const isOwn =
    maxWidth === undefined &&
    images.every(({ encoding, packing }) => own.includes(encoding.name) && packing.bitOrder === "lsb-first") &&
    model.layers.every(({ cell, gateOrder }) => gateOrder.join("") === cells[cell].gates.join(""));
  return isOwn ? "" : "\n\nThe generated Verilog reads another layout than this one; the memory below is counted in that.";
}

function imageRow({ name, depth, width, role, fixedPoint }: RomManifestImage): string {
  const format = fixedPoint === undefined ? "" : `; integer * 2^${-fixedPoint.fractionBits}`;
  return `| ${name} | ${depth} | ${width} | ${role}${format} |`;
}

function fileOf(image: RomManifestImage, format: RomFormat): string {
  return image.files.find((file) => file.format === format)!.path;
}
