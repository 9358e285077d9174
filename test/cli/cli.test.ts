import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeEach, describe, expect, it } from "vitest";
import type { CharacterModelSpec } from "../../src/experiment/taskSpec.js";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { csvRows } from "../../src/data/csv/rows.js";
import { createRun } from "../../src/runs/runWriter.js";
import { randomDeployedModel } from "../hardware/randomModel.js";
import { inlineText, smallResult, smallSpec, started, stepEvent } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { type Ended, program, reported, tritloomIn } from "./program.js";

const root = temporaryFolder();

const tritloom = (...args: string[]): Promise<Ended> => tritloomIn(root.path, args);

async function makeRun(isFinished: boolean): Promise<string> {
  const writer = await createRun(path.join(root.path, "runs"), smallSpec(), { corpusText: inlineText });
  writer.append(started());
  writer.append(stepEvent(40));
  writer.append({ type: "validation", time: 1041, step: 40, loss: 2, bpc: 2.75 });
  writer.append({ type: "validation", time: 1042, step: 41, loss: 2, bpc: 2.875 });
  if (isFinished) {
    await writer.model(deployedModelToTensors(randomDeployedModel({ units: 16, symbols: 8, precision: "ternary" })));
    await writer.finish({ ...smallResult, figures: { measure: "BPC", validation: 2.875, deployableTest: 2.625, authorStyleTest: 3 } });
  } else {
    await writer.interrupted(41);
  }
  return writer.dir;
}

const commands = ["run", "convert", "train", "resume", "stop", "sweep", "worker", "runs", "kernels", "export", "import", "score", "predict", "ngram", "schedule", "rtl", "verify", "diverge", "report", "rom", "onnx", "lsp", "jupyter"];

describe("help and version", () => {
  it("list the commands, and tell the version of package.json", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await tritloom("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(reported(await tritloom("--version", "--json"))).toEqual({ ok: true, version });
    const help = await tritloom("--help");
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/^Usage: tritloom/);
    for (const command of commands) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, "m"));
      const own = await tritloom("help", command);
      expect(own.code).toBe(0);
      expect(own.stdout).toMatch(new RegExp(`^Usage: tritloom ${command} `));
      expect((await tritloom(command, "--help")).stdout).toBe(own.stdout);
    }
  });
});

describe("usage", () => {
  it("shows in brackets what may be left out, and nothing else", async () => {
    const usage = async (command: string) => /^Usage: tritloom (.*)$/m.exec((await tritloom("help", command)).stdout)![1]!;
    expect(await usage("rtl")).toMatch(/^rtl \(RUN \| --random SEED\) --out DIR \[--steps N\] \[--overwrite\] /);
    expect(await usage("verify")).toMatch(/^verify \(RUN \| --random SEED\) \[--steps N\] /);
    expect(await usage("export")).toMatch(/^export RUN… \[--to TOOL\] .*\[--format LIST\] \[--out DIR\] /);
    expect(await usage("runs")).toMatch(/^runs \[DIR\] \[RUN…\] \[--filter CONDITION\] \[--sort COLUMNS\] .*\[--csv\] \[--json\]$/);
    expect((await tritloom("help", "rtl")).stdout).toMatch(/--out DIR +the folder to write; required$/m);
    // Told before the run is read.
    expect(await tritloom("rtl", "nothing")).toMatchObject({ code: 2, stderr: expect.stringContaining("rtl needs --out DIR: the folder to write.") });
  });
});

