import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DebuggerPage } from "./pages/debugger.js";
import { Session, writeNotebook } from "./pages/session.js";

const cells = [
  'import { area } from "./area";\nlet width = 3;',
  'const height = 4;\nconst size = area(width, height);\nconsole.log("size", size);\nsize + 100',
  'const before = "kept";\nawait Promise.resolve();\nthrow new RangeError("thrown here");',
  "before + width",
];

const helper = "export function area(a: number, b: number): number {\n  const product = a * b;\n  return product;\n}\n";

/** Debug Cell with VS Code's own JavaScript debugger. */
describe("debugging a cell", () => {
  let session: Session;
  let debug: DebuggerPage;

  beforeAll(async () => {
    session = await Session.start(async (workspace) => {
      await writeNotebook(workspace, "debugged.ipynb", cells);
      await writeFile(path.join(workspace, "area.ts"), helper);
    });
    debug = new DebuggerPage(session.workbench);
    await session.workbench.openFile("debugged.ipynb");
    await session.notebook.pickKernel("Tritloom (TypeScript)");
  });
  afterEach(async (context) => {
    await session.pictureOfFailure(context);
    await debug.disconnect();
    await session.workbench.closeTab("area.ts");
  });
  afterAll(() => session?.stop());

  const editorOf = (cell: number) => session.notebook.cell(cell).locator(".monaco-editor").first();

  async function debugCell(cell: number): Promise<void> {
    await debug.placeCursor(editorOf(cell), 1);
    await session.workbench.command("Tritloom: Debug Cell");
  }

  test("stops at breakpoints of the cell and of a file that it imports, steps, shows variables, and goes on to the end", async () => {
    const { workbench, notebook } = session;
    await workbench.openFile("area.ts");
    await debug.toggleBreakpoint(workbench.page.locator(".editor-group-container .monaco-editor").first(), 3);
    await workbench.selectTab("debugged.ipynb");
    await notebook.runCell(0);
    await notebook.cell(0).locator(".codicon-notebook-state-success").waitFor();
    await debug.toggleBreakpoint(editorOf(1), 2);
    await debugCell(1);
    await debug.stoppedAt("cell 2", "cell 2", 2);
    await debug.markedLine(editorOf(1)).first().waitFor();
    await debug.unfold("Local");
    await debug.unfold("notebook");
    await debug.variable(/^width\W+3$/).waitFor();
    await debug.press("continue");
    await debug.stoppedAt("area", "area.ts", 3);
    await debug.unfold("Local");
    await debug.variable(/^product\W+12$/).waitFor();
    // V8 has no place to stop at between the return of a line's last call and the next line.
    await debug.press("step-out");
    await debug.stoppedAt("cell 2", "cell 2", 3);
    await debug.press("step-over");
    await debug.stoppedAt("cell 2", "cell 2", 4);
    await debug.press("continue");
    await debug.ended();
    await notebook.output("size 12").waitFor();
    await notebook.output("112").waitFor();
    expect(await notebook.output("Debugger").count()).toBe(0);
  });

  test("stops at an uncaught exception in its line, and Stop in the cell ends the pause and keeps the variables", async () => {
    const { notebook } = session;
    await debug.toggleExceptions("Uncaught Exceptions");
    await debugCell(2);
    await debug.stoppedAt("cell 3", "cell 3", 3);
    await notebook.stopCell(2);
    await debug.ended();
    await notebook.failed().first().waitFor();
    await notebook.runCell(3);
    await notebook.output("kept3").waitFor();
  });

  test("Disconnect lets the cell go on and the kernel live", async () => {
    const { notebook } = session;
    await debugCell(1);
    await debug.stoppedAt("cell 2", "cell 2", 2);
    await debug.press("disconnect");
    await debug.ended();
    await notebook.cell(1).locator(".codicon-notebook-state-success").waitFor();
    await notebook.runCell(3);
    await notebook.output("kept3").waitFor();
  });
});
