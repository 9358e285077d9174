import { stateInWords } from "../runs/runState.js";
import { stopTraining } from "../runs/stopTraining.js";
import type { Command, CommandLine, Report } from "./command.js";
import { openNamedRun } from "./openedRun.js";

export const stopCommand: Command = {
  summary: "Stops the training of a run with a checkpoint, wherever it trains, and waits until it has stopped.",
  guide: "working-remotely",
  operands: [{ name: "RUN", description: "directory of a run that trains" }],
  options: {},
  work: stop,
};

async function stop({ operands }: CommandLine): Promise<Report> {
  const { dir } = await openNamedRun(operands[0]!);
  const reading = await stopTraining(dir);
  return { text: `${stateInWords(reading)} at step ${reading.log.step} of ${reading.spec.steps}: ${dir}`, json: { dir, state: reading.state, step: reading.log.step } };
}
