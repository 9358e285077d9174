import { stat } from "node:fs/promises";
import path from "node:path";
import type { Sequence } from "../hardware/calibrate.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { firstDivergence } from "../hardware/verify/divergence.js";
import type { Comparison, Divergence } from "../hardware/verify/divergence.js";
import { simulatorNames } from "../hardware/verify/simulators.js";
import { modelTrace, traceLayout } from "../hardware/verify/trace.js";
import type { Trace } from "../hardware/verify/trace.js";
import { simulatorTrace, vcdFileTrace } from "../hardware/verify/traceSources.js";
import { VcdError } from "../hardware/verify/vcd.js";
import { inTemporaryFolder } from "../files/temporary.js";
import { chipOptions } from "./chipOptions.js";
import { type Command, type CommandLine, positiveInteger, type Report, UsageError } from "./command.js";
import { hardwareSubject } from "./hardwareSubject.js";
import { randomOptions } from "./randomOptions.js";
import { tell } from "./terminal.js";

const defaultSteps = 20;
const sourceNames = ["model", ...simulatorNames] as const;

export const divergeCommand: Command = {
  summary: "Finds the first value in which two of integer model, simulators and a VCD file differ.",
  guide: "from-run-to-verilog",
  operands: [{ name: "RUN", description: "directory of a finished run; or --random", isOptional: true }],
  options: {
    a: { value: "SOURCE", description: `${sourceNames.join(", ")}, or a VCD file of the accelerator; default model` },
    b: { value: "SOURCE", description: "the other, likewise; default icarus" },
    scope: { value: "PATH", description: "accelerator in a VCD file that has several, such as bench.dut" },
    steps: { value: "N", description: `timesteps; default ${defaultSteps}` },
    ...chipOptions,
    ...randomOptions,
  },
  work: diverge,
};

/** Everything that a source needs. */
interface Subject {
  readonly model: FixedModel;
  readonly macUnits: number;
  readonly sequences: readonly Sequence[];
  readonly scope: string | undefined;
}

async function diverge(line: CommandLine): Promise<Report> {
  const { values } = line;
  const { a = "model", b = "icarus", scope } = values;
  if (a === b) {
    throw new UsageError(`--a and --b are both ${a}: give two different sources.`);
  }
  const steps = positiveInteger("steps", values.steps ?? String(defaultSteps));
  await Promise.all([checkSource("a", a), checkSource("b", b)]);
  const { chip, sequences } = await hardwareSubject(line, "diverge", steps);
  const { fixed, macUnits } = chip;
  const subject = { model: fixed, macUnits, sequences, scope };
  const comparison = await inTemporaryFolder("verify", async (folder) =>
    firstDivergence(traceLayout(fixed), await traceOf(a, folder, subject), await traceOf(b, folder, subject)),
  );
  if (comparison.compared === 0) {
    throw new VcdError(`${a} and ${b} have no value in common: a VCD file must begin with the reset and hold at least one timestep.`);
  }
  return report(a, b, comparison, fixed.layers.length);
}

/** @throws UsageError */
async function checkSource(option: string, source: string): Promise<void> {
  if (sourceNames.some((name) => name === source)) {
    return;
  }
  const found = await stat(source).catch(() => undefined);
  if (!found?.isFile()) {
    throw new UsageError(`--${option} ${source}: there is no such file; give ${sourceNames.join(", ")} or a VCD file.`);
  }
}

async function traceOf(source: string, folder: string, { model, macUnits, sequences, scope }: Subject): Promise<Trace> {
  const simulator = simulatorNames.find((name) => name === source);
  if (simulator !== undefined) {
    tell(`${simulator}: simulating`);
    return simulatorTrace(simulator, path.join(folder, simulator), model, macUnits, sequences);
  }
  return source === "model" ? modelTrace(model, sequences) : vcdFileTrace(source, traceLayout(model), scope);
}

function report(a: string, b: string, { compared, timesteps, divergence }: Comparison, layers: number): Report {
  const json = { a, b, compared, timesteps };
  if (divergence === undefined) {
    const common = Math.min(timesteps.a, timesteps.b);
    const shorter = timesteps.a === timesteps.b ? "" : ` ${timesteps.a < timesteps.b ? a : b} ends there, the other goes on to timestep ${Math.max(timesteps.a, timesteps.b) - 1}.`;
    return { text: `${a} and ${b} agree: ${compared} values of ${common} timesteps.${shorter}`, json };
  }
  const { signal: gate, ...place } = divergence;
  const values = { expected: divergence.expected ?? null, got: divergence.got ?? null };
  return { text: inWords(divergence, layers), json: { ...json, firstDifference: { ...place, gate, ...values } }, isFailure: true };
}

function inWords({ layer, timestep, unit, signal, expected, got }: Divergence, layers: number): string {
  const what = /^(c|h|output)$/.test(signal) ? signal : `gate ${signal}`;
  const where = `timestep ${timestep}, unit ${unit}, ${what}: expected ${expected ?? "nothing"}, got ${got ?? "nothing"}`;
  return layers === 1 ? where : `layer ${layer}, ${where}`;
}
