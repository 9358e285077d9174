import { type ChildProcess, fork } from "node:child_process";
import type { ExperimentSpec } from "../experiment/spec.js";
import { ownProgram } from "../programs/ownProgram.js";
import { RunError } from "../runs/readRun.js";
import { requireDataOnly } from "./dataOnly.js";
import { fromTrainerSchema, type ToTrainer } from "./startContract.js";

const keptErrorCharacters = 2000;

/**
 * Trains the run in a directory, from its beginning or on from its checkpoint, in a process that outlives this one.
 * @returns once the training has begun
 * @throws what the process says that keeps it from beginning
 */
export async function startTraining(dir: string, spec: ExperimentSpec): Promise<void> {
  requireDataOnly(`The run ${dir}`, spec);
  const child = fork(ownProgram("run-trainer"), [], {
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "json",
    // A session of its own: neither a closed terminal nor Ctrl+C concerns it.
    detached: true,
  });
  const order: ToTrainer = { type: "train", dir };
  child.send(order, () => {});
  try {
    await untilBegun(child, dir);
  } finally {
    child.removeAllListeners();
    child.on("error", () => {});
    child.stderr!.destroy();
    if (child.connected) {
      child.disconnect();
    }
    child.unref();
  }
}

function untilBegun(child: ChildProcess, dir: string): Promise<void> {
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-keptErrorCharacters);
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new RunError(`The training of ${dir} could not be started: ${error.message}`, { cause: error })));
    child.once("exit", (code, signal) => reject(new RunError(`The process that trains ${dir} ended while starting (${signal ?? `exit code ${code}`}). ${said}`.trim())));
    child.on("message", (message) => {
      const answer = fromTrainerSchema.parse(message);
      if (answer.type === "begun") {
        resolve();
      } else {
        reject(Object.assign(new Error(answer.message), { name: answer.name }));
      }
    });
  });
}
