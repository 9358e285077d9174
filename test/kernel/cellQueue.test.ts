import { expect, test } from "vitest";
import { CellQueue, type QueuedCell } from "../../kernel/keeper/cellQueue.js";

type Status = Awaited<ReturnType<QueuedCell["run"]>>;

function cells(statuses: readonly Status[], log: string[], mayFail: readonly number[] = []): QueuedCell[] {
  return statuses.map((status, index) => ({
    mayFail: mayFail.includes(index),
    run: async () => {
      log.push(`start ${index}`);
      await Promise.resolve();
      log.push(`${status} ${index}`);
      return status;
    },
    cancel: () => log.push(`cancel ${index}`),
  }));
}

test("cells run one at a time, in order", async () => {
  const log: string[] = [];
  await new CellQueue().add(cells(["ok", "ok"], log));
  expect(log).toEqual(["start 0", "ok 0", "start 1", "ok 1"]);
});

test.each(["error", "interrupted", "died"] as const)("after %s the waiting cells are cancelled", async (status) => {
  const log: string[] = [];
  const queue = new CellQueue();
  await queue.add(cells([status, "ok", "ok"], log));
  expect(log).toEqual(["start 0", `${status} 0`, "cancel 1", "cancel 2"]);
  expect(queue.isBusy).toBe(false);
});

test("an expected error lets the next cell run, a dead kernel does not", async () => {
  const log: string[] = [];
  await new CellQueue().add(cells(["error", "died", "ok"], log, [0, 1]));
  expect(log).toEqual(["start 0", "error 0", "start 1", "died 1", "cancel 2"]);
});

test("cells added while one runs wait for it", async () => {
  const log: string[] = [];
  const queue = new CellQueue();
  const first = queue.add(cells(["ok"], log));
  await queue.add(cells(["ok"], log));
  await first;
  expect(log).toEqual(["start 0", "ok 0", "start 0", "ok 0"]);
});
