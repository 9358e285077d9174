import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DebuggerPage } from "../pages/debugger.js";
import { Session, trainInto, writeNotebook } from "../pages/session.js";
import { TypedCells } from "../pages/typedCells.js";
import { Camera } from "./camera.js";

const data = 'import * as tl from "tritloom";\n\nconst text = await tl.data.text("moby-dick");';

/** Three runs to lay over each other; the panels begin with the newest. */
const compared = [
  data,
  `for (const [name, quantiser] of Object.entries({
    "full precision": tl.fullPrecision(),
    binary: tl.binary({ sampling: "deterministic", clip: true }),
    ternary: tl.ternary({ sampling: "deterministic", clip: true, threshold: 0.5 }),
  })) {
    const run = await tl.ternaryCharacterModel(text, { units: 96, steps: 300, quantiser, name }).train();
    await run.evaluate("test");
  }`,
];

/** Enough trials that a table of them says something while others still train. */
const swept = [
  data,
  `const sweep = await tl.sweep({
  experiment: (p) => tl.ternaryCharacterModel(text, { units: p.units, quantiser: p.quantiser, steps: 600, validateEvery: 50 }),
  space: { units: [16, 32, 64], quantiser: [tl.binary(), tl.ternary()] },
  seeds: 2,
  dir: "widths",
});`,
];

const firstHour = [
  data,
  'const experiment = tl.ternaryCharacterModel(text, { units: 128, steps: 400, name: "my first trits" });',
  "const run = await experiment.train();\nrun",
  'await run.evaluate("test")',
  'await run.weights("recurrent")',
  "const chip = await run.accelerator({ macUnits: 64 });",
  'await chip.exportRom("roms", { formats: ["mem", "coe"], overwrite: true })',
];

const typed = [
  data,
  "const layer = tl.lstm({ units: 48, quantizer: tl.ternary() });",
  "",
];

const values = [
  'import * as tf from "@tensorflow/tfjs";\n\nconst rows = [{ name: "ternary", bpc: 2.41 }, { name: "binary", bpc: 2.52 }];',
  `const angles = tf.linspace(0, 12, 48);
const heat = tf.tidy(() => angles.sin().expandDims(1).matMul(angles.cos().expandDims(0)));
const noise = tf.randomNormal([400]);`,
];

const debugged = [
  'import { scaled } from "./scaled";\n\nconst samples = [0.5, -1, 0.25];',
  "const largest = Math.max(...samples.map(Math.abs));\nconst ready = scaled(samples, largest);\nready",
];
const scaled = "export function scaled(samples: number[], largest: number): number[] {\n  return samples.map((sample) => sample / largest);\n}\n";

const night = ['let step = 0;\nwhile (step < 100_000) {\n  step += 1;\n  await new Promise((go) => setTimeout(go, 50));\n}', "step"];

