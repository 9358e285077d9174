import type { Leak } from "../../src/variables/contract.js";
import { Reach } from "./reach.js";
import type { TensorLedger } from "./tensorLedger.js";

/** What a walk begins with. */
export interface Roots {
  readonly variables: readonly unknown[];
  /** Globals that came after the kernel's: libraries put large objects there, so only their properties count, and not all of many. */
  readonly globals: readonly unknown[];
}

const mostGlobalSteps = 50_000;

/**
 * Tensors that are not disposed although nothing that a cell can name leads to them any more, by the cell that made them. What only the
 * JavaScript engine sees is asked for where properties alone leave some unreached, since that is slow.
 * @param passedOver objects that lead to no tensor of a cell's
 * @returns null where there are too many objects to look through
 */
export function leaksOf(ledger: TensorLedger, { variables, globals }: Roots, passedOver: ReadonlySet<object>): Leak[] | null {
  if (ledger.live.size === 0) {
    return [];
  }
  const around = new Reach(ledger.engine, passedOver, mostGlobalSteps);
  globals.forEach((value) => around.from(value));
  const reach = new Reach(ledger.engine, passedOver);
  variables.forEach((value) => reach.from(value));
  const lost = (): number[] => [...ledger.live.keys()].filter((id) => !around.tensors.has(id) && !reach.tensors.has(id));
  if (lost().length > 0) {
    reach.throughHidden();
  }
  return reach.isComplete ? byCell(ledger, lost(), new Set([...around.tensors, ...reach.tensors])) : null;
}

/** Values that a reached tensor shares are counted there. */
function byCell(ledger: TensorLedger, lost: readonly number[], reached: ReadonlySet<number>): Leak[] {
  const counted = new Set([...reached].map((id) => ledger.live.get(id)?.buffer));
  const leaks = new Map<number | null, Leak>();
  for (const id of lost) {
    const { cell = null, bytes, buffer } = ledger.live.get(id)!;
    const { tensors, bytes: before } = leaks.get(cell) ?? { tensors: 0, bytes: 0 };
    leaks.set(cell, { cell, tensors: tensors + 1, bytes: before + (counted.has(buffer) ? 0 : bytes) });
    counted.add(buffer);
  }
  return [...leaks.values()].sort((one, other) => (one.cell ?? Infinity) - (other.cell ?? Infinity));
}
