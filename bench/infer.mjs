import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildTargets } from "../scripts/nativeTargets.mjs";
import { characterModel, floatWeights } from "./inferModels.mjs";
import { buildLibrary, importLibrary } from "./library.mjs";
import { lstmOnnx } from "./onnxModel.mjs";
import { importOnnxRuntime } from "./onnxruntime.mjs";
import { pythonWithPyTorch } from "./python.mjs";
import { describeMachine, median } from "./statistics.mjs";

/** Seconds of one step of a character stream, batch 1, packed and in float32; see bench/README.md. */

const workloads = {
  "H 512": { symbols: 83, units: 512 },
  "H 1000": { symbols: 50, units: 1000 },
};
const here = dirname(fileURLToPath(import.meta.url));
/** Steps that every engine repeats; the logits after the last are compared. */
const textLength = 100;

function randomText(symbols) {
  let state = 1;
  return Int32Array.from({ length: textLength }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * symbols);
  });
}

/** repeat(n) of an engine: n times the text from the initial state, step by step; seconds of a step and the last logits. */
function timed(step, reset) {
  return async (times) => {
    let seconds = 0;
    let logits;
    for (let time = 0; time < times; time++) {
      reset();
      const start = performance.now();
      logits = await step();
      seconds += (performance.now() - start) / 1000;
    }
    return { seconds: seconds / times / textLength, logits: [...logits] };
  };
}

function packed(engine, model, levels, text, options) {
  const packedModel = engine.packModel(model);
  const stream = new engine.PackedStream(packedModel, options);
  const steps = Array.from(text, (symbol) => Int32Array.of(symbol));
  const run = () => {
    let logits;
    for (const symbol of steps) {
      logits = stream.step(symbol);
    }
    return logits;
  };
  return {
    engine: `packed ${levels}, ${stream.engine}`,
    levels,
    threads: 1,
    bytes: stream.bytes,
    weightBytes: stream.bytes - engine.packedBytes(packedModel).total + engine.packedBytes(packedModel).recurrentLayers,
    repeat: timed(run, () => stream.reset()),
    close: () => stream.dispose(),
  };
}

/** Ours in float32: one affine pass of the training kernel a step. */
function floatPath(engine, model, levels, text) {
  const kernel = engine.loadNativeKernel({ threads: 1 });
  if ("missing" in kernel) {
    throw new Error(kernel.missing);
  }
  const network = new engine.DeployedNetwork(model, kernel, 1);
  const { rows, columns, values } = model.outputWeights;
  const logits = new Float32Array(columns);
  const run = () => {
    for (const symbol of text) {
      const hidden = network.read({ kind: "symbols", symbols: Int32Array.of(symbol) });
      kernel.multiply({ rows: 1, columns: rows, values: hidden }, { rows, columns, values }, { out: logits });
      for (let output = 0; output < columns; output++) {
        logits[output] += model.outputBias[output];
      }
    }
    return logits;
  };
  return {
    engine: `float path of ${levels}, ${kernel.name}`,
    levels,
    threads: 1,
    ...floatBytes(model),
    repeat: timed(run, () => network.reset()),
    close: () => network.dispose(),
  };
}

/** The packed engine with the same matrices in float32. */
function inFloats(model, shippedValues) {
  const full = ({ rows, columns, ...matrix }) => ({ kind: "full-precision", rows, columns, values: shippedValues({ rows, columns, ...matrix }) });
  const layers = model.layers.map((layer) => ({
    ...layer,
    inputWeights: full(layer.inputWeights),
    recurrentWeights: full(layer.recurrentWeights),
  }));
  return { ...model, layers };
}

function floatBytes({ layers: [{ units, inputs }], outputs }) {
  const weightBytes = 4 * (inputs + units) * 4 * units;
  return { weightBytes, bytes: weightBytes + 4 * (4 * units + units * outputs.length + outputs.length) };
}

/** Places of our gates g, f, i, o in the order i, o, f, c. */
const onnxOrder = [2, 3, 1, 0];

async function onnxRuntime(engine, model, text, threads, folder) {
  const { ort, version } = await importOnnxRuntime();
  const { inputs, units } = model.layers[0];
  const file = join(folder, "lstm.onnx");
  const weights = floatWeights(model, onnxOrder, engine.shippedValues);
  await writeFile(file, engine.encodeOnnx(lstmOnnx({ inputs, units, outputs: model.outputs.length }, weights)));
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: "sequential" });
  const oneHot = Array.from(text, (symbol) => {
    const row = new Float32Array(inputs);
    row[symbol] = 1;
    return new ort.Tensor("float32", row, [1, 1, inputs]);
  });
  const zero = () => new ort.Tensor("float32", new Float32Array(units), [1, 1, units]);
  const run = async () => {
    let hidden = zero();
    let cell = zero();
    let logits;
    for (const input of oneHot) {
      const result = await session.run({ input, hidden, cell });
      hidden = result.newHidden;
      cell = result.newCell;
      logits = result.logits;
    }
    return logits.data;
  };
  return {
    engine: `onnxruntime-node ${version} LSTM`,
    levels: "ternary",
    threads,
    ...floatBytes(model),
    repeat: timed(run, () => {}),
    close: () => session.release(),
  };
}

