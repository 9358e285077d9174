import { readSource } from "../interop/sources/readSource.js";
import type { SourceWeights } from "../rnn/sourceWeights.js";
import type { CommandLine, Report } from "./command.js";

/** The endings of files that hold a network. */
export const modelEndings: readonly string[] = [".safetensors", ".pt", ".pth", ".keras", ".h5", ".onnx"];

/** Tells which network a file holds, and with which cell it is imported. */
export async function describeModel(file: string, values: CommandLine["values"]): Promise<Report> {
  const ignore = values.ignore?.split(",").filter((name) => name !== "") ?? [];
  const { format, weights } = await readSource(file, { ignore });
  const { cell, resetAfter, embedding, layers, dense } = weights;
  const json = {
    file,
    format,
    cell,
    ...(resetAfter !== undefined && { resetAfter }),
    ...(embedding && { embedding: { symbols: embedding.symbols, units: embedding.units } }),
    layers: layers.map(({ inputs, units }) => ({ inputs, units })),
    ...(dense && { dense: { inputs: dense.inputs, outputs: dense.outputs } }),
  };
  return { text: inWords(file, format, weights), json };
}

function inWords(file: string, format: string, { cell, resetAfter, embedding, layers, dense }: SourceWeights): string {
  const reset = resetAfter === undefined ? "" : `, reset: "${resetAfter ? "after" : "before"}"`;
  const word = `tl.${cell}`;
  return [
    `${file}: ${format}`,
    ...(embedding ? [`  embedding  ${embedding.symbols} symbols, ${embedding.units} units`] : []),
    ...layers.map(({ inputs, units }, index) => `  layer ${index + 1}    ${inputs} inputs, ${units} units: ${word}({ units: ${units}${reset} })`),
    dense ? `  dense      ${dense.inputs} inputs, ${dense.outputs} outputs` : "  no dense layer: the outputs are the last hidden state",
    `In a cell: await tl.importModel(${JSON.stringify(file)})`,
  ].join("\n");
}
