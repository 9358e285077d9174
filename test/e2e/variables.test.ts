import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Session, writeNotebook } from "./pages/session.js";

const cells = [
  'import * as tf from "@tensorflow/tfjs";\nconst records = [{ name: "a", loss: 1.5 }, { name: "b", loss: 2 }];',
  "let weights = tf.randomUniform([400]);",
  "weights = tf.zeros([4]);",
];

/** The view "Variables" and the panel of one, in a real editor. */
describe("variables", () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start((workspace) => writeNotebook(workspace, "variables.ipynb", cells));
    const { workbench, notebook } = session;
    await workbench.openFile("variables.ipynb");
    await notebook.pickKernel("Tritloom (TypeScript)");
    await workbench.showSideBar();
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  const row = (text: string | RegExp) => session.workbench.treeRow(text);

  test("are listed after each cell", async () => {
    await session.notebook.runCell(0);
    await row(/records.*Array · 2 elements/).waitFor();
    await session.notebook.runCell(1);
    await row(/weights.*Tensor float32 · \[400\] · 1\.6 kB/).waitFor();
  });

  test("a click opens a list of records as a table, and numbers as a histogram, which follows the next cell", async () => {
    const { workbench, notebook } = session;
    await row("records").click();
    const panel = await workbench.webview("Variable");
    await panel.getByRole("columnheader", { name: "loss" }).waitFor();
    expect(await panel.locator("tbody tr").allTextContents()).toEqual(['0"a"1.5', '1"b"2']);
    await row("weights").click();
    await panel.getByRole("img", { name: /^Histogram of 48 bars/ }).waitFor();
    await notebook.runCell(2);
    await panel.getByRole("img", { name: /^Histogram of 1 bars/ }).waitFor();
  });

  test("a tensor that no variable reaches any more is counted with its cell", async () => {
    await row(/1 tensor, 1\.6 kB.*is reached by no variable: made in cell 2/).waitFor();
  });

  test("Go to Defining Cell selects the cell", async () => {
    await session.workbench.chooseInMenu(row("records"), "Go to Defining Cell");
    await expect.poll(() => session.notebook.cell(0).getAttribute("class")).toMatch(/focused/);
  });
});
