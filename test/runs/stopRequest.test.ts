import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createRun } from "../../src/runs/runWriter.js";
import { requestStop, watchStopRequests } from "../../src/runs/stopRequest.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { inlineText, smallSpec } from "./spec.js";

const root = temporaryFolder();

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** A run that this process owns and was asked to stop. */
async function askedRun() {
  const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
  await requestStop(writer.dir);
  return writer;
}

/** Lets reads of small files end. */
async function pass(): Promise<void> {
  for (let turns = 0; turns < 200; turns += 1) {
    await turn();
  }
}

it("tells a request once, though looks for it overlap and it stays there", async () => {
  const writer = await askedRun();
  const onRequest = vi.fn();
  const stopWatching = watchStopRequests(writer.dir, onRequest);
  vi.advanceTimersByTime(1_100);
  await vi.waitFor(() => expect(onRequest).toHaveBeenCalled());
  await pass();
  vi.advanceTimersByTime(2_000);
  await pass();
  expect(onRequest).toHaveBeenCalledTimes(1);
  stopWatching();
  await writer.close();
});

it("tells none after it was ended, though a look was under way", async () => {
  const writer = await askedRun();
  const onRequest = vi.fn();
  const stopWatching = watchStopRequests(writer.dir, onRequest);
  vi.advanceTimersByTime(500);
  stopWatching();
  await pass();
  expect(onRequest).not.toHaveBeenCalled();
  await writer.close();
});
