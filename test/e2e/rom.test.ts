import { cp } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Session } from "./pages/session.js";

const exported = fileURLToPath(new URL("../hardware/badRoms/exported", import.meta.url));
const file = "illegal_trit.mem";

/** An exported ROM file with one wrong trit, as text and as picture. */
describe("a ROM file", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start(async (workspace) => {
      for (const name of [file, "manifest.json"]) {
        await cp(path.join(exported, name), path.join(workspace, name));
      }
    });
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  test("opened as text shows what is wrong among the problems", async () => {
    const { workbench } = session;
    await workbench.openFile(file);
    await workbench.command("Problems: Focus on Problems View");
    const problem = workbench.page.locator(".markers-panel .monaco-list-row", { hasText: "illegal-code" });
    await problem.first().waitFor();
    expect(await problem.first().textContent()).toContain("Lane 2 of word 1 has a code that the encoding twos-complement does not use");
  });

  test("Lint ROM counts the findings of the file on top", async () => {
    const { workbench } = session;
    await workbench.selectTab(file);
    await workbench.command("Tritloom: Lint ROM");
    await workbench.notification(`${file}: errors 1, warnings 0.`).waitFor();
  });

  test("opens as a picture of its gates", async () => {
    const { workbench } = session;
    await workbench.selectTab(file);
    await workbench.command("View: Reopen Editor With...");
    await workbench.pick("ROM Picture");
    const picture = await workbench.webview(file);
    await picture.getByRole("img", { name: "1 rows of 8 cells: gate g, gate f, gate i, gate o." }).waitFor();
    await picture.locator("canvas").hover({ position: { x: 8, y: 30 } });
    await expect.poll(() => picture.locator(".told").textContent()).toBe("gate g, unit 0, input 0: +1");
    expect(await picture.getByRole("listitem").textContent()).toContain("illegal-code");
  });
});
