import { expect, test } from "vitest";
import { integerRange } from "../../../src/hardware/fixedPoint.js";
import { lookUp } from "../../../src/hardware/lookUpTable.js";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";
import { layerCase, tableText } from "./layers.js";

const options = [
  {},
  { activationBits: 4 },
  { activationBits: 16, lookUp: { entries: 16 } },
  { activationBits: 8, lookUp: { entries: 1024 } },
  { lookUp: { entries: 4096, interpolation: "none" } },
  { lookUp: { entries: 16, interpolation: "none" } },
] as const;

test("look_up is lookUp, two cycles later, over the whole range", () => {
  const draws = new Draws(6);
  const cases = options.flatMap((option) => {
    const { model, parameters } = layerCase({ cell: "lstm", seed: 1, precision: "binary", units: 1, inputs: 1 }, option);
    return (["sigmoid", "tanh"] as const).map((name) => ({ model, name, parameters, table: model.tables[name] }));
  });
  const blocks = cases.map(({ model: { formats }, name, parameters, table: { segmentBits } }, index) => {
    const { bits } = formats.preactivation;
    const { least, most } = integerRange(formats.preactivation);
    return {
      module: "look_up" as const,
      parameters: {
        IN_BITS: bits,
        SEGMENT_BITS: segmentBits,
        VALUE_BITS: formats.hidden.bits + 1,
        SLOPE_BITS: parameters[`${name.toUpperCase()}_SLOPE_BITS`]!,
        FILE: `table_${index}.mem`,
      },
      inputs: { preactivation: { bits } },
      outputs: { value: { bits: formats.hidden.bits + 1, isSigned: true } },
      rows: [least, least + 1, -1, 0, 1, most - 1, most, ...Array.from({ length: 500 }, () => draws.signed(bits)), 0, 0].map(
        (preactivation) => ({ preactivation }),
      ),
    };
  });
  const files = Object.fromEntries(cases.map(({ model, name }, index) => [`table_${index}.mem`, tableText(model, name)]));
  simulateBlocks(blocks, files).forEach((outcomes, index) => {
    const expected = blocks[index]!.rows.map(({ preactivation }) => lookUp(cases[index]!.table, preactivation) + 0);
    expect(outcomes.slice(2).map(({ value }) => value), `case ${index}`).toEqual(expected.slice(0, -2));
  });
});
