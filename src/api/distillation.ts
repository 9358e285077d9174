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
import { isHolder, titleOf, type WeightsHolder } from "./startFrom.js";

/** Options of `distillation` of `tl.experiment()`. */
export interface DistillationOptions {
  /** T: the logits of both networks are divided by it, so that unlikely symbols count more. Default 2. */
  temperature?: number;
  /** Share of the teacher in what training lowers; the text or the labels have the rest. Above 0, up to 1, default 0.5. */
  share?: number;
}

/** Who can teach: a run, or what `tl.importModel()` gives. */
export type Teacher = Run | WeightsHolder;

/** Who teaches, and what the spec and the run directory keep of it. */
export interface Teaching {
  readonly model: DeployedModel;
  readonly tensors: NamedTensors;
  readonly spec: NonNullable<ExperimentSpec["distillation"]>;
}

const schema = z.strictObject({ temperature: z.number().positive().optional(), share: z.number().gt(0).max(1).optional() });

function taughtBy(teacher: Teacher): { readonly name: string; readonly model: DeployedModel } {
  if (teacher instanceof Run) {
    return { name: teacher.startSource.title, model: teacher.shippedModel };
  }
  if (isHolder(teacher) && teacher.deployed !== undefined) {
    return { name: titleOf(teacher), model: teacher.deployed() };
  }
  throw new TypeError(`teacher of tl.experiment() is ${shown(teacher)}: give a run, as await experiment.train() or await tl.openRun(dir) gives it, or what tl.importModel() gives`);
}

/** @throws TypeError for wrong options; a data error where the teacher cannot teach this network */
export function teachingOf(
  { teacher, distillation }: { readonly teacher?: Teacher | undefined; readonly distillation?: DistillationOptions | undefined },
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
  const { name, model } = taughtBy(teacher);
  checkTeacher(name, model, pupil, timesteps);
  const tensors = deployedModelToTensors(model);
  return { model, tensors, spec: { teacher: { name, sha256: teacherDigest(tensors) }, temperature, share } };
}
