import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { processesOf } from "./pages/processes.js";
import { Session, writeNotebook } from "./pages/session.js";

/** An untrusted workspace executes nothing. */
describe("untrusted workspace", () => {
  let session: Session;

  beforeAll(async () => {
    const prepare = (workspace: string) =>
      writeNotebook(workspace, "hostile.ipynb", ['require("node:fs").writeFileSync("executed.txt", "yes")']);
    session = await Session.start(prepare, { trust: true });
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  const programs = ["language-server.js", "kernel-keeper.js", "kernel.js"];
  const running = () => programs.filter((program) => processesOf(session.server.extensions, program).length > 0);
  const executed = () => existsSync(path.join(session.server.workspace, "executed.txt"));

  test("a cell does not run, nothing appears on disk, and no process of ours starts until the folder is trusted", async () => {
    const { workbench, notebook } = session;
    await workbench.openFile("hostile.ipynb");
    await notebook.runAll();
    await workbench.press("Cancel");
    expect(executed()).toBe(false);
    expect(running()).toEqual([]);
    await notebook.runAll();
    await workbench.press("Trust Folder & Continue");
    await expect.poll(executed).toBe(true);
    await expect.poll(running).toEqual(programs);
  });
});
