import { createReadStream } from "node:fs";
import path from "node:path";
import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { acceleratorFiles, testbenchFiles } from "../rtl/acceleratorFiles.js";
import { otherFormat } from "./otherWaveforms.js";
import { simulate } from "./simulators.js";
import type { SimulatorName } from "./simulators.js";
import { traceLayout } from "./trace.js";
import type { Trace, TraceEvent, TraceLayout } from "./trace.js";
import { VcdError } from "./vcd.js";
import { vcdTrace } from "./vcdTrace.js";
import { writeFiles } from "../../files/writeFiles.js";

const dump = "accelerator.vcd";

/**
 * Simulates the generated accelerator in a folder and traces what it did, also where it differs from the integer model.
 * @param folder to which files are written; it must last until the trace is read
 * @throws MissingToolError, SimulationError
 */
export async function simulatorTrace(name: SimulatorName, folder: string, model: FixedModel, macUnits: number, sequences: readonly Sequence[]): Promise<Trace> {
  const { files, scheduleCycles } = testbenchFiles(model, macUnits, sequences);
  await writeFiles(folder, acceleratorFiles(model, macUnits));
  await writeFiles(folder, files);
  await simulate(name, folder, scheduleCycles, { plusArguments: ["+trace"] });
  return vcdFileTrace(path.join(folder, dump), traceLayout(model));
}

/**
 * The accelerator's signals in a value change dump of whatever testbench.
 * @param scope end of the accelerator's path, where the dump has several
 * @throws VcdError that names the file, while it is read
 */
export async function* vcdFileTrace(file: string, layout: TraceLayout, scope?: string): AsyncIterable<TraceEvent> {
  const chunks = createReadStream(file, { encoding: "latin1", highWaterMark: 2 ** 20 });
  try {
    yield* vcdTrace(layout, textOnly(file, chunks as AsyncIterable<string>), scope);
  } catch (error) {
    throw error instanceof VcdError ? new VcdError(`${file}: ${error.message}`, { cause: error }) : error;
  }
}

/** The same chunks, unless they are another format's. @throws VcdError that says which, and what converts it */
async function* textOnly(file: string, chunks: AsyncIterable<string>): AsyncIterable<string> {
  let isFirst = true;
  for await (const chunk of chunks) {
    const other = isFirst ? otherFormat(file, Buffer.from(chunk, "latin1")) : undefined;
    if (other !== undefined) {
      throw new VcdError(other);
    }
    isFirst = false;
    yield chunk;
  }
}
