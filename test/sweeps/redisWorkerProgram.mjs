// A worker of tests, which is taken for dead sooner than `tritloom worker`. argv: { url, password?, ...settings of serveTrials() }
import { fileURLToPath } from "node:url";
import { serveTrials } from "../../dist/api/redis-worker.mjs";

const { url, password, ...settings } = JSON.parse(process.argv[2]);
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
await serveTrials({
  place: { url, password },
  workers: 1,
  threads: 1,
  program: fileURLToPath(new URL("../../dist/api/trial-worker.mjs", import.meta.url)),
  idleSeconds: undefined,
  signal: stop.signal,
  tell: (line) => console.error(line),
  lockMilliseconds: 1500,
  ...settings,
});
process.exit();
