import { appendFile, mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Course } from "../../src/runs/course.js";
import { CourseLog } from "../../src/runs/courseLog.js";
import { EventLog } from "../../src/runs/eventLog.js";
import { curvesOf } from "../../src/runs/runCurves.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { smallSpec, started, stepEvent } from "./spec.js";

const root = temporaryFolder();
const file = (): string => path.join(root.path, "events.jsonl");
const kept = (): string => path.join(root.path, ".curves.bin");
const spec = smallSpec();
const read = (): Promise<Course> => new CourseLog(root.path, spec).read(false);
const line = (event: object): string => `${JSON.stringify(event)}\n`;
const isKept = () => stat(kept()).then(() => true, () => false);

/** What the log says, read by itself. */
async function told(): Promise<string> {
  const course = await new EventLog(file(), () => new Course(spec)).read();
  return shownBy(course);
}

/** Writes it as text, which is compared in no time. */
function shownBy(course: Course): string {
  return JSON.stringify([course.state, ...[undefined, 16, 100, 1000].map((most) => curvesOf(course, most))]);
}

async function age(): Promise<void> {
  vi.setSystemTime((await stat(file())).ctimeMs + 60_000);
}

function lines(count: number, seed: number): string {
  const share = { minus: 0.25, zero: 0.5, plus: 0.25, flips: 0.01 };
  return Array.from({ length: count }, (_, index) => {
    const step = index + 1;
    const height = Math.sin(seed * step) ** 3;
    const matrices = [{ matrix: "layer 1 recurrent", ...share, saturation: index % 2 === 0 ? null : 0.5, histogram: { limit: 1, shares: [0.5, 0.5] } }];
    const also = step % 20 === 0 ? [{ type: "validation", time: 1000 + step, step, loss: 1 + height, bpc: 2 + height }, { type: "weights", time: 1000 + step, step, matrices }] : [];
    return [stepEvent(step, { loss: 2 + height, bpc: 3 + height, gradientNorm: Math.abs(height) }), ...also].map(line).join("");
  }).join("");
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await mkdir(root.path, { recursive: true });
  await writeFile(file(), line(started()) + lines(3_000, 12.9898));
  await age();
});
afterEach(() => vi.useRealTimers());

describe("the curves of a long log that grows no more", () => {
  it("are kept, and are the same as those of the log, however many points one asks for", async () => {
    expect(shownBy(await read())).toBe(await told());
    const restored = await read();
    expect(shownBy(restored)).toBe(await told());
    // Nor is the log opened for it.
    vi.spyOn(EventLog.prototype, "read").mockRejectedValue(new Error("was read"));
    expect(shownBy(await read())).toBe(shownBy(restored));
    vi.restoreAllMocks();
  });

  it("are the same object as long as the log stays as it is", async () => {
    await read();
    const log = new CourseLog(root.path, spec);
    expect(await log.read(false)).toBe(await log.read(false));
  });

  it("are those of the log as it is now, after it grew, shrank, was written anew, or what was kept was damaged", async () => {
    await read();
    await appendFile(file(), line(stepEvent(3_001, { loss: 9, bpc: 9 })));
    await age();
    expect(shownBy(await read())).toBe(await told());
    await truncate(file(), (await stat(file())).size - 500);
    await age();
    expect(shownBy(await read())).toBe(await told());
    const { size } = await stat(file());
    await writeFile(file(), (line(started()) + lines(3_000, 78.233)).slice(0, size));
    await age();
    expect(shownBy(await read())).toBe(await told());
    const bytes = await readFile(kept());
    for (const damaged of [bytes.subarray(0, bytes.length / 2), bytes.fill(0, bytes.length / 2), Buffer.alloc(0), Buffer.from("{}")]) {
      await writeFile(kept(), damaged);
      expect(shownBy(await read())).toBe(await told());
    }
  });

  it("are not kept while the run has an owner, and follow the log when it grows again", async () => {
    const log = new CourseLog(root.path, spec);
    const course = await log.read(true);
    expect(await isKept()).toBe(false);
    await log.read(false);
    expect(await isKept()).toBe(true);
    await appendFile(file(), line(stepEvent(3_001)));
    expect(await log.read(true)).toBe(course);
    expect(shownBy(course)).toBe(await told());
    await age();
    const other = new CourseLog(root.path, smallSpec({ task: { ...spec.task, batchSize: 8 } as typeof spec.task }));
    expect((await other.read(false)).spec.task.batchSize).toBe(8);
  });

  it("are read where they cannot be kept", async () => {
    await mkdir(kept());
    expect(shownBy(await read())).toBe(await told());
    expect((await readdir(root.path)).toSorted()).toEqual([".curves.bin", "events.jsonl"]);
  });
});
