import fc from "fast-check";
import { precisions, type AcceleratorShape, type Cell } from "../../src/hardware/schedule/shape.js";

export const cells: readonly Cell[] = [{ cell: "lstm" }, { cell: "gru", reset: "before" }, { cell: "gru", reset: "after" }, { cell: "min-gru" }];

/** Small accelerators of every cell; primes, P = 1 and P above the rows are frequent, and so are several columns at once. */
export const shapes: fc.Arbitrary<AcceleratorShape> = fc
  .record({
    cell: fc.constantFrom(...cells),
    inputs: fc.integer({ min: 1, max: 9 }),
    inputKind: fc.constantFrom("one-hot" as const, "dense" as const),
    units: fc.oneof(fc.constant(1), fc.constantFrom(2, 3, 5, 7, 11, 13), fc.integer({ min: 1, max: 24 })),
    macUnits: fc.oneof(fc.constant(1), fc.constantFrom(3, 7, 17, 61), fc.integer({ min: 1, max: 120 })),
    columnsPerCycle: fc.constantFrom(1, 1, 2, 4, 16),
    precision: fc.constantFrom(...precisions),
    clockMegahertz: fc.constantFrom(1, 400),
  })
  .map(({ cell, ...sizes }) => ({ ...cell, ...sizes }));

/** Stacked layers: those above read the units below. */
export const networks: fc.Arbitrary<readonly AcceleratorShape[]> = fc.array(shapes, { minLength: 1, maxLength: 4 }).map((layers) =>
  layers.map((shape, index): AcceleratorShape => {
    const below = layers[index - 1];
    return { ...shape, clockMegahertz: 400, ...(below ? { inputs: below.units, inputKind: "dense" as const } : {}) };
  }),
);

/** Edges that random shapes might miss: P = 1, P = rows, P > rows, one unit, P just above and below K. */
export const edges: readonly AcceleratorShape[] = [
  { inputs: 1, units: 1, macUnits: 1 },
  { inputs: 1, units: 1, macUnits: 4 },
  { inputs: 5, units: 1, macUnits: 1000 },
  { inputs: 4, units: 7, macUnits: 28 },
  { inputs: 4, units: 7, macUnits: 8 },
  { inputs: 4, units: 7, macUnits: 9 },
  { inputs: 4, units: 7, macUnits: 14 },
  { inputs: 4, units: 7, macUnits: 27 },
].flatMap((sizes) =>
  cells.map((cell) => ({ ...cell, ...sizes, inputKind: "one-hot" as const, precision: "ternary" as const, clockMegahertz: 400 })),
);

export function forShapes(check: (shape: AcceleratorShape) => void): void {
  edges.forEach(check);
  fc.assert(fc.property(shapes, check), { numRuns: 150 });
}