/** The pictures of docs/guide, in the order of a first visit. `npm run pictures` takes all, `-t "a word of a title"` some. */
describe("the pictures of the guide", () => {
  let session: Session;
  let camera: Camera;

  beforeAll(async () => {
    session = await Session.start(async () => {});
    camera = new Camera(session.workbench);
  });
  afterEach((context) => session.pictureOfFailure(context));
  afterAll(() => session?.stop());

  async function open(name: string, cells: readonly string[], show: "with side bar" | "alone" = "alone"): Promise<void> {
    const { workbench, notebook, server } = session;
    await workbench.closeAllEditors();
    await writeNotebook(server.workspace, name, cells);
    await workbench.openFile(name);
    await notebook.pickKernel("Tritloom (TypeScript)");
    await (show === "alone" ? workbench.hideSideBar() : workbench.showSideBar());
  }

  const kernels = () => session.workbench.page.locator(".sidebar .pane-header", { hasText: "Kernels" });

  test("welcome.png: the side bar before the first run", async () => {
    const { workbench } = session;
    await camera.size(1_000, 760);
    await workbench.showSideBar();
    await workbench.page.locator(".sidebar .welcome-view-content .monaco-button", { hasText: "Open Quickstart" }).waitFor();
    await (await workbench.webview("At a Glance")).getByText("No runs yet.").waitFor();
    await camera.take("welcome.png", camera.part("activitybar"), camera.part("sidebar"));
  });

  test("typed-cells.png: a completion with its documentation, and a misspelt option", async () => {
    const { workbench, notebook } = session;
    await camera.size(1_200, 620);
    await open("typed.ipynb", typed);
    const cells = new TypedCells(workbench, notebook);
    await notebook.cell(1).locator(".squiggly-error").first().waitFor();
    await cells.type(2, "const quantiser = tl.ter");
    await cells.completions("ternary");
    await cells.completionDetails();
    await camera.take("typed-cells.png", camera.part("editor"));
    await cells.closeCompletions();
  });

  test("curves.png and pipeline.png: both panels", async () => {
    const { workbench, server } = session;
    await workbench.closeAllEditors();
    await writeNotebook(server.workspace, "compared.ipynb", compared);
    trainInto(server.workspace, "compared.ipynb");
    await workbench.command("Tritloom: Show Training Curves");
    const curves = await workbench.webview("Training Curves");
    await expect.poll(() => curves.locator(".js-plotly-plot .scatterlayer .trace").count()).toBeGreaterThan(3);
    await workbench.hideSideBar();
    await camera.size(1_200, 800);
    await camera.take("curves.png", camera.part("editor"));
    // In the column of the curves, which has the whole width.
    await workbench.command("Tritloom: Show Accelerator Pipeline");
    for (let cycle = 0; cycle < 3; cycle++) {
      const pipeline = await workbench.webview("Accelerator Pipeline");
      await pipeline.getByRole("button", { name: "Forward one cycle" }).click();
    }
    await camera.take("pipeline.png", camera.part("editor"));
  });

  test("sweep.png: a sweep in a cell, and beside it the table in which its trials appear", async () => {
    const { workbench, notebook } = session;
    await camera.size(1_300, 660);
    await open("sweep.ipynb", swept);
    await notebook.runAll();
    await notebook.output(/12: \d finished/).waitFor({ timeout: 200_000 });
    await workbench.command("Tritloom: Show Experiments");
    const table = await workbench.webview("Experiments");
    await table.getByRole("tab", { name: "Curves" }).click();
    for (const trial of ["binary 16", "ternary 16", "binary 32"]) {
      const row = table.getByRole("row").filter({ hasText: `moby-dick ${trial}` }).first();
      await row.waitFor({ timeout: 100_000 });
      await row.getByRole("checkbox").click();
    }
    await table.getByRole("row").filter({ hasText: "running" }).first().waitFor();
    await expect.poll(() => table.locator(".js-plotly-plot .scatterlayer .trace").count()).toBeGreaterThan(4);
    await camera.take("sweep.png", camera.part("editor"));
    await notebook.stopCell(1);
  });

  test("training-in-a-cell.png, rom-files.png, what-ships.png and side-bar.png: the first hour", async () => {
    const { workbench, notebook } = session;
    await camera.size(1_000, 620);
    await open("first-hour.ipynb", firstHour);
    await notebook.runAll();
    await notebook.scrollToTop(notebook.outputs().getByRole("progressbar").first());
    await notebook.output(/step 2\d\d of 400/).waitFor({ timeout: 200_000 });
    await camera.take("training-in-a-cell.png", camera.part("editor"));
    await notebook.finished(7);
    await camera.size(900, 700);
    await notebook.scrollToTop(notebook.output("manifest.json"));
    await camera.take("rom-files.png", camera.part("editor"));
    await camera.size(760, 860);
    await notebook.scrollToTop(notebook.output("o output"));
    await camera.take("what-ships.png", camera.part("editor"));
    await camera.size(1_300, 860);
    await workbench.showSideBar();
    await workbench.treeRow("experiment").waitFor();
    await notebook.scrollToTop(notebook.output("validation BPC"));
    await camera.take("side-bar.png");
  });

  test("variables.png: the view and the panel of a value", async () => {
    const { workbench, notebook } = session;
    await camera.size(1_300, 700);
    await open("values.ipynb", values, "with side bar");
    await notebook.runAll();
    await workbench.treeRow(/^heat/).click();
    const panel = await workbench.webview("Variable");
    await panel.getByRole("img").first().waitFor();
    await camera.take("variables.png");
    await workbench.closeTab("heat");
  });

  test("debugging.png: a cell that has stopped at a breakpoint", async () => {
    const { workbench, notebook, server } = session;
    const debug = new DebuggerPage(workbench);
    await camera.size(1_150, 620);
    await writeFile(path.join(server.workspace, "scaled.ts"), scaled);
    await open("debugged.ipynb", debugged);
    await notebook.runCell(0);
    await notebook.cell(0).locator(".codicon-notebook-state-success").waitFor();
    const editor = notebook.cell(1).locator(".monaco-editor").first();
    await debug.toggleBreakpoint(editor, 2);
    await workbench.command("Tritloom: Debug Cell");
    await debug.markedLine(editor).first().waitFor();
    await debug.unfold("Local");
    await debug.unfold("notebook");
    await camera.take("debugging.png");
    await debug.disconnect();
  });

  test("kernels.png: a kernel whose cell runs", async () => {
    const { workbench, notebook, server } = session;
    server.kernels("stop", "--all", "--yes");
    await camera.size(1_200, 700);
    await open("night.ipynb", night, "with side bar");
    await notebook.runAll();
    await camera.widenSideBar(460);
    await kernels().click();
    await workbench.treeRow(/night\.ipynb.*runs cell 1/).waitFor();
    await camera.take("kernels.png", kernels(), workbench.treeRow("night.ipynb"));
    await notebook.stopCell(0);
    await kernels().click();
    await camera.widenSideBar(300);
  });

  test("verified.png: the README of a generated folder, and what the simulators say", async () => {
    const { workbench, server } = session;
    await workbench.closeAllEditors();
    await camera.size(1_000, 500);
    await workbench.command("Tritloom: Generate Accelerator…");
    await workbench.pick("ternary");
    await workbench.answer("multiply-accumulate units", "32");
    await workbench.enterPath(path.join(server.workspace, "accelerator"));
    await workbench.notification("files in").waitFor({ timeout: 120_000 });
    await workbench.press("Open README");
    await workbench.tab("README.md").waitFor();
    await workbench.command("Tritloom: Verify Against Simulators…");
    await workbench.pick("ternary");
    await workbench.answer("multiply-accumulate units", "32");
    await workbench.notification("equal the integer model in every gate, c and h").waitFor({ timeout: 240_000 });
    await camera.take("verified.png", camera.part("editor"));
  });
});