describe("wrong usage", () => {
  it.each([
    [[], new RegExp(`No command is given; the commands are ${commands.join(", ")}, help\\.`)],
    [["exprot"], /"exprot" is not a command/],
    [["toString"], /"toString" is not a command/],
    [["help", "exprot"], /"exprot" is not a command/],
    [["export"], /export needs RUN/],
    [["export", "a", "b"], /ROMs are written of one run, and 2 are given/],
    [["score", "a", "b"], /does not take "b"/],
    [["export", "a", "--fast"], /Unknown option '--fast'; the options of export are --to, .*--format, --out/],
    [["export", "a", "--out"], /Option '--out.*argument (missing|is ambiguous)/],
    [["export", "a", "--format", "mem,vhd"], /--format mem,vhd: .*"vhd" is not known; choose from mem, coe/],
    [["export", "a", "--macs", "0"], /--macs 0: give a whole number above 0/],
    [["export", "a", "--gate-order", "gfoi"], /--gate-order gfoi: choose from gfio, /],
    [["export", "a", "--bit-order", "middle"], /--bit-order middle: choose from lsb-first, msb-first/],
    [["export", "a", "--interpolation", "cubic"], /--interpolation cubic: give linear or none/],
    [["score"], /score needs RUN/],
    [["score", "a", "--part", "train"], /--part train: choose from validation, test/],
    [["score", "a", "--timesteps", "0"], /--timesteps 0: give a whole number above 0/],
    [["score", "a", "--delta", "-1"], /--delta.* (ambiguous|whole number)/],
    [["score", "a", "--macs", "8"], /Unknown option '--macs'/],
    [["score", "a", "--columns", "8"], /Unknown option '--columns'/],
    [["export", "nothing"], /There is no run in .*nothing/],
    [["schedule", "nothing"], /There is no .*nothing: give the directory of a run or a JSON file/],
    [["runs", "nothing"], /There is no folder .*nothing/],
  ])("%j is told in one line, with exit code 2", async (args, message) => {
    const [plain, json] = await Promise.all([tritloom(...args), tritloom(...args, "--json")]);
    expect(plain.code).toBe(2);
    expect(plain.stdout).toBe("");
    expect(plain.stderr).toMatch(message);
    expect(plain.stderr.trimEnd()).not.toContain("\n");
    expect(json.code).toBe(2);
    expect(reported(json)).toEqual({ ok: false, error: { name: "UsageError", message: expect.stringMatching(message) } });
  });
});

describe("runs", () => {
  it("lists none", async () => {
    const { code, stdout } = await tritloom("runs");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^No runs in /)]);
    expect(reported(await tritloom("runs", "--json"))).toEqual({ ok: true, runs: [], damaged: [] });
  });

  it("lists those of the folder runs, newest first, with their state and figures", async () => {
    const interrupted = await makeRun(false);
    const finished = await makeRun(true);
    await mkdir(path.join(root.path, "runs", "damaged"));
    await writeFile(path.join(root.path, "runs", "damaged", "spec.json"), "{}");
    const ended = await tritloom("runs", "--json");
    expect(ended.code).toBe(0);
    const common = { name: "Wal, groß & klein", steps: 100, task: "character-model", measure: "BPC", validation: 2.75, validationBpc: 2.75, validationHow: { weights: { rule: "redrawn", averaged: false, at: "last-step" }, statistics: "minibatch", reading: "windows", mostMinibatches: 32 }, ending: null, problem: null };
    const listed = reported(ended);
    expect(listed.ok).toBe(true);
    expect(listed.damaged).toEqual([
      { dir: path.join(root.path, "runs", "damaged"), message: expect.stringMatching(/^Invalid experiment/) },
    ]);
    expect(listed.runs).toHaveLength(2);
    expect(listed.runs).toContainEqual({ ...common, dir: finished, state: "finished", step: 100, test: 2.625, testBpc: 2.625, testHow: { weights: { rule: "shipped" }, statistics: "frozen", reading: "stream", mostMinibatches: null } });
    expect(listed.runs).toContainEqual({ ...common, dir: interrupted, state: "interrupted", step: 41, test: null, testBpc: null, testHow: null });
    expect(reported(await tritloom("runs", "runs", "--json"))).toEqual(listed);
    expect((await tritloom("runs")).stdout).toMatch(/interrupted +41\/100 +BPC +2\.750 +- +Wal/);
  });

  it("are CSV with a column for each figure, which reads back", async () => {
    const interrupted = await makeRun(false);
    const finished = await makeRun(true);
    const { code, stdout } = await tritloom("runs", "--csv");
    expect(code).toBe(0);
    expect(stdout.split("\r\n")).toHaveLength(4);
    const [head, ...rows] = [...csvRows(stdout)].map(({ fields }) => fields);
    expect(head!.slice(0, 6)).toEqual(["directory", "name", "task", "state", "step", "steps"]);
    const runs = rows.map((fields) => Object.fromEntries(head!.map((name, column) => [name, fields[column]])));
    const shipped = "shipped weights, frozen constants, one continuous stream";
    expect(runs.find(({ directory }) => directory === finished)).toMatchObject({
      name: "Wal, groß & klein",
      state: "finished",
      measure: "BPC",
      best_validation: "2.75",
      shipped_validation: "2.875",
      deployable_test: "2.625",
      deployable_test_how: shipped,
      author_style_test: "3",
      training_seconds: "1.5",
      weights_that_ship: "draw 2",
    });
    expect(runs.find(({ directory }) => directory === interrupted)).toMatchObject({ state: "interrupted", step: "41", deployable_test: "", deployable_test_how: "" });
  });
});

