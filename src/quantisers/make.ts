import type { QuantiserSpec } from "../experiment/quantiserSpec.js";
import { alternating } from "./alternating.js";
import { binary } from "./binary.js";
import type { Quantiser } from "./contract.js";
import { dorefa } from "./dorefa.js";
import { fullPrecision } from "./fullPrecision.js";
import { lab } from "./lab.js";
import { laq } from "./laq.js";
import { sign } from "./sign.js";
import { ternary } from "./ternary.js";
import { threshold } from "./threshold.js";
import { ttq } from "./ttq.js";
import { twn } from "./twn.js";

type Kind = QuantiserSpec["kind"];
type Makers = {
  readonly [K in Kind]: (spec: Extract<QuantiserSpec, { kind: K }>, rows: number, columns: number, gates: number) => Quantiser;
};

const makers: Makers = {
  "full-precision": (_spec, rows, columns) => fullPrecision(rows, columns),
  binary: (spec, rows, columns) => binary(rows, columns, spec),
  ternary: (spec, rows, columns) => ternary(rows, columns, spec),
  "binary-connect": (spec, rows, columns) => binary(rows, columns, { ...spec, clip: true }),
  "ternary-connect": (spec, rows, columns) => ternary(rows, columns, { ...spec, threshold: 1 / 2, clip: true }),
  sign: (_spec, rows, columns) => sign(rows, columns),
  threshold: ({ factor }, rows, columns) => threshold(rows, columns, factor),
  twn: ({ factor }, rows, columns) => twn(rows, columns, factor),
  ttq: ({ threshold }, rows, columns) => ttq(rows, columns, threshold),
  lab: ({ scales }, rows, columns, gates) => lab(rows, columns, scales === "gate" ? gates : 1),
  laq: ({ scales, solver = "alternating", iterations = 10 }, rows, columns, gates) =>
    laq(rows, columns, scales === "gate" ? gates : 1, solver, iterations),
  dorefa: ({ bits }, rows, columns) => dorefa(rows, columns, bits),
  alternating: ({ bits, iterations }, rows, columns) => alternating(rows, columns, bits, iterations),
};

/**
 * The quantiser that a spec names, for one matrix.
 * @param rows inputs of the matrix
 * @param columns 4H for an LSTM, 3H for a GRU, V for an output matrix
 * @param gates blocks of columns for rules with a scale of each gate's own; an output matrix is one block
 */
export function makeQuantiser(spec: QuantiserSpec, rows: number, columns: number, gates = 1): Quantiser {
  const make = makers[spec.kind] as (spec: QuantiserSpec, rows: number, columns: number, gates: number) => Quantiser;
  return make(spec, rows, columns, gates);
}
