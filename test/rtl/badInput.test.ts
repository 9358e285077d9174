import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Command, readCommandLine, type Report } from "../../src/cli/command.js";
import { divergeCommand } from "../../src/cli/diverge.js";
import { rtlCommand } from "../../src/cli/rtl.js";
import { verifyCommand } from "../../src/cli/verify.js";
import { MissingToolError } from "../../src/programs/missingTool.js";
import { simulate } from "../../src/hardware/verify/simulators.js";
import { createRun } from "../../src/runs/runWriter.js";
import { inlineText, smallSpec, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
const commands: Readonly<Record<string, Command>> = { rtl: rtlCommand, verify: verifyCommand, diverge: divergeCommand };

async function work(line: string): Promise<Report> {
  const [name, ...args] = line.replaceAll("ROOT", root.path).split(" ");
  return commands[name!]!.work(readCommandLine(name!, commands[name!]!, args));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

const choice = "choose from";
const rtl = "rtl --random 1 --out ROOT/out";

/** A command line, and its error; UsageErrors end with exit code 2, others with 1. */
const cases: readonly [string, string, string][] = [
  ["rtl --random 1", "UsageError", "rtl needs --out DIR: the folder to write."],
  ["rtl --out ROOT/out", "UsageError", "rtl needs either RUN, the directory of a finished run, or --random SEED."],
  ["rtl ROOT --random 1 --out ROOT/out", "UsageError", "rtl needs either RUN, the directory of a finished run, or --random SEED."],
  ["rtl ROOT/nothing --out ROOT/out", "UsageError", "There is no run in ROOT/nothing (no spec.json): give the directory of a run."],
  ["rtl ROOT/run --units 4 --out ROOT/out", "UsageError", "--units describes a random network: leave it out, or give --random SEED instead of RUN."],
  [`${rtl} --steps 0`, "UsageError", "--steps 0: give a whole number above 0."],
  [`${rtl} --macs 0`, "UsageError", "--macs 0: give a whole number above 0."],
  [`${rtl} --macs 70000`, "UsageError", "--macs 70000: give at most 65536."],
  [`${rtl} --columns two`, "UsageError", "--columns two: give a whole number above 0."],
  [`${rtl} --columns 3`, "RangeError", "columnsPerCycle is 3; choose a power of two from 1 to 64."],
  [`${rtl} --columns 128`, "RangeError", "columnsPerCycle is 128; choose a power of two from 1 to 64."],
  [`${rtl} --columns 2 --delta 0`, "RangeError", "columnsPerCycle is 2, but delta updates read a list of changes, one column a cycle; choose one of both."],
  [`${rtl} --activation-bits twelve`, "UsageError", "--activation-bits twelve: give a whole number above 0."],
  [`${rtl} --activation-bits 3`, "RangeError", "activationBits is 3; choose a whole number from 4 to 16."],
  [`${rtl} --cell-bits 25`, "RangeError", "cellBits is 25; choose a whole number from 4 to 24."],
  [`${rtl} --constant-bits 2`, "RangeError", "constantBits is 2; choose a whole number from 4 to 24."],
  [`${rtl} --table-entries 100`, "RangeError", "lookUp.entries is 100; choose a power of two from 16 to 4096."],
  [`${rtl} --interpolation cubic`, "UsageError", "--interpolation cubic: give linear or none."],
  ["rtl --random one --out ROOT/out", "UsageError", "--random one: give a whole number from 0."],
  [`${rtl} --cell rnn`, "UsageError", `--cell rnn: ${choice} lstm, gru, min-gru.`],
  [`${rtl} --cell gru --reset never`, "UsageError", `--reset never: ${choice} before, after.`],
  [`${rtl} --precision quarter`, "UsageError", `--precision quarter: ${choice} binary, ternary, full.`],
  [`${rtl} --units 4,0`, "UsageError", "--units 0: give a whole number above 0."],
  [`${rtl} --inputs many`, "UsageError", "--inputs many: give a whole number above 0."],
  [`${rtl} --input-kind sparse`, "UsageError", `--input-kind sparse: ${choice} one-hot, dense.`],
  [`${rtl} --kind huge`, "UsageError", `--kind huge: ${choice} random, plus-one, minus-one, zero, saturating.`],
  [`${rtl} --precision binary --kind zero`, "RangeError", "Binary weights have no 0; choose ternary or full precision for a network of zeros."],
  ["rtl --random 1 --out ROOT", "AcceleratorExportError", "Cannot write an accelerator to ROOT: The folder already holds files (dump.vcd and 2 more). Choose another folder, or allow overwriting (overwrite: true)."],
  ["rtl --random 1 --overwrite --out ROOT", "AcceleratorExportError", "Cannot write an accelerator to ROOT: The folder already holds files (dump.vcd and 2 more). Only a folder with nothing but an earlier accelerator is overwritten; choose another folder."],
  ["rtl --random 1 --out ROOT/text.txt", "AcceleratorExportError", "Cannot write an accelerator to ROOT/text.txt: It is a file, not a folder. Choose another folder."],
  ["verify", "UsageError", "verify needs either RUN, the directory of a finished run, or --random SEED."],
  ["verify --random 1 --simulator modelsim", "UsageError", `--simulator modelsim: ${choice} icarus, verilator.`],
  ["verify --random 1 --steps 1e3", "UsageError", "--steps 1e3: give a whole number above 0."],
  ["verify --random 1 again", "UsageError", "verify needs either RUN, the directory of a finished run, or --random SEED."],
  ["verify ROOT/run", "RunError", "The run ROOT/run has no finished model, it is interrupted: let it finish (tritloom resume, or run.resume() in a notebook)."],
  ["diverge --random 1 --a icarus --b icarus", "UsageError", "--a and --b are both icarus: give two different sources."],
  ["diverge --random 1 --b ROOT/nothing.vcd", "UsageError", "--b ROOT/nothing.vcd: there is no such file; give model, icarus, verilator or a VCD file."],
  ["diverge --random 1 --a ROOT", "UsageError", "--a ROOT: there is no such file; give model, icarus, verilator or a VCD file."],
  ["diverge --random 1 --b ROOT/text.txt", "VcdError", 'ROOT/text.txt: "not" is no declaration command: this is not a value change dump (IEEE 1364, 18), whose header begins with $date, $version, $timescale or $scope.'],
  ["diverge --random 1 --b ROOT/dump.vcd", "VcdError", "ROOT/dump.vcd: The dump has no scope layer_0 with a variable gate_valid: it is of another module, or does not reach down to the accelerator's layers ($dumpvars(0, …))."],
  ["diverge --random 1 --macs none", "UsageError", "--macs none: give a whole number above 0."],
];

describe("a wrong command line", () => {
  test.each(cases)("%s is told in one error", async (line, name, message) => {
    const writer = await createRun(path.join(root.path, "made"), smallSpec(), { corpusText: inlineText });
    writer.append(started());
    await writer.interrupted(1);
    await rename(writer.dir, path.join(root.path, "run"));
    await rm(path.join(root.path, "made"), { recursive: true });
    await writeFile(path.join(root.path, "text.txt"), "not a dump\n");
    await writeFile(path.join(root.path, "dump.vcd"), "$timescale 1ns $end\n$scope module top $end\n$var wire 1 ! clock $end\n$upscope $end\n$enddefinitions $end\n#0\n0!\n");
    const before = await readdir(root.path);
    const error = await work(line).then(() => undefined, (reason: Error) => reason);
    expect([error?.name, error?.message.replaceAll(root.path, "ROOT")]).toEqual([name, message]);
    expect(await readdir(root.path)).toEqual(before);
  });
});

describe("a missing simulator", () => {
  test.each([
    ["verify --random 1 --steps 1", "iverilog is not on PATH: install Icarus Verilog (Debian: apt-get install iverilog)."],
    ["verify --random 1 --steps 1 --simulator verilator", "verilator is not on PATH: install Verilator (Debian: apt-get install verilator make g++)."],
    ["diverge --random 1 --steps 1", "iverilog is not on PATH: install Icarus Verilog (Debian: apt-get install iverilog)."],
  ])("is told with its Debian package: %s", async (line, message) => {
    const empty = path.join(root.path, "bin");
    await mkdir(empty);
    vi.stubEnv("PATH", empty);
    // The one class of the whole room: a report that catches it leaves a part out.
    await expect(work(line)).rejects.toThrow(new MissingToolError(message));
    await expect(work(line)).rejects.toBeInstanceOf(MissingToolError);
  });
});

describe("diverge", () => {
  const shape = "--cell gru --units 3 --inputs 3 --macs 2";

  async function dump(seed: number, steps: number): Promise<void> {
    await work(`rtl --random ${seed} ${shape} --steps ${steps} --out ROOT/${seed}`);
    await simulate("icarus", path.join(root.path, String(seed)), 1, { plusArguments: ["+vcd"] });
  }

  test("says that two sources agree, and how far", async () => {
    expect(await work(`diverge --random 5 ${shape} --steps 4`)).toEqual({
      text: "model and icarus agree: 60 values of 4 timesteps.",
      json: { a: "model", b: "icarus", compared: 60, timesteps: { a: 4, b: 4 } },
    });
    await dump(5, 2);
    const { text, isFailure } = await work(`diverge --random 5 ${shape} --steps 4 --b ROOT/5/accelerator.vcd`);
    const file = path.join(root.path, "5", "accelerator.vcd");
    expect([text, isFailure]).toEqual([`model and ${file} agree: 30 values of 2 timesteps. ${file} ends there, the other goes on to timestep 3.`, undefined]);
  });

  test("says where a dump of another network parts from the model", async () => {
    await dump(6, 2);
    const { text, json, isFailure } = await work(`diverge --random 5 ${shape} --steps 2 --b ROOT/6/accelerator.vcd`);
    expect(text).toMatch(/^timestep 0, unit 0, gate r: expected \d+, got \d+$/);
    expect(isFailure).toBe(true);
    const [, expected, got] = /expected (\d+), got (\d+)/.exec(text)!;
    expect(json["firstDifference"]).toEqual({ layer: 0, timestep: 0, unit: 0, gate: "r", expected: Number(expected), got: Number(got) });
  });
});
