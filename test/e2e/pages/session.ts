import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import type { TestContext } from "vitest";
import { NotebookPage } from "./notebook.js";
import { type CodeServer, type ServerOptions, startCodeServer } from "./server.js";
import { launchBrowser, Workbench } from "./window.js";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A server, a browser and one window: what each file of tests works with. */
export class Session {
  private constructor(
    readonly server: CodeServer,
    private readonly browser: Browser,
    readonly workbench: Workbench,
  ) {}

  /** @param prepare puts files into the workspace folder before the window opens */
  static async start(prepare: (workspace: string) => Promise<void>, options: ServerOptions = {}): Promise<Session> {
    const server = await startCodeServer(options);
    try {
      await prepare(server.workspace);
      return await Session.openWindow(server);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** With one small finished run in the workspace and in the tree. */
  static async startWithRun(): Promise<Session> {
    const session = await Session.start(async (workspace) => {
      await writeNotebook(workspace, "small.ipynb", smallTraining);
      trainInto(workspace, "small.ipynb");
    });
    await session.workbench.showSideBar();
    await session.workbench.treeRow(smallRun).waitFor();
    return session;
  }

  private static async openWindow(server: CodeServer): Promise<Session> {
    const browser = await launchBrowser();
    try {
      return new Session(server, browser, await Workbench.open(browser, server.url, server.workspace));
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  get notebook(): NotebookPage {
    return new NotebookPage(this.workbench);
  }

  /** Call in `afterEach`: what the window looked like when a test failed stays in out/e2e/. */
  async pictureOfFailure({ task }: TestContext): Promise<void> {
    if (task.result?.state === "fail") {
      const file = path.join(repository, "out/e2e", `${task.name.replace(/\W+/g, "-")}.png`);
      await this.workbench.screenshot(file);
    }
  }

  /** The server first: a window that closes leaves its TypeScript server to itself, and nobody could wait for it. */
  async stop(): Promise<void> {
    await this.server.stop();
    await this.browser.close();
  }
}

/** The quickstart with so few steps that it trains in seconds. */
export async function shortQuickstart(workspace: string, steps: number): Promise<void> {
  const notebook = await readFile(path.join(repository, "examples/quickstart.ipynb"), "utf8");
  const short = notebook.replace(/const steps = \d+;/, `const steps = ${steps};`);
  if (short === notebook) {
    throw new Error("examples/quickstart.ipynb no longer has the line `const steps = N;`");
  }
  await writeFile(path.join(workspace, "quickstart.ipynb"), short);
}

/** A notebook of the given cells, for our kernel or another one. */
export async function writeNotebook(
  workspace: string,
  name: string,
  cells: readonly string[],
  kernel = { name: "tritloom", language: "typescript" },
): Promise<void> {
  const notebook = {
    cells: cells.map((source, index) => ({
      cell_type: "code",
      id: `cell-${index}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: {
      kernelspec: { ...kernel, display_name: kernel.name === "tritloom" ? "Tritloom (TypeScript)" : kernel.name },
      language_info: { name: kernel.language },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  await writeFile(path.join(workspace, name), JSON.stringify(notebook));
}

/** The name of the run that `smallTraining` makes. */
export const smallRun = "fox ternary 24";

/** Cells that train a small run to its end in a second or two. */
export const smallTraining = [
  'import * as tl from "tritloom";\nconst text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(1000));',
  "const run = await tl.ternaryCharacterModel(text, { units: 24, steps: 60 }).train();",
  'await run.evaluate("test")',
];

/** Puts a finished run into the workspace, made by the command line. */
export function trainInto(workspace: string, name: string): void {
  const notebook = path.join(workspace, name);
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(repository, "dist/cli.js"), "run", notebook, "--out", path.join(workspace, "executed.ipynb")],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    throw new Error(`The run for the test could not be made:\n${stderr}`);
  }
}
