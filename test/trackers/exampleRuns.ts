import path from "node:path";
import type { ExperimentSpec } from "../../src/experiment/spec.js";
import type { RunEvent } from "../../src/runs/contract.js";
import { createRun, resumeRun, type RunWriter } from "../../src/runs/runWriter.js";
import { inlineText, smallResult, smallSpec, smallTensors, started, stepEvent } from "../runs/spec.js";

/** Runs whose every event a test knows. */

export const validation = (step: number, bpc: number): RunEvent => ({ type: "validation", time: 1000.5 + step, step, loss: bpc * Math.LN2, bpc, accuracy: 0.25 });

export const weights = (step: number, names: readonly string[] = ["layer 1 recurrent"]): RunEvent => ({
  type: "weights",
  time: 1000.75 + step,
  step,
  matrices: names.map((matrix) => ({ matrix, minus: 0.25, zero: 0.5, plus: 0.25, flips: 0.125, saturation: null, histogram: { limit: 2, shares: [0.125, 0.25, 0.5, 0.125] } })),
});

export function newRun(root: string, change: Partial<ExperimentSpec> = {}): Promise<RunWriter> {
  return createRun(root, smallSpec(change), { corpusText: inlineText });
}

/** Trained to step 3, then resumed from step 2, whose later reports differ, and finished at step 4. */
export async function resumedRun(root: string, change: Partial<ExperimentSpec> = {}): Promise<string> {
  const first = await newRun(root, change);
  [started(), stepEvent(1, { loss: 3 }), stepEvent(2, { loss: 2.5 })].forEach((event) => first.append(event));
  await first.checkpoint(smallTensors, 2);
  first.append(stepEvent(3, { loss: 99, time: 1004 }));
  await first.interrupted(3);
  const again = await resumeRun(first.dir);
  [started(2, 2000), stepEvent(3, { loss: 2.25, time: 2001.125 }), stepEvent(4, { loss: 2, time: 2002 }), validation(4, 3), weights(4)].forEach((event) => again.append(event));
  await again.finish({ ...smallResult, steps: 4, figures: { measure: "BPC", validation: 3, deployableTest: 3.25, authorStyleTest: null } });
  return first.dir;
}

/** What is exported of `resumedRun`: steps, and numbers with all their digits. */
export const resumedLosses = [[1, 3], [2, 2.5], [3, 2.25], [4, 2]] as const;

export const nameOf = (dir: string): string => path.basename(dir);
