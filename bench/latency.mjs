import { execFile } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";
import { experimentTimes } from "./experiments.mjs";
import { hourOfEvents } from "./hourOfEvents.mjs";
import { languageServerTimes } from "./languageServer.mjs";

/** Seconds until a cell or the extension answers; see bench/README.md. */

const freshStarts = 7;
const warmCells = 200;
const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "../dist");
const kernelPath = join(dist, "kernel.js");
const extensionPath = join(dist, "extension.js");
const languageServerPath = join(dist, "language-server.js");

async function requireBuild(...files) {
  for (const file of files) {
    await access(file).catch(() => {
      throw new Error(`${file} is missing: run npm run build first`);
    });
  }
}

/** Bundles a module made of `contents`, whose imports start at the repository's root. */
async function bundle(contents, format, outfile) {
  const stdin = { contents, resolveDir: join(here, ".."), loader: "ts" };
  await build({ stdin, bundle: true, platform: "node", format, outfile, logLevel: "warning" });
}

async function importKernelClient(folder) {
  const outfile = join(folder, "client.mjs");
  await bundle('export { KernelClient } from "./kernel/client.js";', "esm", outfile);
  return (await import(pathToFileURL(outfile).href)).KernelClient;
}

async function timed(action) {
  const start = performance.now();
  const value = await action();
  return { value, seconds: (performance.now() - start) / 1000 };
}

/** Runs a cell until it has ended. @returns the text of its result, undefined when it has none */
async function runCell(kernel, code, executionCount) {
  let text;
  const status = await kernel.execute(code, { cell: 1, executionCount }, (message) => {
    if (message.type === "error") {
      throw new Error(`The cell ${code} failed: ${message.error.message}`);
    }
    text = message.type === "result" ? message.data["text/plain"] : text;
  });
  if (status !== "ok") {
    throw new Error(`The cell ${code} ended with status ${status}`);
  }
  return text;
}

async function runSum(kernel, executionCount) {
  const text = await runCell(kernel, "1 + 1", executionCount);
  if (text !== "2") {
    throw new Error(`The cell 1 + 1 gave ${text}`);
  }
}

/** Measures the time from no process to the end of the first cell. */
async function coldCell(startKernel) {
  const { value: kernel, seconds } = await timed(async () => {
    const started = await startKernel();
    await runSum(started, 1);
    return started;
  });
  await kernel.dispose();
  return seconds;
}

/** The first cell of a kernel that is ready. */
async function firstImport(startKernel) {
  const kernel = await startKernel();
  const { seconds } = await timed(() => runCell(kernel, 'import * as tl from "tritloom"', 1));
  await kernel.dispose();
  return seconds;
}

async function warmCellTimes(startKernel) {
  const kernel = await startKernel();
  const taken = [];
  for (let cell = -20; cell < warmCells; cell++) {
    const { seconds } = await timed(() => runSum(kernel, cell + 21));
    if (cell >= 0) {
      taken.push(seconds);
    }
  }
  await kernel.dispose();
  return taken;
}

/** Loads and activates the bundle in a fresh Node, where the stub editor is already in memory, and prints the seconds. */
const activationProgram = `
const vscode = require("vscode");
const nothingKept = { get: () => undefined, update: async () => {} };
const [extensionPath, root, storage] = process.argv.slice(1);
const context = {
  subscriptions: [],
  extensionPath: root,
  extensionUri: vscode.Uri.file(root),
  globalStorageUri: vscode.Uri.file(storage),
  workspaceState: nothingKept,
};
const start = performance.now();
require(extensionPath).activate(context);
const seconds = (performance.now() - start) / 1000;
context.subscriptions.forEach((each) => each.dispose());
console.log(JSON.stringify(seconds));
`;

async function activation(folder) {
  const programArguments = ["-e", activationProgram, extensionPath, join(here, ".."), folder];
  const { stdout } = await promisify(execFile)(process.execPath, programArguments, {
    env: { ...process.env, NODE_PATH: folder },
  });
  return JSON.parse(stdout);
}

