import { exportOnnx, type OnnxDialect, onnxDialects, type OnnxExport } from "../interop/exportOnnx.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { table, thousands } from "../display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";
import { checkOptions, requireOneOf, shown } from "../experiment/options.js";

/** Options of `run.exportOnnx()`. */
export interface OnnxOptions {
  /**
   * "onnx": whole sequences, weights as numbers, ONNX's LSTM and GRU where they compute the same. "qonnx": one timestep,
   * quantised matrices as codes times scales with QONNX's datatypes. Default "onnx".
   */
  dialect?: OnnxDialect;
  /** Replace an existing file. Default false: an existing file is an error. */
  overwrite?: boolean;
}

/** The ONNX file that an export wrote. */
export class OnnxFile implements Displayable {
  constructor(private readonly written: OnnxExport) {}

  /** Absolute. */
  get file(): string {
    return this.written.file;
  }

  [displaySymbol](): MimeBundle {
    const { file, dialect, bytes, inputs, outputs } = this.written;
    return table("ONNX file", [
      ["file", file],
      ["dialect", dialect],
      ["bytes", thousands(bytes)],
      ["inputs", inputs.join(", ")],
      ["outputs", outputs.join(", ")],
    ]);
  }
}

/** @throws TypeError for arguments that are none, OnnxExportError where the file cannot be written */
export async function writeOnnx(model: DeployedModel, name: string, file: string, options: OnnxOptions): Promise<OnnxFile> {
  const { dialect = "onnx", overwrite } = checkOptions("run.exportOnnx", options, { dialect: true, overwrite: true });
  requireOneOf("run.exportOnnx", dialect, onnxDialects);
  if (typeof file !== "string" || file === "") {
    throw new TypeError(`run.exportOnnx() takes the name of a file to write, run.exportOnnx("model.onnx"), not ${shown(file)}`);
  }
  return new OnnxFile(await exportOnnx(model, { file, dialect, overwrite, name }));
}
