import { appendFile, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OutlineLog } from "../../src/runs/outlineLog.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { smallSpec, started, stepEvent } from "./spec.js";

const root = temporaryFolder();
const file = (): string => path.join(root.path, "events.jsonl");
const kept = (): string => path.join(root.path, ".outline.json");
const read = async () => (await new OutlineLog(root.path, smallSpec()).read(false)).state;
const line = (event: object): string => `${JSON.stringify(event)}\n`;

/** Sets the times back by a minute: a log that was written just now may be written again. */
async function age(seconds = 60): Promise<void> {
  vi.setSystemTime((await stat(file())).ctimeMs + 1000 * seconds);
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await mkdir(root.path, { recursive: true });
  const steps = Array.from({ length: 2_000 }, (_, index) => line(stepEvent(index + 1)));
  await writeFile(file(), [line(started()), ...steps, line({ type: "validation", time: 5000, step: 2000, loss: 1, bpc: 1.5 })].join(""));
  await age();
});

afterEach(() => vi.useRealTimers());

describe("the outline of a long log that grows no more", () => {
  it("is kept, and read again instead of the log", async () => {
    const outline = await read();
    expect(outline).toMatchObject({ events: 2002 - 1999, reportedStep: 2000, best: { figure: 1.5 } });
    // What is kept is told from what is read by a figure that the log does not have.
    await writeFile(kept(), (await readFile(kept(), "utf8")).replace('"figure":1.5', '"figure":1.25'));
    expect(await read()).toEqual({ ...outline, best: { ...outline.best, figure: 1.25 } });
  });

  it("is that of the log as it is now, after it grew, was written anew, or lost what was kept", async () => {
    const outline = await read();
    await appendFile(file(), line({ type: "validation", time: 5001, step: 2001, loss: 0.9, bpc: 1.4 }));
    await age();
    expect((await read()).best?.figure).toBe(1.4);
    const text = await readFile(file(), "utf8");
    await writeFile(file(), text.replace('"bpc":1.4', '"bpc":1.3'));
    await age();
    expect((await read()).best?.figure).toBe(1.3);
    // The same size and time of writing as before: only the time of the change tells.
    await utimes(file(), 1e9, 1e9);
    await age();
    expect((await read()).best?.figure).toBe(1.3);
    await writeFile(file(), text.replace('"bpc":1.4', '"bpc":1.2'));
    await utimes(file(), 1e9, 1e9);
    await age();
    expect((await read()).best?.figure).toBe(1.2);
    await writeFile(file(), text.replace('"bpc":1.4', '"bpc":1.3'));
    await age();
    await writeFile(kept(), "{");
    expect((await read()).best?.figure).toBe(1.3);
    await rm(kept());
    expect((await read()).events).toBeGreaterThan(outline.events);
  });

  it("is not kept of one that was written just now, that has an owner, or is short", async () => {
    const isKept = () => stat(kept()).then(() => true, () => false);
    await age(0);
    await read();
    await age();
    await new OutlineLog(root.path, smallSpec()).read(true);
    expect(await isKept()).toBe(false);
    await writeFile(file(), line(started()));
    await age();
    await read();
    expect(await isKept()).toBe(false);
  });
});
