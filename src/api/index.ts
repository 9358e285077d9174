/**
 * Each word on these pages is a member of `tl` after `import * as tl from "tritloom"` in a cell. A notebook goes from data to a task, from the
 * task and layers to an experiment, from the experiment to a run, and from the run to figures, files and an accelerator:
 *
 *     import * as tl from "tritloom";
 *
 *     const text = await tl.data.text("moby-dick");
 *     const experiment = tl.experiment({ task: tl.characterModel(text), layers: [tl.lstm({ units: 64 })], steps: 200 });
 *     const run = await experiment.train();
 *     display(await run.evaluate("test"));
 *     const chip = await run.accelerator({ macUnits: 16 });
 *     await chip.exportRom("roms")
 *
 * Each object shows itself as the last value of a cell. The guide in `docs/guide` leads through all of this, and `docs/engine.md` has the
 * equations. H is the number of hidden units, I the number of inputs, T the number of timesteps, V the number of symbols.
 * @module
 */
export { AcceleratorReport, type ReportOptions } from "./hardwareReport.js";
export { Accelerator, Schedule, RomFiles, type AcceleratorOptions, type RomOptions } from "./accelerator.js";
export type { ChipOptions } from "../hardware/chipOptions.js";
export type { WordLayout } from "../hardware/rom/layout.js";
export type { TraceOptions } from "../hardware/schedule/traces/saveTrace.js";
export { VerifiedAccelerator, VerilogFiles, type VerifyAcceleratorOptions, type VerilogOptions } from "./verification.js";
export {
  adam,
  adamW,
  bestOf,
  clipNorm,
  clipValue,
  constant,
  cosine,
  deterministicWeights,
  exponentialAverage,
  geometric,
  oneCycle,
  plateau,
  schedule,
  seededDraw,
  sgd,
  type AdamOptions,
  type AdamWOptions,
  type OptimiserOptions,
} from "./optimisers.js";
export * from "../quantisers/quantisers.js";
export * from "../normalisers/table.js";
export type { AbsmeanOptions } from "../quantisers/absmean.js";
export type { BinaryOptions } from "../quantisers/binary.js";
export type { SamplingOptions } from "../quantisers/fixedMagnitude.js";
export type { LaqOptions } from "../quantisers/laq.js";
export type { GateScalesOptions } from "../quantisers/perGate.js";
export type { TernaryOptions } from "../quantisers/ternary.js";
export type { BatchOptions } from "../normalisers/batch.js";
export { bidirectional } from "./bidirectional.js";
export type { QuantiserChoice } from "../cells/fields.js";
export { fixedState, type FixedState, type FixedStateOptions } from "../cells/fixedState.js";
export { chrono, type ChronoSpec, type ForgetShift } from "../cells/forgetShift.js";
export { gru, type GruOptions } from "../cells/gru.js";
export { lstm, type LstmOptions } from "../cells/lstm.js";
export { minGru, type MinGruOptions } from "../cells/minGru.js";
export {
  characterModel,
  classification,
  wordModel,
  type CharacterModelOptions,
  type ClassificationOptions,
  type Task,
  type WordModelOptions,
} from "./tasks.js";
export { Candidates } from "./candidates.js";
export { environment, Environment } from "../jobs/environment.js";
export { ClassificationReport, ConfusionMatrix } from "../jobs/classificationReport.js";
export type { ClassFigures, MeanFigures } from "../data/classFigures.js";
export { DataEvaluation, Evaluation } from "../jobs/evaluation.js";
export type { GivenData, PartName } from "../jobs/givenData.js";
export { SequencePredictions } from "../jobs/sequencePredictions.js";
export { TextPredictions } from "../jobs/textPredictions.js";
export { Trace } from "../jobs/trace.js";
export { IntegerEvaluation } from "../jobs/integerEvaluation.js";
export type { EvaluatedScore, Score } from "../rnn/inference/score.js";
export type { ClassWeightsOption } from "./classWeights.js";
export type { ResumeOptions } from "./customFunctions.js";
export type { OnStep, StepContext } from "../jobs/stepCallback.js";
export type { Schedule as LearningRateSchedule, ScheduleMoment } from "../rnn/training/schedule.js";
export { experiment, Experiment, ternaryCharacterModel, type ExperimentOptions, type TrainOptions } from "./experiment.js";
export { ExportedRuns, type ExportOptions } from "./exportedRuns.js";
export { GeneratedText } from "./generatedText.js";
export { ngram, type NgramOptions } from "./ngram.js";
export { Ngram, type RunNgramOptions } from "../jobs/ngram.js";
export { importCurves, ImportedCurves, type ImportCurvesOptions } from "./importedCurves.js";
export {
  importModel,
  ImportedModel,
  type ImportedSequence,
  type ImportOptions,
  type QuantiseOptions,
  type SourceDense,
  type SourceEmbedding,
  type SourceLayer,
  type SourceWeights,
} from "./importModel.js";
export { layers } from "./layers.js";
export { OnnxFile, type OnnxOptions } from "./onnx.js";
export { openRun, Run, type SampleOptions } from "./run.js";
export { followRun, StartedRun } from "./startedRun.js";
export { data } from "./data.js";
export type { DealtOptions } from "./dataOptions.js";
export type { ArraySequences, SequenceValues } from "../data/arraySequences.js";
export type { CsvInputOptions } from "../data/csvInputs.js";
export type { CsvOptions } from "../data/csvSequences.js";
export { Sequences } from "../jobs/sequences.js";
export { openSweep, sweep, Sweep, type SweepOptions } from "./sweep.js";
export { asha, type AshaOptions, type AshaSpec } from "../sweeps/asha.js";
export type { EngineSpec } from "../sweeps/engineSpec.js";
export { local, redis, type LocalEngineOptions, type RedisEngineOptions } from "../sweeps/engines.js";
export { slurm, type SlurmOptions } from "../sweeps/slurm/slurmSpec.js";
export { grid, random, tpe, type SearchSpec } from "../sweeps/searches.js";
export { choice, integer, logUniform, uniform, type ParametersOf, type SearchSpace } from "../sweeps/space.js";
export type { CandidateRow, CandidateState, SweepSummary } from "../sweeps/summary.js";
export type { DistillationOptions, Teacher } from "./distillation.js";
export type { StartFrom, WeightsHolder } from "./startFrom.js";
export { SizeTable } from "./sizeTable.js";
export { Text } from "../jobs/text.js";
export { TradeOff } from "./tradeOff.js";
export type { TradeOffOptions, TradeOffRow } from "../jobs/tradeOff.js";
export { WeightPicture } from "./weights.js";
export type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
export type { ExperimentSpec, GruSpec, LayerSpec, LstmSpec, MinGruSpec, NormaliserSpec } from "../experiment/spec.js";
export type { TaskSpec } from "../experiment/taskSpec.js";
