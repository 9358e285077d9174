import { MissingToolError } from "../../programs/missingTool.js";
import { inTemporaryFolder, readOutputs, runProgram, ToolError, faultOf } from "../../programs/runProgram.js";

/** Yosys, the program or its WebAssembly twin. */
export interface Yosys {
  readonly tool: string;
  readonly version: string;
  /**
   * @param files texts by their path in the folder in which the script runs
   * @param outputs files that the script writes there
   * @throws ToolError with Yosys's own words
   */
  run(script: string, files: ReadonlyMap<string, string>, outputs: readonly string[]): Promise<Map<string, string>>;
}

const scriptFile = "script.ys";
const remedy = "install it (Debian: yosys), or the npm package @yowasp/yosys beside Tritloom.";

/**
 * The `yosys` on PATH, else the npm package `@yowasp/yosys` where it is installed.
 * @throws MissingToolError when there is neither
 */
export async function findYosys(signal?: AbortSignal): Promise<Yosys> {
  try {
    return await nativeYosys(signal);
  } catch (error) {
    if (!(error instanceof MissingToolError)) {
      throw error;
    }
    const wasm = await wasmYosys();
    if (wasm === undefined) {
      throw error;
    }
    return wasm;
  }
}

async function nativeYosys(signal?: AbortSignal): Promise<Yosys> {
  const program = { program: "yosys", signal, remedy };
  const version = versionOf(await runProgram({ ...program, args: ["-V"] }));
  return {
    tool: "Yosys",
    version,
    run: (script, files, outputs) =>
      inTemporaryFolder(new Map([...files, [scriptFile, script]]), async (cwd) => {
        await runProgram({ ...program, args: ["-q", "-s", scriptFile], cwd });
        return readOutputs(cwd, outputs);
      }),
  };
}

/** "Yosys 0.23 (git sha1 7ce5011c24b)" */
function versionOf(text: string): string {
  return /Yosys\s+(\S+)/.exec(text)?.[1] ?? text.trim();
}

/** Folders are objects, files texts. */
interface Tree {
  [name: string]: Tree | string | Uint8Array;
}

interface YowaspYosys {
  runYosys(args: string[], files: Tree, options: { stdout: Listener; stderr: Listener }): Promise<Tree>;
}

type Listener = (bytes: Uint8Array | null) => void;

/**
 * Yosys as WebAssembly; undefined where the package is not installed.
 * @param name the package's; no literal in the import, so that bundlers do not follow it: 38 MB that few have
 */
export async function wasmYosys(name = "@yowasp/yosys"): Promise<Yosys | undefined> {
  const module = (await import(name).catch(() => undefined)) as YowaspYosys | undefined;
  if (module === undefined) {
    return undefined;
  }
  const version = versionOf((await runWasm(module, ["-V"], {})).output);
  return {
    tool: "Yosys (WebAssembly)",
    version,
    run: async (script, files, outputs) => {
      const { tree } = await runWasm(module, ["-q", "-s", scriptFile], treeOf(new Map([...files, [scriptFile, script]])));
      return new Map(outputs.map((output) => [output, tree[output] as string]));
    },
  };
}

async function runWasm({ runYosys }: YowaspYosys, args: string[], files: Tree): Promise<{ tree: Tree; output: string }> {
  const chunks: Uint8Array[] = [];
  const listen: Listener = (bytes) => void (bytes && chunks.push(bytes));
  const said = (): string => Buffer.concat(chunks).toString("utf8");
  try {
    return { tree: await runYosys(args, files, { stdout: listen, stderr: listen }), output: said() };
  } catch (cause) {
    throw new ToolError(`Yosys failed: ${faultOf(said()) ?? (cause as Error).message}`, { cause });
  }
}

function treeOf(files: ReadonlyMap<string, string>): Tree {
  const tree: Tree = {};
  for (const [file, text] of files) {
    const folders = file.split("/");
    const name = folders.pop()!;
    const folder = folders.reduce((parent, child) => (parent[child] ??= {}) as Tree, tree);
    folder[name] = text;
  }
  return tree;
}
