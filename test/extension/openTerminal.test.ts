import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { openTerminal } from "../../src/extension/commands/openTerminal.js";
import { productPaths } from "../../src/extension/productPaths.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { resetFake, terminals, workspaceState } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
beforeEach(resetFake);

const paths = (extension = process.cwd()) => productPaths(extension, path.join(root.path, "a storage"));

/** Runs a line in the terminal that was opened last, as a shell does. */
function typed(line: string) {
  const { env } = terminals.at(-1)!.options;
  return spawnSync("sh", ["-c", line], { cwd: root.path, env: { ...process.env, ...env }, encoding: "utf8" });
}

test("a terminal has tritloom, which is the extension's own", async () => {
  await openTerminal({ paths: paths() });
  expect(terminals).toMatchObject([{ isShown: true, options: { name: "tritloom", isTransient: true } }]);
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(typed("tritloom --version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  expect(typed('tritloom runs "no such folder"')).toMatchObject({ status: 2, stderr: expect.stringContaining("There is no folder") });
  expect(typed("echo $ELECTRON_RUN_AS_NODE").stdout.trim()).toBe(process.env.ELECTRON_RUN_AS_NODE ?? "");
});

test("what an earlier version left behind says what to do, and the next terminal has the present one", async () => {
  await openTerminal({ paths: paths(path.join(root.path, "removed by an update")) });
  expect(typed("tritloom --version")).toMatchObject({ status: 1, stderr: expect.stringContaining("Tritloom: Open Terminal with tritloom again") });
  await openTerminal({ paths: paths() });
  expect(typed("tritloom --version").status).toBe(0);
});

test("Windows has a program of its own, with its line ends", async () => {
  await openTerminal({ paths: paths() });
  const file = path.join(paths().shims, "tritloom.cmd");
  const lines = readFileSync(file, "utf8").split("\r\n");
  expect(lines).toContain('"%TRITLOOM_NODE%" "%TRITLOOM_CLI%" %*');
  expect(lines.join("")).not.toContain("\n");
});

test("a workspace that is not trusted gets none", async () => {
  workspaceState.isTrusted = false;
  await expect(openTerminal({ paths: paths() })).rejects.toThrow(/trusted workspace/);
  expect([terminals.length, existsSync(paths().shims)]).toEqual([0, false]);
});
