import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { temporaryFolder } from "../temporaryFolder.js";
import { Editor } from "./editor.js";

const folder = temporaryFolder();
const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill("SIGKILL")));

it("any editor gets the server from the command line, and ends it by closing its input", async () => {
  const child = spawn(process.execPath, ["dist/cli.js", "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const editor = await Editor.over(connection, {}, folder.path);
  const notebook = await editor.open(path.join(folder.path, "a.ipynb"), ['import * as tl from "tritloom";\nconst run = tl.lstm({ units: 4 });', "run.missing;"]);
  expect(await notebook.errors(0)).toEqual([]);
  expect((await notebook.errors(1))[0]).toContain("Property 'missing' does not exist");
  const ended = once(child, "exit");
  child.stdin.end();
  expect(await ended).toEqual([1, null]);
  connection.dispose();
});
