import type { RomFormat } from "./formats.js";
import { howToLoad } from "./howToLoad.js";
import type { RomManifest, RomManifestImage } from "./manifest.js";
import { manifestName } from "./manifest.js";
import { memoryTable } from "./memory.js";

export const readmeName = "README.md";

type Layer = RomManifest["model"]["layers"][number];

/** How to load each exported format, for the person who opens the folder. */
export function romReadme(manifest: RomManifest): string {
  const { model, macUnits, images, memory } = manifest;
  const example = images.find(({ name }) => name.endsWith("recurrent_weights")) ?? images[0]!;
  const formats = [...new Set(example.files.map(({ format }) => format))];
  return `# ROM images${manifest.source.name === undefined ? "" : ` of ${manifest.source.name}`}

For ${macUnits} MAC units:

${model.layers.map((layer, index) => `- ${layerInWords(layer, index)}`).join("\n")}

\`${manifestName}\` is the contract: encoding, packing, fixed-point format and SHA-256 of every file, and for each layer the
widths, shifts and ranges of its arithmetic. The softmax layer is not among the images${embeddingNote(manifest)}.

    ${model.equations.join("\n    ")}

${tablesInWords(manifest)}

| image | words | bits | content |
|---|---|---|---|
${images.map(imageRow).join("\n")}

One word of a weight image holds the weights that the ${macUnits} MAC units read in one cycle, unit 0 in the least
significant bits. ${precisionsOf(model.layers).map((precision) => weightMeaning[precision]).join(" ")}

| memory | |
|---|---|
${memoryTable(memory)
  .map(([part, bits]) => `| ${part} | ${bits} |`)
  .join("\n")}

${formats.map((format) => howToLoad[format](example, fileOf(example, format))).join("\n")}`;
}

function layerInWords(layer: Layer, index: number): string {
  const { units, inputs, inputKind, precision, gateOrder } = layer;
  const weights = precision.input === precision.recurrent ? precision.recurrent : `${precision.input} input and ${precision.recurrent} recurrent`;
  const name = layer.cell === "lstm" ? "LSTM" : `GRU (reset ${layer.reset} the product)`;
  return (
    `layer ${index}: ${name}, ${units} units, ${inputs} ${inputKind} inputs, ${weights} weights; ` +
    `gate rows count through the blocks ${gateOrder.join(", ")} of ${units} rows each${layer.cell === "lstm" ? cellInWords(layer) : ""}`
  );
}

function cellInWords({ cellFormat, cellRange }: Extract<Layer, { cell: "lstm" }>): string {
  const limit = 2 ** (cellFormat.bits - 1 - cellFormat.fractionBits);
  return `; cell state in [-${limit}, ${limit}), a range that was ${cellRange === "calibrated" ? "calibrated on data" : "assumed, not seen on data"}`;
}

function embeddingNote({ model: { input } }: RomManifest): string {
  return input.kind === "embedding" ? ", nor are the word vectors that come before the first layer" : "";
}

function tablesInWords({ tables }: RomManifest): string {
  return tables
    .map(({ name, entries, interpolation, output, errorBound }) => {
      const between = interpolation === "linear" ? ", linear between them" : "";
      const steps = (errorBound * 2 ** output.fractionBits).toFixed(2);
      return `${name}: table of ${entries} words${between}; at most ${errorBound.toPrecision(3)} (${steps} steps of the result) from the function.`;
    })
    .join("  \n");
}

type Precision = Layer["precision"]["input"];

function precisionsOf(layers: readonly Layer[]): Precision[] {
  return [...new Set(layers.flatMap(({ precision }) => [precision.input, precision.recurrent]))];
}

const weightMeaning: Record<Precision, string> = {
  binary: "A binary weight is one bit: 0 = -1, 1 = +1.",
  ternary: "A ternary weight is two bits, two's complement: 00 = 0, 01 = +1, 11 = -1.",
  full: "A full-precision weight is fixed point in two's complement; its format is in the manifest.",
};

function imageRow({ name, depth, width, role, fixedPoint }: RomManifestImage): string {
  const format = fixedPoint === undefined ? "" : `; integer * 2^${-fixedPoint.fractionBits}`;
  return `| ${name} | ${depth} | ${width} | ${role}${format} |`;
}

function fileOf(image: RomManifestImage, format: RomFormat): string {
  return image.files.find((file) => file.format === format)!.path;
}
