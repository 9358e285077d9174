import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Session, smallRun, writeNotebook } from "./pages/session.js";

/** Every command of the palette by its name, in a workspace that holds one finished run. */
describe("commands", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.startWithRun();
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  test("Restart Kernel is not offered where no kernel runs", async () => {
    expect(await session.workbench.offers("Tritloom: Restart Kernel")).toBe(false);
  });

  test("New Experiment Notebook opens one with our kernel", async () => {
    const { workbench, notebook } = session;
    await workbench.command("Tritloom: New Experiment Notebook");
    await notebook.cell(0).waitFor();
    await notebook.pickKernel("Tritloom (TypeScript)");
    await workbench.closeEditor();
  });

  test("Open Quickstart opens the newcomer's notebook", async () => {
    const { workbench, notebook } = session;
    await workbench.command("Tritloom: Open Quickstart");
    await notebook.cell(0).filter({ hasText: "moby-dick" }).waitFor();
    await workbench.closeEditor();
  });

  test("Open Guide shows the index, whose links lead to pages with their pictures", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Open Guide");
    const preview = workbench.markdownPreview();
    await preview.getByRole("link", { name: "The first hour" }).click();
    await preview.getByRole("heading", { name: "The first hour" }).waitFor();
    const width = () => preview.locator("img").first().evaluate((image) => Number(Reflect.get(image, "naturalWidth")));
    await expect.poll(width).toBeGreaterThan(100);
    await workbench.closeEditor();
  });

  test("Restart Kernel forgets all variables", async () => {
    const { workbench, notebook } = session;
    await writeNotebook(session.server.workspace, "restart.ipynb", ["const kept = 1;", "typeof kept"]);
    await workbench.openFile("restart.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await notebook.runAll();
    await notebook.output("number").waitFor();
    await workbench.command("Tritloom: Restart Kernel");
    await notebook.runCell(1);
    await notebook.output("undefined").waitFor();
    await workbench.closeEditor();
  });

  test("Convert Notebook… asks for form and file, and writes the notebook on top", async () => {
    const { workbench, server } = session;
    const file = path.join(server.workspace, "page.md");
    await workbench.openFile("small.ipynb");
    await workbench.command("Tritloom: Convert Notebook…");
    await workbench.pick("Markdown");
    await workbench.enterPath(file);
    await expect.poll(() => readFile(file, "utf8").catch(() => "")).toContain("```typescript\nimport * as tl");
    await workbench.closeEditor();
  });

  test("Show Experiments lists the run, and draws a comparison", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Show Experiments");
    const table = await workbench.webview("Experiments");
    await table.getByRole("row").filter({ hasText: smallRun }).waitFor();
    await table.getByRole("tab", { name: "Best so far" }).click();
    await table.locator(".plot .scatterlayer .point").first().waitFor();
    await workbench.closeEditor();
  });

  test("Show Training Curves draws the run", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Show Training Curves");
    const curves = await workbench.webview("Training Curves");
    await curves.locator(".js-plotly-plot .scatterlayer .trace").first().waitFor();
    await workbench.closeEditor();
  });

  test("Show Accelerator Pipeline shows the run's integers", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Show Accelerator Pipeline");
    const pipeline = await workbench.webview("Accelerator Pipeline");
    await pipeline.getByText(smallRun).first().waitFor();
    await pipeline.locator("canvas").first().waitFor();
    await workbench.closeEditor();
  });

  test("Export Weight ROM… asks for run, formats and folder, and writes the files", async () => {
    const { workbench } = session;
    const runs = path.join(session.server.workspace, "runs");
    const [run] = (await readdir(runs)) as [string];
    const target = path.join(runs, run, "rom");
    await workbench.command("Tritloom: Export Weight ROM…");
    await workbench.pick(smallRun);
    await workbench.checkAll();
    await workbench.pick("In the run");
    await expect.poll(() => existsSync(path.join(target, "manifest.json"))).toBe(true);
    const extensions = new Set((await readdir(target)).map((file) => path.extname(file)));
    expect([...extensions]).toEqual(expect.arrayContaining([".mem", ".coe", ".mif", ".hex", ".h"]));
  });

  test("a second export into the same folder asks before it replaces, and into another folder it does not", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Export Weight ROM…");
    await workbench.pick(smallRun);
    await workbench.accept("formats");
    await workbench.pick("In the run");
    await workbench.press("Cancel");

    const target = path.join(session.server.workspace, "elsewhere");
    await mkdir(target);
    await workbench.command("Tritloom: Export Weight ROM…");
    await workbench.pick(smallRun);
    await workbench.accept("formats");
    await workbench.pick("Choose a folder…");
    await workbench.enterFolder(target);
    await expect.poll(() => existsSync(path.join(target, "manifest.json"))).toBe(true);
    expect((await readdir(target)).some((file) => file.endsWith(".coe"))).toBe(false);
  });

  test("Delete Run asks first, then removes the directory", async () => {
    const { workbench } = session;
    const runs = path.join(session.server.workspace, "runs");
    await workbench.showSideBar();
    await workbench.treeRow(smallRun).hover();
    await workbench.treeRow(smallRun).getByRole("button", { name: /Delete/ }).click();
    await workbench.press("Cancel");
    expect(await readdir(runs)).toHaveLength(1);
    await workbench.treeRow(smallRun).hover();
    await workbench.treeRow(smallRun).getByRole("button", { name: /Delete/ }).click();
    await workbench.press("Delete");
    await expect.poll(() => readdir(runs)).toHaveLength(0);
  });
});
