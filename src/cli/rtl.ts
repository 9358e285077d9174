import path from "node:path";
import { fixedModel } from "../hardware/fixModel.js";
import { generateAccelerator } from "../hardware/rtl/generate.js";
import type { GeneratedAccelerator } from "../hardware/rtl/generate.js";
import { type Command, type CommandLine, positiveInteger, type Report, UsageError } from "./command.js";
import { fixedOptions, readFixedOptions, readMacUnits } from "./fixedOptions.js";
import { hardwareSubject } from "./hardwareSubject.js";
import { randomOptions } from "./randomOptions.js";

const defaultSteps = 50;

export const rtlCommand: Command = {
  summary: "Writes a run's accelerator in Verilog, with its ROM files and a testbench of the run's own data, whole or not at all.",
  operands: [{ name: "RUN", description: "directory of a finished run; or --random", isOptional: true }],
  options: {
    out: { value: "DIR", description: "folder to write" },
    steps: { value: "N", description: `timesteps of the testbench; default ${defaultSteps}` },
    overwrite: { description: "replace an earlier accelerator in that folder" },
    ...fixedOptions,
    ...randomOptions,
  },
  work: writeAccelerator,
};

async function writeAccelerator(line: CommandLine): Promise<Report> {
  const { values, switches } = line;
  if (values.out === undefined) {
    throw new UsageError("rtl needs --out DIR: the folder to write.");
  }
  const steps = positiveInteger("steps", values.steps ?? String(defaultSteps));
  const { model, sequences, calibration, precision, origin } = await hardwareSubject(line, "rtl", steps);
  const fixed = fixedModel(model, { ...readFixedOptions(values), calibration, precision });
  const written = await generateAccelerator(fixed, sequences, {
    folder: path.resolve(values.out),
    macUnits: readMacUnits(values),
    model,
    overwrite: switches.has("overwrite"),
    origin,
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
