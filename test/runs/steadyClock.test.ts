import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createRun } from "../../src/runs/runWriter.js";
import { steadyClock } from "../../src/runs/steadyClock.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { eventsOf } from "./events.js";
import { inlineText, smallSpec, smallTensors } from "./spec.js";

const root = temporaryFolder();
const noon = 1_700_000_000_000;
const hour = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
});
afterEach(() => {
  vi.useRealTimers();
});

it("shows the time of day, and goes on from there whatever the computer's clock is set to", async () => {
  const clock = steadyClock();
  expect(clock()).toBeGreaterThanOrEqual(noon);
  for (const set of [noon - hour, noon + hour, noon - 2 * hour]) {
    const before = clock();
    vi.setSystemTime(set);
    expect(clock()).toBeGreaterThanOrEqual(before);
    expect(clock()).toBeLessThan(noon + hour);
  }
  const since = clock();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(clock() - since).toBeGreaterThanOrEqual(25);
});

it("times the events of a run", async () => {
  const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
  await writer.checkpoint(smallTensors, 1);
  vi.setSystemTime(noon - hour);
  await writer.interrupted(1);
  const [checkpoint, interrupted] = (await eventsOf(writer.dir)).map(({ time }) => time) as [number, number];
  expect(checkpoint).toBeGreaterThanOrEqual(noon / 1000);
  expect(interrupted).toBeGreaterThanOrEqual(checkpoint);
});
