import type { FixedModel } from "../fixedModel.js";
import type { LookUpTable } from "../lookUpTable.js";

/** What is computed from integers to integers, in words: enough to get every bit of them. */
export function integerRules({ tables, delta }: Pick<FixedModel, "tables" | "delta">): string[] {
  return [
    "All numbers are integers. One of a format with f fraction bits is worth integer * 2^-f.",
    "round(x) is the nearest integer, ties upwards: floor(x + 1/2). A right shift by n bits is round(x / 2^n) = floor((x + 2^(n-1)) / 2^n), never a truncation; a left shift multiplies by 2^n.",
    "sat(x, b) is the nearest of the integers that b bits hold in two's complement, -2^(b-1) to 2^(b-1) - 1. Where a step has no sat nothing can overflow: the widths in accumulatorBits hold every sum.",
    "Each step is computed as it is written: every term is rounded by itself before terms are added.",
    "Every image holds two's complement, constants and full-precision weights, value and slope of the tables; only weights of one bit or one trit have the encoding that the manifest names.",
    "Gate row j of a gate is unit u = j mod H of its block; blocks follow each other in gateOrder, in weights, scales and shifts alike.",
    "A sequence begins with h = initial_hidden and, in an LSTM, c = initial_cell. On the right of a step h and c are those of the timestep before.",
    "The h of a layer is the x of the next one in the same timestep; the h of the last one is the output.",
    lookUpRule(tables.tanh),
    ...(delta === undefined ? [] : [deltaRule(delta.threshold)]),
  ];
}

function lookUpRule({ input, output, segmentBits, entries }: LookUpTable): string {
  const place = `A look-up of p: u = p + ${2 ** (input.bits - 1)}, from 0 to ${2 ** input.bits - 1} since p is saturated to ${input.bits} bits`;
  return segmentBits === 0
    ? `${place}; the result is the value of word u, of ${entries}.`
    : `${place}. Word floor(u / ${2 ** segmentBits}), of ${entries}, holds the value in its low ${output.bits + 1} bits and the slope above; with s = u mod ${2 ** segmentBits} ` +
        `the result is value + round(slope * s / 2^${segmentBits}). The last word has a slope too: nothing lies beyond it.`;
}

function deltaRule(threshold: number): string {
  return (
    "Recurrent sums are of held, not of h: a sequence begins with held = initial_hidden, and at the end of a timestep " +
    `held[k] becomes h[k] for each unit k with |h[k] - held[k]| > ${threshold}, and stays for the others.`
  );
}
