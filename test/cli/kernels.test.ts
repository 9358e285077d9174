import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { runCommandLine } from "../../src/cli/commands.js";
import { attach, cell, isAlive, type KeeperBench, prepareKeepers } from "../kernel/keeperBench.js";

/** `tritloom kernels`, with real kernels. */
let bench: KeeperBench;
beforeAll(async () => {
  bench = await prepareKeepers();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await bench.close();
});
afterAll(() => bench.remove());

async function tritloom(...args: string[]) {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => ((said[name] += String(text)), true));
  }
  const code = await runCommandLine(["kernels", ...args]);
  vi.restoreAllMocks();
  return { code, ...said };
}

/** The same, by a person at a terminal who types `typed`, or ends the input. */
async function atTerminal(typed: string, ...args: string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(typed);
  const own = { stdin: Object.getOwnPropertyDescriptor(process, "stdin")!, isTTY: process.stderr.isTTY };
  Object.defineProperty(process, "stdin", { ...own.stdin, get: () => stdin });
  process.stderr.isTTY = true;
  try {
    return await tritloom(...args);
  } finally {
    Object.defineProperty(process, "stdin", own.stdin);
    process.stderr.isTTY = own.isTTY;
  }
}

async function openFor(name: string) {
  const file = join(bench.directory, name);
  await writeFile(file, "{}");
  return bench.open({ notebook: { uri: `file://${file}`, path: file } });
}

it("says that there is none, as text and as JSON", async () => {
  expect(await tritloom()).toEqual({ code: 0, stdout: "No kernel lives on this machine.\n", stderr: "" });
  expect(JSON.parse((await tritloom("--json")).stdout)).toEqual({ ok: true, kernels: [] });
});

it("lists what each does, and stops one by its notebook, one by its id, and the rest by --all", async () => {
  const records = [await openFor("busy.ipynb"), await openFor("idle.ipynb"), await openFor("more.ipynb")];
  const [busy, idle, more] = records as [(typeof records)[0], (typeof records)[0], (typeof records)[0]];
  const window = await attach(busy, { by: 'the window "lab"' });
  const loop = cell('console.log("go"); for (;;) {}', { cell: 4 });
  window.kernel.run([loop, cell("1", { index: 1 })]);
  await expect.poll(() => window.page.printed(loop.execution)).toBe("go\n");

  const { stdout } = await tritloom();
  const rows = stdout.trimEnd().split("\n").map((row) => row.split(/ {2,}/));
  expect(rows[0]).toEqual(["ID", "STATE", "MEMORY", "AGE", "ATTACHED", "NOTEBOOK"]);
  expect(rows.slice(1).map(([id, state, , , attached, notebook]) => [id, state, attached, notebook])).toEqual([
    [busy.id, "runs cell 4, 1 wait", 'the window "lab"', busy.notebook.path],
    [idle.id, "idle", "-", idle.notebook.path],
    [more.id, "idle", "-", more.notebook.path],
  ]);
  const { kernels } = JSON.parse((await tritloom("--json")).stdout);
  expect(kernels[0]).toMatchObject({ id: busy.id, pid: busy.kernel.pid, runningCell: 4, waitingCells: 1, attached: 'the window "lab"', problem: null });
  expect(kernels[0].memory).toBeGreaterThan(50e6);

  expect(await tritloom("stop", idle.notebook.path!)).toMatchObject({ code: 0, stdout: `Stopped ${idle.id}, the kernel of idle.ipynb.\n` });
  await expect.poll(() => isAlive(idle.keeper.pid)).toBe(false);
  expect((await tritloom("stop", more.id)).code).toBe(0);

  // A cell runs: only who says so stops it.
  expect(await tritloom("stop", busy.id)).toMatchObject({ code: 1, stderr: expect.stringMatching(/Cell 4 of busy\.ipynb is running.*variables are lost.*--yes/) });
  for (const typed of ["\n", "no\n", ""]) {
    const asked = await atTerminal(typed, "stop", "--all");
    expect(asked).toMatchObject({ code: 1, stdout: "No kernel was stopped.\n" });
    expect(asked.stderr).toMatch(/^Cell 4 of busy\.ipynb is running\..*\nStop it\? \[y\/N\] $/);
  }
  expect([busy.keeper.pid, busy.kernel.pid].every(isAlive)).toBe(true);
  expect((await atTerminal("y\n", "stop", busy.id)).stdout).toContain(`Stopped ${busy.id}`);

  const again = await openFor("again.ipynb");
  records.push(again);
  const other = await attach(again, { by: 'the window "lab"' });
  const endless = cell('console.log("go"); for (;;) {}', { cell: 1 });
  other.kernel.run([endless]);
  await expect.poll(() => other.page.printed(endless.execution)).toBe("go\n");
  expect((await tritloom("stop", "--all", "--yes")).stdout).toContain(again.id);
  await expect.poll(() => records.flatMap(({ keeper, kernel }) => [keeper.pid, kernel.pid]).filter(isAlive)).toEqual([]);
});

it.each([
  [["start"], 2, 'kernels does not know "start"'],
  [["stop"], 2, "takes one kernel, by its id or its notebook, or --all"],
  [["stop", "a", "--all"], 2, "takes one kernel"],
  [["--yes"], 2, "the list stops none"],
  [["--all"], 2, "the list has all of them anyway"],
  [["stop", "elsewhere.ipynb"], 1, '"elsewhere.ipynb" is neither the id of a living kernel nor a notebook that has one; no kernel lives'],
])("%j is wrong, and says why", async (args, code, words) => {
  const ended = await tritloom(...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(words);
});
