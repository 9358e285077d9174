import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Session, smallRun, writeNotebook } from "./pages/session.js";

/** From a finished run to Verilog that simulates, without leaving the palette. */
describe("a run's accelerator", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.startWithRun();
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  const generated = () => path.join(session.server.workspace, "accelerator");

  test("a schedule in a cell opens its own chip in the panel", async () => {
    const { workbench, notebook, server } = session;
    const chip = "run.accelerator({ macUnits: 7, columnsPerCycle: 4 })";
    const open = "const run = await tl.openRun(`runs/${readdirSync('runs')[0]}`);";
    await writeNotebook(server.workspace, "chip.ipynb", [`import * as tl from "tritloom";\nimport { readdirSync } from "node:fs";\n${open}\n(await ${chip}).schedule()`]);
    await workbench.openFile("chip.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await notebook.runAll();
    const outputs = workbench.page.frameLocator('iframe.webview.ready[src*="purpose=notebookRenderer"]').frameLocator("iframe#active-frame");
    await outputs.getByRole("button", { name: `Open the chip of ${smallRun} in Accelerator Pipeline` }).click();
    const panel = await workbench.webview("Accelerator Pipeline");
    await expect.poll(() => panel.locator("#chip-words").innerText(), { timeout: 20_000 }).toMatch(/^7 MAC units of 4 columns; .*calibrated on data/);
    await panel.getByRole("heading", { name: smallRun }).waitFor();
    await workbench.closeEditor();
    await workbench.closeEditor();
  });

  test("Generate Accelerator… asks for run, size and folder, and writes all files that it tells of", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Generate Accelerator…");
    await workbench.pick(smallRun);
    await workbench.answer("multiply-accumulate units", "8");
    await workbench.enterPath(generated());
    const told = await workbench.notification("files in").innerText();
    const [, count] = /(\d+) files in .*; the testbench runs 50 timesteps/s.exec(told) ?? [];
    const { files } = JSON.parse(await readFile(path.join(generated(), "accelerator.json"), "utf8"));
    expect(files).toHaveLength(Number(count));
    const written = await readdir(generated(), { recursive: true, withFileTypes: true });
    const names = written.filter((entry) => entry.isFile()).map((entry) => path.relative(generated(), path.join(entry.parentPath, entry.name)));
    expect(names.sort()).toEqual([...files, "README.md", "accelerator.json"].sort());
    expect(names).toEqual(expect.arrayContaining(["rtl/accelerator.v", "rom/recurrent_weights.mem", "testbench.v"]));
  });

  test("its README opens, and the command that it gives for Icarus Verilog passes", async () => {
    const { workbench } = session;
    await workbench.press("Open README");
    await workbench.tab("README.md").waitFor();
    await workbench.closeEditor();
    const readme = await readFile(path.join(generated(), "README.md"), "utf8");
    expect(readme).toContain("8 MAC units a layer");
    const command = /^ {4}(iverilog .*)$/m.exec(readme)?.[1] ?? "";
    const { stdout } = spawnSync(command, { cwd: generated(), shell: true, encoding: "utf8" });
    expect(stdout).toContain("PASS timesteps=50");
  });

  test("Verify Against Simulators… tells that both equal the integer model in the schedule's cycles", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Verify Against Simulators…");
    await workbench.pick(smallRun);
    await workbench.answer("multiply-accumulate units", "8");
    const verified = workbench.notification("equal the integer model in every gate, c and h of 50 timesteps");
    await verified.waitFor({ timeout: 180_000 });
    expect(await verified.innerText()).toMatch(/Icarus Verilog \d+.* and Verilator \d+/);
  });

  test("Show Report… opens the memory, area, timing and energy of the run's accelerator with their sources", async () => {
    const { workbench } = session;
    const runs = path.join(session.server.workspace, "runs");
    const [run] = (await readdir(runs)) as [string];
    await workbench.command("Tritloom: Show Report…");
    await workbench.pick(smallRun);
    await workbench.answer("multiply-accumulate units", "8");
    await workbench.tab("hardware-report.md").waitFor({ timeout: 300_000 });
    const preview = workbench.markdownPreview();
    await preview.getByRole("heading", { name: "Hardware report" }).waitFor();

    const report = await readFile(path.join(runs, run, "hardware-report.md"), "utf8");
    const [, total] = /\| \*\*total, flattened\*\* +\| (\S+ \S+) +\|/.exec(report) ?? [];
    expect(total).toMatch(/^[\d,.]+ µm²$/);
    expect(await preview.getByRole("row", { name: /^total/ }).first().innerText()).toContain(total);
    const shown = await preview.locator("body").innerText();
    expect(shown).toMatch(/Yosys \d+\.\d+/);
    expect(shown).toContain("osu018_stdcells");
    await workbench.closeEditor();
  });
});
