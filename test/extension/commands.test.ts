import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { registerCommands } from "../../src/extension/commands/registerCommands.js";
import { commandIds } from "../../src/extension/commands/commandIds.js";
import type { NotebookSession } from "../../src/extension/notebook/notebookSession.js";
import { productPaths } from "../../src/extension/productPaths.js";
import { RunList } from "../../src/extension/runs/runList.js";
import { RunReader } from "../../src/extension/runs/runReader.js";
import { RunSelection } from "../../src/extension/runs/runSelection.js";
import type { Services } from "../../src/extension/services.js";
import { makePipeline } from "../../src/extension/webviews/makePipeline.js";
import { type ChipMemory, ChosenPipeline } from "../../src/extension/webviews/chosenPipeline.js";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { createRun } from "../../src/runs/runWriter.js";
import { randomDeployedModel } from "../hardware/randomModel.js";
import { inlineText, smallResult, smallSpec, smallTask, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import type { PipelineState } from "../../webview/contract.js";
import { answers, clipboard, fake, registered, resetFake, shown, workspaceState } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
let services: Services;
let failures: unknown[];
let sessions: NotebookSession[];

function memory() {
  let kept: readonly string[] | undefined;
  return { get: () => kept, set: (dirs: readonly string[]) => void (kept = dirs) };
}

function chipMemory(): ChipMemory {
  let kept: ReturnType<ChipMemory["get"]>;
  return { get: () => kept, set: (chosen) => void (kept = chosen) };
}

/** What the panel shows in the end. */
async function shownPipeline(): Promise<PipelineState["shown"]> {
  await expect.poll(() => services.pipeline.state().shown.kind, { timeout: 20_000 }).not.toBe("working");
  return services.pipeline.state().shown;
}

beforeEach(() => {
  resetFake();
  failures = [];
  sessions = [];
  const runs = new RunList(new RunReader((fault) => failures.push(fault)).read);
  services = {
    paths: productPaths(process.cwd(), root.path),
    variables: { session: undefined, row: () => undefined },
    chosenVariable: { choose: vi.fn(), look: vi.fn(), state: vi.fn(), onChange: vi.fn() },
    kernel: { allSessions: () => sessions, debug: vi.fn(async () => {}), restart: vi.fn(async () => {}) },
    kernels: { get: () => undefined, look: async () => {} },
    languageServer: { restart: vi.fn(async () => {}) },
    runs,
    selection: new RunSelection(runs, memory()),
    pipeline: new ChosenPipeline(runs, chipMemory(), (...chip) => makePipeline(productPaths(process.cwd(), root.path).commandLine, ...chip)),
    panels: { curves: { show: vi.fn() }, pipeline: { show: vi.fn() }, variable: { show: vi.fn() }, table: { show: vi.fn() } },
    romDiagnostics: { lintFile: vi.fn() },
    updateContext: vi.fn(),
  };
  registerCommands(services, (error) => failures.push(error));
});
afterEach(() => services.runs.dispose());

const call = (id: string, ...args: unknown[]) => registered.get(id)!(...args);
const shownOf = (kind: string) => shown.filter((dialog) => dialog.kind === kind);

/** Long enough for a minibatch of the small task. */
const trainingText = inlineText.repeat(20);

async function trainedRun(): Promise<string> {
  const sha256 = createHash("sha256").update(trainingText).digest("hex");
  const spec = smallSpec({ name: "whale", task: { ...smallTask, corpus: { ...smallTask.corpus, sha256 } } });
  const writer = await createRun(path.join(root.path, "runs"), spec, { corpusText: trainingText });
  writer.append(started());
  await writer.model(deployedModelToTensors(randomDeployedModel({ units: 4, symbols: new Set(inlineText).size, precision: "ternary" })));
  await writer.finish(smallResult);
  await services.runs.refresh(writer.dir);
  return writer.dir;
}

test("every command has a handler", () => {
  expect([...registered.keys()].sort()).toEqual(Object.values(commandIds).sort());
});

test("Show Training Curves opens the panel only when there is a run", async () => {
  await call(commandIds.showCurves);
  expect(services.panels.curves.show).not.toHaveBeenCalled();
  await trainedRun();
  await call(commandIds.showCurves);
  expect(services.panels.curves.show).toHaveBeenCalledTimes(1);
});

test("a row's curves show that run alone, and the pipeline follows", async () => {
  const first = await trainedRun();
  await trainedRun();
  await call(commandIds.openRunCurves, first);
  expect(services.selection.dirs()).toEqual([first]);
  expect(services.pipeline.state().choice.dir).toBe(first);
  expect(await shownPipeline()).toMatchObject({ kind: "pipeline", pipeline: { title: "whale" } });
});

test("while runs are looked for, commands that need one wait; they say that there is none only when that is known", async () => {
  let found!: (value?: unknown) => void;
  const search = new Promise((resolve) => (found = resolve));
  const searching = services.runs.searchedBy(search.then(async () => void (await trainedRun())));
  const [curves, exporting] = [call(commandIds.showCurves), call(commandIds.exportRom)];
  await new Promise((resolve) => setImmediate(resolve));
  expect([shown, vi.mocked(services.panels.curves.show).mock.calls]).toEqual([[], []]);
  found();
  await Promise.all([searching, curves, exporting]);
  expect(services.panels.curves.show).toHaveBeenCalledOnce();
  expect(shown.map(({ kind, text }) => [kind, (text as { label: string }[])[0]?.label])).toEqual([["quickPick", "whale"]]);
});

test("what executes something refuses in an untrusted workspace, with the remedy", async () => {
  workspaceState.isTrusted = false;
  await call(commandIds.restartKernel);
  await call(commandIds.installTensorFlow);
  expect(failures.map(String)).toEqual([
    expect.stringContaining("Manage Workspace Trust"),
    expect.stringContaining("Manage Workspace Trust"),
  ]);
  expect(services.kernel.restart).not.toHaveBeenCalled();
});

test("Restart Kernel takes the notebook on top, else asks which", async () => {
  const session = (name: string) => ({ notebook: { uri: { path: `/w/${name}` } } }) as unknown as NotebookSession;
  sessions = [session("a.ipynb"), session("b.ipynb")];
  (fake.window as { activeNotebookEditor: unknown }).activeNotebookEditor = { notebook: sessions[1]!.notebook };
  await call(commandIds.restartKernel);
  expect(services.kernel.restart).toHaveBeenLastCalledWith(sessions[1]);
  (fake.window as { activeNotebookEditor: unknown }).activeNotebookEditor = undefined;
  answers.quickPick = async (items: { label: string }[]) => items.find(({ label }) => label === "a.ipynb");
  await call(commandIds.restartKernel);
  expect(services.kernel.restart).toHaveBeenLastCalledWith(sessions[0]);
});

test("a row's path and its experiment go to the clipboard, the experiment as the run's own JSON", async () => {
  const dir = await trainedRun();
  await call(commandIds.copyRunPath, dir);
  expect(clipboard.text).toBe(dir);
  await call(commandIds.copyExperiment, dir);
  expect(JSON.parse(clipboard.text)).toMatchObject({ version: 1, name: "whale", layers: smallSpec().layers, seed: smallSpec().seed });
});

describe("Delete Run", () => {
  test("asks in a modal and keeps the run unless the answer is Delete", async () => {
    const dir = await trainedRun();
    await call(commandIds.deleteRun, dir);
    expect(shownOf("warning")[0]?.args[1]).toMatchObject({ modal: true });
    expect(services.runs.get(dir)).toBeDefined();
    answers.warning = async () => "Delete";
    await call(commandIds.deleteRun, dir);
    expect(await readdir(path.join(root.path, "runs"))).toEqual([]);
    expect(services.runs.get(dir)).toBeUndefined();
  });

  test("never deletes a run that is being trained", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    await services.runs.refresh(writer.dir);
    answers.warning = async () => "Delete";
    await call(commandIds.deleteRun, writer.dir);
    expect(String(failures[0])).toContain("is being trained");
    expect(shown).toEqual([]);
    await writer.close();
  });
});

