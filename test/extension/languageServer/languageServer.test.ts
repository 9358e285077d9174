import type * as vscode from "vscode";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { typescriptPluginName } from "../../../src/extension/ids.js";
import type { CellsClient, CellsClientSetup, CellTypeError } from "../../../src/extension/languageServer/cellsClient.js";
import { LanguageServer } from "../../../src/extension/languageServer/languageServer.js";
import { ServedNotebooks } from "../../../src/extension/languageServer/servedNotebooks.js";
import { NotebookTabs } from "../../../src/extension/notebook/notebookTabs.js";
import { answers, happenings, openNotebooks, pluginConfigurations, resetFake, settings, shown, undisposed, workspaceState } from "../fakeVscode.js";
import { namedNotebook } from "./namedNotebook.js";

vi.mock("vscode", async () => (await import("../fakeVscode.js")).fake);

type Setup = Omit<CellsClientSetup, "paths">;

/** What was asked of each client that was started. */
let clients: { setup: Setup; calls: string[] }[];
let startFails: Error | undefined;
let typeErrors: CellTypeError[];
let served: ServedNotebooks;
let tabs: NotebookTabs;
let server: LanguageServer;

async function startClient(setup: Setup): Promise<CellsClient> {
  const calls: string[] = [];
  clients.push({ setup, calls });
  if (startFails) {
    throw startFails;
  }
  const client: Pick<CellsClient, "synchronise" | "cellRan" | "kernelRestarted" | "errorsOf" | "stop"> = {
    synchronise: () => void calls.push(`synchronise ${setup.served.all().map(({ uri }) => uri.path)}`),
    cellRan: (_, { text }) => void calls.push(`ran ${text}`),
    kernelRestarted: () => void calls.push("restarted"),
    errorsOf: async () => typeErrors,
    stop: async () => void calls.push("stop"),
  };
  return client as CellsClient;
}

const log = { error: () => {}, show: vi.fn() } as unknown as vscode.LogOutputChannel;
const notebook = (name = "a") => namedNotebook(`/work/${name}.ipynb`, { kernelspec: { name: "tritloom" } });
const settle = () => new Promise((resolve) => setTimeout(resolve));

function open(...notebooks: vscode.NotebookDocument[]): void {
  openNotebooks.push(...notebooks);
  happenings.openNotebook.fire(notebooks[0]);
}

beforeEach(() => {
  resetFake();
  clients = [];
  startFails = undefined;
  typeErrors = [];
  tabs = new NotebookTabs();
  served = new ServedNotebooks(tabs);
  server = new LanguageServer(served, log, startClient);
});
afterEach(() => {
  server.dispose();
  served.dispose();
  tabs.dispose();
  expect([...undisposed.values()]).toEqual([]);
});

const silenced = () => pluginConfigurations.map(([plugin, { notebooks }]) => [plugin, notebooks]);

describe("when the process starts", () => {
  test("not before a notebook uses our kernel, and once for all of them", async () => {
    open(namedNotebook("/work/python.ipynb", { kernelspec: { name: "python3" } }));
    await settle();
    expect(clients).toEqual([]);
    expect(pluginConfigurations).toEqual([]);
    open(notebook("a"));
    open(notebook("b"));
    await settle();
    expect(clients).toHaveLength(1);
    expect(clients[0]!.calls.at(-1)).toBe("synchronise /work/a.ipynb,/work/b.ipynb");
    expect(silenced().at(-1)).toEqual([typescriptPluginName, ["/work/a.ipynb", "/work/b.ipynb"]]);
  });

  test("not in an untrusted workspace; when trust is granted, at once", async () => {
    workspaceState.isTrusted = false;
    open(notebook());
    await settle();
    expect(clients).toEqual([]);
    expect(pluginConfigurations).toEqual([]);
    workspaceState.isTrusted = true;
    happenings.grantTrust.fire();
    await settle();
    expect(clients).toHaveLength(1);
  });

  test("it ends with the extension", async () => {
    open(notebook());
    await settle();
    server.dispose();
    await settle();
    expect(clients[0]!.calls.at(-1)).toBe("stop");
  });
});

