import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildLibrary, importLibrary } from "../library.mjs";
import { experimentOf, rows } from "./plan.mjs";
import { exampleRoms, readRows, root } from "./rowFiles.mjs";

/**
 * Instruction sets add in different orders, and a training carries each rounding on: two seeds of this row differ by more than this, two
 * processors by less.
 */
const mostBpcApart = 0.03;
/** Logits of the ROM folder are single precision, the sum of their losses double. */
const mostBitsApart = 1e-4;

/** Trains the short row from its spec, and scores the ROM files of the example without Tritloom's readers. @throws Error where a figure is another */
export async function checkRows(tl) {
  const planned = rows.find(({ budget }) => budget === "short");
  const committed = (await readRows()).find(({ name }) => name === planned.name);
  if (committed === undefined) {
    throw new Error(`examples/results/${planned.name}.json is missing: npm run results -- add RUN`);
  }
  const trained = await trainedFigure(tl, planned);
  compare(`${planned.name}, trained from scratch`, trained, committed.testBpc, mostBpcApart);
  const { spec } = await experimentOf(tl, planned);
  const scored = await romFigure(spec.task, committed.chip.timesteps);
  compare(`examples/results/roms, ${committed.chip.timesteps} timesteps in Python`, scored, committed.chip.integers, mostBitsApart);
}

function compare(what, found, committed, most) {
  console.log(`${what}: ${found.toFixed(4)} BPC, committed ${committed.toFixed(4)}`);
  if (!(Math.abs(found - committed) <= most)) {
    throw new Error(`${what}: ${found} BPC is not within ${most} of the committed ${committed}.`);
  }
}

async function trainedFigure(tl, planned) {
  const folder = await mkdtemp(path.join(tmpdir(), "tritloom-results-"));
  try {
    const run = await (await experimentOf(tl, planned)).train({ runs: folder });
    return (await run.evaluate("test")).deployable.bpc;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** BPC of the first timesteps of the test part, by the program that knows nothing but the folder. */
async function romFigure(task, timesteps) {
  await buildLibrary();
  const { loadText, splitCorpus } = await importLibrary();
  const { test } = splitCorpus(await loadText(task.corpus.name), task);
  const symbols = [...test.slice(0, timesteps + 1)];
  const input = JSON.stringify([{ folder: exampleRoms, sequences: [symbols.slice(0, -1)] }]);
  const program = path.join(root, "test/hardware/rom/rom_network.py");
  const { status, stdout, stderr } = spawnSync("python3", [program, "--run"], { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0) {
    throw new Error(`python3 ${program} ended with ${status}: ${stderr}`);
  }
  const [steps] = JSON.parse(stdout);
  const bits = steps.map(({ logits }, index) => bitsOf(logits, symbols[index + 1]));
  return bits.reduce((sum, value) => sum + value, 0) / bits.length;
}

function bitsOf(logits, symbol) {
  const largest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return (Math.log(sum) + largest - logits[symbol]) / Math.LN2;
}
