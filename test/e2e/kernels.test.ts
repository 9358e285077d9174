import { spawnSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
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

/** The notebooks, one for each test: none shows what the test before left. */
const notebooks = ["reloaded.ipynb", "closed.ipynb", "crashed.ipynb", "listed.ipynb"] as const;

/** A kernel goes on whatever becomes of its window. */
describe("a kernel and its window", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start(async (workspace) => {
      await Promise.all(notebooks.map((name) => writeNotebook(workspace, name, counting)));
    });
  });
  afterEach(async (context) => {
    await session.pictureOfFailure(context);
    await enough();
    session.server.kernels("stop", "--all", "--yes");
    await session.workbench.closeAllEditors();
    await rm(enoughFile());
  });
  afterAll(() => session?.stop());

  const enoughFile = () => path.join(session.server.workspace, "enough");
  const enough = () => writeFile(enoughFile(), "");
  const kernels = () => (JSON.parse(session.server.kernels("--json")) as { kernels: { pid: number; runningCell: number | null; waitingCells: number; attached: string | null }[] }).kernels;

  async function startCounting(name: (typeof notebooks)[number]) {
    const { notebook, workbench } = session;
    await workbench.openFile(name);
    await notebook.pickKernel("Tritloom (TypeScript)");
    await notebook.runAll();
    await expect.poll(count).toBeGreaterThan(5);
    expect(kernels()).toMatchObject([{ runningCell: 1, waitingCells: 1 }]);
  }

  const count = async () => Number(/(\d+) of many/.exec(await session.notebook.output(/\d+ of many/).innerText())?.[1]);

  /** The cell has ended well and shows the number of its execution. */
  async function ended(index: number) {
    const cell = session.notebook.cell(index);
    await cell.locator(".codicon-notebook-state-success").first().waitFor();
    await cell.locator(".execution-count-label", { hasText: `[${index + 1}]` }).waitFor();
  }

  /** In the saved file the cells show each number once, the bar once, and how many there were. */
  async function savedOnce(name: (typeof notebooks)[number]) {
    await session.workbench.command("File: Save");
    const read = async () => (JSON.parse(await readFile(path.join(session.server.workspace, name), "utf8")) as SavedNotebook).cells;
    await expect.poll(async () => (await read()).map(({ execution_count }) => execution_count)).toEqual([1, 2]);
    const [loop, after] = (await read()).map(({ outputs }) => outputs);
    const numbers = loop![1]!.text!.join("").split(";").slice(0, -1);
    expect(numbers).toEqual(numbers.map((_, index) => String(index)));
    expect(loop!.map(({ output_type }) => output_type)).toEqual(["display_data", "stream"]);
    expect(loop![0]?.data?.["text/plain"]).toEqual([`${numbers.length} of many`]);
    expect(after).toMatchObject([{ data: { "text/plain": [`'counted ${numbers.length}'`] } }]);
  }

  /** The window shows the running cell as it is, and then its end. */
  async function goesOn(name: (typeof notebooks)[number]) {
    const { notebook } = session;
    await notebook.cell(0).locator(".codicon-notebook-state-executing").first().waitFor();
    await notebook.cell(0).locator(".execution-count-label", { hasText: "[1]" }).waitFor();
    const before = await count();
    await expect.poll(count).toBeGreaterThan(before);
    await enough();
    await ended(1);
    await ended(0);
    await savedOnce(name);
  }

  test("Reload Window: the running cell goes on, and the one that waits runs after it", async () => {
    await startCounting("reloaded.ipynb");
    const { pid } = kernels()[0]!;
    await session.workbench.reload();
    await goesOn("reloaded.ipynb");
    expect(kernels()).toMatchObject([{ pid, runningCell: null }]);
  });

  test("closing the notebook and opening it again, after its cells have ended", async () => {
    const { workbench } = session;
    await startCounting("closed.ipynb");
    await workbench.closeWithoutSaving("closed.ipynb");
    await expect.poll(kernels).toMatchObject([{ runningCell: 1, waitingCells: 1, attached: null }]);
    await enough();
    await expect.poll(kernels).toMatchObject([{ runningCell: null, waitingCells: 0, attached: null }]);
    await workbench.openFile("closed.ipynb");
    await ended(0);
    await ended(1);
    await savedOnce("closed.ipynb");
  });

  test("a killed extension host comes back and attaches", async () => {
    await startCounting("crashed.ipynb");
    const { pid } = kernels()[0]!;
    const family = familyOf(session.server.pid);
    const { stdout } = spawnSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" });
    const hosts = stdout.split("\n").filter((line) => line.includes("--type=extensionHost")).map((line) => Number(line.trim().split(" ")[0])).filter((host) => family.has(host));
    expect(hosts).toHaveLength(1);
    hosts.forEach(kill);
    await goesOn("crashed.ipynb");
    expect(kernels()).toMatchObject([{ pid, runningCell: null }]);
  });

  test("the view Kernels lists the kernel with its running cell, and stops it after a question", async () => {
    const { workbench, notebook } = session;
    await startCounting("listed.ipynb");
    await workbench.showSideBar();
    await workbench.page.locator(".sidebar .pane-header", { hasText: "Kernels" }).click();
    const row = workbench.treeRow(/listed\.ipynb.*runs cell 1, 1 wait · \d+ MB/);
    await row.waitFor();
    await row.hover();
    await row.locator('.action-label[aria-label^="Stop Kernel"]').click();
    await workbench.press("Stop Kernel");
    await notebook.output(/all variables are lost/).waitFor();
    await workbench.page.locator(".sidebar", { hasText: "No kernel lives on this machine" }).waitFor();
    expect(kernels()).toEqual([]);
  });
});