test("what cells ran is told, and kept for a server that starts later, until the kernel's variables are lost", async () => {
  const document = notebook();
  open(document);
  await settle();
  const cell = { toString: () => "cell:1" } as vscode.Uri;
  server.cellRan(document, { cell, text: "const a = 1" });
  server.cellRan(document, { cell, text: "const b = 2" });
  server.cellRan(document, { cell, text: "const a = 1" });
  await settle();
  expect(clients[0]!.calls.slice(-3)).toEqual(["ran const a = 1", "ran const b = 2", "ran const a = 1"]);
  expect(clients[0]!.setup.executed.of(document).map(({ text }) => text)).toEqual(["const b = 2", "const a = 1"]);
  server.variablesLost(document);
  await settle();
  expect(clients[0]!.calls.at(-1)).toBe("restarted");
  expect(clients[0]!.setup.executed.of(document)).toEqual([]);
});

test("a kernel that starts makes its notebook one of ours, whatever its file says", async () => {
  const document = namedNotebook("/work/python.ipynb", {});
  open(document);
  server.variablesLost(document);
  await settle();
  expect(clients).toHaveLength(1);
});

describe("a server that cannot go on", () => {
  const problem = () => shown.filter(({ kind }) => kind === "error").map(({ text }) => text);

  test("is told once, with its reason, and VS Code's own features come back", async () => {
    startFails = new Error("spawn /no/node ENOENT");
    open(notebook("a"));
    await settle();
    open(notebook("b"));
    await settle();
    expect(clients).toHaveLength(1);
    expect(problem()).toEqual([
      "The language server of cells did not start: spawn /no/node ENOENT. Cells run as before; completion, hover and errors are VS Code's own until the server is restarted.",
    ]);
    expect(silenced().at(-1)).toEqual([typescriptPluginName, []]);
  });

  test("starts again by the button, with a clean record", async () => {
    open(notebook());
    await settle();
    answers.error = async () => "Restart";
    clients[0]!.setup.onGaveUp("ended again and again");
    clients[0]!.setup.onGaveUp("ended again and again");
    await settle();
    expect(problem()).toHaveLength(1);
    expect(clients).toHaveLength(2);
    expect(clients[1]!.setup.crashes).not.toBe(clients[0]!.setup.crashes);
    expect(silenced().at(-1)).toEqual([typescriptPluginName, ["/work/a.ipynb"]]);
  });

  test("the command ends the old process first, and says when no notebook wants one", async () => {
    await expect(server.restart()).rejects.toThrow("No open notebook uses the kernel Tritloom (TypeScript)");
    open(notebook());
    await settle();
    await server.restart();
    expect(clients.map(({ calls }) => calls.includes("stop"))).toEqual([true, false]);
  });
});

describe("tritloom.checkTypes", () => {
  const cell = () => ({ notebook: openNotebooks[0], document: { uri: "cell:1" } }) as unknown as vscode.NotebookCell;
  const error = { line: 3, column: 5, message: "Type 'string' is not assignable to type 'number'." };

  test.each(["show", "off"])("%s never stops a cell", async (checkTypes) => {
    settings.checkTypes = checkTypes;
    typeErrors = [error];
    open(notebook());
    expect(await server.refusal(cell())).toBeUndefined();
  });

  test("block stops a cell with type errors, and names each with its place", async () => {
    settings.checkTypes = "block";
    open(notebook());
    expect(await server.refusal(cell())).toBeUndefined();
    typeErrors = [error];
    expect(await server.refusal(cell())).toEqual({
      name: "TypeErrors",
      message:
        "The cell has a type error and did not run.\nline 3, column 5: Type 'string' is not assignable to type 'number'.\n" +
        'Mend the cell, or set "tritloom.checkTypes" to "show" to run it nevertheless.',
      stack: "",
    });
    typeErrors = [error, error];
    expect((await server.refusal(cell()))!.message).toMatch(/^The cell has 2 type errors and did not run\.\n(line 3, column 5: .*\n){2}Mend/);
  });

  test("block without a server runs nothing unchecked, and says how to go on", async () => {
    settings.checkTypes = "block";
    startFails = new Error("no");
    open(notebook());
    await settle();
    const { name, message } = (await server.refusal(cell()))!;
    expect(name).toBe("TypesNotChecked");
    expect(message).toContain("Tritloom: Restart Language Server");
  });
});
