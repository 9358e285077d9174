import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import type { ExperimentSpec, LayerSpec } from "../../src/experiment/spec.js";
import type { RecurrentKernel } from "../../src/rnn/kernels/contract.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { both, normalisers, smallGru, smallLstm, smallSpec, specOf, verseData } from "./trainingProblem.js";

/** Every kind of quantiser; those with a choice of sampling both ways. */
export const goldenQuantisers: QuantiserSpec[] = [
  { kind: "full-precision" },
  { kind: "binary", sampling: "stochastic" },
  { kind: "binary", sampling: "deterministic" },
  { kind: "ternary", sampling: "stochastic" },
  { kind: "ternary", sampling: "deterministic" },
  { kind: "binary-connect", sampling: "stochastic", magnitude: 0.3 },
  { kind: "binary-connect", sampling: "deterministic", magnitude: 0.3 },
  { kind: "ternary-connect", sampling: "stochastic", magnitude: 0.3 },
  { kind: "ternary-connect", sampling: "deterministic", magnitude: 0.3 },
  { kind: "sign" },
  { kind: "threshold", factor: 0.7 },
  { kind: "twn", factor: 0.7 },
  { kind: "ttq", threshold: 0.05 },
  { kind: "lab" },
  { kind: "laq", iterations: 10 },
  { kind: "dorefa", bits: 3 },
  { kind: "alternating", bits: 2, iterations: 2 },
  { kind: "absmean" },
];

/** What the options of these kinds change; their losses are on no record. */
export const optionQuantisers: QuantiserSpec[] = [
  { kind: "binary", sampling: "stochastic", magnitude: 0.3, clip: true },
  { kind: "ternary", sampling: "deterministic", magnitude: 0.3, threshold: 0.5, clip: true },
  { kind: "lab", scales: "gate" },
  { kind: "laq", scales: "gate", iterations: 10 },
];

/** Slow steps over many windows, so that rounding is not blown up. */
function slow(layers: LayerSpec[], changes: Partial<ExperimentSpec> = {}): ExperimentSpec {
  const { task, optimiser } = smallSpec();
  const learningRate = { kind: "constant", rate: 0.002 } as const;
  return specOf(layers, { task: { ...task, batchSize: 24 }, optimiser: { ...optimiser, learningRate }, ...changes });
}

/** What each list of losses on record is of, by name. */
export const goldenCases: Readonly<Record<string, ExperimentSpec>> = Object.fromEntries([
  ...goldenQuantisers.map((quantiser) => [quantiserName(quantiser), slow([smallLstm({ quantiser: both(quantiser) })])]),
  ...Object.entries(normalisers).map(([name, own]) => [`normaliser ${name}`, slow([smallLstm(own)])]),
  ...(["before", "after"] as const).flatMap((reset) =>
    ["none", "batch", "layer", "weight"].map((name) => [
      `gru ${reset}, normaliser ${name}`,
      slow([smallGru({ reset, normaliser: normalisers[name]!.normaliser })]),
    ]),
  ),
  ["stack of lstm and gru, dropout and zoneout", slow([smallLstm({ dropout: 0.2, recurrentDropout: 0.1 }), smallGru({ zoneout: { hidden: 0.1 } })])],
  ["output ternary", slow([smallLstm()], { output: { quantiser: { kind: "ternary", sampling: "stochastic" } } })],
]);

export function quantiserName(quantiser: QuantiserSpec): string {
  return `quantiser ${Object.values(quantiser).join(" ")}`;
}

/** The first ten losses, nats per symbol. */
export function tenLosses(spec: ExperimentSpec, kernel: RecurrentKernel): number[] {
  const trainer = Trainer.create(spec, verseData(), kernel);
  const losses = Array.from({ length: 10 }, () => trainer.step().loss);
  trainer.dispose();
  return losses;
}
