import { deployableMethod, unrecordedAuthorStyle, validationMinibatches } from "../experiment/evaluationMethod.js";
import type { EvaluationMethod } from "../experiment/evaluationMethod.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { RunEventOf, RunResult } from "./contract.js";
import type { Outline } from "./outline.js";

/** How a validation was computed: as recorded, else as the version computed that did not record it. */
export function validationMethod(spec: ExperimentSpec, { how, step }: RunEventOf<"validation">): EvaluationMethod {
  return how ?? unrecordedAuthorStyle(spec, step, { at: "last-step", mostMinibatches: validationMinibatches });
}

/** The validation of the weights that ship: the one of least loss where training may stop early, else the last one. */
export function shippedValidation({ stopAfter }: ExperimentSpec, log: Outline): RunEventOf<"validation"> | undefined {
  return stopAfter === null ? log.lastValidation : log.leastLoss;
}

/** The best validation by the task's own figure, and how it was computed; null where none tells the figure. */
export function bestValidation(spec: ExperimentSpec, { best }: Outline): { readonly value: number; readonly how: EvaluationMethod } | null {
  return best === undefined ? null : { value: best.figure, how: validationMethod(spec, best.validation) };
}

/** How each figure of a run was computed; null for a figure that there is not. */
export type FigureMethods = NonNullable<NonNullable<RunResult["figures"]>["how"]>;

interface FiguredRun {
  readonly spec: ExperimentSpec;
  readonly log: Outline;
  readonly result?: RunResult;
}

/** How a run's figures were computed: as its result records it, else as the version did that recorded nothing. */
export function figureMethods(run: FiguredRun): FigureMethods {
  return run.result?.figures?.how ?? unrecordedMethods(run);
}

function unrecordedMethods({ spec, log, result }: FiguredRun): FigureMethods {
  const validation = shippedValidation(spec, log);
  const known = <T>(figure: number | null | undefined, method: T): T | null => (typeof figure === "number" ? method : null);
  const at = spec.stopAfter === null ? "last-step" : "best-validation";
  const { deployableTest, authorStyleTest } = result?.figures ?? {};
  return {
    validation: validation ? validationMethod(spec, validation) : null,
    deployableTest: known(deployableTest, deployableMethod(spec.layers, spec.task.kind === "classification" ? "sequences" : "stream")),
    authorStyleTest: known(authorStyleTest, unrecordedAuthorStyle(spec, result?.steps ?? 0, { at, mostMinibatches: null })),
  };
}
