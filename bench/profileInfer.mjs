import { characterModel } from "./inferModels.mjs";
import { buildLibrary, importLibrary } from "./library.mjs";

/** A process that makes packed steps and nothing else, for a profiler; see bench/PROFILE.md. */

const [levels = "ternary", units = "512", symbols = "83", steps = "50000"] = process.argv.slice(2);
const shape = { units: Number(units), symbols: Number(symbols) };
if (!["ternary", "binary"].includes(levels) || ![shape.units, shape.symbols, Number(steps)].every((value) => Number.isInteger(value) && value > 0)) {
  console.error("Usage: [TRITLOOM_SIMD=avx2] node bench/profileInfer.mjs [ternary | binary] [UNITS] [SYMBOLS] [STEPS]");
  process.exit(2);
}
await buildLibrary();
const { packModel, PackedStream } = await importLibrary();
const stream = new PackedStream(packModel(characterModel(shape, levels)), { engine: "native" });
const inputs = Array.from({ length: shape.symbols }, (_, symbol) => Int32Array.of(symbol));
for (let step = 0; step < Number(steps); step++) {
  stream.step(inputs[step % inputs.length]);
}
console.log(`${stream.engine}: ${steps} steps of ${levels} weights, ${units} units, ${symbols} symbols`);
stream.dispose();
