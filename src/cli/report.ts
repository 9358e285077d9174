import { writeFile } from "node:fs/promises";
import { fpgaFamilies, type FpgaFamily } from "../hardware/report/fpgaFamilies.js";
import { hardwareReport } from "../hardware/report/hardwareReport.js";
import { assumedMemoryTiming, type MemoryTiming } from "../hardware/report/memoryCells.js";
import { reportMarkdown } from "../hardware/report/reportText.js";
import { chipOptions } from "./chipOptions.js";
import { type Command, type CommandLine, oneOf, type Report, UsageError } from "./command.js";
import { hardwareSubject } from "./hardwareSubject.js";
import { randomOptions } from "./randomOptions.js";
import { tell } from "./terminal.js";

/** Timesteps that are looked at: of the validation part, and of a random network, whose cell states they also calibrate. */
const timestepsOf = { run: 1000, random: 50 } as const;

export const reportCommand: Command = {
  summary: "Synthesises a run's accelerator and tells its memory, area, timing, energy and FPGA resources, each with its source.",
  guide: "from-run-to-verilog",
  operands: [{ name: "RUN", description: "directory of a finished run; or --random", isOptional: true }],
  options: {
    liberty: { value: "FILE", description: "standard cells of your own; default OSU 0.18 µm (Debian: qflow-tech-osu018)" },
    clock: { value: "MHZ", description: "clock of throughput and power; default the highest that the report finds" },
    "memory-access": { value: "NS", description: `from the clock to a memory's word, of every path that begins there; default ${assumedMemoryTiming.accessNanoseconds}, assumed` },
    "memory-setup": { value: "NS", description: `setup of a memory's inputs; default ${assumedMemoryTiming.setupNanoseconds}, assumed` },
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
    memory: readMemoryTiming(values),
    fpga: readFamilies(values.fpga),
    liberty: values.liberty,
    place: switches.has("place"),
  };
  const timesteps = timestepsOf[values.random === undefined ? "run" : "random"];
  const { chip, sequences } = await hardwareSubject(line, "report", timesteps);
  const { fixed, macUnits, clockMegahertz } = chip;
  const onProgress = (message: string): void => tell(message);
  const found = await hardwareReport(fixed, { ...options, macUnits, clockMegahertz, host: chip.model.host, sequences, onProgress });
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

function readMemoryTiming(values: CommandLine["values"]): MemoryTiming {
  const nanoseconds = (option: string, assumed: number): number => {
    const text = values[option];
    const time = text === undefined ? assumed : Number(text);
    if (text?.trim() === "" || !Number.isFinite(time) || time < 0) {
      throw new UsageError(`--${option} ${text}: give a time in ns from 0.`);
    }
    return time;
  };
  return {
    accessNanoseconds: nanoseconds("memory-access", assumedMemoryTiming.accessNanoseconds),
    setupNanoseconds: nanoseconds("memory-setup", assumedMemoryTiming.setupNanoseconds),
  };
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
