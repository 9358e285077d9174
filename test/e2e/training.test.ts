import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readRun } from "../../src/runs/readRun.js";
import { readSweep } from "../../src/sweeps/sweepDirectory.js";
import { eventsOf } from "../runs/events.js";
import { Session, writeNotebook } from "./pages/session.js";

const longTraining = [
  'import * as tl from "tritloom";\nconst text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(1000));',
  "const run = await tl.ternaryCharacterModel(text, { units: 64, steps: 100000, validateEvery: 50 }).train();",
  "`${await run.state()} at ${run.dir.length > 0}`",
];

const sweep = [
  'import * as tl from "tritloom";\nconst text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(400));',
  `const sweep = await tl.sweep({
  experiment: (p) => tl.ternaryCharacterModel(text, { units: p.units, steps: p.units === 24 ? 2000 : 60, validateEvery: 20 }),
  space: { units: [8, 24, 32] },
  engine: tl.local({ workers: 1 }),
  dir: "widths",
});`,
];

/** In the table of experiments, after box, star, name, state and metric. */
const stepColumn = 5;

/** A training that is stopped, and one whose kernel is killed: both keep what they have, and the tree says which is which. */
describe("training in the editor", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start(async (workspace) => {
      await writeNotebook(workspace, "long.ipynb", longTraining);
      await writeNotebook(workspace, "sweep.ipynb", sweep);
    });
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  const runDirs = async () => {
    const root = path.join(session.server.workspace, "runs");
    return (await readdir(root)).sort().map((name) => path.join(root, name));
  };

  test("the tree shows a running training with its figure", async () => {
    const { workbench, notebook } = session;
    await workbench.openFile("long.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await notebook.runCell(0);
    await notebook.runCell(1);
    await workbench.showSideBar();
    await workbench.treeRow(/fox ternary 64.*running/).waitFor();
    await workbench.treeRow(/BPC/).waitFor();
  });

  test("the stop button ends it, keeps the run in its variable, and the checkpoint holds the last step", async () => {
    const { workbench, notebook } = session;
    await notebook.stopCell(1);
    await workbench.treeRow(/fox ternary 64.*interrupted/).waitFor();
    await notebook.runCell(2);
    await notebook.output("interrupted at true").waitFor();

    const [dir] = (await runDirs()) as [string];
    const { state, log } = await readRun(dir);
    expect(state).toBe("interrupted");
    const checkpoint = (await eventsOf(dir)).findLast((event) => event.type === "checkpoint");
    expect(log.last).toMatchObject({ type: "interrupted", step: checkpoint?.step });
  });

  test("a training whose kernel is killed reads as crashed", async () => {
    const { workbench, notebook } = session;
    await notebook.runCell(1);
    await workbench.treeRow(/fox ternary 64.*running/).waitFor();
    const newest = (await runDirs()).at(-1) ?? "";
    const owner = JSON.parse(await readFile(path.join(newest, "owner.json"), "utf8"));
    process.kill(owner.pid, "SIGKILL");
    await workbench.treeRow(/fox ternary 64.*crashed \(killed\)/).waitFor();
  });

  test("Reload Window lets a training go on; Restart Kernel ends it with a checkpoint, and tree and output say so", async () => {
    const { workbench, notebook } = session;
    await notebook.runCell(0);
    await notebook.runCell(1);
    await workbench.treeRow(/fox ternary 64.*running/).waitFor();
    await notebook.output(/● running/).waitFor();
    await workbench.command("File: Save");
    await expect.poll(() => readFile(path.join(session.server.workspace, "long.ipynb"), "utf8")).toContain("unsettled");
    await workbench.reload();
    await workbench.treeRow(/fox ternary 64.*running/).waitFor();
    const newest = (await runDirs()).at(-1) ?? "";
    const lastStep = async () => (await eventsOf(newest)).findLast((event) => event.type === "step")?.step;
    const atReload = (await lastStep())!;
    await expect.poll(lastStep).toBeGreaterThan(atReload);
    await notebook.output(/● running/).waitFor();
    await notebook.cell(1).locator(".codicon-notebook-state-executing").first().waitFor();
    await workbench.command("Tritloom: Restart Kernel");
    await workbench.treeRow(/fox ternary 64.*interrupted \(kernel stopped\)/).waitFor();
    const events = await eventsOf(newest);
    const checkpoint = events.findLast((event) => event.type === "checkpoint");
    expect(events.at(-1)).toMatchObject({ type: "interrupted", step: checkpoint?.step, reason: "kernel-stopped" });
    await notebook.output(/interrupted · kernel stopped/).waitFor();
  });

  test("Resume Run trains it on in a terminal, and Stop of this window ends that process with a checkpoint", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Resume Run…");
    await workbench.pick("kernel stopped");
    const row = workbench.treeRow(/fox ternary 64.*running/);
    await row.waitFor();
    await row.hover();
    await row.locator('.action-label[aria-label^="Stop Training"]').click();
    const resumed = (await runDirs()).at(-1) ?? "";
    await expect.poll(() => readRun(resumed)).toMatchObject({ state: "interrupted", ending: { kind: "stopped" } });
    await workbench.treeRow(/fox ternary 64.*interrupted \d/).waitFor();
  });

  test("a sweep shows its trials live, stops with a checkpoint by the stop button, and the same cell goes on to its end", async () => {
    const { workbench, notebook } = session;
    await workbench.closeAllEditors();
    await workbench.openFile("sweep.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await workbench.showSideBar();
    await notebook.runCell(0);
    await notebook.runCell(1);
    const step = async () => Number(/step (\d+)\/2000/.exec(await notebook.output("Sweep: sweep of units").innerText())?.[1] ?? 0);
    await expect.poll(step).toBeGreaterThan(0);
    const before = await step();
    await expect.poll(step).toBeGreaterThan(before);
    await notebook.output(/3: 1 finished, 1 running, 1 waiting/).waitFor();
    await workbench.treeRow(/units 24.*running/).waitFor();
    await workbench.command("Tritloom: Show Experiments");
    const table = await workbench.webview("Experiments");
    const row = (state: string) => table.getByRole("row").filter({ hasText: "units 24" }).filter({ hasText: state });
    const trained = async () => Number(await row("running").getByRole("gridcell").nth(stepColumn).innerText());
    await row("running").waitFor();
    const shown = await trained();
    await expect.poll(trained).toBeGreaterThan(shown);
    await notebook.stopCell(1);
    await notebook.output(/stopped[^]*tritloom sweep resume .*widths/).waitFor();
    await workbench.treeRow(/units 24.*interrupted/).waitFor();
    await row("interrupted").waitFor();
    await notebook.runCell(1);
    await notebook.output(/3: 3 finished/).waitFor();
    const { ledger } = await readSweep(path.join(session.server.workspace, "widths"));
    expect([...ledger.results.values()].map(({ outcome }) => outcome)).toEqual(["value", "value", "value"]);
  });
});
