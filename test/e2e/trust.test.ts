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

  test("a cell does not run, nothing appears on disk, and no language server starts", async () => {
    const { workbench, notebook } = session;
    await workbench.openFile("hostile.ipynb");
    await notebook.cell(0).waitFor();
    await notebook.runAll();
    await workbench.page.waitForTimeout(3_000);
    expect(existsSync(path.join(session.server.workspace, "executed.txt"))).toBe(false);
    expect(processesOf(session.server.extensions, "language-server.js")).toEqual([]);
  });
});
