import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
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
  console.log(\`line \${i++};\`);
  bar.update({ "text/plain": \`\${i} of many\` });
  await new Promise((go) => setTimeout(go, 40));
}`,
  "`counted ${i}`",
];

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
    await notebook.output(/line 5;/).waitFor();
  }

  const linesShown = async () => {
    const text = await session.notebook.output(/line 0;/).innerText();
    return [...text.matchAll(/line (\d+);/g)].map(([, number]) => Number(number));
  };

  /** The window shows the running cell as it is, and then its end, each line once. */
  async function goesOn(executionCount: number) {
    const { notebook } = session;
    await notebook.cell(0).locator(".codicon-notebook-state-executing").waitFor();
    await notebook.cell(0).locator(".execution-count-label", { hasText: `[${executionCount}]` }).waitFor();
    const before = (await linesShown()).length;
    await expect.poll(async () => (await linesShown()).length).toBeGreaterThan(before);
    await enough();
    await notebook.output(/counted \d+/).waitFor();
    const lines = await linesShown();
    expect(lines).toEqual(lines.map((_, index) => index));
    const counted = await notebook.output(/counted/).innerText();
    expect(counted).toContain(`counted ${lines.length}`);
    await notebook.output(new RegExp(`^\\s*${lines.length} of many`)).waitFor();
    expect(await notebook.outputs().getByText(/^\d+ of many$/).count()).toBe(1);
    await notebook.cell(0).locator(".codicon-notebook-state-success").waitFor();
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
    await workbench.closeEditor();
    await expect.poll(kernels).toMatchObject([{ runningCell: 1, waitingCells: 1, attached: null }]);
    await enough();
    await expect.poll(kernels).toMatchObject([{ runningCell: null }]);
    await workbench.openFile("counting.ipynb");
    await notebook.output(/counted \d+/).waitFor();
    const lines = await linesShown();
    expect(lines).toEqual(lines.map((_, index) => index));
    await notebook.cell(0).locator(".execution-count-label", { hasText: "[3]" }).waitFor();
    await notebook.cell(1).locator(".codicon-notebook-state-success").waitFor();
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
