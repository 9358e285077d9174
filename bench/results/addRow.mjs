import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describeMachine } from "../statistics.mjs";
import { rowOf, sourceOf } from "./plan.mjs";
import { exampleRoms, macUnits, root, rowFolder, rowSchema } from "./rowFiles.mjs";

/** Timesteps on which the integers of an accelerator are scored; those of the example's ROM files are read in Python, too. */
const scoredTimesteps = (budget) => (budget === "short" ? 1000 : 20_000);
const mostStretches = 100;

/** Makes the row of a finished run, whose name is one of the plan. */
export async function addRow(tl, dir) {
  const run = await tl.openRun(dir);
  const planned = rowOf(dir, run.spec);
  const result = JSON.parse(await readFile(path.join(dir, "result.json"), "utf8").catch(() => {
    throw new Error(`The run ${dir} is not finished: tritloom resume ${dir}`);
  }));
  if (result.steps !== planned.steps) {
    throw new Error(`The run ${dir} ended after ${result.steps} of ${planned.steps} steps.`);
  }
  const evaluation = await run.evaluate("test");
  const row = {
    ...planned,
    hours: rounded(result.trainingSeconds / 3600),
    ...testFigures(planned, evaluation.deployable),
    authorStyle: rounded(figureOf(planned, evaluation.authorStyle)),
    validation: rounded(result.figures.validation),
    draws: result.candidates.flatMap(({ choice, validationLoss }) => (choice.startsWith("draw") && validationLoss !== null ? [rounded(validationLoss / Math.LN2)] : [])),
    chip: await chipOf(tl, run, planned),
    size: sizeOf((await run.size()).size),
    command: commandOf(planned),
    commit: execFileSync("git", ["rev-parse", "--short=10", "HEAD"], { cwd: root, encoding: "utf8" }).trim(),
    date: new Date().toISOString().slice(0, 10),
    machine: machineNow(),
    computeKernel: result.computeKernel,
    curve: await curveOf(planned, dir),
  };
  const file = path.join(rowFolder, `${planned.name}.json`);
  await writeFile(file, `${JSON.stringify(rowSchema.parse(row), null, 1)}\n`);
  return file;
}

function commandOf(planned) {
  const source = sourceOf(planned);
  return source === undefined ? `node dist/cli.js train examples/results/specs/${planned.name}.json` : `npm run results -- train runs ${source} ${planned.name}`;
}

function machineNow() {
  const { processor, cores, platform } = describeMachine();
  return { processor, cores, platform };
}

const figureOf = ({ dataset }, score) => (dataset === "mnist" ? score.accuracy : score.bpc);

function testFigures(planned, score) {
  const isClassification = planned.dataset === "mnist";
  return { testBpc: isClassification ? null : rounded(score.bpc), testAccuracy: isClassification ? rounded(score.accuracy) : null, testPerplexity: null };
}

function sizeOf({ recurrentLayers, model }) {
  return {
    recurrentBits: recurrentLayers.bits,
    recurrentSaving: rounded(recurrentLayers.againstFloat32.allCounted),
    wholeBits: model.bits,
    wholeSaving: rounded(model.againstFloat32.allCounted),
  };
}

async function chipOf(tl, run, planned) {
  const chip = await run.accelerator({ macUnits }).catch((error) => {
    if (error.name !== "UnsupportedModelError") {
      throw error;
    }
  });
  if (chip === undefined) {
    return null;
  }
  if (planned.budget === "short") {
    await chip.exportRom(exampleRoms, { overwrite: true });
  }
  const timesteps = scoredTimesteps(planned.budget);
  const { integers, deployable: float } = await chip.evaluate("test", { timesteps });
  return {
    macUnits,
    cycles: chip.summary.cyclesPerTimestep,
    timesteps,
    integers: rounded(figureOf(planned, integers)),
    float: rounded(figureOf(planned, float)),
    romBits: chip.memory.shippedBits,
  };
}

async function curveOf(planned, dir) {
  const events = (await readFile(path.join(dir, "events.jsonl"), "utf8")).split("\n").slice(0, -1).map((line) => JSON.parse(line));
  const steps = events.filter(({ type }) => type === "step");
  const stretch = Math.ceil(steps.length / mostStretches);
  const train = Array.from({ length: Math.ceil(steps.length / stretch) }, (_, index) => {
    const part = steps.slice(index * stretch, (index + 1) * stretch);
    return [part.at(-1).step, rounded(part.reduce((sum, event) => sum + figureOf(planned, event), 0) / part.length)];
  });
  const validation = events.filter(({ type }) => type === "validation").map((event) => [event.step, rounded(figureOf(planned, event))]);
  return { train, validation };
}

/** Six digits: what a figure is shown with, and some more. */
function rounded(value) {
  return Number(value.toPrecision(6));
}
