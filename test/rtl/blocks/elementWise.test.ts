import { expect, test } from "vitest";
import { saturate } from "../../../src/hardware/integer/arithmetic.js";
import { resetHidden, showCell, updateCell, updateHidden } from "../../../src/hardware/integer/elementWise.js";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";
import { chosen, layerCase, tableText } from "./layers.js";

const options = [
  {},
  { activationBits: 8, cellBits: 8 },
  { activationBits: 4, cellBits: 24, constantBits: 8 },
  { activationBits: 16, cellBits: 12, constantBits: 24 },
  { lookUp: { entries: 128, interpolation: "none" } },
  { calibration: { input: 1, cells: [0.4] } },
  { calibration: { input: 1, cells: [100] } },
] as const;

test("element_wise_lstm is updateCell and showCell, nine cycles after the output gate", () => {
  const draws = new Draws(4);
  const cases = options.flatMap((option, seed) =>
    (["random", "saturating"] as const).map((kind) => layerCase({ cell: "lstm", seed, kind, precision: "ternary", units: 11, inputs: 2 }, option)),
  );
  // One cycle for the gate, in the next its unit's other operands.
  const nothing = { enter: 0, unit: 0, o: 0, g: 0, f: 0, i: 0, cell: 0 };
  const vectors = cases.map(({ model: { formats }, layer }) =>
    Array.from({ length: 60 }, () => ({
      enter: draws.integer(0, 3) === 0 ? 0 : 1,
      unit: draws.integer(0, 10),
      o: draws.opening(formats.gate.bits),
      g: draws.signed(formats.hidden.bits),
      f: draws.opening(formats.gate.bits),
      i: draws.opening(formats.gate.bits),
      cell: draws.signed(layer.cellFormat.bits),
    })),
  );
  const blocks = cases.map(({ model: { formats }, layer, parameters }, index) => {
    const gate = { bits: formats.gate.bits };
    const constant = { bits: layer.shiftCell.format.bits };
    return {
      module: "element_wise_lstm" as const,
      parameters: {
        ...chosen(parameters, {
          ACTIVATION_BITS: "ACTIVATION_BITS",
          CELL_BITS: "CELL_BITS",
          CONSTANT_BITS: "CONSTANT_BITS",
          KEPT_SHIFT: "KEPT_SHIFT",
          ADDED_SHIFT: "ADDED_SHIFT",
          UPDATE_BITS: "UPDATE_BITS",
          SCALE_SHIFT: "CELL_SCALE_SHIFT",
          SHIFT_ALIGNMENT: "CELL_SHIFT_ALIGNMENT",
          TOTAL_BITS: "CELL_TOTAL_BITS",
          GUARD_BITS: "GUARD_BITS",
          PREACTIVATION_BITS: "PREACTIVATION_BITS",
          SEGMENT_BITS: "SEGMENT_BITS",
          SLOPE_BITS: "TANH_SLOPE_BITS",
        }),
        UNIT_BITS: 4,
        TANH_FILE: `tanh_${index}.mem`,
      },
      inputs: {
        reset: { bits: 1 },
        enter: { bits: 1 },
        unit: { bits: 4 },
        output_gate: gate,
        candidate: gate,
        forget_gate: gate,
        input_gate: gate,
        cell_before: { bits: layer.cellFormat.bits },
        cell_scale: constant,
        cell_shift: constant,
      },
      outputs: {
        write: { bits: 1 },
        write_unit: { bits: 4 },
        write_hidden: { bits: formats.hidden.bits, isSigned: true },
        write_cell: { bits: layer.cellFormat.bits, isSigned: true },
      },
      // One cycle of reset first.
      rows: [nothing, ...vectors[index]!].map((now, cycle, all) => {
        const { g, f, i, cell, unit } = all[cycle - 1] ?? nothing;
        return {
          reset: cycle === 0 ? 1 : 0,
          enter: now.enter,
          unit: now.unit,
          output_gate: now.o,
          candidate: g,
          forget_gate: f,
          input_gate: i,
          cell_before: cell,
          cell_scale: layer.gainCell.integers[unit]!,
          cell_shift: layer.shiftCell.integers[unit]!,
        };
      }),
    };
  });
  const files = Object.fromEntries(cases.map(({ model }, index) => [`tanh_${index}.mem`, tableText(model, "tanh")]));
  let clipped = 0;
  simulateBlocks(blocks, files).forEach((outcomes, index) => {
    const { model, layer } = cases[index]!;
    vectors[index]!.slice(0, -9).forEach((vector, cycle) => {
      const exact = updateCell(layer, model.formats, vector, vector.cell);
      const cell = saturate(exact, layer.cellFormat.bits);
      clipped += exact === cell ? 0 : 1;
      const hidden = showCell(layer, model, vector.unit, vector.o, cell);
      expect(outcomes[1 + cycle + 9], `case ${index} cycle ${cycle}`).toEqual(
        vector.enter === 1
          ? { write: 1, write_unit: vector.unit, write_hidden: hidden + 0, write_cell: cell + 0 }
          : expect.objectContaining({ write: 0 }),
      );
    });
  });
  expect(clipped).toBeGreaterThan(10);
});