describe("Export Weight ROM", () => {
  interface Item {
    label: string;
    format?: string;
    isOwn?: boolean;
  }

  /** Answers the three questions: the first run, these formats, this place. */
  function choose(formats: readonly string[], folder: "own" | { path: string }): void {
    answers.quickPick = async (items: Item[]) => {
      if (items[0]?.format) {
        return items.filter(({ format }) => formats.includes(format!));
      }
      return items[0]?.isOwn === undefined ? items[0] : items.find(({ isOwn }) => isOwn === (folder === "own"));
    };
    answers.open = async () => (folder === "own" ? undefined : [{ fsPath: folder.path }]);
  }

  test("writes the chosen formats and a manifest, and says where", async () => {
    const dir = await trainedRun();
    choose(["mem", "hex"], "own");
    await call(commandIds.exportRom);
    expect(failures).toEqual([]);
    const files = await readdir(path.join(dir, "rom"));
    expect(files).toEqual(expect.arrayContaining(["golden", "host"]));
    expect(new Set(files.map((file) => path.extname(file)))).toEqual(new Set([".mem", ".hex", ".json", ".md", ""]));
    expect(shownOf("information")[0]?.text).toContain(path.join(dir, "rom"));
  });

  test("writes the chip that the panel shows, and says which it is", async () => {
    const dir = await trainedRun();
    services.pipeline.choose(dir, { macUnits: 3, columnsPerCycle: 2, activationBits: 9 });
    let asked: { placeHolder?: string } | undefined;
    choose(["mem"], "own");
    const answer = answers.quickPick!;
    answers.quickPick = async (items, options) => {
      asked ??= (items as Item[])[0]?.format ? (options as typeof asked) : undefined;
      return answer(items, options);
    };
    await call(commandIds.exportRunRom, dir);
    expect(failures).toEqual([]);
    expect(asked?.placeHolder).toBe("The chip: 3 MAC units of 2 columns, delta off, h of 9 bits");
    const { macUnits, model } = JSON.parse(await readFile(path.join(dir, "rom", "manifest.json"), "utf8"));
    expect([macUnits, model.layers[0].cellRange]).toEqual([3, "calibrated"]);
    expect(shownOf("information")[0]?.text).toMatch(/Ranges of cell states and inputs are those seen in 40 timesteps of the validation part\.$/);
    const shown = await shownPipeline();
    expect(shown).toMatchObject({ pipeline: { layers: [{ shape: { macUnits: 3, columnsPerCycle: 2, activationBits: 9 } }] } });
  });

  test("an earlier export is replaced only after a modal yes", async () => {
    const dir = await trainedRun();
    choose(["mem"], "own");
    await call(commandIds.exportRom);
    const manifest = path.join(dir, "rom", "manifest.json");
    const before = await readFile(manifest, "utf8");
    choose(["coe"], "own");
    await call(commandIds.exportRunRom, dir);
    expect(shownOf("warning")[0]?.args[1]).toMatchObject({ modal: true });
    expect(await readFile(manifest, "utf8")).toBe(before);
    answers.warning = async () => "Replace";
    await call(commandIds.exportRunRom, dir);
    const files = await readdir(path.join(dir, "rom"));
    expect(files.some((file) => file.endsWith(".coe"))).toBe(true);
    expect(files.some((file) => file.endsWith(".mem"))).toBe(false);
  });

  test("a picked folder with other files gets a subfolder of its own", async () => {
    const dir = await trainedRun();
    const picked = path.join(root.path, "project");
    await mkdir(picked);
    await writeFile(path.join(picked, "top.v"), "module top; endmodule\n");
    choose(["mem"], { path: picked });
    await call(commandIds.exportRunRom, dir);
    expect((await readdir(picked)).sort()).toEqual([`${path.basename(dir)}-rom`, "top.v"].sort());
  });

  test("giving up at any question writes nothing", async () => {
    const dir = await trainedRun();
    await call(commandIds.exportRunRom, dir);
    choose([], "own");
    await call(commandIds.exportRunRom, dir);
    choose(["mem"], { path: root.path });
    answers.open = async () => undefined;
    await call(commandIds.exportRunRom, dir);
    expect(await readdir(dir)).not.toContain("rom");
    expect(failures).toEqual([]);
  });

  test("a run without a model is refused, although the command is hidden for it", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    writer.append(started());
    await writer.interrupted(0);
    await services.runs.refresh(writer.dir);
    await call(commandIds.exportRunRom, writer.dir);
    expect(String(failures[0])).toContain("has no trained model yet");
  });
});

