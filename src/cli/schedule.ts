import { runPipeline } from "../jobs/runPipeline.js";
import { arrayOf } from "../hardware/chip.js";
import { networkText } from "../hardware/schedule/networkText.js";
import { summariseNetwork } from "../hardware/schedule/network.js";
import { findPreset, type Preset, presetNames } from "../hardware/schedule/presets.js";
import { type AcceleratorShape, checkShape, InvalidShapeError } from "../hardware/schedule/shape.js";
import { saveTrace, traceExtensions, TraceFileError } from "../hardware/schedule/traces/saveTrace.js";
import { chipOptions, clockOption, precisionOption, readChipOptions } from "./chipOptions.js";
import { type Command, type CommandLine, type Report, UsageError } from "./command.js";
import { openNamedRun } from "./openedRun.js";
import { shapesOf } from "./scheduleShapes.js";

export const scheduleCommand: Command = {
  summary: "Tells how many cycles the accelerator takes for a timestep, and what bounds it.",
  guide: "from-run-to-verilog",
  operands: [
    {
      name: "RUN|SPEC.json",
      description:
        'directory of a run, or a file: an experiment, {"inputs": 89, "units": 256, "precision": "ternary"}, also with ' +
        '"cell": "gru", "reset": "after", or "cell": "min-gru", or a list of these, from the input on',
    },
  ],
  options: {
    preset: { value: "NAME", description: `MAC units and clock of the paper, as remembered: ${presetNames.join(", ")}` },
    clock: clockOption,
    integers: { description: "in JSON, also the integers of one timestep of a finished run, as the pipeline panel shows them" },
    ...chipOptions,
    precision: precisionOption,
    trace: { value: "FILE", description: `write the schedule, cycle by cycle, by the name's ending: ${traceExtensions.join(", ")}` },
    from: { value: "C", description: "first cycle of the trace, counted from the first input; default 0" },
    to: { value: "C", description: "cycle before which the trace ends; default after one timestep" },
    overwrite: { description: "replace an earlier trace" },
  },
  work: schedule,
};

async function schedule({ operands, values, switches }: CommandLine): Promise<Report> {
  const [place] = operands;
  if (switches.has("integers")) {
    return integers(place!, values);
  }
  refuseIntegerOptions(values);
  const given = await shapesOf(place!);
  const presets = values.preset === undefined ? undefined : given.map(presetFor(values.preset));
  const shapes = given.map((shape, layer) => checkShape({ ...shape, ...changes(presets?.[layer], values) }));
  const summary = summariseNetwork(shapes);
  const file = await trace(shapes, values, switches.has("overwrite"));
  const [preset] = presets ?? [];
  const text = [
    ...(preset === undefined ? [] : [`${"preset".padEnd(20)} ${preset.name}, ${preset.source}`]),
    networkText(summary, preset === undefined ? "as given" : "as remembered from the paper"),
    ...(file === undefined ? [] : [`${"trace".padEnd(20)} ${file}`]),
  ];
  return { text: text.join("\n"), json: { preset: preset ?? null, schedule: summary.layers[0]!, network: summary, trace: file ?? null } };
}

/** A finished run's chip: its schedule, and the integers of one timestep. */
async function integers(place: string, values: CommandLine["values"]): Promise<Report> {
  const stray = ["preset", "trace", "from", "to"].find((option) => values[option] !== undefined);
  if (stray !== undefined) {
    throw new UsageError(`--integers tells of a run's own chip: leave --${stray} out.`);
  }
  const options = readChipOptions(values);
  const { snapshot, chip } = await runPipeline(await openNamedRun(place), options);
  const network = summariseNetwork(chip.shapes);
  const text = [networkText(network), `${"chip".padEnd(20)} ${snapshot.chip?.words ?? ""}`].join("\n");
  return { text, json: { schedule: network.layers[0]!, network, integers: snapshot } };
}

/** Options that no cycle depends on. */
function refuseIntegerOptions(values: CommandLine["values"]): void {
  const stray = ["cell-bits", "constant-bits", "table-entries", "interpolation", "delta", "calibrate", "precision"].find((option) => values[option] !== undefined);
  if (stray !== undefined) {
    throw new UsageError(`--${stray} changes the integers of a finished run, and cycles only through them: add --integers, or leave it out.`);
  }
}

type Changes = Partial<Pick<AcceleratorShape, "macUnits" | "columnsPerCycle" | "activationBits" | "clockMegahertz">>;

/** @throws UsageError, OptionError */
function changes(preset: Preset | undefined, values: CommandLine["values"]): Changes {
  const given = arrayOf(readChipOptions(values));
  if (preset === undefined) {
    return given;
  }
  const stray = (["macs", "clock"] as const).find((option) => values[option] !== undefined);
  if (stray !== undefined) {
    throw new UsageError(`--preset ${preset.name} already says ${preset.macUnits} MAC units at ${preset.clockMegahertz} MHz: leave --${stray} out.`);
  }
  return { ...given, macUnits: preset.macUnits, clockMegahertz: preset.clockMegahertz };
}

function presetFor(name: string): (shape: AcceleratorShape) => Preset {
  const known = presetNames.find((candidate) => candidate === name);
  if (known === undefined) {
    throw new UsageError(`--preset ${name} is not known; choose from ${presetNames.join(", ")}.`);
  }
  return ({ precision }) => {
    try {
      return findPreset(known, precision);
    } catch (error) {
      throw error instanceof InvalidShapeError ? new UsageError(`--preset ${name}: ${error.message}`) : error;
    }
  };
}

async function trace(shapes: readonly AcceleratorShape[], values: CommandLine["values"], overwrite: boolean): Promise<string | undefined> {
  const [from, to] = [cycle("from", values.from), cycle("to", values.to)];
  if (values.trace === undefined) {
    if (from !== undefined || to !== undefined) {
      throw new UsageError("--from and --to are cycles of a trace: add --trace FILE, or leave them out.");
    }
    return undefined;
  }
  try {
    return await saveTrace(values.trace, shapes, { ...(from !== undefined && { from }), ...(to !== undefined && { to }), overwrite });
  } catch (error) {
    if (error instanceof TraceFileError || error instanceof RangeError) {
      throw new UsageError(`--trace ${values.trace}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function cycle(option: string, value: string | undefined): number | undefined {
  if (value !== undefined && !/^\d+$/.test(value)) {
    throw new UsageError(`--${option} ${value} is no cycle; give a whole number from 0.`);
  }
  return value === undefined ? undefined : Number(value);
}
