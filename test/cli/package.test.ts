import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

/** What `npm install` of the packed product puts into a folder; nothing of this project's own node_modules is in reach there. */

let folder: string;
const installed = (...parts: string[]): string => path.join(folder, "node_modules/tritloom", ...parts);

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), "tritloom-package-")));
  const packed = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], { encoding: "utf8", shell: process.platform === "win32" });
  expect(packed.status).toBe(0);
  await mkdir(path.join(folder, "node_modules"));
  const { status } = spawnSync("tar", ["-xzf", path.join(folder, packed.stdout.trim()), "-C", path.join(folder, "node_modules")]);
  expect(status).toBe(0);
  spawnSync("mv", [path.join(folder, "node_modules/package"), installed()]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function tritloom(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [installed("dist/cli.js"), ...args], { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" });
}

it("has the command that its package.json names", async () => {
  const { bin, version, dependencies } = JSON.parse(await readFile(installed("package.json"), "utf8")) as { bin: { tritloom: string }; version: string; dependencies?: object };
  expect(path.resolve(installed(bin.tritloom))).toBe(installed("dist/cli.js"));
  expect((await readFile(installed(bin.tritloom), "utf8")).split("\n")[0]).toBe("#!/usr/bin/env node");
  expect(dependencies).toBeUndefined();
  expect(tritloom(["--version"])).toMatchObject({ status: 0, stdout: `${version}\n` });
  expect(tritloom(["--help"]).stdout).toMatch(/^Usage: tritloom COMMAND/);
});

it("has what `tritloom jupyter install` needs", () => {
  const needed = ["logo-64x64.png", "logo-svg.svg", "zeromq/package-lock.json", "tritloom_papermill-0.1.0-py3-none-any.whl"];
  expect(needed.filter((file) => !existsSync(installed("dist/jupyter", file)))).toEqual([]);
});

it("has every file that its README and its guide link to", async () => {
  const guide = (await readdir(installed("docs/guide"))).filter((name) => name.endsWith(".md")).map((name) => `docs/guide/${name}`);
  expect(guide.length).toBeGreaterThan(5);
  const links = await Promise.all(["README.md", ...guide].map(linkedFiles));
  expect(links.every((files) => files.length > 0)).toBe(true);
  expect(links.flat().filter((file) => !existsSync(installed(file)))).toEqual([]);
});

/** Paths in the package. */
async function linkedFiles(page: string): Promise<string[]> {
  const text = await readFile(installed(page), "utf8");
  const links = [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, link]) => link!).filter((link) => !/^[a-z]+:/.test(link));
  return links.map((link) => path.join(path.dirname(page), link));
}

it("tells in its help where the guide is", () => {
  const [, file = ""] = /^The guide: (.*)$/m.exec(tritloom(["--help"]).stdout) ?? [];
  expect(file).toBe(installed("docs/guide/README.md"));
  expect(tritloom(["help", "export"]).stdout).toContain(`The guide: ${installed("docs/guide/from-run-to-rom.md")}`);
});

it.each([
  ["native code", {}, /^native \w+$/],
  ["WebAssembly", { TRITLOOM_NATIVE: "off" }, /^wasm /],
])("trains and predicts from a notebook with %s", async (_, env, kernel) => {
  const cell = [
    'import * as tl from "tritloom";',
    "console.log((await tl.environment()).kernel.name);",
    'const task = tl.characterModel(tl.data.fromString("fox", "the quick brown fox ".repeat(60)), { sequenceLength: 8, batchSize: 4 });',
    "const run = await tl.experiment({ task, layers: [tl.lstm({ units: 6 })], steps: 2, validateEvery: 1 }).train();",
    'console.log((await run.predict("the fox")).count, (await tl.data.text("moby-dick")).characters);',
  ].join("\n");
  const cells = [{ cell_type: "code", metadata: {}, source: cell, outputs: [], execution_count: null }];
  await writeFile(path.join(folder, "a.ipynb"), JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  const { status, stderr } = tritloom(["run", "a.ipynb", "--out", "b.ipynb"], env);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const { cells: executed } = JSON.parse(await readFile(path.join(folder, "b.ipynb"), "utf8")) as { cells: { outputs: { output_type: string; text?: string | string[] }[] }[] };
  const lines = executed[0]!.outputs.filter(({ output_type: type }) => type === "stream").flatMap(({ text }) => [text ?? []].flat().join("").trim().split("\n"));
  expect(lines[0]).toMatch(kernel);
  expect(lines.at(-1)).toBe("7 1216035");
});
