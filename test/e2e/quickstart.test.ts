import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Session, shortQuickstart } from "./pages/session.js";

/** The quickstart in a real VS Code, from the installed VSIX to ROM files, in the order of a first visit. */
describe("quickstart", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start((workspace) => shortQuickstart(workspace, 60));
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  test("the side bar welcomes a newcomer before there is a run", async () => {
    const { workbench } = session;
    await workbench.showSideBar();
    await workbench.page.locator(".sidebar .welcome-view-content", { hasText: "run" }).first().waitFor();
    await workbench.page.locator(".sidebar .welcome-view-content .monaco-button", { hasText: "Open Quickstart" }).waitFor();
    const glance = await workbench.webview("At a Glance");
    await glance.getByText("No runs yet.").waitFor();
  });

  test("Run All goes from the text to the ROM files", async () => {
    const { workbench, notebook } = session;
    await workbench.openFile("quickstart.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await workbench.hideSideBar();
    await notebook.runAll();
    await notebook.output("1,216,035").waitFor({ timeout: 60_000 });
    await notebook.scrollToTop(notebook.outputs().getByRole("progressbar").first());
    await notebook.output(/step [1-5]\d of 60/).waitFor({ timeout: 120_000 });
    await notebook.finished(5);
    await notebook.scrollToTop(notebook.output("author-style"));
    await notebook.finished(7);
    await notebook.scrollToTop(notebook.output("manifest.json"));
  });

  test("the run and its files are in the workspace", async () => {
    const [run] = (await readdir(path.join(session.server.workspace, "runs"))) as [string];
    const dir = path.join(session.server.workspace, "runs", run);
    const result = JSON.parse(await readFile(path.join(dir, "result.json"), "utf8"));
    expect(result.deployableTestBpc).toBeLessThan(4.5);
    const rom = await readdir(path.join(dir, "rom"));
    expect(rom).toContain("manifest.json");
    expect(rom.filter((file) => file.endsWith(".mem")).length).toBeGreaterThan(0);
  });

  test("the tree shows the finished run with its figure", async () => {
    const { workbench } = session;
    await workbench.showSideBar();
    await workbench.treeRow(/moby-dick ternary 256/).waitFor();
    const [run] = (await readdir(path.join(session.server.workspace, "runs"))) as [string];
    const result = JSON.parse(await readFile(path.join(session.server.workspace, "runs", run, "result.json"), "utf8"));
    await workbench.treeRow(`${result.deployableTestBpc.toFixed(2)} BPC`).waitFor();
    const glance = await workbench.webview("At a Glance");
    await glance.locator("svg").first().waitFor();
    await glance.locator("canvas").first().waitFor();
  });

  test("the curves open beside the notebook and survive being hidden and a window reload", async () => {
    const { workbench } = session;
    const chart = async () => {
      const page = await workbench.webview("Training Curves");
      await page.locator(".js-plotly-plot .scatterlayer .trace").first().waitFor();
    };
    await workbench.command("Tritloom: Show Training Curves");
    await chart();
    await workbench.maximise();

    await workbench.command("Tritloom: Show Accelerator Pipeline");
    await workbench.webview("Accelerator Pipeline");
    expect(await workbench.page.locator(".editor-group-container").count()).toBe(2);
    await workbench.selectTab("Training Curves");
    await chart();

    await workbench.reload();
    await workbench.selectTab("Training Curves");
    await chart();
  });

  test("the pipeline plays, steps both ways and survives a reload", async () => {
    const { workbench } = session;
    await workbench.command("Tritloom: Show Accelerator Pipeline");
    const position = async () => {
      const page = await workbench.webview("Accelerator Pipeline");
      return page.locator("#place").innerText();
    };
    const press = async (name: string) => {
      const page = await workbench.webview("Accelerator Pipeline");
      await page.getByRole("button", { name }).click();
    };
    await press("Forward one cycle");
    const first = await position();
    await press("Forward one cycle");
    await expect.poll(position).not.toBe(first);
    await press("Back one cycle");
    await expect.poll(position).toBe(first);
    await workbench.maximise();
    await workbench.reload();
    await workbench.selectTab("Accelerator Pipeline");
    await expect.poll(position, { timeout: 60_000 }).toBe(first);
  });

  test("Save picture asks where, and writes the schedule as a PNG there", async () => {
    const { workbench, server } = session;
    const file = path.join(server.workspace, "schedule.png");
    const page = await workbench.webview("Accelerator Pipeline");
    await page.getByRole("button", { name: "Save picture" }).click();
    await workbench.enterPath(file);
    await expect.poll(() => readFile(file, "latin1").catch(() => "")).toMatch(/^\x89PNG\r\n/);
  });

  test("nothing was asked of the network", () => {
    expect(session.workbench.foreignRequests).toEqual([]);
  });
});
