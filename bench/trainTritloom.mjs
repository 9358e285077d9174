import { ownMemory, serveEngine } from "./engineProcess.mjs";
import { importLibrary, loadKernel } from "./library.mjs";
import { specOf } from "./spec.mjs";

/** Tritloom's side of bench:train: whole steps of the trainer. */

function randomNumbers() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
}

/** Symbols as unevenly spread as those of a text, or sequences of noise; enough for a few minibatches. */
function randomData({ timesteps, batch, symbols, inputs, outputs }) {
  const random = randomNumbers();
  const below = (bound) => Math.floor(random() ** 2 * bound);
  const names = Array.from({ length: outputs }, (_, index) => String(index));
  if (inputs === null) {
    const train = Int32Array.from({ length: batch * timesteps * 4 }, () => below(symbols));
    return { kind: "symbols", symbols: names, train, validation: train, test: train };
  }
  const count = 2 * batch;
  const train = {
    values: Float32Array.from({ length: count * timesteps * inputs }, random),
    labels: Int32Array.from({ length: count }, () => below(outputs)),
  };
  return { kind: "sequences", timesteps, width: inputs, classes: names, train, validation: train, test: train };
}

/** GF/s of the kernel's own product, the better of two tries of 30 ms. */
function productRate(kernel, [rows, depth, columns]) {
  const matrix = (rows, columns) => ({ rows, columns, values: new Float32Array(rows * columns).fill(0.5) });
  const [a, b] = [matrix(rows, depth), matrix(depth, columns)];
  const out = new Float32Array(rows * columns);
  let best = 0;
  for (let attempt = 0; attempt < 2; attempt++) {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < 30) {
      kernel.multiply(a, b, { out });
      count++;
    }
    best = Math.max(best, (2e-6 * rows * depth * columns * count) / (performance.now() - start));
  }
  return best;
}

await serveEngine(async ({ kernel: kind, sizes }) => {
  const { Trainer } = await importLibrary();
  const kernel = await loadKernel(kind);
  const trainer = Trainer.create(specOf(sizes), randomData(sizes), kernel);
  return {
    name: `Tritloom ${kernel.name}`,
    threads: kernel.threads,
    answers: {
      step() {
        const [start, before] = [performance.now(), process.cpuUsage()];
        const { loss } = trainer.step();
        const { user, system } = process.cpuUsage(before);
        return { loss, seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 };
      },
      products: ({ products }) => ({ rates: products.map((product) => productRate(kernel, product)) }),
      memory: ownMemory,
    },
  };
});
