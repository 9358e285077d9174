import path from "node:path";
import { generateAccelerator } from "../hardware/rtl/generate.js";
import type { GeneratedAccelerator } from "../hardware/rtl/generate.js";
import { chipOptions } from "./chipOptions.js";
import { type Command, type CommandLine, positiveInteger, type Report } from "./command.js";
import { hardwareSubject } from "./hardwareSubject.js";
import { randomOptions } from "./randomOptions.js";

const defaultSteps = 50;

export const rtlCommand: Command = {
  summary: "Writes a run's accelerator in Verilog, with its ROM files and a testbench of the run's own data, whole or not at all.",
  guide: "from-run-to-verilog",
  operands: [{ name: "RUN", description: "directory of a finished run; or --random", isOptional: true }],
  options: {
    out: { value: "DIR", description: "the folder to write", isRequired: true },
    steps: { value: "N", description: `timesteps of the testbench; default ${defaultSteps}` },
    overwrite: { description: "replace an earlier accelerator in that folder" },
    ...chipOptions,
    ...randomOptions,
  },
  work: writeAccelerator,
};

async function writeAccelerator(line: CommandLine): Promise<Report> {
  const { values, switches } = line;
  const steps = positiveInteger("steps", values.steps ?? String(defaultSteps));
  const { chip, sequences } = await hardwareSubject(line, "rtl", steps);
  const written = await generateAccelerator(chip.fixed, sequences, {
    folder: path.resolve(values.out!),
    macUnits: chip.macUnits,
    model: chip.model,
    overwrite: switches.has("overwrite"),
    origin: chip.name,
  });
  const { dir, files, timesteps, scheduleCycles } = written;
  return { text: inWords(written), json: { dir, files, steps: timesteps, scheduleCycles } };
}

function inWords({ dir, files, timesteps, scheduleCycles }: GeneratedAccelerator): string {
  return [
    `Wrote ${files.length} files to ${dir}; README.md there tells how to simulate and synthesise.`,
    `The testbench runs ${timesteps} timesteps, ${scheduleCycles} cycles by the schedule.`,
  ].join("\n");
}
