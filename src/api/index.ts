/**
 * What a cell imports as "tritloom": texts, experiments, runs and accelerators. Every object shows itself as a cell's
 * last value; every option has a default and a docstring.
 */
export { AcceleratorReport, type ReportOptions } from "./hardwareReport.js";
export { Accelerator, Schedule, RomFiles, type AcceleratorOptions, type RomOptions } from "./accelerator.js";
export { VerifiedAccelerator, VerilogFiles, type VerifyAcceleratorOptions, type VerilogOptions } from "./verification.js";
export {
  adam,
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
  seededDraw,
  sgd,
  type OptimiserOptions,
} from "./optimisers.js";
export {
  alternating,
  binary,
  binaryConnect,
  doReFa,
  fullPrecision,
  lab,
  laq,
  sign,
  ternary,
  ternaryConnect,
  threshold,
  ttq,
  twn,
} from "./quantisers.js";
export { batchNorm, layerNorm, noNorm, weightNorm } from "./normalisers.js";
export type { QuantiserChoice } from "../cells/fields.js";
export { fixedState, type FixedState } from "../cells/fixedState.js";
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
export { environment, Environment } from "./environment.js";
export { ClassificationReport, ConfusionMatrix } from "./classificationReport.js";
export type { ClassFigures, MeanFigures } from "./classFigures.js";
export { DataEvaluation, Evaluation } from "./evaluation.js";
export type { GivenData, PartName } from "./givenData.js";
export { SequencePredictions } from "./sequencePredictions.js";
export { TextPredictions } from "./textPredictions.js";
export { Trace } from "./trace.js";
export { IntegerEvaluation } from "./integerEvaluation.js";
export type { Score } from "../rnn/inference/score.js";
export { experiment, Experiment, ternaryCharacterModel, type ExperimentOptions, type TrainOptions } from "./experiment.js";
export { GeneratedText } from "./generatedText.js";
export { ngram, Ngram, type NgramOptions, type RunNgramOptions } from "./ngram.js";
export { layers } from "./layers.js";
export { OnnxFile, type OnnxOptions } from "./onnx.js";
export { openRun, Run, type SampleOptions } from "./run.js";
export { data } from "./data.js";
export { Sequences } from "./sequences.js";
export { SizeTable } from "./sizeTable.js";
export { Text } from "./text.js";
export { WeightPicture } from "./weights.js";
export type { QuantiserSpec } from "../experiment/quantiserSpec.js";
export type { ExperimentSpec, GruSpec, LstmSpec, MinGruSpec, NormaliserSpec } from "../experiment/spec.js";
export type { TaskSpec } from "../experiment/taskSpec.js";