/** Bits of the output layer in a model file, from its header alone (safetensors: 8 bytes of length, then JSON). */
async function outputBits(run: string): Promise<number> {
  const file = await readFile(path.join(run, "model.safetensors"));
  const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString("utf8")) as Record<string, { data_offsets: [number, number] }>;
  return Object.entries(header)
    .filter(([name]) => name.startsWith("output."))
    .reduce((sum, [, { data_offsets: [from, to] }]) => sum + 8 * (to - from), 0);
}

describe("export", () => {
  let finished: string;
  beforeEach(async () => {
    finished = await makeRun(true);
  });

  it("tells the saving of the recurrent layers, and of the whole model with the output layer of the model file", async () => {
    const { manifest, memorySaving, wholeModelSaving, memorySavingInWords } = reported(await tritloom("export", finished, "--out", "roms", "--json"));
    const { memory } = JSON.parse(await readFile(manifest, "utf8"));
    const output = await outputBits(finished);
    expect(memory.hostBits).toBe(output);
    expect(memorySaving).toBeCloseTo(memory.float32Bits / memory.shippedBits, 12);
    expect(wholeModelSaving).toBeCloseTo((memory.float32Bits + output) / (memory.shippedBits + output), 12);
    const words = `${memorySaving.toFixed(1)}x the recurrent layers, ${wholeModelSaving.toFixed(1)}x the whole model, against float32, all constants and tables counted`;
    expect(memorySavingInWords).toBe(words);
    expect((await tritloom("export", finished, "--out", "others")).stdout).toContain(`Memory saving: ${words}`);
    expect(await readFile(path.join(path.dirname(manifest), "README.md"), "utf8")).toContain(words.slice(0, words.indexOf(", against")));
  });

  it("writes the formats with a manifest, and does not overwrite unasked", async () => {
    const done = await tritloom("export", finished, "--format", "mem,coe,mif,hex,c", "--out", "roms", "--macs", "8", "--json");
    expect(done.code).toBe(0);
    const { ok, dir, manifest, files, memorySaving } = reported(done);
    expect([ok, path.basename(dir), path.dirname(manifest)]).toEqual([true, "roms", dir]);
    expect(memorySaving).toBeGreaterThan(1);
    for (const extension of ["mem", "coe", "mif", "hex", "h"]) {
      expect(files.filter((file: string) => file.endsWith(`.${extension}`)).length).toBeGreaterThan(0);
    }
    expect(await readdir(dir, { recursive: true })).toEqual(expect.arrayContaining([...files, manifest].map((file: string) => path.relative(dir, file))));
    const again = await tritloom("export", finished, "--out", "roms", "--json");
    expect(again.code).toBe(1);
    expect(reported(again)).toEqual({ ok: false, error: { name: "RomExportError", message: expect.stringContaining(dir) } });
    expect((await tritloom("export", finished, "--out", "roms", "--overwrite")).code).toBe(0);
  });

  it("writes the widths and the layout that it is told", async () => {
    const widths = ["--activation-bits", "9", "--cell-bits", "14", "--constant-bits", "11", "--table-entries", "64", "--interpolation", "none"];
    const layout = ["--encoding", "one-hot", "--bit-order", "msb-first", "--gate-order", "ifgo", "--max-width", "4"];
    const { manifest, ranges } = reported(await tritloom("export", finished, "--out", "roms", "--macs", "8", ...widths, ...layout, "--json"));
    expect(ranges).toMatch(/^Ranges of cell states and inputs are assumed, not seen on data: /);
    const { model, tables, images } = JSON.parse(await readFile(manifest, "utf8"));
    expect(model.layers[0]).toMatchObject({ gateOrder: ["i", "f", "g", "o"], cellFormat: { bits: 14 } });
    expect(tables).toMatchObject([{ entries: 64, interpolation: "none", output: { bits: 9 } }, { entries: 64, output: { bits: 9 } }]);
    const weights = images.filter(({ name }: { name: string }) => /weights/.test(name));
    // 8 units of 2 bits in words of at most 4 bits: 4 banks for each matrix.
    expect(weights).toHaveLength(8);
    weights.forEach((image: object) => expect(image).toMatchObject({ width: 4, encoding: { name: "one-hot" } }));
    const { code, stderr } = await tritloom("export", finished, "--out", "more", "--encoding", "sign-bit");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/the model has no binary weights: leave it out/)]);
  });

  it.each([
    [["export", "--activation-bits", "20"], /--activation-bits is 20; choose a whole number from 4 to 16\./],
    [["export", "--columns", "3"], /--columns is 3; choose a power of two from 1 to 64\./],
    [["export", "--macs", "70000"], /--macs 70000: give at most 65536\./],
    [["export", "--table-entries", "100"], /--table-entries is 100; choose a power of two from 16 to 4096\./],
    [["export", "--delta", "9999"], /--delta is 9999; choose a whole number from 0 to 4095, in steps of h\./],
    [["export", "--delta", "1", "--columns", "2"], /--columns is 2, but delta updates read a list of changes, one column a cycle; choose one of both\./],
    [["export", "--calibrate", "0"], /--calibrate 0: give a whole number above 0/],
    [["schedule", "--columns", "3"], /--columns is 3; choose a power of two/],
    [["schedule", "--macs", "70000"], /--macs 70000: give at most 65536\./],
    [["schedule", "--clock", "0"], /--clock 0: give a frequency in MHz above 0/],
    [["schedule", "--delta", "3"], /--delta changes the integers of a finished run/],
    [["schedule", "--preset", "low-power", "--clock", "9"], /already says 100 MAC units at 400 MHz: leave --clock out/],
    [["schedule", "--integers", "--trace", "a.vcd"], /--integers tells of a run's own chip: leave --trace out/],
  ])("%j is wrong usage, told in the option's own name", async ([command, ...options], message) => {
    const { code, stderr } = await tritloom(command!, finished, ...options);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it("names the option that would overwrite", async () => {
    await tritloom("export", finished);
    const { code, stderr } = await tritloom("export", finished);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Choose another folder, or allow overwriting \(--overwrite\)\./)]);
  });

  it("writes into the run's own folder unless told otherwise", async () => {
    const { code, stdout } = await tritloom("export", finished);
    expect([code, stdout]).toEqual([0, expect.stringContaining(path.join(finished, "rom"))]);
  });

  it("says that an unfinished run has no finished model", async () => {
    const { code, stderr } = await tritloom("export", await makeRun(false));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/has no finished model, it is interrupted/)]);
  });
});

