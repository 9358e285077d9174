import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * By how many bytes this process grew while something was done some times, after a fifth as many times to warm up. Arrays that
 * JavaScript no longer needs are collected on the way, since only what native code keeps is looked for.
 */
export function residentGrowth(times: number, work: () => void): number {
  const repeat = (count: number): void => {
    for (let done = 0; done < count; done++) {
      work();
      if (done % 10 === 9) {
        collectGarbage();
      }
    }
  };
  repeat(times / 5);
  const before = process.memoryUsage().rss;
  repeat(times);
  return process.memoryUsage().rss - before;
}
