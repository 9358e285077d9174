import path from "node:path";
import { exportOnnx, type OnnxExport } from "../interop/exportOnnx.js";
import { shippedModel } from "../runs/shippedModel.js";
import type { Command, CommandLine, Report } from "./command.js";
import { openNamedRun } from "./openedRun.js";

export const onnxCommand: Command = {
  summary: "Writes the model of a finished run as an ONNX file, whole or not at all.",
  operands: [{ name: "RUN", description: "directory of a finished run" }],
  options: {
    out: { value: "FILE", description: "file to write; default model.onnx, or model.qonnx.onnx, in the run's directory" },
    qonnx: { description: "one timestep with QONNX's datatypes of the quantised weights, instead of whole sequences" },
    overwrite: { description: "replace an existing file" },
  },
  work: exportRun,
};

async function exportRun({ operands, values, switches }: CommandLine): Promise<Report> {
  const run = await openNamedRun(operands[0]!);
  const dialect = switches.has("qonnx") ? "qonnx" : "onnx";
  const file = values.out ?? path.join(run.dir, dialect === "qonnx" ? "model.qonnx.onnx" : "model.onnx");
  const options = { file, dialect, overwrite: switches.has("overwrite"), name: run.spec.name } as const;
  const exported = await exportOnnx(await shippedModel(run), options);
  return { text: inWords(exported), json: { ...exported } };
}

function inWords({ file, dialect, bytes, inputs, outputs }: OnnxExport): string {
  return [`Wrote ${file}, ${bytes} bytes, dialect ${dialect}`, `  inputs   ${inputs.join(", ")}`, `  outputs  ${outputs.join(", ")}`].join("\n");
}
