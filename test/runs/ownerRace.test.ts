import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimOwnership, ownerLives, releaseOwnership } from "../../src/runs/owner.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
let program: string;
let claimers: { process: ChildProcess; answers: AsyncIterator<string> }[];

beforeAll(async () => {
  program = path.join(await mkdtemp(path.join(tmpdir(), "tritloom-claimer-")), "claimer.mjs");
  const entry = new URL("childClaimer.ts", import.meta.url).pathname;
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm" });
  claimers = Array.from({ length: 6 }, () => {
    const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
    return { process: child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
});
afterAll(async () => {
  claimers.forEach(({ process: claimer }) => claimer.kill());
  await rm(path.dirname(program), { recursive: true, force: true });
});

/** Above what Linux, macOS and Windows give to processes. */
const deadOwner = { pid: 2 ** 30, startedAt: "before", host: hostname() };
const ownerText = JSON.stringify(deadOwner);

async function orphan(name: string): Promise<string> {
  const dir = path.join(root.path, name);
  await mkdir(dir);
  await writeFile(path.join(dir, "owner.json"), ownerText);
  return dir;
}

/** Lets so many processes claim a run at the same time. @returns the ids of those that believe to own it */
async function race(dir: string, count: number): Promise<number[]> {
  const racers = claimers.slice(0, count);
  racers.forEach(({ process: claimer }) => claimer.stdin!.write(`${JSON.stringify({ dir, at: Date.now() + 3 })}\n`));
  const answers = await Promise.all(racers.map(async ({ answers: lines }) => (await lines.next()).value as string));
  return racers.filter((_, index) => answers[index] === "true").map(({ process: { pid } }) => pid!);
}

const successorOf = (text: string): string => `.owner.json.${createHash("sha256").update(text).digest("hex").slice(0, 32)}.successor`;
const ownerIn = async (dir: string): Promise<number> => JSON.parse(await readFile(path.join(dir, "owner.json"), "utf8")).pid;

describe("processes that claim the run of a dead one at the same time", () => {
  it.each([
    [2, 120],
    [6, 100],
  ])("one of %i becomes its owner, in each of %i races", async (count, races) => {
    for (let number = 0; number < races; number++) {
      const dir = await orphan(`race-${count}-${number}`);
      const winners = await race(dir, count);
      expect([winners, await readdir(dir)]).toEqual([[await ownerIn(dir)], ["owner.json"]]);
    }
  });

  it("one becomes its owner also where successors died before they had succeeded", async () => {
    for (let number = 0; number < 20; number++) {
      const dir = await orphan(`chain-${number}`);
      const [second, third] = ["second", "third"].map((startedAt) => JSON.stringify({ ...deadOwner, startedAt })) as [string, string];
      await writeFile(path.join(dir, successorOf(ownerText)), second);
      await writeFile(path.join(dir, successorOf(second)), third);
      const winners = await race(dir, 6);
      expect([winners, await readdir(dir)]).toEqual([[await ownerIn(dir)], ["owner.json"]]);
    }
  });
});

describe("a claim", () => {
  it("gives way to a successor that lives", async () => {
    const dir = await orphan("living-successor");
    const living = JSON.stringify({ pid: process.pid, startedAt: "unknown", host: hostname() });
    await writeFile(path.join(dir, successorOf(ownerText)), living);
    expect(await claimOwnership(dir)).toBe(false);
    expect(await readFile(path.join(dir, "owner.json"), "utf8")).toBe(ownerText);
  });

  it("replaces a torn owner file once it is too old to be one that is being written", async () => {
    const dir = await orphan("torn");
    await writeFile(path.join(dir, "owner.json"), '{"pid":');
    expect([await ownerLives(dir), await claimOwnership(dir)]).toEqual([true, false]);
    await expect.poll(() => ownerLives(dir), { timeout: 5_000 }).toBe(false);
    expect(await claimOwnership(dir)).toBe(true);
  });

  it("is given up without the file of another that took this process for dead", async () => {
    const dir = await orphan("succeeded");
    expect(await claimOwnership(dir)).toBe(true);
    await writeFile(path.join(dir, "owner.json"), ownerText);
    await releaseOwnership(dir);
    expect(await readFile(path.join(dir, "owner.json"), "utf8")).toBe(ownerText);
  });
});
