import * as z from "zod";
import { checkValues } from "../experiment/options.js";
import { shown } from "../experiment/shown.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { NamedTensors } from "../files/namedTensors.js";
import type { Architecture } from "../rnn/architecture.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { deployedModelToTensors } from "../rnn/shipping/deployedModelFile.js";
import { checkTeacher } from "../rnn/training/teacher.js";
import { teacherDigest } from "../runs/teacherFile.js";
import { Run } from "./run.js";

/** Options of `distillation` of `tl.experiment()`. */
export interface DistillationOptions {
  /** T: the logits of both networks are divided by it, so that unlikely symbols count more. Default 2. */
  temperature?: number;
  /** Share of the teacher in what training lowers; the text or the labels have the rest. Above 0, up to 1, default 0.5. */
  share?: number;
}

/** Who teaches, and what the spec and the run directory keep of it. */
export interface Teaching {
  readonly model: DeployedModel;
  readonly tensors: NamedTensors;
  readonly spec: NonNullable<ExperimentSpec["distillation"]>;
}

const schema = z.strictObject({ temperature: z.number().positive().optional(), share: z.number().gt(0).max(1).optional() });

/** @throws TypeError for wrong options; a data error where the teacher cannot teach this network */
export function teachingOf(
  { teacher, distillation }: { readonly teacher?: Run | undefined; readonly distillation?: DistillationOptions | undefined },
  pupil: Architecture,
  timesteps: number,
): Teaching | undefined {
  const { temperature = 2, share = 0.5 } = checkValues("distillation of tl.experiment", distillation ?? {}, { temperature: true, share: true }, schema);
  if (teacher === undefined) {
    if (distillation !== undefined) {
      throw new TypeError("distillation of tl.experiment() needs a teacher: give teacher: run, a run on the same data");
    }
    return undefined;
  }
  if (!(teacher instanceof Run)) {
    throw new TypeError(`teacher of tl.experiment() is ${shown(teacher)}: give a run, as await experiment.train() or await tl.openRun(dir) gives it`);
  }
  const model = teacher.shippedModel;
  const name = `run ${JSON.stringify(teacher.spec.name)}`;
  checkTeacher(name, model, pupil, timesteps);
  const tensors = deployedModelToTensors(model);
  return { model, tensors, spec: { teacher: { name, sha256: teacherDigest(tensors) }, temperature, share } };
}