async function repeat(times, measureOnce) {
  const taken = [];
  for (let time = 0; time < times; time++) {
    taken.push(await measureOnce());
  }
  return taken;
}

function rowOf(workload, taken) {
  const sorted = [...taken].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const seconds = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1];
  return { workload, engine: "tritloom", seconds, p95, fastest: sorted[0], slowest: sorted.at(-1), measured: taken.length };
}

/** A notebook of 50 cells with TensorFlow.js, opened in fresh servers. */
async function languageServer(folder) {
  const times = await repeat(3, () => languageServerTimes(languageServerPath, folder));
  const bytes = Math.max(...times.map(({ memory = 0 }) => memory));
  return [
    rowOf("language server: first answer", times.map(({ first }) => first)),
    { ...rowOf("language server: completion", times.flatMap(({ completions }) => completions)), ...(bytes > 0 && { bytes }) },
  ];
}

/** What is sent is told in bytes, not in time. */
function rowsOf(measured) {
  return measured.map(({ workload, taken, ...others }) => ({ ...(taken.length > 0 ? rowOf(workload, taken) : { workload, engine: "tritloom" }), ...others }));
}

async function measure(part) {
  const folder = await mkdtemp(join(tmpdir(), "tritloom-bench-"));
  try {
    if (part !== undefined && part !== "start") {
      return rowsOf(await (part === "runs" ? experimentTimes(folder) : hourOfEvents(folder)));
    }
    await requireBuild(kernelPath, extensionPath, languageServerPath, join(dist, "api/tritloom.mjs"));
    const KernelClient = await importKernelClient(folder);
    await bundle('module.exports = require("./test/extension/fakeVscode.js").fake;', "cjs", join(folder, "vscode.js"));
    const startKernel = () => KernelClient.start({ cwd: folder, kernelPath });
    return [
      rowOf("cold cell", await repeat(freshStarts, () => coldCell(startKernel))),
      rowOf("warm cell", await warmCellTimes(startKernel)),
      rowOf("first import of tritloom", await repeat(freshStarts, () => firstImport(startKernel))),
      rowOf("extension activation", await repeat(freshStarts, () => activation(folder))),
      ...(await languageServer(folder)),
      ...(part === undefined ? rowsOf([...(await experimentTimes(folder)), ...(await hourOfEvents(folder))]) : []),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function milliseconds(seconds) {
  return (seconds * 1000).toFixed(1).padStart(8);
}

function printTable(rows) {
  console.log(`${"milliseconds".padEnd(38)}${"median".padStart(8)}${"p95".padStart(9)}${"fastest".padStart(9)}${"slowest".padStart(9)}  measured`);
  for (const { workload, seconds, p95, fastest, slowest, measured, bytes, grown, sent } of rows) {
    if (sent !== undefined) {
      console.log(`${workload.padEnd(38)}sends ${sent.rows} row, ${sent.curves} curves, ${sent.bytes} bytes${sent.most === undefined ? "" : `, at most ${sent.most}`}`);
      continue;
    }
    const figures = [seconds, p95, fastest, slowest].map(milliseconds).join(" ");
    const memory = bytes === undefined ? "" : `, ${(bytes / 1e6).toFixed(1)} MB of memory`;
    const growth = grown === undefined ? "" : `, ${(grown / 1e6).toFixed(2)} MB more than after ten minutes of the hour`;
    console.log(`${workload.padEnd(38)}${figures}  ${measured}${memory}${growth}`);
  }
}

const parts = ["start", "runs", "hour"];
const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, part: { type: "string" } } });
if (values.part !== undefined && !parts.includes(values.part)) {
  console.error(`There is no part "${values.part}": npm run bench:latency -- [--json] [--part ${parts.join("|")}]`);
  process.exit(2);
}
const rows = await measure(values.part);
if (values.json) {
  const machine = { processor: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: process.platform };
  console.log(JSON.stringify({ bench: "latency", machine, rows }));
} else {
  printTable(rows);
}
