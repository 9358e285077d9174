import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Session, writeNotebook } from "./pages/session.js";

const cells = {
  persistence: ["const n = 20;", "n + 1"],
  keyboard: ["6 * 7", "8 * 9"],
  stopped: ['let before = "kept"; require("node:fs").writeFileSync("looping.txt", ""); while (true) {}', "before"],
  failing: ['console.log("one"); missing();', '"not reached"'],
  dying: ["process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});", "1 + 1"],
};

/** Kernel behaviour that only a real editor can show: queue, stop button, death. */
describe("notebook kernel in the editor", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start(async (workspace) => {
      for (const [name, sources] of Object.entries(cells)) {
        await writeNotebook(workspace, `${name}.ipynb`, sources);
      }
    });
  });
  afterEach(async (context) => {
    await session.pictureOfFailure(context);
    await session.workbench.closeEditor();
  });
  afterAll(() => session?.stop());

  async function open(name: keyof typeof cells) {
    await session.workbench.openFile(`${name}.ipynb`);
    await session.notebook.pickKernel("Tritloom (TypeScript)");
    return session.notebook;
  }

  test("values persist from cell to cell", async () => {
    const notebook = await open("persistence");
    await notebook.runAll();
    await notebook.output("21").waitFor();
  });

  test("Ctrl+Enter runs the cell, in its text and in the list, and adds none", async () => {
    const notebook = await open("keyboard");
    const { page } = session.workbench;
    await notebook.cell(0).locator(".monaco-editor .view-lines").click();
    await page.keyboard.press("Control+Enter");
    await notebook.output("42").waitFor();
    await notebook.cell(1).locator(".monaco-editor .view-lines").click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Enter");
    await notebook.output("72").waitFor();
    expect(await page.locator(".notebookOverlay:visible .code-cell-row").count()).toBe(2);
    expect(await notebook.cell(0).locator(".monaco-editor .view-line").count()).toBe(1);
  });

  test("the stop button ends an endless loop and keeps the variables", async () => {
    const notebook = await open("stopped");
    await notebook.runCell(0);
    await expect.poll(() => existsSync(path.join(session.server.workspace, "looping.txt"))).toBe(true);
    await notebook.stopCell(0);
    await notebook.failed().first().waitFor();
    await notebook.runCell(1);
    await notebook.output("kept").waitFor();
  });

  test("Run All stops at the first error and says where it is", async () => {
    const notebook = await open("failing");
    await notebook.runAll();
    await notebook.output("ReferenceError").waitFor();
    expect(await notebook.output("not reached").count()).toBe(0);
  });

  test("a dead kernel is reported and a restart offered", async () => {
    const notebook = await open("dying");
    await notebook.runCell(0);
    await session.workbench.notification(/kernel/i).waitFor();
    await session.workbench.press("Restart Kernel");
    await notebook.runCell(1);
    await notebook.output("2").waitFor();
  });
});
