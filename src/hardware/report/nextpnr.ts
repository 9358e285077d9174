import { inTemporaryFolder, runProgram, ToolError } from "../../programs/runProgram.js";

/** Part of a device that a placed design takes, as nextpnr names it. */
export interface Utilisation {
  readonly resource: string;
  readonly used: number;
  readonly available: number;
}

/** From which to which cell the slowest path goes, and how long it takes. */
export interface CriticalPath {
  readonly from: string;
  readonly to: string;
  readonly nanoseconds: number;
}

/** What place and route found. */
export interface Placement {
  readonly megahertz: number;
  readonly version: string;
  readonly device: string;
  readonly utilisation: readonly Utilisation[];
  /** The slowest path of the routed design; none where nextpnr printed none. */
  readonly path?: CriticalPath;
}

const remedy = "install it (Debian: nextpnr-ice40).";
const program = "nextpnr-ice40";

/** Devices of a family that are placed, with a package that brings out enough pins. */
export const placedDevices = {
  ice40: { device: "iCE40 HX8K, package ct256", args: ["--hx8k", "--package", "ct256"] },
  ice40up: { device: "iCE40 UP5K, package sg48", args: ["--up5k", "--package", "sg48"] },
} as const;

/**
 * @param netlist JSON of `synth_ice40`
 * @throws MissingToolError when nextpnr-ice40 is not on PATH, ToolError when the design does not fit
 */
export async function placeIce40(netlist: string, family: keyof typeof placedDevices, signal?: AbortSignal): Promise<Placement> {
  const version = parseVersion(await runProgram({ program, args: ["--version"], signal, remedy }));
  const { device, args: chosen } = placedDevices[family];
  const args = [...chosen, "--json", "netlist.json", "--pcf-allow-unconstrained", "--seed", "1"];
  return inTemporaryFolder(new Map([["netlist.json", netlist]]), async (cwd) => {
    const output = await runProgram({ program, args, cwd, signal, remedy });
    return { megahertz: parseMegahertz(output), version, device, utilisation: parseUtilisation(output), path: parseCriticalPath(output) };
  });
}

/** `"nextpnr-ice40" -- Next Generation Place and Route (Version 0.4-1+b1)` */
function parseVersion(text: string): string {
  return /Version\s+([^\s)]+)/.exec(text)?.[1] ?? text.trim();
}

/**
 * The last report is that of the routed design; those before are estimates.
 * @throws ToolError when there is none
 */
export function parseMegahertz(output: string): number {
  const last = [...output.matchAll(/Max frequency for clock '[^']*':\s+([\d.]+) MHz/g)].at(-1);
  if (last === undefined) {
    throw new ToolError("nextpnr-ice40 reported no clock frequency.");
  }
  return Number(last[1]);
}

/** Lines such as "Info:   ICESTORM_LC:  5626/ 7680    73%"; resources that a design does not touch are left out. */
export function parseUtilisation(output: string): Utilisation[] {
  return [...output.matchAll(/^Info:\s+(\w+):\s+(\d+)\/\s*(\d+)\s+\d+%/gm)]
    .map(([, resource, used, available]) => ({ resource: resource!, used: Number(used), available: Number(available) }))
    .filter(({ used }) => used > 0);
}

/** The last report of a path from clock to clock: its first source, its last sink, the time up to its set-up. */
export function parseCriticalPath(output: string): CriticalPath | undefined {
  const reports = output.split(/^Info: Critical path report for clock/m).slice(1);
  const [report = ""] = (reports.at(-1) ?? "").split(/^Info: Critical path report for/m);
  const from = /^Info:\s+[\d.]+\s+[\d.]+\s+Source (\S+)/m.exec(report)?.[1];
  const to = /^Info:\s+[\d.]+\s+([\d.]+)\s+Setup (\S+)/m.exec(report);
  return from === undefined || to === null ? undefined : { from, to: to[2]!, nanoseconds: Number(to[1]) };
}
