import type { DeployedLayer, DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { type LayerForm, type MatrixForm, type ModelForm, randomModel } from "../rnn/packedModels.js";

/** Random deployed models of every kind, by what is special about each. */

const cells = ["lstm", "gru-before", "gru-after"] as const;
const oneHot = { kind: "one-hot", size: 9 } as const;
const matrices: readonly MatrixForm[] = [
  { levels: "ternary" },
  { levels: "binary" },
  { levels: "ternary", scales: "columns" },
  { levels: "ternary", scales: "gates" },
  { levels: "binary", planes: 3, scales: "columns" },
  { levels: "mixed", planes: 4 },
  { levels: "full-precision" },
];

const layerForms: readonly LayerForm[] = cells.flatMap((cell): LayerForm[] => [
  ...matrices.map((matrix): LayerForm => ({ cell, units: 21, matrix })),
  { cell, units: 1, matrix: { levels: "binary" } },
  { cell, units: 16, zoneout: true },
  { cell, units: 12, normalisation: "layer", matrix: { levels: "binary", planes: 2 } },
  { cell, units: 13, normalisation: "layer" },
  { cell, units: 14, normalisation: "rms", matrix: { levels: "ternary", planes: 2 } },
  { cell, units: 10, rows: 7, zoneout: true },
  { cell, units: 15, fixedState: true },
]);

const forms: readonly ModelForm[] = [
  ...layerForms.map((layer): ModelForm => ({ input: oneHot, layers: [layer], outputs: 13 })),
  ...cells.map((cell): ModelForm => ({ input: { kind: "embedding", size: 6 }, layers: [{ cell, units: 14 }], outputs: 20 })),
  ...cells.map((cell): ModelForm => ({
    input: { kind: "dense", size: 5 },
    layers: [{ cell, units: 12 }],
    outputs: 3,
    readout: "last-timestep",
  })),
  { input: { kind: "dense", size: 1 }, layers: [{ cell: "lstm", units: 9, rows: 7, normalisation: "affine" }], outputs: 4 },
  {
    input: oneHot,
    layers: [
      { cell: "lstm", units: 15, matrix: { levels: "binary" } },
      { cell: "gru-before", units: 18 },
      { cell: "gru-after", units: 11, matrix: { levels: "full-precision" } },
    ],
    outputs: 10,
    output: { levels: "ternary", scales: "columns" },
  },
];

function describeForm({ input, layers, readout }: ModelForm): string {
  return [`${input.kind}:`, layers.map((layer) => JSON.stringify(layer)).join(" + "), readout ?? ""].join(" ").trim();
}

/** The same model whose LSTMs read the cell state without a gain, a shift or both, as ONNX's own LSTM does. */
export function withoutCellNormaliser(model: DeployedModel, without: { gain: boolean; shift: boolean } = { gain: true, shift: true }): DeployedModel {
  const layers = model.layers.map((layer): DeployedLayer => {
    if (!("gainCell" in layer)) {
      return layer;
    }
    const gainCell = without.gain ? new Float32Array(layer.units).fill(1) : layer.gainCell;
    return { ...layer, gainCell, shiftCell: without.shift ? new Float32Array(layer.units) : layer.shiftCell };
  });
  return { ...model, layers };
}

/** Shifts that differ from timestep to timestep, where the gains do. */
function withShiftsAsGains(model: DeployedModel): DeployedModel {
  const layers = model.layers.map((layer): DeployedLayer => {
    const rows = layer.gainInput.length / layer.shift.length;
    const perTimestep = (values: Float32Array): Float32Array =>
      Float32Array.from({ length: rows * values.length }, (_, index) => values[index % values.length]! + 0.1 * Math.sin(index));
    const shift = perTimestep(layer.shift);
    return "shiftReset" in layer && layer.spec.reset === "after"
      ? { ...layer, shift, shiftReset: perTimestep(layer.shiftReset) }
      : { ...layer, shift };
  });
  return { ...model, layers };
}

/** The same model with one constant alone that differs from timestep to timestep. */
function withTimestepsOf(model: DeployedModel, name: string): DeployedModel {
  const layers = model.layers.map((layer): DeployedLayer => {
    const values = (layer as unknown as Record<string, Float32Array>)[name]!;
    return { ...layer, [name]: Float32Array.from({ length: 7 * values.length }, (_, index) => values[index % values.length]! + 0.2 * Math.cos(index)) };
  });
  return { ...model, layers };
}

/** The same model with run-time statistics of the cell state alone. */
function withCellStatistics(model: DeployedModel): DeployedModel {
  const layers = model.layers.map((layer): DeployedLayer => ("gainCell" in layer ? { ...layer, cellNormalisation: "layer" } : layer));
  return { ...model, layers };
}

function withZoneout(model: DeployedModel, zoneout: { hidden: number; cell: number }): DeployedModel {
  const layers = model.layers.map(
    (layer): DeployedLayer =>
      "gainCell" in layer
        ? { ...layer, spec: { ...layer.spec, zoneout } }
        : ({ ...layer, spec: { ...layer.spec, zoneout: { hidden: zoneout.hidden } } } as DeployedLayer),
  );
  return { ...model, layers };
}

const lstm: ModelForm = { input: oneHot, layers: [{ cell: "lstm", units: 8 }], outputs: 6 };
/** Rates at which a mixture of two states in fixed point is never half a step, which single precision would round either way. */
const mixedFixedStates: readonly ModelForm[] = cells.map((cell) => ({ input: oneHot, layers: [{ cell, units: 11, fixedState: true }], outputs: 6 }));

const gru: ModelForm = { input: oneHot, layers: [{ cell: "gru-after", units: 8 }], outputs: 6 };

/** Every kind of model by what is special about it. */
export const modelForms: ReadonlyMap<string, DeployedModel> = new Map([
  ...forms.map((form, index): [string, DeployedModel] => [describeForm(form), randomModel(form, 100 + index)]),
  ...forms
    .filter(({ layers }) => layers.some(({ cell, normalisation }) => cell === "lstm" && normalisation !== "layer" && normalisation !== "rms"))
    .map((form, index): [string, DeployedModel] => [`no cell normaliser, ${describeForm(form)}`, withoutCellNormaliser(randomModel(form, 200 + index))]),
  ...forms
    .filter(({ layers }) => layers.some(({ rows }) => rows !== undefined))
    .map((form, index): [string, DeployedModel] => [`shifts too, ${describeForm(form)}`, withShiftsAsGains(randomModel(form, 300 + index))]),
  ...["gainInput", "gainRecurrent", "shift", "gainCell", "shiftCell"].map((name): [string, DeployedModel] => [`LSTM with ${name} of each timestep`, withTimestepsOf(randomModel(lstm, 500), name)]),
  ["GRU with shiftReset of each timestep", withTimestepsOf(randomModel(gru, 501), "shiftReset")],
  [`only a cell shift, ${describeForm(lstm)}`, withoutCellNormaliser(randomModel(lstm, 400), { gain: true, shift: false })],
  [`only a cell gain, ${describeForm(lstm)}`, withoutCellNormaliser(randomModel(lstm, 401), { gain: false, shift: true })],
  [`statistics of the cell alone, ${describeForm(lstm)}`, withCellStatistics(withoutCellNormaliser(randomModel(lstm, 404)))],
  [`zoneout of the hidden state, ${describeForm(lstm)}`, withZoneout(withoutCellNormaliser(randomModel(lstm, 402)), { hidden: 0.3, cell: 0 })],
  [`zoneout of the cell, ${describeForm(lstm)}`, withZoneout(withoutCellNormaliser(randomModel(lstm, 403)), { hidden: 0, cell: 0.3 })],
  ...mixedFixedStates.map((form, index): [string, DeployedModel] => [
    `zoneout of states in fixed point, ${describeForm(form)}`,
    withZoneout(withoutCellNormaliser(randomModel(form, 600 + index)), { hidden: 0.4, cell: 0.4 }),
  ]),
]);
