import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

/** The command, run as a program of its own, as the command line runs it. */
let bench: KernelBench;
let program: string;
beforeAll(async () => {
  bench = await prepareKernel();
  program = join(dirname(bench.kernelPath), "run.cjs");
  await build({
    stdin: {
      contents: `import { runCommand } from "./src/cli/run.ts";
        void runCommand(process.argv.slice(2), ${JSON.stringify(bench.kernelPath)}).then((code) => { process.exitCode = code; });`,
      resolveDir: process.cwd(),
      loader: "ts",
    },
    outfile: program,
    bundle: true,
    platform: "node",
    define: { "import.meta.url": '"file:///unused"' },
  });
});
afterAll(() => bench.remove());

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function command(args: string[], onStderr: (text: string, pid: number) => void = () => {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: bench.directory });
    const ended: Ended = { code: null, stdout: "", stderr: "" };
    child.stdout.on("data", (text) => (ended.stdout += String(text)));
    child.stderr.on("data", (text) => {
      ended.stderr += String(text);
      onStderr(ended.stderr, child.pid as number);
    });
    child.on("close", (code) => resolve({ ...ended, code }));
  });
}

/** How the API finds the place that runs it. */
const hostInCell = 'Reflect.get(globalThis, Symbol.for("tritloom.host"))';

interface CellSketch {
  source: string;
  tags?: string[];
}

async function notebook(name: string, cells: CellSketch[]): Promise<string> {
  const path = join(bench.directory, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(
    path,
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 2,
      metadata: { language_info: { name: "typescript" }, title: "kept" },
      cells: [
        { cell_type: "markdown", metadata: {}, source: ["# Title\n", "text"] },
        ...cells.map(({ source, tags }) => ({
          cell_type: "code",
          metadata: tags ? { tags } : {},
          source,
          execution_count: 99,
          outputs: [{ output_type: "stream", name: "stdout", text: "of an earlier run" }],
        })),
      ],
    }),
  );
  return path;
}

interface WrittenCell {
  cell_type: string;
  execution_count: number | null;
  outputs: { output_type: string; [key: string]: unknown }[];
}

async function codeCellsOf(path: string): Promise<WrittenCell[]> {
  const file = JSON.parse(await readFile(path, "utf8")) as { metadata: { title: string }; cells: WrittenCell[] };
  expect(file.metadata.title).toBe("kept");
  return file.cells.filter((cell) => cell.cell_type === "code");
}

function lastJson(stdout: string): unknown {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string);
}

