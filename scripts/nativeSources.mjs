import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What every build of native/ has in common: its sources, the instruction sets, and compiling only what changed. */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const sourceDir = join(root, "native");
const headerDir = join(root, "node_modules/node-api-headers/include");

const avx512 = [
  "-mavx512f",
  "-mavx512vl",
  "-mavx512dq",
  "-mavx512bw",
  "-mavx2",
  "-mfma",
  "-mprefer-vector-width=512",
];

/** Compiler options of each instruction set; the scalar one is what every processor of the architecture has. */
const instructionSets = {
  x64: {
    scalar: [],
    avx2: ["-mavx2", "-mfma"],
    avx512,
    avx512vbmi: [...avx512, "-mavx512vbmi"],
    avx512bf16: [...avx512, "-mavx512bf16"],
  },
  arm64: { scalar: [] },
  wasm32: { simd128: [] },
};

export const architectures = Object.keys(instructionSets);

// Contraction to fused multiply-add rounds less; unlike -ffast-math nothing here lets NaN or infinity go unseen.
export const flags = [
  "-std=c++17",
  "-O3",
  "-fvisibility=hidden",
  "-ffp-contract=fast",
  "-fno-math-errno",
  "-fno-trapping-math",
  "-Wall",
  "-Wextra",
  "-Werror=return-type",
];
export const addonFlags = ["-fPIC", "-pthread", "-DNAPI_VERSION=8", `-I${headerDir}`];

/** Files that only the addon needs, or only WebAssembly. */
const addonOnly = /^(addon|napi_|packed_cpu\b|cpu\b|thread_pool\b)/;
const wasmOnly = /^wasm_/;

/** Only look-up in bit planes gains from permuting bytes, and only training from bfloat16. */
const setsOfSomeFiles = {
  avx512vbmi: (name) => name.startsWith("packed_"),
  avx512bf16: (name) => !name.startsWith("packed_"),
};

function compiledFor(set, name) {
  return setsOfSomeFiles[set]?.(name) ?? true;
}

/**
 * One compiler run per object file. A file whose code lies in the namespace TRITLOOM_ISA is compiled once for each
 * instruction set, every other file once.
 * @param {{ arch: string, wasm?: boolean, setOptions?: (options: string[]) => string[] }} target
 */
export async function compilations({ arch, wasm = false, setOptions = (options) => options }) {
  const names = (await readdir(sourceDir)).filter((name) => name.endsWith(".cc") && !(wasm ? addonOnly : wasmOnly).test(name));
  const jobs = [];
  for (const name of names.sort()) {
    const source = join(sourceDir, name);
    const stem = basename(name, ".cc");
    if (!/^namespace TRITLOOM_ISA \{/m.test(await readFile(source, "utf8"))) {
      jobs.push({ source, object: `${stem}.o`, options: [] });
      continue;
    }
    for (const [set, options] of Object.entries(instructionSets[arch]).filter(([set]) => compiledFor(set, name))) {
      jobs.push({ source, object: `${stem}.${set}.o`, options: [`-DTRITLOOM_ISA=${set}`, ...setOptions(options)] });
    }
  }
  return jobs;
}

export async function inParallel(jobs, work) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      await work(job);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
}

/** A fingerprint of all that the product's bytes depend on. */
async function fingerprint(recipe) {
  const hash = createHash("sha256").update(JSON.stringify(recipe));
  for (const name of (await readdir(sourceDir)).sort()) {
    if (/\.(cc|h)$/.test(name)) {
      hash.update(`\0${name}\0`).update(await readFile(join(sourceDir, name)));
    }
  }
  return hash.update(await readFile(join(headerDir, "node_api.h"))).digest("hex");
}

async function compileAndLink({ compiler, jobs, compile, link }, product) {
  const work = await mkdtemp(join(tmpdir(), "tritloom-native-"));
  try {
    await inParallel(jobs, ({ source, object, options }) =>
      compiler.run([...compile, ...options, "-c", source, "-o", join(work, object)]),
    );
    // The linker writes more files beside its output; only the product leaves the work folder.
    const linked = join(work, basename(product));
    await (compiler.link ?? compiler.run)([...jobs.map(({ object }) => join(work, object)), ...link, "-o", linked]);
    const copy = `${product}.${randomUUID()}.tmp`;
    await writeFile(copy, await readFile(linked), { mode: 0o755 });
    await rename(copy, product);
  } catch (error) {
    const message = error.stderr || error.message;
    throw new Error(`Compiling native/ to ${basename(product)} with ${compiler.version} failed:\n${message}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Compiles and links `product`, unless it is there already and was made from the same sources in the same way: a file
 * beside it keeps the fingerprint.
 * @returns the product's path
 */
export async function buildProduct(recipe, product) {
  const { compiler, compile, link, jobs } = recipe;
  const wanted = await fingerprint([compiler.version, compile, link, jobs.map(({ object, options }) => [object, options])]);
  const stamp = `${product}.sha256`;
  const built = await Promise.all([readFile(stamp, "utf8"), readFile(product)]).catch(() => undefined);
  if (built?.[0] === wanted) {
    return product;
  }
  await mkdir(dirname(product), { recursive: true });
  await rm(stamp, { force: true });
  await compileAndLink(recipe, product);
  await writeFile(stamp, wanted);
  return product;
}
