import { describe, expect, test } from "vitest";
import { evaluateIntegers } from "../../src/jobs/integerEvaluation.js";
import { acceleratorModel } from "../../src/hardware/acceleratorModel.js";
import type { AcceleratorModel } from "../../src/hardware/acceleratorModel.js";
import { calibrate } from "../../src/hardware/calibrate.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import type { FixedModelOptions } from "../../src/hardware/fixModel.js";
import type { DeployedLayer, DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { randomDeployedModel } from "./randomModel.js";

/** Models whose states were in fixed point in training become integers of the same formats. */

const state = { hiddenBits: 10, cellBits: 11, cellRange: 0.5 };
const lstm = randomDeployedModel({ units: 12, symbols: 5, precision: "ternary", seed: 4 });
const gru = randomDeployedModel({ cell: "gru", units: [9, 6], symbols: 5, precision: "ternary", seed: 5 });

function trained(model: DeployedModel, hiddenBits = [state.hiddenBits], cell: Partial<typeof state> = {}): DeployedModel {
  const layers = model.layers.map((layer, index): DeployedLayer => {
    const bits = hiddenBits[index % hiddenBits.length]!;
    return "gainCell" in layer
      ? { ...layer, spec: { ...layer.spec, state: { ...state, ...cell, hiddenBits: bits } } }
      : ({ ...layer, spec: { ...layer.spec, state: { hiddenBits: bits } } } as DeployedLayer);
  });
  return { ...model, layers };
}

/** Bits per prediction that the integers lose on a text, by default with what the run was trained with. */
async function lostBits(deployed: DeployedModel, model: AcceleratorModel): Promise<number> {
  const symbols = Int32Array.from({ length: 400 }, (_, place) => (place * place + (place >> 3)) % 5);
  const data = { kind: "symbols", symbols: deployed.outputs, train: symbols, validation: symbols, test: symbols } as const;
  const calibration = calibrate(model, [{ kind: "symbols", symbols }]);
  const fixed = fixModel(model, { calibration });
  const request = { task: "character-model", deployed, fixed, data, part: "test", kernel: tensorKernel() } as const;
  return (await evaluateIntegers(request)).lostBits;
}

function formatsOf(model: AcceleratorModel, options: FixedModelOptions = {}) {
  const { formats, layers } = fixModel(model, options);
  return { hidden: formats.hidden, cells: layers.map((layer) => (layer.cell === "lstm" ? { ...layer.cellFormat, from: layer.cellRange } : undefined)) };
}

describe("an accelerator's formats", () => {
  test("are those of training, whatever was seen on data", () => {
    const wanted = { hidden: { bits: 10, fractionBits: 9, signed: true }, cells: [{ bits: 11, fractionBits: 11, signed: true, from: "trained" }] };
    const model = acceleratorModel(trained(lstm));
    expect(formatsOf(model)).toEqual(wanted);
    expect(formatsOf(model, { calibration: { input: 0, cells: [7] } })).toEqual(wanted);
    expect(formatsOf(acceleratorModel(trained(gru)))).toMatchObject({ hidden: { bits: 10, fractionBits: 9 }, cells: [undefined, undefined] });
  });

  test("have other bits when told so, over the same range of c", () => {
    const { hidden, cells } = formatsOf(acceleratorModel(trained(lstm)), { activationBits: 8, cellBits: 20 });
    expect(hidden.bits).toBe(8);
    expect(cells).toEqual([{ bits: 20, fractionBits: 20, signed: true, from: "trained" }]);
  });

  test.each([
    ["layers that differ", trained(gru, [10, 12]), "The model was trained with hidden states of 10 and 12 bits, but an accelerator has the same for all layers, 4 to 16; say activationBits."],
    ["more bits than there are", trained(lstm, [20]), "The model was trained with hidden states of 20 bits, but an accelerator has the same for all layers, 4 to 16; say activationBits."],
    ["fewer bits of c than there are", trained(lstm, [10], { cellBits: 3 }), "layers[0] was trained with cell states of 3 bits, but an accelerator has 4 to 24; say cellBits."],
  ])("refuse %s until told which", (_, deployed, message) => {
    const model = acceleratorModel(deployed);
    expect(() => fixModel(model)).toThrow(RangeError);
    expect(() => fixModel(model)).toThrow(message);
    expect(fixModel(model, { activationBits: 12, cellBits: 12 }).formats.hidden.bits).toBe(12);
  });
});

describe("the integers score as the model with states in fixed point does", () => {
  test("an LSTM whose cells saturate", async () => {
    const deployed = trained(lstm);
    expect(Math.abs(await lostBits(deployed, acceleratorModel(deployed)))).toBeLessThan(0.002);
    // The same weights with formats of data instead of training are another model.
    expect(Math.abs(await lostBits(deployed, acceleratorModel(lstm)))).toBeGreaterThan(0.01);
  });

  test("stacked GRUs", async () => {
    const deployed = trained(gru);
    expect(Math.abs(await lostBits(deployed, acceleratorModel(deployed)))).toBeLessThan(0.002);
  });
});
