import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { readRun } from "../../src/runs/readRun.js";
import { requestStop } from "../../src/runs/stopRequest.js";
import { eventsOf } from "../runs/events.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { program } from "./program.js";

/** What becomes of a training, and of the notebook around it, when its program ends before it. */

const root = temporaryFolder();
let running: ChildProcess | undefined;
afterEach(() => running?.kill("SIGKILL"));

const training = [
  'import * as tl from "tritloom";\nconst text = tl.data.fromString("fox", "the quick brown fox; ".repeat(60));',
  "console.log('said before');",
  "const task = tl.characterModel(text, { sequenceLength: 8, batchSize: 4 });",
  "const run = await tl.experiment({ task, layers: [tl.lstm({ units: 8, quantiser: tl.ternary() })], steps: 1_000_000 }).train();",
  "console.log('said after');",
];

async function notebook(name: string, cells: readonly string[]): Promise<string> {
  const file = path.join(root.path, name);
  const code = cells.map((source, index) => ({ cell_type: "code", id: `c${index}`, metadata: {}, execution_count: null, outputs: [], source }));
  await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { language_info: { name: "typescript" } }, cells: code }));
  return file;
}

/** Starts a command line in a shell's place. @param command words as bash reads them; "$0" is Node, "$1" the program, then `args` */
function shell(command: string, ...args: string[]): ChildProcess {
  running = spawn("bash", ["-c", command, process.execPath, program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  return running;
}

/** @returns the directory of the run, once it has done a step */
async function untilTraining(): Promise<string> {
  const runs = path.join(root.path, "runs");
  const reading = async () => {
    const [name] = await readdir(runs).catch(() => []);
    return name === undefined ? undefined : readRun(path.join(runs, name)).catch(() => undefined);
  };
  await expect.poll(async () => (await eventsOf((await reading())?.dir ?? "").catch(() => [])).some(({ type }) => type === "step"), { timeout: 30_000 }).toBe(true);
  return (await reading())!.dir;
}

interface Cell {
  readonly outputs: readonly { readonly output_type: string; readonly text?: readonly string[] }[];
}
const cellsOf = async (file: string): Promise<Cell[]> => JSON.parse(await readFile(file, "utf8")).cells;

/** A training that stopped for this reason, its checkpoint the last step's. */
async function expectStopped(dir: string, reason: string): Promise<void> {
  await expect.poll(async () => (await readRun(dir)).state, { timeout: 10_000 }).not.toBe("running");
  const { state, ending } = await readRun(dir);
  const events = await eventsOf(dir);
  expect([state, ending]).toEqual(["interrupted", { kind: reason }]);
  const [checkpoint, last] = events.slice(-2);
  expect([checkpoint, last]).toMatchObject([{ type: "checkpoint", step: last!.step }, { type: "interrupted" }]);
  expect(last!.step).toBeGreaterThan(0);
}

describe("a notebook whose program is ended while a cell trains", () => {
  it.each([
    ["SIGTERM", "terminated", 143],
    ["SIGHUP", "terminal-closed", 129],
  ] as const)("by %s is written with the outputs so far, and the run has its checkpoint", async (signal, reason, code) => {
    const child = shell('exec "$0" "$@" --json', "run", await notebook("long.ipynb", training));
    const dir = await untilTraining();
    child.kill(signal);
    const [stdout] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
    expect([child.exitCode, JSON.parse(stdout)]).toEqual([code, expect.objectContaining({ ok: false, cells: 4, runs: [expect.objectContaining({ dir, state: "interrupted" })] })]);
    const cells = await cellsOf(path.join(root.path, "long.executed.ipynb"));
    expect(cells[1]!.outputs).toMatchObject([{ text: ["said before\n"] }]);
    expect(JSON.stringify(cells[3]!.outputs)).toMatch(/interrupted/);
    expect(cells[4]!.outputs).toEqual([]);
    await expectStopped(dir, reason);
  });

  it("by a kill that it cannot hear leaves the kernel, which writes the checkpoint and ends", async () => {
    const child = shell('exec "$0" "$@"', "run", await notebook("long.ipynb", training));
    const dir = await untilTraining();
    const { pid } = JSON.parse(await readFile(path.join(dir, "owner.json"), "utf8"));
    child.kill("SIGKILL");
    await expectStopped(dir, "runner-killed");
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  it("by Ctrl+C in a terminal stops the training as a person does, and the notebook is written", async () => {
    const file = await notebook("long.ipynb", training);
    const child = spawn("python3", ["-c", pressCtrlC, process.execPath, program, "run", file], { stdio: ["pipe", "pipe", "inherit"] });
    running = child;
    const dir = await untilTraining();
    child.stdin.end("\n");
    const [shown] = await Promise.all([text(child.stdout), once(child, "close")]);
    expect(shown).toContain("Interrupting; press Ctrl+C again to end the kernel.");
    expect([child.exitCode, shown]).toEqual([1, expect.stringContaining("Wrote ")]);
    expect(JSON.stringify((await cellsOf(path.join(root.path, "long.executed.ipynb")))[3]!.outputs)).toMatch(/interrupted/);
    await expectStopped(dir, "stopped");
  });
});

/** Runs a program in a pseudo-terminal and presses Ctrl+C there when told to. */
const pressCtrlC = `
import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([terminal, 0] if pid else [terminal], [], [])
    if 0 in ready:
        os.read(0, 1)
        os.write(terminal, b"\\x03")
        break
    sys.stdout.buffer.write(os.read(terminal, 65536))
while True:
    try:
        said = os.read(terminal, 65536)
    except OSError:
        break
    if not said:
        break
    sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a training that a terminal resumes", () => {
  it("stops on the request of another process, and on SIGTERM, each time with a checkpoint", async () => {
    const child = shell('exec "$0" "$@"', "run", await notebook("long.ipynb", training));
    const dir = await untilTraining();
    await requestStop(dir);
    await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
    await expectStopped(dir, "stopped");
    expect(await readdir(dir)).not.toContain("stop.json");

    const resumed = shell('exec "$0" "$@"', "resume", dir);
    await expect.poll(async () => (await eventsOf(dir)).filter(({ type }) => type === "started").length, { timeout: 30_000 }).toBe(2);
    resumed.kill("SIGTERM");
    const [, said] = await Promise.all([text(resumed.stdout!), text(resumed.stderr!), once(resumed, "close")]);
    expect([resumed.exitCode, said]).toEqual([143, expect.stringContaining(`is interrupted (terminated): resume it to train on (tritloom resume ${dir})`)]);
    await expectStopped(dir, "terminated");
  });
});

describe("the end of tritloom run", () => {
  const short = ["console.log('one\\ntwo\\nthree');", "(await import('node:fs')).writeFileSync('reached', '');"];

  it("is not that of a reader who has seen enough", async () => {
    const pause = "await new Promise((resolve) => setTimeout(resolve, 300));";
    const file = await notebook("short.ipynb", [short[0]!, `${pause} console.log('more');`, `${pause} ${short[1]}`, "throw new Error('last');"]);
    const child = shell('set -o pipefail; "$0" "$@" 2>&1 | head -n 1', "run", file);
    const [shown] = await Promise.all([text(child.stdout!), once(child, "close")]);
    expect([child.exitCode, shown]).toEqual([1, "[1] one\n"]);
    await access(path.join(root.path, "reached"));
    const outputs = (await cellsOf(path.join(root.path, "short.executed.ipynb"))).map((cell) => cell.outputs);
    expect(outputs).toMatchObject([[{ text: ["one\n", "two\n", "three\n"] }], [{ text: ["more\n"] }], [], [{ output_type: "error" }]]);
  });

  it("comes before the first cell where the notebook cannot be written", async () => {
    await writeFile(path.join(root.path, "file"), "");
    const file = await notebook("short.ipynb", short);
    for (const out of [path.join(root.path, "file", "out.ipynb"), root.path]) {
      const child = shell('exec "$0" "$@" --json', "run", file, "--out", out);
      const [stdout, said] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
      expect([child.exitCode, said]).toEqual([1, expect.stringMatching(/^tritloom run: The executed notebook cannot be written to .*: name another file with --out FILE\.\n$/)]);
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, cells: 0 });
    }
    await expect(access(path.join(root.path, "reached"))).rejects.toThrow(/ENOENT/);
  });

  it("still reports cells and runs when the notebook cannot be written at the end, and makes its folder anew", async () => {
    const out = path.join(root.path, "out", "executed.ipynb");
    const report = 'Reflect.get(globalThis, Symbol.for("tritloom.host")).report({ kind: "run", dir: "/r", state: "finished", measure: "BPC", test: 2, testBpc: 2 });';
    const [gone, blocked] = [`require("node:fs").rmSync(${JSON.stringify(path.dirname(out))}, { recursive: true });`, `require("node:fs").mkdirSync(${JSON.stringify(out)}, { recursive: true });`];
    const ended = async (cells: readonly string[]) => {
      const child = shell('exec "$0" "$@" --json', "run", await notebook("short.ipynb", cells), "--out", out);
      const [stdout, said] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
      return { code: child.exitCode, said, json: JSON.parse(stdout) };
    };
    expect(await ended([gone])).toMatchObject({ code: 0, json: { ok: true } });
    await access(out);
    await mkdir(path.join(root.path, "out"), { recursive: true });
    const { code, said, json } = await ended([report, `${gone} ${blocked}`]);
    expect([code, json]).toEqual([1, expect.objectContaining({ ok: false, cells: 2, runs: [expect.objectContaining({ dir: "/r" })], error: expect.objectContaining({ cell: null, name: "NotebookPlaceError" }) })]);
    expect(said.match(/cannot be written/g)).toHaveLength(1);
  });
});