describe("runs and other tools", () => {
  test("a run is exported for a tool into a folder, and an earlier export replaced only after a question", async () => {
    const dir = await trainedRun();
    answers.quickPick = async (items: { to: string }[]) => items.find(({ to }) => to === "csv");
    await call(commandIds.exportRun, dir);
    expect(await readdir(root.path)).toEqual(["runs"]);
    answers.open = async () => [{ fsPath: root.path }];
    await call(commandIds.exportRun, dir);
    const file = path.join(root.path, "curves", `${path.basename(dir)}.csv`);
    expect(shownOf("information")[0]?.text).toContain(file);
    await writeFile(file, "mine");
    await call(commandIds.exportRun, dir);
    expect(shownOf("warning")[0]?.args[1]).toMatchObject({ modal: true, detail: file });
    expect(await readFile(file, "utf8")).toBe("mine");
    answers.warning = async () => "Replace";
    await call(commandIds.exportRun, dir);
    expect(await readFile(file, "utf8")).toMatch(/^step,wall_time/);
    expect(failures).toEqual([]);
  });
});

describe("Generate Accelerator and Verify Against Simulators", () => {
  /** Answers: the first run, so many MAC units, this folder. */
  function choose(macUnits: string, folder?: string): void {
    answers.quickPick = async (items: unknown[]) => items[0];
    answers.input = async () => macUnits;
    answers.save = async () => (folder === undefined ? undefined : { fsPath: folder });
  }

  test("Verilog, ROM files and testbench appear in a new folder, and the notification says where", async () => {
    await trainedRun();
    const folder = path.join(root.path, "accelerator");
    choose("3", folder);
    await call(commandIds.generateAccelerator);
    expect(failures).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(["README.md", "accelerator.json", "rom", "rtl", "testbench.v", "vectors"]);
    expect(await readFile(path.join(folder, "rtl/accelerator.v"), "utf8")).toContain(".MACS(3)");
    expect(shownOf("information")[0]?.text).toContain(folder);
  });

  test("has the run's chip, whose MAC units the answer changes for the panel too", async () => {
    const dir = await trainedRun();
    services.pipeline.choose(dir, { columnsPerCycle: 4, macUnits: 7 });
    const folder = path.join(root.path, "wide");
    choose("2", folder);
    await call(commandIds.generateAccelerator);
    expect(failures).toEqual([]);
    expect(await readFile(path.join(folder, "rtl/accelerator.v"), "utf8")).toMatch(/\.MACS\(2\)[^]*\.COLUMNS\(4\)|\.COLUMNS\(4\)[^]*\.MACS\(2\)/);
    expect(services.pipeline.optionsOf(dir)).toEqual({ columnsPerCycle: 4, macUnits: 2 });
  });

  test("an existing folder with files is told in the command's own words, and stays as it is", async () => {
    await trainedRun();
    const folder = path.join(root.path, "project");
    await mkdir(folder);
    await writeFile(path.join(folder, "top.v"), "module top; endmodule\n");
    choose("3", folder);
    await call(commandIds.generateAccelerator);
    expect(String(failures[0])).toContain(`Cannot write an accelerator to ${folder}: The folder already holds files (top.v).`);
    expect(await readdir(folder)).toEqual(["top.v"]);
  });

  test("giving up at a question runs nothing", async () => {
    await trainedRun();
    choose("3");
    await call(commandIds.generateAccelerator);
    answers.input = async () => undefined;
    await call(commandIds.verifyAccelerator);
    expect([failures, shownOf("information"), shownOf("error")]).toEqual([[], [], []]);
  });

  test("both simulators are told to equal the integer model", async () => {
    await trainedRun();
    choose("4");
    await call(commandIds.verifyAccelerator);
    expect(failures).toEqual([]);
    expect(shownOf("information")[0]?.text).toMatch(/Icarus Verilog \S+ and Verilator \S+ equal the integer model in every gate, c and h of 40 timesteps/);
  });

  test("neither runs in a workspace that is not trusted", async () => {
    workspaceState.isTrusted = false;
    await call(commandIds.generateAccelerator);
    await call(commandIds.verifyAccelerator);
    expect(failures.map(String)).toEqual([expect.stringContaining("trusted workspace"), expect.stringContaining("trusted workspace")]);
  });
});

