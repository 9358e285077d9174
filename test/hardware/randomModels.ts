import fc from "fast-check";

const modelsOf = <Cell extends "lstm" | "gru" | "min-gru">(...cells: Cell[]) => fc
  .record({
    cell: fc.constantFrom(...cells),
    reset: fc.constantFrom("before" as const, "after" as const),
    units: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 3 })),
    symbols: fc.integer({ min: 1, max: 9 }),
    inputKind: fc.constantFrom("one-hot" as const, "dense" as const, "embedding" as const),
    precision: fc.constantFrom("binary" as const, "ternary" as const, "full" as const),
    kind: fc.constantFrom("random" as const, "random" as const, "plus-one" as const, "minus-one" as const, "zero" as const, "saturating" as const),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .filter(({ precision, kind }) => precision !== "binary" || kind !== "zero");

/** Models with recurrent weights, of every input, precision and stack, adversarial ones among them; binary weights are never zero. */
export const anyModel = modelsOf("lstm", "gru");

/** The same of every cell. */
export const anyCell = modelsOf("lstm", "gru", "min-gru");

/** Widths and tables; small tables, so that a model is made quickly. */
export const widths = fc.record({
  activationBits: fc.integer({ min: 4, max: 14 }),
  cellBits: fc.integer({ min: 4, max: 24 }),
  constantBits: fc.integer({ min: 4, max: 24 }),
  lookUp: fc.record({
    entries: fc.constantFrom(16, 64, 256),
    interpolation: fc.constantFrom("linear" as const, "none" as const),
  }),
});
