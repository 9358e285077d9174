import path from "node:path";
import * as z from "zod";
import { version } from "../../../package.json";
import type { AcceleratorModel } from "../acceleratorModel.js";
import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { type NameOption, RefusedError } from "../../text/optionError.js";
import { writeFolder } from "../../files/atomicFolder.js";
import { isOnlyExport } from "../rom/earlierExport.js";
import { generatedLayout } from "../rom/layout.js";
import { manifestName, parseRomManifest } from "../rom/manifest.js";
import { romFolder } from "../rom/romFolder.js";
import { writeErrorText } from "../../files/writeErrorText.js";
import { defaultRomFolder } from "./accelerator.js";
import { acceleratorFiles, testbenchFiles } from "./acceleratorFiles.js";
import { acceleratorReadme } from "./readme.js";

/** The accelerator could not be written; nothing was left behind. The message names the folder, the cause and the remedy. */
export class AcceleratorExportError extends RefusedError {
  override readonly name = "AcceleratorExportError";
}

export interface GenerateOptions {
  readonly folder: string;
  readonly macUnits: number;
  /** What the integers round, and what the host computes beside them. */
  readonly model: AcceleratorModel;
  /** Replace an earlier accelerator in the folder. Default false. */
  readonly overwrite?: boolean;
  /** What the model comes from, for headers and README. */
  readonly origin?: string;
}

/** What was written; absolute paths. */
export interface GeneratedAccelerator {
  readonly dir: string;
  /** Without the index and the README. */
  readonly files: readonly string[];
  readonly timesteps: number;
  readonly scheduleCycles: number;
}

const indexName = "accelerator.json";
const readmeName = "README.md";

const indexSchema = z.object({
  kind: z.literal("tritloom-accelerator"),
  version: z.literal(1),
  tool: z.object({ name: z.string(), version: z.string() }),
  macUnits: z.number(),
  timesteps: z.number(),
  scheduleCycles: z.number(),
  files: z.array(z.string()),
});
type AcceleratorIndex = z.infer<typeof indexSchema>;

const marks = { index: indexName, readme: readmeName, filesOf: listedFiles };

/**
 * Writes Verilog, the folder of a ROM export, and a testbench with the vectors of these sequences into a folder, whole or not at all.
 * @throws AcceleratorExportError; RangeError for sequences without a timestep
 */
export async function generateAccelerator(
  fixed: FixedModel,
  sequences: readonly Sequence[],
  { folder, macUnits, model, overwrite = false, origin }: GenerateOptions,
): Promise<GeneratedAccelerator> {
  const bench = testbenchFiles(fixed, macUnits, sequences);
  const { timesteps, scheduleCycles } = bench;
  const golden = { origin: "the testbench's input", sequences };
  const source = origin === undefined ? {} : { name: origin };
  const rom = romFolder({ model, fixed, macUnits, formats: ["mem"], layout: generatedLayout, source, golden });
  const files = new Map<string, string | Uint8Array>([...acceleratorFiles(fixed, macUnits, origin), ...bench.files]);
  for (const { name, content } of rom) {
    files.set(`${defaultRomFolder}${name}`, content);
  }
  const { images } = parseRomManifest(String(files.get(`${defaultRomFolder}${manifestName}`)))!;
  const names = [...files.keys()];
  const index: AcceleratorIndex = {
    kind: "tritloom-accelerator",
    version: 1,
    tool: { name: "tritloom", version },
    macUnits,
    timesteps,
    scheduleCycles,
    files: names,
  };
  const remedy = (name: NameOption): string =>
    overwrite
      ? "Only a folder with nothing but an earlier accelerator is overwritten; choose another folder."
      : `Choose another folder, or allow overwriting (${name("overwrite")}).`;
  try {
    const dir = await writeFolder(folder, { mayReplace: async (existing) => overwrite && (await isOnlyExport(existing, marks)), remedy }, async (target) => {
      for (const [name, content] of files) {
        await target.write(name, content);
      }
      await target.write(indexName, `${JSON.stringify(index, null, 2)}\n`);
      await target.write(readmeName, acceleratorReadme(fixed, { macUnits, timesteps, scheduleCycles, images, origin }));
    });
    return { dir, files: names.map((name) => path.join(dir, name)), timesteps, scheduleCycles };
  } catch (error) {
    throw new AcceleratorExportError((name) => `Cannot write an accelerator to ${folder}: ${writeErrorText(error, name)}`, { cause: error });
  }
}

function listedFiles(index: string): readonly string[] | undefined {
  try {
    return indexSchema.safeParse(JSON.parse(index)).data?.files;
  } catch {
    return undefined;
  }
}
