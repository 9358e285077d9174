import { spawnSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { familyOf, kill } from "./pages/processes.js";
import { Session, writeNotebook } from "./pages/session.js";

/** Counts until the test says enough, and shows each number once. */
const counting = [
  `const fs = require("node:fs");
const bar = display("0 of many");
let i = 0;
while (!fs.existsSync("enough")) {
  process.stdout.write(\`\${i++};\`);
  bar.update({ "text/plain": \`\${i} of many\` });
  await new Promise((go) => setTimeout(go, 40));
}`,
  "`counted ${i}`",
];

interface SavedNotebook {
  cells: { execution_count: number | null; outputs: { output_type: string; text?: string[]; data?: Record<string, string[]> }[] }[];
}

/** A kernel goes on whatever becomes of its window. */
describe("a kernel and its window", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start((workspace) => writeNotebook(workspace, "counting.ipynb", counting));
  });
  beforeEach(() => rm(path.join(session.server.workspace, "enough"), { force: true }));
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  const enough = () => writeFile(path.join(session.server.workspace, "enough"), "");
  const kernels = () => (JSON.parse(session.server.kernels("--json")) as { kernels: { pid: number; runningCell: number | null; waitingCells: number; attached: string | null }[] }).kernels;

  async function startCounting() {
    const { notebook } = session;
    await notebook.pickKernel("Tritloom (TypeScript)");
    await notebook.runAll();
    await expect.poll(kernels).toMatchObject([{ runningCell: 1, waitingCells: 1 }]);
    await expect.poll(count).toBeGreaterThan(5);
  }

  const count = async () => Number(/(\d+) of many/.exec(await session.notebook.output(/\d+ of many/).innerText())?.[1]);

  /** In the saved file the cells show each number once, the bar once, and how many there were. */
  async function savedOnce(executionCount: number) {
    await session.workbench.command("File: Save");
    const read = async () => (JSON.parse(await readFile(path.join(session.server.workspace, "counting.ipynb"), "utf8")) as SavedNotebook).cells;
    await expect.poll(async () => (await read()).map(({ execution_count }) => execution_count)).toEqual([executionCount, executionCount + 1]);
    const [loop, after] = (await read()).map(({ outputs }) => outputs);
    const numbers = loop![1]!.text!.join("").split(";").slice(0, -1);
    expect(numbers).toEqual(numbers.map((_, index) => String(index)));
    expect(loop!.map(({ output_type }) => output_type)).toEqual(["display_data", "stream"]);
    expect(loop![0]?.data?.["text/plain"]).toEqual([`${numbers.length} of many`]);
    expect(after).toMatchObject([{ data: { "text/plain": [`'counted ${numbers.length}'`] } }]);
  }

  /** The window shows the running cell as it is, and then its end. */
  async function goesOn(executionCount: number) {
    const { notebook } = session;
    await notebook.cell(0).locator(".codicon-notebook-state-executing").first().waitFor();
    await notebook.cell(0).locator(".execution-count-label", { hasText: `[${executionCount}]` }).waitFor();
    const before = await count();
    await expect.poll(count).toBeGreaterThan(before);
    await enough();
    await notebook.output(/counted \d+/).waitFor();
    await notebook.cell(0).locator(".codicon-notebook-state-success").first().waitFor();
    await savedOnce(executionCount);
  }

  test("Reload Window: the running cell goes on, and the one that waits runs after it", async () => {
    await session.workbench.openFile("counting.ipynb");
    await startCounting();
    const pid = kernels()[0]!.pid;
    await session.workbench.reload();
    await goesOn(1);
    expect(kernels()).toMatchObject([{ pid, runningCell: null }]);
  });

  test("closing the notebook and opening it again, after its cells have ended", async () => {
    const { workbench, notebook } = session;
    await startCounting();
    await workbench.command("View: Close Editor");
    await workbench.press("Don't Save");
    await expect.poll(kernels).toMatchObject([{ runningCell: 1, waitingCells: 1, attached: null }]);
    await enough();
    await expect.poll(kernels).toMatchObject([{ runningCell: null }]);
    await workbench.openFile("counting.ipynb");
    await notebook.cell(1).locator(".codicon-notebook-state-success").first().waitFor();
    await savedOnce(3);
  });

  test("a killed extension host comes back and attaches", async () => {
    await startCounting();
    const family = familyOf(session.server.pid);
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" });
    const hosts = stdout.split("\n").filter((line) => line.includes("--type=extensionHost")).map((line) => Number(line.trim().split(" ")[0]));
    hosts.filter((pid) => family.has(pid)).forEach(kill);
    await goesOn(5);
  });

  test("the view Kernels lists the kernel with its running cell, and stops it after a question", async () => {
    const { workbench, notebook } = session;
    await startCounting();
    await workbench.showSideBar();
    await workbench.page.locator(".sidebar .pane-header", { hasText: "Kernels" }).click();
    const row = workbench.treeRow(/counting\.ipynb.*runs cell 1, 1 wait · \d+ MB/);
    await row.waitFor();
    await row.hover();
    await row.locator('.action-label[aria-label^="Stop Kernel"]').click();
    await workbench.press("Stop Kernel");
    await notebook.output(/all variables are lost/).waitFor();
    await workbench.page.locator(".sidebar", { hasText: "No kernel lives on this machine" }).waitFor();
    expect(kernels()).toEqual([]);
  });
});
