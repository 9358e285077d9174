// A process that trains trials as dist/api/trial-worker.mjs, slowly.
await import("./slowSteps.mjs");
await import("../../dist/api/trial-worker.mjs");
