import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type KernelOptions, KernelClient } from "../../kernel/client.js";

/** A kernel built from the present sources, and a notebook's folder with packages and files to import. */
export interface KernelBench {
  directory: string;
  kernelPath: string;
  keeperPath: string;
  start(options?: Partial<KernelOptions>): Promise<KernelClient>;
  remove(): Promise<void>;
}

const files: Record<string, string> = {
  "node_modules/esm-only/package.json": '{"name":"esm-only","type":"module","exports":{"import":"./index.js"}}',
  "node_modules/esm-only/index.js":
    'export const kind = "module";\nexport let count = 0;\nexport const bump = () => { count += 1; };\nexport default "default of esm-only";\n',
  "node_modules/common/package.json": '{"name":"common","main":"index.js"}',
  "node_modules/common/index.js": 'const kind = "CommonJS";\nmodule.exports = { kind, twice: (x) => 2 * x };\n',
  "lib/area.ts":
    'import { square, type Side } from "./square.js";\nimport sizes from "../sizes.json";\nexport const area: number = square(sizes.side as Side);\nexport function fail(): never {\n  throw new RangeError("from a file");\n}\nexport const here: string = import.meta.url;\nexport function spin(): never {\n  console.log("spinning");\n  while (true) {}\n}\n',
  "lib/square.ts":
    'import { area } from "./area.js";\nexport type Side = number;\nexport const square = (side: Side): number => side * side;\nexport const again = (): number => area;\n',
  "lib/broken.ts": "export const fine = 1;\nexport const width: number = ;\n",
  "lib/lost.ts": 'import { gone } from "not-installed/part";\nexport const lost = gone;\n',
  "lib/astray.ts": 'import { gone } from "./not-there";\nexport const astray = gone;\n',
  "lib/careful.ts":
    'export const careful = (): Promise<string> => import("./not-there").then(() => "found", () => "caught");\n',
  "edited.ts": "export const version = 1;\n",
  "plain.cjs": "module.exports = { plain: true };\n",
  "sizes.json": '{ "side": 3 }\n',
  "tsconfig.json": '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }\n',
  "api/tritloom.mjs":
    'import { tensors } from "./tensorflow.mjs";\nexport { tensors };\nexport function boom() { throw new Error("from the API"); }\n',
  "api/tensorflow.mjs": "export const tensors = { library: 1 };\n",
};

export async function prepareKernel(): Promise<KernelBench> {
  const root = await mkdtemp(join(tmpdir(), "tritloom-kernel-test-"));
  const directory = join(root, "notebooks");
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  const bundles = join(root, "dist");
  await promisify(execFile)(process.execPath, ["scripts/build.mjs", "kernel"], {
    env: { ...process.env, TRITLOOM_KERNEL_OUT: bundles },
  });
  const kernelPath = join(bundles, "kernel.js");
  return {
    directory,
    kernelPath,
    keeperPath: join(bundles, "kernel-keeper.js"),
    start: (options = {}) =>
      KernelClient.start({
        cwd: directory,
        kernelPath,
        env: { TRITLOOM_API_DIR: join(directory, "api") },
        nodePath: process.env.TRITLOOM_TEST_NODE ?? process.execPath,
        ...options,
      }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
