import { readRun } from "../runs/readRun.js";
import { type FromTrainer, toTrainerSchema } from "./startContract.js";
import { trainRun } from "./trainRun.js";

/**
 * A process that trains one run, whose directory is there, and outlives who started it. SIGTERM and a request in the run's directory stop
 * it with a checkpoint.
 */

let hasBegun = false;

function answer(message: FromTrainer, then: () => void): void {
  if (process.connected) {
    process.send!(message, then);
  } else {
    then();
  }
}

async function train(dir: string): Promise<void> {
  const { spec } = await readRun(dir);
  await trainRun({
    dir,
    spec,
    onBegin: () => {
      hasBegun = true;
      answer({ type: "begun" }, () => process.disconnect?.());
    },
  });
}

process.once("message", (message) => {
  train(toTrainerSchema.parse(message).dir).then(
    () => process.exit(),
    (error: Error) => {
      // A failure after the beginning stands in the events of the run.
      const end = (): void => process.exit(1);
      return hasBegun ? end() : answer({ type: "failed", name: error.name, message: error.message }, end);
    },
  );
});
