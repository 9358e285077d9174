import { monitorEventLoopDelay } from "node:perf_hooks";
import { importFollowing } from "./library.mjs";

/** Lists the runs of a folder as `tritloom runs` does and prints what it took: `node bench/followingList.mjs FOLDER`. */

const { runsCommand } = await importFollowing();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const [since, worked] = [performance.now(), process.cpuUsage()];
const { json } = await runsCommand.work({ operands: [process.argv[2]], values: {}, switches: new Set() });
const seconds = (performance.now() - since) / 1e3;
const { user, system } = process.cpuUsage(worked);
// The histogram is filled by a timer, which a last block would keep waiting.
await new Promise((resolve) => setTimeout(resolve, 20));
delay.disable();
if (json.damaged.length > 0) {
  throw new Error(`A run of the bench cannot be read: ${json.damaged[0].message}`);
}
console.log(JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6, blockedSeconds: delay.max / 1e9, peakBytes: process.resourceUsage().maxRSS * 1024 }));
