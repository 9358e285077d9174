import { readdir } from "node:fs/promises";
import path from "node:path";
import { runProcess } from "../../programs/process.js";
import type { ProcessEnd } from "../../programs/process.js";

export const simulatorNames = ["icarus", "verilator"] as const;
export type SimulatorName = (typeof simulatorNames)[number];

/** The simulators' names, as their projects write them. */
export const simulatorTitles: Readonly<Record<SimulatorName, string>> = { icarus: "Icarus Verilog", verilator: "Verilator" };

/** Where integer model and simulation part. */
export interface Difference {
  readonly layer: number;
  readonly timestep: number;
  readonly unit: number;
  /** A gate's letter, "c", "h", "output" or "out_last". */
  readonly gate: string;
  readonly expected: number;
  readonly got: number;
}

/** How a simulation of a testbench ended. */
export interface SimulatorResult {
  readonly name: SimulatorName;
  readonly version: string;
  /** Cycles from the first beat of input to the last write-back, or to the difference. */
  readonly cycles: number;
  /** 0 or 1: the testbench ends at the first. */
  readonly mismatches: number;
  readonly firstDifference?: Difference;
}

/** A simulator that could not build or run the accelerator; the message ends with what it printed. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
}

interface Simulator {
  readonly remedy: string;
  readonly versionArguments: readonly string[];
  readonly version: RegExp;
  readonly program: string;
  /** The commands that end in the simulation, in the accelerator's folder. */
  commands(sources: readonly string[], plusArguments: readonly string[], isLong: boolean): (readonly string[])[];
}

const icarus: Simulator = {
  program: "iverilog",
  remedy: "install Icarus Verilog (Debian: apt-get install iverilog)",
  versionArguments: ["-V"],
  version: /Icarus Verilog version (\S+)/,
  commands: (sources, plusArguments) => [
    ["iverilog", "-g2012", "-s", "testbench", "-o", "simulation.vvp", ...sources],
    ["vvp", "-n", "simulation.vvp", ...plusArguments],
  ],
};

const verilator: Simulator = {
  program: "verilator",
  remedy: "install Verilator (Debian: apt-get install verilator make g++)",
  versionArguments: ["--version"],
  version: /Verilator (\S+)/,
  commands: (sources, plusArguments, isLong) => [
    [
      "verilator",
      // The testbench is no design, and warnings about it are no failures.
      ...["--binary", "--timing", "-Wno-fatal", "-j", "2", "--top-module", "testbench", "--Mdir", "verilated", "-o", "simulation"],
      ...(plusArguments.includes("+vcd") ? ["--trace"] : []),
      // Down to the layers' own variables: it does not heed the scopes of $dumpvars.
      ...(plusArguments.includes("+trace") ? ["--trace", "--trace-depth", "4"] : []),
      ...(isLong ? [] : ["-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"]),
      ...sources,
    ],
    [path.join("verilated", "simulation"), ...plusArguments],
  ],
};

const simulators: Readonly<Record<SimulatorName, Simulator>> = { icarus, verilator };

/** Fewer cycles than this take less time than the C++ compiler's optimisations. */
const longSimulation = 200_000;

export interface SimulationOptions {
  readonly signal?: AbortSignal;
  /** "+stalls", "+vcd" for a dump of all signals, "+trace" for one of those that are compared. */
  readonly plusArguments?: readonly string[];
  /** Told before the build, and then as timesteps are done: at most a hundred times. */
  readonly onProgress?: (progress: SimulationProgress) => void;
}

/** How far a simulation is: it is being built, or so many timesteps have been simulated. */
export type SimulationProgress =
  | { readonly stage: "build"; readonly simulator: SimulatorName; readonly version: string }
  | { readonly stage: "simulation"; readonly simulator: SimulatorName; readonly version: string; readonly timestep: number };

/**
 * Builds and runs the testbench of an accelerator's folder.
 * @param cycles about as many as it will take
 * @throws MissingToolError, SimulationError
 */
export async function simulate(
  name: SimulatorName,
  folder: string,
  cycles: number,
  { signal, plusArguments = [], onProgress }: SimulationOptions = {},
): Promise<SimulatorResult> {
  const simulator = simulators[name];
  const version = await versionOf(simulator, signal);
  const sources = ["testbench.v", ...(await readdir(path.join(folder, "rtl"))).toSorted().map((file) => path.join("rtl", file))];
  const plus = onProgress === undefined ? plusArguments : [...plusArguments, "+progress"];
  const commands = simulator.commands(sources, plus, cycles > longSimulation);
  onProgress?.({ stage: "build", simulator: name, version });
  for (const [program, ...args] of commands.slice(0, -1)) {
    const end = await runProcess(program!, args, { folder, signal, remedy: simulator.remedy });
    if (end.exitCode !== 0) {
      throw new SimulationError(`${program} (${version}) could not build the accelerator:\n${tail(end.output)}`);
    }
  }
  const [program, ...args] = commands.at(-1)!;
  onProgress?.({ stage: "simulation", simulator: name, version, timestep: 0 });
  const onLine = (line: string): void => {
    const timestep = /^TIMESTEP (\d+)$/.exec(line)?.[1];
    if (timestep !== undefined) {
      onProgress?.({ stage: "simulation", simulator: name, version, timestep: Number(timestep) });
    }
  };
  const end = await runProcess(program!, args, { folder, signal, remedy: simulator.remedy, ...(onProgress && { onLine }) });
  return { name, version, ...readEnd(name, end) };
}

async function versionOf({ program, versionArguments, version, remedy }: Simulator, signal?: AbortSignal): Promise<string> {
  const { output } = await runProcess(program, versionArguments, { signal, remedy });
  return version.exec(output)?.[1] ?? "unknown";
}

/** What the testbench prints at its end; see `templates/testbench.v`. */
function readEnd(name: SimulatorName, { exitCode, output }: ProcessEnd): Pick<SimulatorResult, "cycles" | "mismatches" | "firstDifference"> {
  const passed = /^PASS timesteps=\d+ cycles=(\d+)$/m.exec(output);
  if (passed && exitCode === 0) {
    return { cycles: Number(passed[1]), mismatches: 0 };
  }
  const difference = /^DIFFERENCE cycle=(\d+) layer=(\d+) timestep=(\d+) unit=(\d+) gate=(\w+) expected=(-?\d+) got=(-?\w+)$/m.exec(output);
  if (difference && exitCode !== 0) {
    const [cycles, layer, timestep, unit] = difference.slice(1, 5).map(Number) as [number, number, number, number];
    const [gate, expected, got] = difference.slice(5) as [string, string, string];
    return { cycles, mismatches: 1, firstDifference: { layer, timestep, unit, gate, expected: Number(expected), got: Number(got) } };
  }
  throw new SimulationError(`${name} ended with exit code ${exitCode} and without a verdict:\n${tail(output)}`);
}

function tail(output: string): string {
  return output.trimEnd().split("\n").slice(-12).join("\n");
}
