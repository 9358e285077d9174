import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "bullmq";
import { importSweeps } from "./library.mjs";

/** Workers of `bench/sweeps.mjs` that train nothing: each says so many milliseconds later what a small trial says. */

const trainingMilliseconds = 500;
const { url, password, count } = JSON.parse(process.argv[2]);
const { connectRedis, keys, Mailbox, queueName } = await importSweeps();
const redis = await connectRedis({ url, password });
const mailbox = new Mailbox(redis);
const checkpoint = Buffer.alloc(40_000, 1);
const model = Buffer.alloc(4_000, 2);
const step = { type: "step", time: 1, step: 1, loss: 2, bpc: 3, learningRate: 0.01, gradientNorm: 1, charactersPerSecond: 1 };
const events = Buffer.from(`${JSON.stringify(step)}\n`.repeat(10));

async function train(job) {
  const token = randomUUID();
  await job.updateProgress({ token });
  await sleep(trainingMilliseconds);
  await mailbox.writeAt(keys.events(job.id, token), 0, events);
  await mailbox.put(keys.file(job.id, token, "checkpoint"), checkpoint);
  await mailbox.put(keys.file(job.id, token, "model"), model);
  const { trial, steps } = job.data;
  const result = { version: 1, trial, steps, seconds: trainingMilliseconds / 1000, outcome: "value", value: 1, reached: steps };
  return { type: "trained", token, result, files: ["checkpoint", "model"] };
}

for (let number = 0; number < count; number++) {
  new Worker(queueName, train, { connection: redis }).on("error", () => {});
}
process.on("SIGTERM", () => process.exit());
