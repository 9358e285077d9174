import { simulatorNames } from "../hardware/verify/simulators.js";
import type { SimulatorName, SimulatorResult } from "../hardware/verify/simulators.js";
import type { Verification, VerifyProgress } from "../hardware/verify/verify.js";
import { verifyChip } from "../jobs/verifyChip.js";
import { printableLine } from "../text/printable.js";
import { chipOptions, readChipOptions } from "./chipOptions.js";
import { type Command, type CommandLine, oneOf, positiveInteger, type Report } from "./command.js";
import { hardwareSubject } from "./hardwareSubject.js";
import { randomOptions } from "./randomOptions.js";
import { tell } from "./terminal.js";

const defaultSteps = 50;

export const verifyCommand: Command = {
  summary: "Simulates a run's accelerator on the run's own data, and compares every gate, c and h with the integer model.",
  guide: "from-run-to-verilog",
  operands: [{ name: "RUN", description: "directory of a finished run; or --random", isOptional: true }],
  options: {
    steps: { value: "N", description: `timesteps; default ${defaultSteps}` },
    simulator: { value: "LIST", description: `from ${simulatorNames.join(",")}, separated by commas; default both` },
    stalls: { description: "let the input and output streams pause at random; cycles are then not compared" },
    ...chipOptions,
    ...randomOptions,
  },
  work: verify,
};

async function verify(line: CommandLine): Promise<Report> {
  const { values, switches } = line;
  const steps = positiveInteger("steps", values.steps ?? String(defaultSteps));
  const { chip, sequences } = await hardwareSubject(line, "verify", steps);
  const [dir] = line.operands;
  const progress = verifyProgress(switches.has("json"));
  const run = dir === undefined ? undefined : { dir, options: readChipOptions(values) };
  const options = { run, simulators: readSimulators(values.simulator), stalls: switches.has("stalls"), onProgress: progress.tell };
  const verification = await verifyChip(chip, sequences, options).finally(progress.end);
  return { text: inWords(verification), json: { ...verification }, isFailure: !verification.ok };
}

/**
 * Progress on standard error: for the editor a line for each percent, which begins with it; for a person one line that changes, or
 * where that is no terminal, the beginnings of build and simulation.
 */
function verifyProgress(isForEditor: boolean): { tell: (progress: VerifyProgress) => void; end: () => void } {
  const isTerminal = process.stderr.isTTY && !isForEditor;
  const tellLine = ({ share, words }: VerifyProgress): void => {
    if (isTerminal) {
      process.stderr.write(`\r\u001b[2K${printableLine(words)}`);
    } else if (isForEditor) {
      tell(`${Math.floor(100 * share)} % ${words}`);
    } else if (/: compiling$|: timestep 0 /.test(words)) {
      tell(words);
    }
  };
  return { tell: tellLine, end: () => void (isTerminal && process.stderr.write("\r\u001b[2K")) };
}

function readSimulators(list: string | undefined): readonly SimulatorName[] {
  return list === undefined ? simulatorNames : list.split(",").map((name) => oneOf("simulator", name.trim(), simulatorNames));
}

function inWords({ ok, steps, scheduleCycles, simulators }: Verification): string {
  const rows = [
    ["", "version", "cycles", "differences"],
    ["schedule", "", String(scheduleCycles), ""],
    ...simulators.map(({ name, version, cycles, mismatches }) => [name, version, String(cycles), String(mismatches)]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) => row.map((text, column) => text.padEnd(widths[column]!)).join("  ").trimEnd());
  const verdict = ok
    ? `${steps} timesteps: every gate, c, h and output equals the integer model, in the cycles of the schedule.`
    : simulators.map((simulator) => faultInWords(simulator, scheduleCycles)).filter((text) => text !== "").join("\n");
  return [...table, "", verdict].join("\n");
}

function faultInWords({ name, cycles, firstDifference }: SimulatorResult, scheduleCycles: number): string {
  if (firstDifference === undefined) {
    return cycles === scheduleCycles ? "" : `${name}: equal values, but ${cycles} cycles where the schedule predicts ${scheduleCycles}.`;
  }
  const { layer, timestep, unit, gate, expected, got } = firstDifference;
  return `${name}: layer ${layer}, timestep ${timestep}, unit ${unit}, gate ${gate}: expected ${expected}, got ${got}.`;
}