describe("tritloom run", () => {
  it("executes all cells in the notebook's folder and writes them with their outputs", async () => {
    const path = await notebook("deep/good.ipynb", [
      { source: 'import { basename } from "node:path";\nconsole.log(basename(process.cwd()));' },
      { source: "  \n" },
      { source: "1 + 1" },
      { source: `${hostInCell}.report({ kind: "run", dir: "/r", state: "finished", measure: "BPC", test: 2.3, testBpc: 2.3 });` },
    ]);
    const ended = await command([path, "--json"]);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining("[1] deep\n") });
    expect(lastJson(ended.stdout)).toEqual({
      ok: true,
      cells: 3,
      runs: [{ dir: "/r", state: "finished", measure: "BPC", test: 2.3, testBpc: 2.3 }],
      roms: [],
      memorySaving: null,
      wholeModelSaving: null,
      memorySavingInWords: null,
    });
    const cells = await codeCellsOf(join(bench.directory, "deep/good.executed.ipynb"));
    expect(cells.map((cell) => cell.execution_count)).toEqual([1, null, 2, 3]);
    expect(cells[0]?.outputs).toEqual([{ output_type: "stream", name: "stdout", text: ["deep\n"] }]);
    expect(cells[1]?.outputs).toEqual([]);
    expect(cells[2]?.outputs).toMatchObject([{ output_type: "execute_result", data: { "text/plain": ["2"] } }]);
  });

  it("stops at the first error, says where, and still writes the notebook", async () => {
    const path = await notebook("bad.ipynb", [
      { source: "const fine = 1;" },
      { source: 'console.log("half");\n\nthrow new RangeError("too far");' },
      { source: "never" },
    ]);
    const out = join(bench.directory, "new folder", "out.ipynb");
    const ended = await command([path, "--out", out, "--json"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("cell 2, line 3: RangeError: too far");
    expect(lastJson(ended.stdout)).toMatchObject({
      ok: false,
      cells: 2,
      error: { cell: 2, line: 3, name: "RangeError", message: "too far" },
    });
    const cells = await codeCellsOf(out);
    expect(cells[1]?.outputs.map((output) => output.output_type)).toEqual(["stream", "error"]);
    expect(cells[2]).toMatchObject({ execution_count: null, outputs: [] });
    expect(await readdir(dirname(out))).toEqual(["out.ipynb"]);
  });

  it("names the line of a syntax error, and goes on past cells that may fail", async () => {
    const path = await notebook("syntax.ipynb", [
      { source: 'throw new Error("expected")', tags: ["raises-exception"] },
      { source: "const a = 1;\nconst b = ;" },
    ]);
    const ended = await command([path, "--json"]);
    expect(ended.code).toBe(1);
    expect(lastJson(ended.stdout)).toMatchObject({ cells: 2, error: { cell: 2, line: 2, name: "SyntaxError" } });
  });

  it("gives other values to the variables that the cell tagged parameters declares", async () => {
    const path = await notebook("parameters.ipynb", [
      { source: "const a = 1;\nlet b: number = 2, c = [1];", tags: ["parameters"] },
      { source: "b += 1;\nconsole.log(JSON.stringify([a, b, c]))" },
    ]);
    const file = join(bench.directory, "values.yaml");
    await writeFile(file, "a: 5\nc: [7, x]\n");
    const ended = await command([path, "--param", "a=moby dick", "--params", file, "--param", "b=40", "--param", "cc=1"]);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('[3] ["moby dick",41,[7,"x"]]\n') });
    expect(ended.stderr).toContain("parameters.ipynb that is tagged parameters does not declare cc, which is declared after it. Did you mean c? It declares a, b, c.\n");
    const { cells } = JSON.parse(await readFile(join(bench.directory, "parameters.executed.ipynb"), "utf8"));
    expect(cells[2]).toMatchObject({ metadata: { tags: ["injected-parameters"] }, execution_count: 2, outputs: [] });
  });

  it.each([
    [["--param", "a"], /--param a: write name=value/],
    [["--params", "gone.json"], /gone\.json: does not exist/],
  ])("executes nothing and writes nothing where %j cannot be", async (args, message) => {
    const path = await notebook("wrong/notebook.ipynb", [{ source: "const a = 1, b = 2;", tags: ["parameters"] }]);
    const ended = await command([path, ...args, "--json"]);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(lastJson(ended.stdout)).toMatchObject({ ok: false, cells: 0, error: { cell: null, message: expect.stringMatching(message) } });
    expect(await readdir(dirname(path))).toEqual(["notebook.ipynb"]);
  });

  it("goes on after errors where they are allowed, but not without a kernel", async () => {
    const path = await notebook("allowed.ipynb", [{ source: "for (;;) {}" }, { source: "throw new Error('second')" }, { source: "1 + 1" }]);
    const ended = await command([path, "--allow-errors", "--timeout", "3", "--json"]);
    expect(ended.code).toBe(0);
    expect(lastJson(ended.stdout)).toMatchObject({ ok: true, cells: 3, allowedErrors: [{ cell: 1, name: "Timeout" }, { cell: 2, line: 1, message: "second" }] });
    const cells = await codeCellsOf(join(bench.directory, "allowed.executed.ipynb"));
    expect(cells.map(({ outputs }) => outputs.at(-1)?.output_type)).toEqual(["error", "error", "execute_result"]);
    const dead = await notebook("dead.ipynb", [{ source: "process.exit(4)" }, { source: "1" }]);
    expect((await command([dead, "--allow-errors"])).code).toBe(1);
  });

  it("reads a script with marks, and leaves out outputs when told to", async () => {
    const script = join(bench.directory, "script.ts");
    await writeFile(script, "// %% [markdown]\n// # Title\n\n// %%\nconst a: number = 1;\n\n// %%\na + 1\n");
    expect((await command([script])).code).toBe(0);
    const { cells } = JSON.parse(await readFile(join(bench.directory, "script.executed.ipynb"), "utf8"));
    expect(cells[2].outputs).toMatchObject([{ data: { "text/plain": ["2"] } }]);
    expect((await command([script, "--no-outputs"])).code).toBe(0);
    const clean = JSON.parse(await readFile(join(bench.directory, "script.executed.ipynb"), "utf8"));
    expect(clean.cells[2]).toMatchObject({ source: ["a + 1"], execution_count: null, outputs: [] });
  });

  it("leaves out cells tagged skip-execution, and shows that", async () => {
    const path = await notebook("skipped.ipynb", [{ source: "process.exit(4)", tags: ["skip-execution"] }, { source: "1 + 1" }]);
    const ended = await command([path, "--json"]);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining("[1] Skipped") });
    const [skipped, next] = await codeCellsOf(join(bench.directory, "skipped.executed.ipynb"));
    expect(skipped).toMatchObject({ execution_count: null, outputs: [{ text: ["Skipped: this cell has the tag skip-execution.\n"] }] });
    expect(next).toMatchObject({ execution_count: 1, outputs: [{ data: { "text/plain": ["2"] } }] });
  });

  it("writes a notebook that other programs can save, whatever its cells print, throw and display", async () => {
    const path = await notebook("odd.ipynb", [
      { source: 'console.log("\ud800"); display({ "application/json": { a: "\udfff" } }); // \ud800' },
      { source: 'process.send({ type: "display", id: "2", displayId: "x", update: false, data: { "application/json": "{bad" } }); 1' },
      { source: 'display({ "application/json": "{bad" })', tags: ["raises-exception"] },
      { source: "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;", tags: ["raises-exception"] },
      { source: '"last"' },
    ]);
    expect((await command([path])).code).toBe(0);
    const written = await readFile(join(bench.directory, "odd.executed.ipynb"), "utf8");
    expect(written).not.toMatch(/\\ud[89a-f]/i);
    const cells = await codeCellsOf(join(bench.directory, "odd.executed.ipynb"));
    expect(cells[0]?.outputs).toMatchObject([{ text: ["\ufffd\n"] }, { data: { "application/json": { a: "\ufffd" } } }]);
    expect(cells[1]?.outputs[0]).toMatchObject({ data: { "application/json": "{bad" } });
    expect(cells.slice(2).map(({ outputs }) => outputs.at(-1)?.output_type)).toEqual(["error", "error", "execute_result"]);
  });

  it("reports the death of the kernel", async () => {
    const path = await notebook("exit.ipynb", [{ source: "process.exit(4)" }, { source: "1" }]);
    const ended = await command([path, "--json"]);
    expect(ended.code).toBe(1);
    expect(lastJson(ended.stdout)).toMatchObject({
      ok: false,
      cells: 1,
      error: { cell: 1, line: null, name: "KernelDied", message: expect.stringContaining("exit code 4") },
    });
  });

  it("stops a cell that takes too long", async () => {
    const path = await notebook("slow.ipynb", [{ source: "while (true) {}" }]);
    const ended = await command([path, "--json", "--timeout", "0.5"]);
    expect(ended.code).toBe(1);
    expect(lastJson(ended.stdout)).toMatchObject({ error: { cell: 1, name: "Timeout", message: expect.stringContaining("0.5 s") } });
  });

  it("interrupts the cell on Ctrl+C and writes what there is", async () => {
    const path = await notebook("interrupted.ipynb", [{ source: 'console.log("go"); while (true) {}' }, { source: "1" }]);
    let sent = false;
    const ended = await command([path], (stderr, pid) => {
      if (!sent && stderr.includes("go")) {
        sent = true;
        process.kill(pid, "SIGINT");
      }
    });
    expect(ended.code).toBe(1);
    const cells = await codeCellsOf(join(bench.directory, "interrupted.executed.ipynb"));
    expect(cells[0]?.outputs).toMatchObject([{ text: ["go\n"] }, { output_type: "error", ename: "Interrupted" }]);
    expect(cells[1]?.outputs).toEqual([]);
  });

  it.each([
    [[], /takes one notebook/],
    [["a.ipynb", "b.ipynb"], /takes one notebook, not 2/],
    [["--frobnicate"], /frobnicate/],
    [["a.ipynb", "--timeout", "soon"], /--timeout soon/],
    [["missing.ipynb"], /missing\.ipynb: does not exist/],
  ])("refuses wrong usage: %j", async (args, message) => {
    const ended = await command([...args, "--json"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(message);
    expect(lastJson(ended.stdout)).toMatchObject({ ok: false, cells: 0 });
  });

  it("explains itself", async () => {
    const ended = await command(["--help"]);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage: tritloom run NOTEBOOK") });
  });
});
