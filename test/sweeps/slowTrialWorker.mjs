// A process that trains trials as dist/api/trial-worker.mjs, with a pause after each step: long enough to be hit in the middle, at no cost.
const pauseMilliseconds = 3;
globalThis.setImmediate = (work, ...args) => setTimeout(work, pauseMilliseconds, ...args);
await import("../../dist/api/trial-worker.mjs");
