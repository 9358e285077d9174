import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throttle } from "../../src/extension/throttle.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first request runs at once, later ones together at the end of the interval", () => {
  const action = vi.fn();
  const throttle = new Throttle(action, 250);
  throttle.request();
  expect(action).toHaveBeenCalledTimes(1);
  throttle.request();
  throttle.request();
  vi.advanceTimersByTime(249);
  expect(action).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  expect(action).toHaveBeenCalledTimes(2);
});

test("at most four runs a second under constant requests, and one after the last", () => {
  const action = vi.fn();
  const throttle = new Throttle(action, 250);
  for (let request = 0; request < 1_000; request += 1) {
    throttle.request();
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(250);
  expect(action.mock.calls.length).toBeLessThanOrEqual(5);
  expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
});

test.each(["resolve", "reject"] as const)("an action that returns a promise runs again only after it: %s", async (how) => {
  const settle: (() => void)[] = [];
  const action = vi.fn(() => new Promise<void>((resolve, reject) => settle.push(how === "resolve" ? resolve : () => reject(new Error("closed")))));
  const throttle = new Throttle(action, 250);
  throttle.request();
  throttle.request();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(action).toHaveBeenCalledTimes(1);
  settle[0]!();
  await vi.advanceTimersByTimeAsync(0);
  expect(action).toHaveBeenCalledTimes(2);
  throttle.request();
  throttle.dispose();
  settle[1]!();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(action).toHaveBeenCalledTimes(2);
});

test("disposed, it runs no more and holds no timer", () => {
  const action = vi.fn();
  const throttle = new Throttle(action, 250);
  throttle.request();
  throttle.request();
  throttle.dispose();
  vi.advanceTimersByTime(1_000);
  expect(action).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
