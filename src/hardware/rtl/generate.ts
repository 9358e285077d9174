import path from "node:path";
import * as z from "zod";
import { version } from "../../../package.json";
import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { type NameOption, RefusedError } from "../optionError.js";
import { writeFolder } from "../rom/atomicFolder.js";
import { isOnlyExport } from "../rom/earlierExport.js";
import { writeErrorText } from "../rom/writeErrorText.js";
import { acceleratorFiles, testbenchFiles } from "./acceleratorFiles.js";
import { acceleratorReadme } from "./readme.js";

/** The accelerator could not be written; nothing was left behind. The message names the folder, the cause and the remedy. */
export class AcceleratorExportError extends RefusedError {
  override readonly name = "AcceleratorExportError";
}

export interface GenerateOptions {
  readonly folder: string;
  readonly macUnits: number;
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
 * Writes Verilog, ROM files, and a testbench with the vectors of these sequences into a folder, whole or not at all.
 * @throws AcceleratorExportError; RangeError for sequences without a timestep
 */
export async function generateAccelerator(
  model: FixedModel,
  sequences: readonly Sequence[],
  { folder, macUnits, overwrite = false, origin }: GenerateOptions,
): Promise<GeneratedAccelerator> {
  const bench = testbenchFiles(model, macUnits, sequences);
  const { timesteps, scheduleCycles } = bench;
  const files = new Map([...acceleratorFiles(model, macUnits, origin), ...bench.files]);
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
      for (const [name, text] of files) {
        await target.write(name, text);
      }
      await target.write(indexName, `${JSON.stringify(index, null, 2)}\n`);
      await target.write(readmeName, acceleratorReadme(model, { macUnits, timesteps, scheduleCycles, origin }));
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
