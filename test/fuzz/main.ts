import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildFuzzWorker, fuzz, type FuzzFailure } from "./harness.js";
import { mutated } from "./mutate.js";
import { targets } from "./targets.js";

/** Cases of one worker: a new one has a fresh heap. */
const casesOfWorker = 1000;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    target: { type: "string" },
    seconds: { type: "string", default: "5" },
    mebibytes: { type: "string", default: "512" },
    write: { type: "string" },
  },
});
const names = targets.map(({ name }) => name).filter((name) => values.target === undefined || name === values.target);
const [count, firstSeed] = [Number(values.count), Number(values.seed)];
const limits = { seconds: Number(values.seconds), mebibytes: Number(values.mebibytes) };

if (values.write !== undefined) {
  await writeFile(values.write, mutated(firstSeed, targets.find(({ name }) => name === values.target)!.files));
} else {
  await run();
}

/** Prints each failure with what repeats it. */
async function run(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "fuzz-"));
  const failures: FuzzFailure[] = [];
  try {
    const program = await buildFuzzWorker(folder);
    for (const name of names) {
      const mine = Math.ceil(count / names.length);
      const begun = Date.now();
      for (let seed = firstSeed; seed < firstSeed + mine; ) {
        const cases = Math.min(casesOfWorker, firstSeed + mine - seed);
        const failure = await fuzz(program, name, seed, cases, limits);
        if (failure === undefined) {
          seed += cases;
        } else {
          failures.push(failure);
          seed = failure.seed + 1;
          console.log(`${name}: seed ${failure.seed}: ${failure.reason}\n  npm run fuzz -- --target ${name} --seed ${failure.seed} --count 1; with --write FILE the case is written`);
        }
      }
      console.log(`${name}: ${mine} cases from seed ${firstSeed} on, ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(failures.length === 0 ? "No case failed." : `${failures.length} cases failed.`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
