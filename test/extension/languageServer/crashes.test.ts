import { expect, test } from "vitest";
import { Crashes } from "../../../src/extension/languageServer/crashes.js";

test("four ends within three minutes are worth another start, the fifth is not", () => {
  let now = 0;
  const crashes = new Crashes(() => (now += 10_000));
  expect(Array.from({ length: 6 }, () => crashes.isWorthAnother())).toEqual([true, true, true, true, false, false]);
});

test("ends that are far apart are worth another start for ever", () => {
  let now = 0;
  const crashes = new Crashes(() => (now += 60_000));
  expect(Array.from({ length: 50 }, () => crashes.isWorthAnother())).not.toContain(false);
});