describe("schedule", () => {
  const put = async (value: unknown) => {
    const file = path.join(root.path, "spec.json");
    await writeFile(file, JSON.stringify(value));
    return file;
  };
  const shape = { inputs: 50, units: 64, macUnits: 32, precision: "binary" };

  it("tells the figures of a run, an experiment and a shape", async () => {
    const run = reported(await tritloom("schedule", await makeRun(false), "--json"));
    expect(run).toMatchObject({ ok: true, preset: null });
    expect(run.schedule.shape).toMatchObject({ inputs: 7, units: 16, macUnits: 64, precision: "ternary" });
    const text = path.join(root.path, "whale.txt");
    await writeFile(text, inlineText);
    const { task } = smallSpec();
    const corpus = { ...(task as CharacterModelSpec).corpus, source: { kind: "file", path: text } };
    const spec = smallSpec({ task: { ...task, corpus } as CharacterModelSpec });
    expect(reported(await tritloom("schedule", await put(spec), "--json"))).toEqual(run);
    const plain = reported(await tritloom("schedule", await put(shape), "--macs", "16", "--json"));
    expect(plain.schedule.shape).toEqual({ ...shape, cell: "lstm", macUnits: 16, inputKind: "one-hot" });
    // 4H rows in groups of P, each group reading H recurrent columns and one input column.
    expect(plain.schedule.cyclesPerTimestep).toBeGreaterThanOrEqual(((4 * 64) / 16) * (64 + 1));
    expect((await tritloom("schedule", await put(shape))).stdout).toMatch(/^cycles per timestep +\d/m);
  });

  it("has figures per second only at a clock that was given", async () => {
    const file = await put(shape);
    const unclocked = await tritloom("schedule", file);
    expect(unclocked.stdout).toMatch(/operations a cycle[^]*none given: a report finds the highest; --clock/);
    expect(unclocked.stdout).not.toMatch(/GOPS|MHz|µs/);
    const { schedule } = reported(await tritloom("schedule", file, "--clock", "125", "--json"));
    expect(schedule.timestepsPerSecond * schedule.cyclesPerTimestep).toBeCloseTo(125e6, 3);
    expect(schedule.throughputGops.peak).toBe((2 * 32 * 125) / 1000);
    expect((await tritloom("schedule", file, "--clock", "125")).stdout).toMatch(/at 125 MHz, as given/);
    expect((await tritloom("schedule", file, "--preset", "low-power")).stdout).toMatch(/at 400 MHz, as remembered from the paper/);
  });

  it("is what the JSON schemas say", async () => {
    const networks = [await makeRun(false), await put([{ ...shape, clockMegahertz: 90 }, { ...shape, clockMegahertz: 90, cell: "gru", reset: "after", inputs: 64, inputKind: "dense", units: 5 }]).then(async (clocked) => {
      await copyFile(clocked, `${clocked}.clocked.json`);
      return `${clocked}.clocked.json`;
    }), await put([shape, { ...shape, cell: "gru", reset: "after", inputs: 64, inputKind: "dense", units: 5 }])];
    const schemas = ["schedule", "network"].map((name) => readFile(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), "utf8"));
    const [schedule, network] = (await Promise.all(schemas)).map((schema) => JSON.parse(schema) as object) as [object, object];
    const validator = new Ajv2020({ allErrors: true, strictRequired: false }).addSchema(schedule, "schedule.schema.json").addSchema(network, "network.schema.json");
    for (const file of networks) {
      const report = reported(await tritloom("schedule", file, "--json"));
      for (const [name, value] of [["schedule", report.schedule], ["network", report.network]] as const) {
        expect(validator.validate(`${name}.schema.json`, value), validator.errorsText()).toBe(true);
        expect(validator.validate(`${name}.schema.json`, { ...value, cyclesPerTimestep: 0 })).toBe(false);
      }
    }
  });

  it("takes a preset, labelled as remembered", async () => {
    const file = await put(shape);
    const { preset, schedule } = reported(await tritloom("schedule", file, "--preset", "high-speed", "--json"));
    expect(preset).toMatchObject({ name: "high-speed", precision: "binary", source: expect.stringMatching(/remembered/) });
    expect(schedule.shape).toMatchObject({ macUnits: preset.macUnits, units: 64 });
    expect((await tritloom("schedule", file, "--preset", "low-power")).stdout).toMatch(/low-power.*remembered/);
  });

  it("refuses unknown presets, contradictions, and values that are no shape", async () => {
    const file = await put(shape);
    const cases: [string[], RegExp][] = [
      [[file, "--preset", "eco"], /--preset eco is not known; choose from full-precision, low-power, high-speed/],
      [[file, "--preset", "full-precision"], /--preset full-precision: No preset full-precision for binary weights/],
      [[file, "--preset", "low-power", "--macs", "8"], /already says 100 MAC units/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await tritloom("schedule", ...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    for (const [value, message] of [
      [{ ...shape, units: 0 }, /units is 0; give a whole number/],
      [{ ...shape, unit: 4 }, /neither an experiment nor the shape.*Unrecognized key/],
      [3, /neither an experiment nor the shape/],
    ] as const) {
      const { code, stderr } = await tritloom("schedule", await put(value));
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    await writeFile(file, "{");
    expect((await tritloom("schedule", file)).stderr).toMatch(/is not JSON/);
    const text = { ...smallSpec(), task: { ...smallSpec().task, batchSize: 0 } };
    expect((await tritloom("schedule", await put(text))).stderr).toMatch(/task\.batchSize/);
  });
});

describe("standard output", () => {
  it("may be closed by its reader", async () => {
    await makeRun(false);
    const child = spawn(process.execPath, [program, "runs"], { cwd: root.path, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect([child.exitCode, stderr]).toEqual([0, ""]);
  });
});
