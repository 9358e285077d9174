import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writeFolder } from "../../src/files/atomicFolder.js";
import { writeFileAtomically } from "../../src/files/atomicFile.js";
import { identityInName, thisProcess } from "../../src/files/processIdentity.js";
import { program as tritloom } from "../cli/program.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
let program: string;
let running: ChildProcess;

beforeAll(async () => {
  program = path.join(await mkdtemp(path.join(tmpdir(), "tritloom-leaver-")), "leaver.mjs");
  const entry = new URL("childLeaver.ts", import.meta.url).pathname;
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm" });
});
afterAll(() => rm(path.dirname(program), { recursive: true, force: true }));
afterEach(() => running?.kill("SIGKILL"));

/** @returns once a process is in the middle of writing this folder */
async function writing(folder: string): Promise<ChildProcess> {
  running = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  await once(running.stdout!, "data");
  return running;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<ChildProcess> {
  child.kill(signal);
  await once(child, "exit");
  return child;
}

const replace = (folder: string) =>
  writeFolder(folder, { mayReplace: async () => true, remedy: () => "" }, (target) => target.write("b.mem", "2\n"));

/** In names of temporary files; above what Linux, macOS and Windows give to processes. */
const dead = identityInName({ pid: 2 ** 30, startedAt: "before" });

describe("a folder that is being written", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("leaves nothing when %s ends the process, which its exit code tells", async (signal, code) => {
    const { exitCode } = await ended(await writing(path.join(root.path, "new", "deep", "rom")), signal);
    expect([exitCode, await readdir(root.path)]).toEqual([code, []]);
  });

  it("of a killed process is removed by the next that writes there, and that of a living one is not", async () => {
    const folder = path.join(root.path, "rom");
    const living = await writing(folder);
    const [ofLiving] = await readdir(root.path);
    await replace(folder);
    expect((await readdir(root.path)).sort()).toEqual([ofLiving, "rom"]);
    await ended(living, "SIGKILL");
    await replace(folder);
    expect([await readdir(root.path), await readdir(folder)]).toEqual([["rom"], ["b.mem"]]);
  });

  it("that a killed process had moved away comes back, if its successor did not come", async () => {
    const folder = path.join(root.path, "rom");
    await mkdir(path.join(root.path, `.rom.${dead}.x.previous`));
    await writeFile(path.join(root.path, `.rom.${dead}.x.previous`, "kept.mem"), "1\n");
    const failing = writeFolder(folder, { mayReplace: async () => false, remedy: () => "Choose another." }, async () => undefined);
    await expect(failing).rejects.toThrow(/holds files \(kept\.mem\)/);
    expect([await readdir(root.path), await readdir(folder)]).toEqual([["rom"], ["kept.mem"]]);
  });
});

it("a file's next writer removes what a dead one left, and no file of a living process or of another name", async () => {
  const living = `.a.json.${identityInName(await thisProcess())}.x.tmp`;
  const others = [living, ".a.json.lock", `.b.json.${dead}.x.tmp`];
  for (const name of [`.a.json.${dead}.x.tmp`, ...others]) {
    await writeFile(path.join(root.path, name), "");
  }
  await writeFileAtomically(path.join(root.path, "a.json"), "{}");
  expect((await readdir(root.path)).sort()).toEqual([...others, "a.json"].sort());
});

describe("a command that runs another program", () => {
  const fakeYosys = '#!/bin/sh\n[ "$1" = -V ] && echo "Yosys 0.23" && exit\nsleep 300 &\necho $! > "$TMPDIR/child"\nwait\n';

  /** @returns once its Yosys has started a program of its own, and the id of that */
  async function report(): Promise<{ child: ChildProcess; grandchild: number }> {
    const bin = path.join(root.path, "bin");
    await mkdir(bin);
    await writeFile(path.join(bin, "yosys"), fakeYosys);
    await chmod(path.join(bin, "yosys"), 0o755);
    const liberty = path.join(root.path, "cells.lib");
    await writeFile(liberty, "library (cells) { cell (INV) { area : 1; } }\n");
    const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, TMPDIR: root.path };
    const args = [tritloom, "report", "--random", "3", "--units", "4", "--inputs", "3", "--liberty", liberty, "--json"];
    running = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    await expect.poll(() => readFile(path.join(root.path, "child"), "utf8").catch(() => ""), { timeout: 30_000 }).toMatch(/\d+\n/);
    return { child: running, grandchild: Number(await readFile(path.join(root.path, "child"), "utf8")) };
  }

  const isAlive = async (pid: number): Promise<boolean> => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") X");
    return !/\) [ZX]/.test(stat);
  };

  it.each(["a signal", "the editor that started it is gone"])("ends it with all that it started, and removes its folder: %s", async (how) => {
    const { child, grandchild } = await report();
    expect([await isAlive(grandchild), (await readdir(root.path)).some((name) => name.startsWith("tritloom-report."))]).toEqual([true, true]);
    const exit = once(child, "exit");
    if (how === "a signal") {
      child.kill("SIGTERM");
    } else {
      child.disconnect();
    }
    await exit;
    expect([child.exitCode, (await readdir(root.path)).sort()]).toEqual([143, ["bin", "cells.lib", "child"]]);
    await expect.poll(() => isAlive(grandchild)).toBe(false);
  });
});
