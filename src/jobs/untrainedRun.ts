import type { RunEvent } from "../runs/contract.js";
import { steadyClock } from "../runs/steadyClock.js";
import { finishRun, type Training } from "./training.js";

/**
 * Leaves a finished run of a network as it is, without a step of training: its validation, checkpoint, model and result.
 * @param reason why no step was done, for the result
 */
export async function keepUntrained(training: Training, reason: string): Promise<void> {
  const { spec, trainer, writer, environment, course } = training;
  const milliseconds = steadyClock();
  const emit = (event: RunEvent): void => {
    writer.append(event);
    course.add(event);
  };
  try {
    const { kernel, backend } = environment;
    const time = (): number => milliseconds() / 1000;
    emit({ type: "started", time: time(), step: 0, steps: spec.steps, computeKernel: kernel.name, backend: backend.name, threads: kernel.threads });
    emit({ type: "validation", time: time(), step: 0, ...trainer.validate() });
    emit({ type: "weights", time: time(), step: 0, matrices: trainer.weightReport() });
    await writer.checkpoint(trainer.checkpoint(), 0);
    await finishRun(training, reason);
  } catch (error) {
    await writer.failed(0, error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    await writer.close();
  }
}
