import type { Leak } from "../../src/variables/contract.js";
import { Reach } from "./reach.js";
import type { TensorLedger } from "./tensorLedger.js";

/**
 * Tensors that are not disposed although no variable leads to them any more, by the cell that made them. What only the JavaScript engine
 * sees is asked for where properties alone leave some unreached, since that is slow.
 * @param passedOver objects that lead to no tensor of a cell's
 * @returns null where there are too many objects to look through
 */
export function leaksOf(ledger: TensorLedger, variables: readonly unknown[], passedOver: ReadonlySet<object>): Leak[] | null {
  if (ledger.live.size === 0) {
    return [];
  }
  const reach = new Reach(ledger.engine, passedOver);
  variables.forEach((value) => reach.from(value));
  if (unreached(ledger, reach).length > 0) {
    reach.throughHidden();
  }
  return reach.isComplete ? byCell(ledger, unreached(ledger, reach), reach.tensors) : null;
}

function unreached(ledger: TensorLedger, { tensors }: Reach): number[] {
  return [...ledger.live.keys()].filter((id) => !tensors.has(id));
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
