import { setTimeout as pause } from "node:timers/promises";
import { startEngine } from "./engineProcess.mjs";
import { median } from "./statistics.mjs";
import { engines } from "./trainEngines.mjs";
import { operations, productsOf, sizesOf } from "./trainWorkloads.mjs";

/** Measures one workload: all engines turn by turn, so that whatever else the machine does falls on all. */

const warmUp = 2;

/** @param threads for engines that can be told */
async function start(name, sizes, threads) {
  const { setup, ...process } = await engines[name].start();
  const engine = await startEngine(process, { ...setup, sizes, threads });
  return { key: name, title: [engine.name, engines[name].title].filter(Boolean).join(" "), ...engine };
}

/**
 * @param names of engines
 * @param mayMiss whether an engine that does not start is left out, with a word on standard error
 */
async function startAll(names, sizes, mayMiss) {
  const started = [];
  for (const name of names) {
    try {
      started.push(await start(name, sizes, started[0]?.threads ?? Number(process.env.TRITLOOM_THREADS || 0)));
    } catch (error) {
      if (!mayMiss) {
        await Promise.all(started.map((engine) => engine.close()));
        throw error;
      }
      console.error(`${name} does not start and is left out.`);
    }
  }
  return started;
}

async function measureSteps(started, rounds, products) {
  const steps = started.map(() => []);
  const rates = new Map();
  for (let round = -warmUp; round < rounds; round++) {
    for (const [index, engine] of started.entries()) {
      const step = await engine.ask("step");
      if (!Number.isFinite(step.loss)) {
        throw new Error(`${engine.title}: the loss is ${step.loss}`);
      }
      if (round >= 0) {
        steps[index].push(step);
      }
      if (engines[engine.key].multiplies) {
        const answer = await engine.ask("products", { products });
        const best = rates.get(engine.name) ?? answer.rates;
        rates.set(engine.name, best.map((rate, place) => Math.max(rate, answer.rates[place])));
      }
      await pause(50); // idle threads of one engine go to sleep before the next one starts
    }
  }
  return { steps, rates };
}

/** The time of the bare products at the best rate that any engine reaches: the least that a step can take in float32. */
function roofline(products, rates) {
  const best = products.map((_, place) => Math.max(...[...rates.values()].map((each) => each[place])));
  return {
    seconds: products.reduce((sum, each, place) => sum + operations([each]) / best[place] / 1e9, 0),
    products: products.map(({ product, count }, place) => ({
      product,
      count,
      gigaflops: Object.fromEntries([...rates].map(([name, each]) => [name, each[place]])),
    })),
  };
}

/** The least time that cores spent on a step, whoever else wanted them; NaN from engines that do not tell it. */
const processorTime = (steps) => Math.min(...steps.map((step) => step.processorSeconds ?? NaN));

function rowOf(workload, sizes, engine, steps, reference) {
  const seconds = steps.map((step) => step.seconds);
  return {
    workload,
    ...sizes,
    engine: engine.title,
    key: engine.key,
    threads: engine.threads,
    rounds: steps.length,
    seconds: median(seconds),
    fastest: Math.min(...seconds),
    slowest: Math.max(...seconds),
    /** Times as long as the first engine in the same round; the median. */
    ratio: median(seconds.map((value, round) => value / reference[round].seconds)),
    processorSeconds: processorTime(steps),
    processorRatio: processorTime(steps) / processorTime(reference),
    lastLoss: steps.at(-1).loss,
  };
}

/** Rows of one workload, the last one the roofline where an engine tells its products' rate. */
export async function measureWorkload(workload, names, { rounds, mayMiss }) {
  const sizes = sizesOf(workload);
  const products = productsOf(sizes);
  const started = await startAll(names, sizes, mayMiss);
  try {
    const { steps, rates } = await measureSteps(started, rounds, products.map(({ product }) => product));
    const limit = rates.size > 0 ? roofline(products, rates) : undefined;
    const rows = [];
    for (const [index, engine] of started.entries()) {
      const row = rowOf(workload, sizes, engine, steps[index], steps[0]);
      row.gigaflops = operations(products) / row.seconds / 1e9;
      row.rooflineShare = limit && limit.seconds / row.seconds;
      row.peakBytes = (await engine.ask("memory")).peak;
      rows.push(row);
    }
    const gigaflops = limit && operations(products) / limit.seconds / 1e9;
    return limit ? [...rows, { workload, ...sizes, engine: "products alone", key: "roofline", ...limit, gigaflops }] : rows;
  } finally {
    await Promise.all(started.map((engine) => engine.close()));
  }
}

/** Resident memory of Tritloom over many steps. */
export async function measureMemory(workload, steps) {
  const every = Math.ceil(steps / 10);
  const engine = await start("tritloom", sizesOf(workload), undefined);
  const seconds = [];
  const bytes = [];
  try {
    for (let step = 1; step <= steps; step++) {
      seconds.push((await engine.ask("step")).seconds);
      if (step % every === 0) {
        bytes.push((await engine.ask("memory")).now);
      }
    }
  } finally {
    await engine.close();
  }
  return { workload, ...sizesOf(workload), engine: engine.title, steps, seconds: median(seconds), every, bytes, grownBytes: bytes.at(-1) - bytes[1] };
}