async function pytorch(engine, model, text, threads, folder) {
  const python = await pythonWithPyTorch();
  const { inputs, units } = model.layers[0];
  const outputs = model.outputs.length;
  const { input, recurrent, bias, output, outputBias } = floatWeights(model, [2, 1, 0, 3], engine.shippedValues);
  const transposed = Float32Array.from({ length: output.length }, (_, index) => output[(index % units) * outputs + Math.floor(index / units)]);
  const weights = join(folder, "lstm.bin");
  const parts = [input, recurrent, bias, transposed, outputBias];
  await writeFile(weights, Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
  const environment = { ...process.env, OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) };
  const child = spawn(python, [join(here, "infer_pytorch.py")], { stdio: ["pipe", "pipe", "inherit"], env: environment });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) {
      throw new Error(`The PyTorch process ended with code ${await exited}`);
    }
    return JSON.parse(value);
  };
  child.stdin.write(`${JSON.stringify({ inputs, units, outputs, threads, weights, symbols: [...text] })}\n`);
  const { ready } = await answer();
  return {
    engine: ready,
    levels: "ternary",
    threads,
    ...floatBytes(model),
    async repeat(times) {
      child.stdin.write(`${textLength * times}\n`);
      const { seconds } = await answer();
      child.stdin.write(`${textLength}\n`);
      const { logits } = await answer();
      return { seconds: seconds / textLength / times, logits };
    },
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}

/** Seconds of one engine's turn, the same for all, so that other programs disturb none more often than another. */
const turn = 0.05;

/** Turn by turn, so that whatever else the machine does falls on all. */
async function measure(engines, rounds) {
  const seconds = engines.map(() => []);
  const logits = engines.map(() => []);
  const times = engines.map(() => 2);
  for (let round = -1; round < rounds; round++) {
    for (const [index, engine] of engines.entries()) {
      const result = await engine.repeat(times[index]);
      if (round < 0) {
        logits[index] = result.logits;
        times[index] = Math.max(1, Math.round(turn / (result.seconds * textLength)));
      } else {
        seconds[index].push(result.seconds);
      }
      await pause(20); // idle threads of one engine go to sleep before the next starts
    }
  }
  return { seconds, logits };
}

function largestDifference(a, b) {
  return Math.max(...a.map((value, index) => Math.abs(value - b[index])));
}

async function enginesFor(workload, text, folder) {
  const engine = await importLibrary();
  const ternary = characterModel(workload, "ternary");
  const binary = characterModel(workload, "binary");
  return [
    ...engine.packedInstructionSets().flatMap((instructionSet) => [
      packed(engine, ternary, "ternary", text, { instructionSet }),
      packed(engine, binary, "binary", text, { instructionSet }),
    ]),
    floatPath(engine, ternary, "ternary", text),
    floatPath(engine, binary, "binary", text),
    await onnxRuntime(engine, ternary, text, 1, folder),
    await onnxRuntime(engine, ternary, text, 2, folder),
    await pytorch(engine, ternary, text, 1, folder),
    await pytorch(engine, ternary, text, 2, folder),
    packed(engine, inFloats(ternary, engine.shippedValues), "float32", text, {}),
    packed(engine, ternary, "ternary", text, { engine: "wasm" }),
    packed(engine, binary, "binary", text, { engine: "wasm" }),
    packed(engine, ternary, "ternary", text, { engine: "typescript" }),
  ];
}

async function runWorkload(name, rounds) {
  const workload = workloads[name];
  const text = randomText(workload.symbols);
  const folder = await mkdtemp(join(tmpdir(), "tritloom-bench-"));
  let engines = [];
  try {
    engines = await enginesFor(workload, text, folder);
    const { seconds, logits } = await measure(engines, rounds);
    const indexOf = (start) => engines.findIndex(({ engine }) => engine.startsWith(start));
    const onnx = median(seconds[indexOf("onnxruntime")]);
    return engines.map(({ engine, levels, threads, bytes, weightBytes }, index) => ({
      workload: name,
      ...workload,
      engine,
      threads,
      rounds,
      seconds: median(seconds[index]),
      fastest: Math.min(...seconds[index]),
      slowest: Math.max(...seconds[index]),
      timesOnnxRuntime: onnx / median(seconds[index]),
      bytes,
      timesSmallerWeights: floatBytes(characterModel(workload, "ternary")).weightBytes / weightBytes,
      logitsFromFloatPath: largestDifference(logits[index], logits[indexOf(`float path of ${levels === "binary" ? levels : "ternary"}`)]),
    }));
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

function printTable(rows) {
  for (const row of rows) {
    const microseconds = (value) => (value * 1e6).toFixed(1);
    console.log(
      `${row.workload.padEnd(7)} ${row.engine.padEnd(38)} ${row.threads} thread${row.threads === 1 ? " " : "s"}  ` +
        `${microseconds(row.seconds).padStart(7)} us a step (${microseconds(row.fastest)} to ${microseconds(row.slowest)}), ` +
        `${row.timesOnnxRuntime.toFixed(2)} x ONNX Runtime on 1 thread; ${(row.bytes / 1e6).toFixed(2)} MB, ` +
        `weights ${row.timesSmallerWeights.toFixed(2)} x smaller; logits within ${row.logitsFromFloatPath.toExponential(1)}`,
    );
  }
}

const args = process.argv.slice(2);
const value = (name, fallback) => (args.includes(name) ? args[args.indexOf(name) + 1] : fallback);
const wanted = value("--workload", Object.keys(workloads).join(",")).split(",");
const rounds = Number(value("--rounds", "21"));
if (wanted.some((name) => !(name in workloads)) || !(Number.isInteger(rounds) && rounds >= 5)) {
  console.error('Usage: npm run bench:infer -- [--workload "H 512,H 1000"] [--rounds 21 (at least 5)] [--json]');
  process.exit(2);
}
const machine = describeMachine();
await buildLibrary();
await buildTargets(join(here, "../dist/native"), ["wasm"]);
const rows = [];
for (const name of wanted) {
  rows.push(...(await runWorkload(name, rounds)));
}
if (args.includes("--json")) {
  console.log(JSON.stringify({ bench: "infer", machine, rows }));
} else {
  printTable(rows);
}
