import type { TaskData } from "../data/contract.js";
import { InvalidTensorsError, type NamedTensors } from "../files/namedTensors.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import { deployedModelFromTensors } from "../rnn/shipping/deployedModelFile.js";
import { Trainer } from "../rnn/training/trainer.js";
import { requireMemory } from "../rnn/training/trainingMemory.js";
import { Course } from "../runs/course.js";
import { discardCheckpoint, enterRun } from "../runs/enterRun.js";
import { readCourse, RunError } from "../runs/readRun.js";
import { cellPoints } from "../runs/runCurves.js";
import type { RunWriter } from "../runs/runWriter.js";
import { readTeacher } from "../runs/teacherFile.js";
import { environmentWithoutCells, type TrainingEnvironment } from "./environment.js";
import { taskData } from "./taskData.js";
import { trainIntoRun } from "./training.js";

/** A run in a directory of a given name, for a process that has nothing but data: no function of a cell. */
export interface RunToTrain {
  readonly dir: string;
  readonly spec: ExperimentSpec;
  /** The file with its data, for a run that is to be made and whose data was given in a cell. */
  readonly dataFile?: string | undefined;
  /** A step with a validation at which the training pauses. */
  readonly pauseAt?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once the training begins: all that could be checked before was fine. */
  onBegin?(): void;
  /** Data of its task that is at hand already. */
  readonly data?: TaskData | undefined;
}

/**
 * Trains a run from its beginning, or on from its checkpoint, until it is finished, paused or stopped. A damaged checkpoint is taken away, and
 * the run begins anew.
 * @returns the data of its task, for the next run with the same
 * @throws OwnedRunError while another process writes it; what is wrong with spec or data, also kept in the run; TrainingDivergedError
 */
export async function trainRun({ dir, spec, dataFile, pauseAt, signal, onBegin, data: known }: RunToTrain): Promise<TaskData> {
  const environment = await environmentWithoutCells(spec);
  const { writer, checkpoint } = await enterRun(dir, spec, dataFile);
  const begun = await failingWith(writer, async () => {
    const data = known ?? (await taskData(spec.task, dir));
    const teacher = await teacherOf(dir, spec);
    requireMemory(spec, data, teacher);
    const beginning = { dir, spec, data, environment, teacher };
    const trainer = (await restored(beginning, checkpoint)) ?? fresh(beginning);
    const course = trainer.stepsDone === 0 ? new Course(spec, cellPoints) : await readCourse(dir, trainer.stepsDone, cellPoints);
    return { data, trainer, course };
  });
  onBegin?.();
  const { data, trainer, course } = begun;
  await trainIntoRun({ spec, trainer, writer, environment, course, pauseAt, signal });
  return data;
}

/** What fails before the training begins ends the run, which keeps the reason. */
async function failingWith<T>(writer: RunWriter, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await writer.failed(0, (error as Error).message);
    throw error;
  }
}

interface Beginning {
  readonly dir: string;
  readonly spec: ExperimentSpec;
  readonly data: TaskData;
  readonly environment: TrainingEnvironment;
  readonly teacher: DeployedModel | undefined;
}

async function teacherOf(dir: string, spec: ExperimentSpec): Promise<DeployedModel | undefined> {
  const tensors = await readTeacher(dir, spec);
  return tensors && deployedModelFromTensors(tensors);
}

/** @returns undefined without a checkpoint that fits */
async function restored({ dir, spec, data, environment: { kernel }, teacher }: Beginning, checkpoint: NamedTensors | undefined): Promise<Trainer | undefined> {
  try {
    return checkpoint && Trainer.restore(spec, data, kernel, checkpoint, undefined, teacher);
  } catch (error) {
    if (!(error instanceof InvalidTensorsError)) {
      throw error;
    }
    await discardCheckpoint(dir);
    return undefined;
  }
}

/** @throws RunError for a run that begins with given weights, which only its checkpoint has */
function fresh({ dir, spec, data, environment: { kernel }, teacher }: Beginning): Trainer {
  if (spec.startWeights !== undefined) {
    throw new RunError(`The run ${dir} begins with weights of ${spec.startWeights.from ?? "a given model"}, and its checkpoint, which has them, is missing or damaged: start the experiment again in its notebook.`);
  }
  const trainer = Trainer.create(spec, data, kernel, undefined, undefined, teacher);
  trainer.rehearse();
  return trainer;
}
