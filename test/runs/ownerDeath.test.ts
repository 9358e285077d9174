import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { followCourse, followOutline, readRun } from "../../src/runs/readRun.js";
import { createRun, resumeRun } from "../../src/runs/runWriter.js";
import { readSafetensors } from "../../src/files/safetensors.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { eventsOf } from "./events.js";
import { inlineText, smallSpec } from "./spec.js";

const root = temporaryFolder();
let program: string;

beforeAll(async () => {
  program = path.join(await mkdtemp(path.join(tmpdir(), "tritloom-writer-")), "writer.mjs");
  const entry = new URL("childWriter.ts", import.meta.url).pathname;
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm" });
});
afterAll(() => rm(path.dirname(program), { recursive: true, force: true }));

type Writer = ChildProcessByStdio<null, Readable, null>;

function start(values: number, largestFileBlocks?: number): Writer {
  const limit = largestFileBlocks === undefined ? "" : `ulimit -f ${largestFileBlocks}; trap '' XFSZ; `;
  const command = `${limit}exec "$0" "$@"`;
  return spawn("bash", ["-c", command, process.execPath, program, root.path, String(values)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

type Message = { dir?: string; checkpoint?: number; error?: string };

/** What a writer told, up to and with the first message that is wanted. */
async function told(writer: Writer, isWanted: (message: Message) => boolean): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    const message = JSON.parse(line) as Message;
    messages.push(message);
    if (isWanted(message)) {
      return messages;
    }
  }
  throw new Error(`The writer ended after ${JSON.stringify(messages)}`);
}

async function kill(writer: Writer): Promise<void> {
  const ended = once(writer, "exit");
  writer.kill("SIGKILL");
  await ended;
}

describe("a run whose owner is killed", () => {
  it("reads as running, then at once as crashed, and can be resumed from its checkpoint", async () => {
    const writer = start(1_000);
    const [{ dir }] = (await told(writer, ({ checkpoint }) => checkpoint === 3)) as [{ dir: string }];
    const followers = [followOutline(dir), followCourse(dir)];
    for (const follower of followers) {
      expect((await follower.poll()).state).toBe("running");
    }
    await expect(resumeRun(dir)).rejects.toThrow(/living process/);
    await kill(writer);
    await appendFile(path.join(dir, "events.jsonl"), '{"type":"step","step":99');
    for (const follower of followers) {
      const { state, log } = await follower.poll();
      expect(state).toBe("crashed");
      const events = await eventsOf(dir);
      expect(log.last).toEqual(events.at(-1));
      expect(log.lastReport).toEqual(events.findLast(({ type }) => type === "step"));
      expect(events.filter(({ type }) => type === "checkpoint").length).toBeGreaterThanOrEqual(4);
    }
    const { metadata, tensors } = await readSafetensors(path.join(dir, "checkpoint.safetensors"));
    expect(tensors.data!.data.every((value) => value === Number(metadata.step))).toBe(true);
    const resumed = await resumeRun(dir);
    expect((await readRun(dir)).state).toBe("running");
    await resumed.interrupted(3);
    expect((await readRun(dir)).state).toBe("interrupted");
  });
});

describe("a full disk", () => {
  it("fails the write, and leaves the old checkpoint whole and no other file", async () => {
    const writer = start(100_000, 64);
    const messages = await told(writer, ({ error }) => error !== undefined);
    const { dir } = messages[0] as { dir: string };
    expect(messages.slice(1)).toEqual([{ checkpoint: 0 }, { error: expect.stringMatching(/cannot be written: EFBIG/) }]);
    if (writer.exitCode === null) {
      await once(writer, "exit");
    }
    expect((await readSafetensors(path.join(dir, "checkpoint.safetensors"))).metadata).toEqual({ step: "3" });
    const names = await readdir(dir);
    expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect((await readRun(dir)).state).toBe("crashed");
  });
});

describe("the evidence of life", () => {
  const ownerFile = (dir: string) => path.join(dir, "owner.json");
  const age = (dir: string, seconds: number) => {
    const touched = new Date(Date.now() - seconds * 1000);
    return utimes(ownerFile(dir), touched, touched);
  };

  it("is not a process that got the owner's number later", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    const owner = JSON.parse(await readFile(ownerFile(writer.dir), "utf8"));
    await writeFile(ownerFile(writer.dir), JSON.stringify({ ...owner, startedAt: `${owner.startedAt}0` }));
    expect((await readRun(writer.dir)).state).toBe("crashed");
    await writer.close();
  });

  it("is a recent heartbeat where start times cannot be had, and on other hosts", async () => {
    const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
    for (const unknown of [{ startedAt: "unknown" }, { host: "another", pid: 1 }]) {
      const owner = JSON.parse(await readFile(ownerFile(writer.dir), "utf8"));
      await writeFile(ownerFile(writer.dir), JSON.stringify({ ...owner, ...unknown }));
      expect((await readRun(writer.dir)).state).toBe("running");
      await age(writer.dir, 60);
      expect((await readRun(writer.dir)).state).toBe("crashed");
    }
    await writer.close();
  });
});
