import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";

const made = mkdtempSync(path.join(tmpdir(), "tritloom-api-reference-"));
afterAll(() => rmSync(made, { recursive: true, force: true }));

const filesOf = (folder: string): Map<string, string> => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  return new Map(files.toSorted().map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
};

it("docs/api is what the docstrings say: npm run docs:api", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["node_modules/typedoc/bin/typedoc", "--out", made, "--treatWarningsAsErrors"], { encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
  const [committed, fresh] = [filesOf("docs/api"), filesOf(made)];
  expect([...committed.keys()]).toEqual([...fresh.keys()]);
  expect([...fresh].filter(([name, text]) => committed.get(name) !== text).map(([name]) => name)).toEqual([]);
}, 300_000);

it("types stand by their names: none is written out over pages", () => {
  const rows = [...filesOf("docs/api").values()].flatMap((text) => text.split("\n"));
  expect(rows.filter((row) => row.length > 1000)).toEqual([]);
});

it("every word of the index says what it is", () => {
  const rows = filesOf("docs/api").get("README.md")!.split("\n");
  expect(rows.filter((row) => row.endsWith("| - |"))).toEqual([]);
});
