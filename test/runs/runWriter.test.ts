import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { deleteRun, listRuns, readRun } from "../../src/runs/readRun.js";
import { createRun, resumeRun } from "../../src/runs/runWriter.js";
import { readSafetensors } from "../../src/files/safetensors.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { eventsOf } from "./events.js";
import { inlineText, smallResult, smallSpec, smallTensors, started, stepEvent } from "./spec.js";

const root = temporaryFolder();
const corpusText = inlineText;
const create = () => createRun(root.path, smallSpec(), { corpusText });
const types = async (dir: string) => (await eventsOf(dir)).map(({ type }) => type);

describe("a run directory", () => {
  it("is named after its time and name, and never twice the same", async () => {
    const writers = await Promise.all([create(), create(), create()]);
    const names = writers.map(({ dir }) => path.basename(dir));
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^\d{8}-\d{6}-wal-gro-klein(-\d)?$/);
    await Promise.all(writers.map((writer) => writer.close()));
  });

  it("keeps the spec and the text that was given in a cell", async () => {
    const writer = await create();
    await writer.close();
    expect((await readRun(writer.dir)).spec).toEqual(smallSpec());
    expect(await readFile(path.join(writer.dir, "corpus.txt"), "utf8")).toBe(inlineText);
  });

  it("refuses to start without the text, or with another one, and leaves nothing behind", async () => {
    await expect(createRun(root.path, smallSpec())).rejects.toThrow(/"whale" is inline/);
    await expect(createRun(root.path, smallSpec(), { corpusText: "other" })).rejects.toThrow(/not the text "whale"/);
    expect(await readdir(root.path)).toEqual([]);
  });

  it("goes from running to finished, with events, checkpoint, model and result", async () => {
    const writer = await create();
    expect((await readRun(writer.dir)).state).toBe("running");
    writer.append(started());
    writer.append(stepEvent(1));
    await writer.checkpoint(smallTensors, 1);
    expect(await types(writer.dir)).toEqual(["started", "step", "checkpoint"]);
    await writer.model(smallTensors);
    await writer.finish(smallResult);
    const reading = await readRun(writer.dir);
    expect(reading.state).toBe("finished");
    expect(reading.result).toEqual(smallResult);
    expect(reading.log.last).toMatchObject({ type: "finished", step: 100 });
    expect(await readSafetensors(path.join(writer.dir, "model.safetensors"))).toEqual(smallTensors);
    expect((await readdir(writer.dir)).toSorted()).toEqual([
      "checkpoint.safetensors",
      "corpus.txt",
      "events.jsonl",
      "model.safetensors",
      "result.json",
      "spec.json",
    ]);
  });

  it("keeps a checkpoint as it was at the call", async () => {
    const writer = await create();
    const data = new Float32Array([1, 2]);
    const written = writer.checkpoint({ metadata: {}, tensors: { a: { shape: [2], data } } }, 1);
    data.fill(9);
    await written;
    await writer.close();
    const { tensors } = await readSafetensors(path.join(writer.dir, "checkpoint.safetensors"));
    expect(tensors.a!.data).toEqual(new Float32Array([1, 2]));
  });

  it("reads as interrupted after an interrupt, as crashed after a failure, though the process lives on", async () => {
    const stopped = await create();
    await stopped.interrupted(4);
    expect((await readRun(stopped.dir)).state).toBe("interrupted");
    const failed = await create();
    await failed.failed(5, "loss is not finite");
    const reading = await readRun(failed.dir);
    expect(reading.state).toBe("crashed");
    expect(reading.log.last).toMatchObject({ type: "failed", step: 5, message: "loss is not finite" });
  });

  it("takes no event that could not be read back, and none after its end", async () => {
    const writer = await create();
    expect(() => writer.append(stepEvent(1, { gradientNorm: Infinity }))).toThrow(/event "step".*gradientNorm/);
    await writer.close();
    await writer.close();
    expect(() => writer.append(stepEvent(2))).toThrow(/is closed/);
    expect(await types(writer.dir)).toEqual([]);
  });

  it("writes an event without being told to", async () => {
    const writer = await create();
    writer.append(started());
    await expect.poll(() => types(writer.dir)).toEqual(["started"]);
    await writer.close();
  });
});

describe("resume", () => {
  it("writes on after an interrupt, and ends a torn line first", async () => {
    const first = await create();
    first.append(started());
    await first.checkpoint(smallTensors, 3);
    await first.interrupted(3);
    await appendFile(path.join(first.dir, "events.jsonl"), '{"type":"ste');
    const second = await resumeRun(first.dir);
    expect((await readRun(first.dir)).state).toBe("running");
    second.append(started(3));
    await second.finish(smallResult);
    expect(await types(first.dir)).toEqual(["started", "checkpoint", "interrupted", "started", "finished"]);
  });

  it("refuses while the owner lives, before a checkpoint, and after the end", async () => {
    const writer = await create();
    await expect(resumeRun(writer.dir)).rejects.toThrow(/is being written by a living process/);
    await writer.interrupted(0);
    await expect(resumeRun(writer.dir)).rejects.toThrow(/before its first checkpoint/);
    expect((await readRun(writer.dir)).state).toBe("interrupted");
    const finished = await create();
    await finished.finish(smallResult);
    await expect(resumeRun(finished.dir)).rejects.toThrow(/is finished/);
    await expect(resumeRun(root.path)).rejects.toThrow(/There is no run in/);
  });

  it("is given to one of two who ask at once", async () => {
    const first = await create();
    await first.checkpoint(smallTensors, 3);
    await first.interrupted(3);
    const asked = await Promise.allSettled([resumeRun(first.dir), resumeRun(first.dir)]);
    const got = asked.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    expect(got).toHaveLength(1);
    await got[0]!.close();
  });
});

describe("lists of runs", () => {
  it("have the newest first, and pass over what is no run", async () => {
    for (const name of ["20240101-000000-a", "20250101-000000-b"]) {
      await mkdir(path.join(root.path, name));
      await writeFile(path.join(root.path, name, "spec.json"), JSON.stringify(smallSpec()));
    }
    await mkdir(path.join(root.path, "half-made"));
    await mkdir(path.join(root.path, "broken"));
    await writeFile(path.join(root.path, "broken", "spec.json"), "{");
    await writeFile(path.join(root.path, "note.txt"), "");
    await symlink(path.join(root.path, "gone"), path.join(root.path, "dangling"));
    const writer = await create();
    const names = (await listRuns([root.path, path.join(root.path, "missing")])).map(({ dir }) => path.basename(dir));
    expect(names).toEqual([path.basename(writer.dir), "20250101-000000-b", "20240101-000000-a"]);
    await writer.close();
  });
});

describe("deleteRun", () => {
  it("removes a run, but no running one and nothing else", async () => {
    const writer = await create();
    await expect(deleteRun(writer.dir)).rejects.toThrow(/is running/);
    await writer.interrupted(0);
    await deleteRun(writer.dir);
    expect(await readdir(root.path)).toEqual([]);
    await expect(deleteRun(writer.dir)).rejects.toThrow(/There is no run in/);
    await expect(deleteRun(root.path)).rejects.toThrow(/There is no run in/);
  });
});