describe("Show Report", () => {
  test("tells what to install where there is no Yosys, and opens nothing", async () => {
    await trainedRun();
    answers.quickPick = async (items: unknown[]) => items[0];
    answers.input = async () => "2";
    const { PATH } = process.env;
    process.env.PATH = root.path;
    try {
      await call(commandIds.showReport);
    } finally {
      process.env.PATH = PATH;
    }
    expect(failures.map(String)).toEqual([
      "Error: yosys is not on PATH: install it (Debian: yosys), or the npm package @yowasp/yosys beside Tritloom.",
    ]);
  });

  test("does not run in a workspace that is not trusted", async () => {
    workspaceState.isTrusted = false;
    await call(commandIds.showReport);
    expect(failures.map(String)).toEqual([expect.stringContaining("trusted workspace")]);
  });
});

test("a row whose run is gone is told, not ignored", async () => {
  await call(commandIds.openRunCurves, "/nowhere/run");
  expect(String(failures[0])).toContain("/nowhere/run");
});

test("Open Guide shows the index, or the page that a link names; one that is not there is told", async () => {
  const execute = vi.spyOn(fake.commands, "executeCommand");
  for (const page of [undefined, "first-hour", { view: "tritloom.runs" }, "no-such-page"]) {
    await call(commandIds.openGuide, page);
  }
  const shownPages = execute.mock.calls.map(([id, uri]: unknown[]) => `${String(id)} ${path.basename((uri as { fsPath: string }).fsPath)}`);
  expect(shownPages).toEqual(["markdown.showPreview README.md", "markdown.showPreview first-hour.md", "markdown.showPreview README.md"]);
  expect(failures.map(String)).toEqual(['Error: The guide has no page "no-such-page"; "Tritloom: Open Guide" shows those that there are.']);
  execute.mockRestore();
});
