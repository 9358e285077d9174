import { writeFile } from "node:fs/promises";
import { fpgaFamilies, type FpgaFamily } from "../hardware/report/fpga.js";
import { hardwareReport } from "../hardware/report/hardwareReport.js";
import { reportMarkdown } from "../hardware/report/reportText.js";
import { chipOptions, clockOption } from "./chipOptions.js";
import type { Command, CommandLine, Report } from "./command.js";
import { hardwareSubject } from "./hardwareSubject.js";
import { oneOf, randomOptions } from "./randomOptions.js";

/** Timesteps that are looked at: of the validation part, and of a random network, whose cell states they also calibrate. */
const timestepsOf = { run: 1000, random: 50 } as const;

export const reportCommand: Command = {
  summary: "Synthesises a run's accelerator and tells its memory, area, timing, energy and FPGA resources, each with its source.",
  operands: [{ name: "RUN", description: "directory of a finished run; or --random", isOptional: true }],
  options: {
    liberty: { value: "FILE", description: "standard cells of your own; default OSU 0.18 µm (Debian: qflow-tech-osu018)" },
    clock: clockOption,
    fpga: { value: "LIST", description: `from ${fpgaFamilies.join(",")}, or all, or none; default ice40` },
    place: { description: "also place and route for iCE40, which takes minutes for all but small networks" },
    out: { value: "FILE", description: "also write the report as Markdown" },
    overwrite: { description: "replace an existing file" },
    ...chipOptions,
    ...randomOptions,
  },
  work: report,
};

async function report(line: CommandLine): Promise<Report> {
  const { values, switches } = line;
  const options = {
    fpga: readFamilies(values.fpga),
    liberty: values.liberty,
    place: switches.has("place"),
  };
  const timesteps = timestepsOf[values.random === undefined ? "run" : "random"];
  const { chip, sequences } = await hardwareSubject(line, "report", timesteps);
  const { fixed, macUnits, clockMegahertz } = chip;
  const onProgress = (message: string): void => void process.stderr.write(`${message}\n`);
  const found = await hardwareReport(fixed, { ...options, macUnits, clockMegahertz, sequences, onProgress });
  const text = reportMarkdown(found);
  if (values.out !== undefined) {
    await save(values.out, text, switches.has("overwrite"));
  }
  return { text: text.trimEnd(), json: { ...found } };
}

async function save(file: string, text: string, overwrite: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: overwrite ? "w" : "wx" });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw isThere ? new Error(`${file} exists; name another file, or add --overwrite.`, { cause: error }) : error;
  }
}

function readFamilies(list = "ice40"): readonly FpgaFamily[] {
  switch (list) {
    case "all":
      return fpgaFamilies;
    case "none":
      return [];
    default:
      return list.split(",").map((name) => oneOf("fpga", name.trim(), fpgaFamilies));
  }
}