test("element_wise_gru is updateHidden three cycles after the candidate, and resetHidden two cycles after the reset gate", () => {
  const draws = new Draws(5);
  const nothing = { kind: "nothing" as const, unit: 0, gate: 0, z: 0, before: 0 };
  const widths = [4, 8, 12, 16];
  const cases = widths.map((activationBits) => layerCase({ cell: "gru", seed: 1, precision: "ternary", units: 2, inputs: 2 }, { activationBits }));
  const vectors = cases.map(({ model: { formats: { gate, hidden } } }) =>
    Array.from({ length: 300 }, () => {
      const kind = draws.of(["candidate", "reset", "nothing"] as const);
      return {
        kind,
        unit: draws.integer(0, 7),
        gate: kind === "reset" ? draws.opening(gate.bits) : draws.signed(hidden.bits),
        z: draws.opening(gate.bits),
        before: draws.signed(hidden.bits),
      };
    }),
  );
  const blocks = cases.map(({ model: { formats: { gate, hidden } } }, index) => {
    const word = { bits: hidden.bits, isSigned: true };
    return {
      module: "element_wise_gru" as const,
      parameters: { ACTIVATION_BITS: hidden.bits, UNIT_BITS: 3 },
      inputs: {
        reset: { bits: 1 },
        enter: { bits: 1 },
        enter_reset: { bits: 1 },
        unit: { bits: 3 },
        gate: { bits: gate.bits },
        update_gate: { bits: gate.bits },
        hidden_before: word,
      },
      outputs: {
        write: { bits: 1 },
        write_unit: { bits: 3 },
        write_hidden: word,
        write_reset: { bits: 1 },
        write_reset_unit: { bits: 3 },
        write_reset_hidden: word,
      },
      rows: [nothing, ...vectors[index]!].map(({ kind, unit, gate: value }, cycle, all) => {
        const { z, before } = all[cycle - 1] ?? nothing;
        return {
          reset: cycle === 0 ? 1 : 0,
          enter: kind === "candidate" ? 1 : 0,
          enter_reset: kind === "reset" ? 1 : 0,
          unit,
          gate: value,
          update_gate: z,
          hidden_before: before,
        };
      }),
    };
  });
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const { formats } = cases[index]!.model;
    vectors[index]!.slice(0, -3).forEach(({ kind, unit, gate, z, before }, cycle) => {
      const late = { two: outcomes[1 + cycle + 2]!, three: outcomes[1 + cycle + 3]! };
      expect([late.three.write, late.two.write_reset]).toEqual([kind === "candidate" ? 1 : 0, kind === "reset" ? 1 : 0]);
      if (kind === "candidate") {
        expect([late.three.write_unit, late.three.write_hidden]).toEqual([unit, updateHidden(formats, z, gate, before) + 0]);
      }
      if (kind === "reset") {
        expect([late.two.write_reset_unit, late.two.write_reset_hidden]).toEqual([unit, resetHidden(formats, gate, before) + 0]);
      }
    });
  });
});
