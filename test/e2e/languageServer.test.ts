import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { otherKernel } from "./pages/otherKernel.js";
import { kill, processesOf } from "./pages/processes.js";
import { Session, writeNotebook } from "./pages/session.js";
import { TypedCells } from "./pages/typedCells.js";

const cells = [
  'import * as tl from "tritloom";\nimport { half } from "./helper";\nconst width = 21;\nconst model = "small";',
  "const model = half(width * 4);\nmodel",
  "",
];

/** The language server of cells, beside VS Code's own TypeScript, as a person meets it. */
describe("typed cells", () => {
  let session: Session;
  let typed: TypedCells;

  beforeAll(async () => {
    session = await Session.start(async (workspace) => {
      await writeNotebook(workspace, "typed.ipynb", cells);
      await writeNotebook(workspace, "wrong.ipynb", ["const closed: string = 5;"]);
      await writeNotebook(workspace, "another.ipynb", ['const width = "wide";', "width"]);
      await writeNotebook(workspace, "foreign.ipynb", ["/** Of another kernel. */\nconst foreign = 1;", "foreign"], { name: "deno", language: "typescript" });
      await writeFile(path.join(workspace, "helper.ts"), "/** Half of a number. */\nexport function half(value: number): number {\n  return value / 2;\n}\n");
    }, { otherKernel: true });
    typed = new TypedCells(session.workbench, session.notebook);
    await session.workbench.openFile("another.ipynb");
    await session.workbench.openFile("typed.ipynb");
    await session.notebook.pickKernel("Tritloom (TypeScript)");
  });
  beforeEach(() => session.workbench.selectTab("typed.ipynb"));
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  const servers = () => processesOf(path.join(session.server.extensions, "tritloom."), "language-server.js");

  test("a name of an earlier cell is completed once", async () => {
    await typed.type(2, "wid");
    const labels = await typed.completions("width");
    expect(labels.filter((label) => label === "width")).toHaveLength(1);
    await typed.closeCompletions();
  });

  test("a word of the API is completed once, with its docstring", async () => {
    await typed.type(2, "tl.ternaryChar");
    const labels = await typed.completions("ternaryCharacterModel");
    expect(labels.filter((label) => label === "ternaryCharacterModel")).toHaveLength(1);
    expect(await typed.completionDetails()).toMatch(/ternary/i);
    await typed.closeCompletions();
  });

  test("a hover says what an imported function is, once", async () => {
    const text = await typed.hover(1, "half", "Half of a number.");
    expect(text.match(/half\(value: number\): number/g)).toHaveLength(1);
    expect(text.match(/Half of a number\./g)).toHaveLength(1);
  });

  test("a name that two cells declare is no error, and of two imports only the one that no cell uses is greyed; a type error is one, and the cell runs", async () => {
    await typed.type(2, 'const depth: number = "deep";\ndepth');
    await typed.showProblems();
    const error = typed.problem("Type 'string' is not assignable to type 'number'.");
    await error.first().waitFor();
    expect(await error.count()).toBe(1);
    expect(await typed.problem("model").count()).toBe(0);
    await typed.hidePanel();
    await typed.greyed(0, "tl").first().waitFor();
    expect(await typed.greyed(0, "half").count()).toBe(0);
    await session.notebook.runAll();
    await session.notebook.output("deep").waitFor();
  });

  test("with block, a cell with a type error does not run and says why", async () => {
    const settings = path.join(session.server.workspace, ".vscode");
    await mkdir(settings);
    await writeFile(path.join(settings, "settings.json"), '{ "tritloom.checkTypes": "block" }');
    await expect
      .poll(async () => {
        await session.notebook.runCell(2);
        await session.workbench.page.waitForTimeout(500);
        return session.notebook.output("did not run").isVisible();
      })
      .toBe(true);
    expect(await session.notebook.output("line 1, column 7").count()).toBe(1);
    await rm(settings, { recursive: true });
  });

  test("a definition is found in another cell and in a file", async () => {
    await typed.goToDefinition(1, "width");
    await expect.poll(() => typed.focused().innerText()).toContain("helper");
    await typed.goToDefinition(1, "half");
    await session.workbench.page.locator(".tab.active", { hasText: "helper.ts" }).waitFor();
    await session.workbench.closeEditor();
  });

  test("a rename reaches all cells of the notebook and no other notebook", async () => {
    await typed.rename(1, "width", "breadth");
    await expect.poll(() => typed.text(1)).toContain("half(breadth * 4)");
    expect(await typed.text(0)).toContain("const breadth = 21;");
    await session.workbench.selectTab("another.ipynb");
    await expect.poll(() => typed.text(0)).toContain('const width = "wide";');
    expect(await typed.text(1)).toBe("width");
  });

  test("a notebook of another kernel keeps VS Code's own features", async () => {
    await session.workbench.openFile("foreign.ipynb");
    await session.notebook.pickAnotherKernel(otherKernel);
    const text = await typed.hover(1, "foreign", "Of another kernel.");
    expect(text.match(/const foreign/g)).toHaveLength(1);
    expect(text.match(/Of another kernel\./g)).toHaveLength(1);
    await session.workbench.closeEditor();
  });

  test("errors leave Problems with the notebook's last tab, and are back with the next", async () => {
    const { workbench, notebook } = session;
    await typed.showProblems();
    const error = typed.problem("Type 'number' is not assignable to type 'string'.");
    for (const _ of ["first", "again"]) {
      await workbench.openFile("wrong.ipynb");
      await notebook.pickKernel("Tritloom (TypeScript)");
      await error.first().waitFor();
      await workbench.closeTab("wrong.ipynb");
      await error.first().waitFor({ state: "detached" });
    }
    await typed.hidePanel();
  });

  test("a cell that runs an endless loop does not keep completions waiting", async () => {
    const mark = path.join(session.server.workspace, "looping.txt");
    await typed.type(2, 'require("node:fs").writeFileSync("looping.txt", "");\nwhile (true) {}');
    await session.notebook.runCell(2);
    await expect.poll(() => existsSync(mark)).toBe(true);
    await typed.type(2, "wid");
    expect((await typed.completions("width")).filter((label) => label === "width")).toHaveLength(1);
    await typed.closeCompletions();
    await session.notebook.stopCell(2);
    await session.notebook.failed().first().waitFor();
  });

  test("a server that is killed comes back by itself with what it knew, and the kernel is unharmed", async () => {
    const [before] = servers();
    kill(before!);
    await expect.poll(() => servers().filter((pid) => pid !== before)).toHaveLength(1);
    await typed.type(2, "mod");
    expect((await typed.completions("model")).filter((label) => label === "model")).toHaveLength(1);
    await typed.closeCompletions();
    await typed.type(2, "model + 100");
    // The outputs of each notebook have a frame.
    await session.workbench.command("View: Close Other Editors in Group");
    await session.notebook.runCell(2);
    await session.notebook.output("142").waitFor();
  });

  test("a window that goes leaves no server behind", async () => {
    const [before] = servers();
    await session.workbench.reload();
    await expect.poll(() => servers().includes(before!)).toBe(false);
  });
});
