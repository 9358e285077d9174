import type { LayerSpec } from "../experiment/spec.js";
import type { FixedPoint, StateRounding } from "./kernels/contract.js";

/** The formats of a layer's states, where it keeps them in fixed point. */
export function stateRounding(spec: LayerSpec): StateRounding | undefined {
  if (spec.state === undefined) {
    return undefined;
  }
  const { state } = spec;
  const hidden = formatOver(state.hiddenBits, "hiddenRange" in state ? state.hiddenRange : 1);
  return "cellBits" in state ? { hidden, cell: formatOver(state.cellBits, state.cellRange) } : { hidden };
}

/** Signed, over [-range, range), a power of two. */
function formatOver(bits: number, range: number): FixedPoint {
  return { bits, fractionBits: bits - 1 - Math.log2(range) };
}

/** The smallest and the largest number of a format. */
export function formatRange({ bits, fractionBits }: FixedPoint): { readonly low: number; readonly high: number } {
  const step = 2 ** -fractionBits;
  const levels = 2 ** (bits - 1);
  return { low: -levels * step, high: (levels - 1) * step };
}

/** The format's nearest number, ties upwards; the range's end for values beyond it. */
export function roundToFormat(value: number, format: FixedPoint): number {
  const { low, high } = formatRange(format);
  const scale = 2 ** format.fractionBits;
  return Math.min(high, Math.max(low, Math.floor(value * scale + 0.5) / scale));
}
