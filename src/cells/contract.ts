import type * as z from "zod";
import type { CellNormaliserSpec, NormaliserSpec } from "../normalisers/lookup.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import type { FixedState } from "./fixedState.js";
import type { ForgetShift } from "./forgetShift.js";

/** What a cell declares about itself; every room iterates over this instead of branching on the kind of cell. */
export interface CellDescriptor<Spec extends RecurrentSpec = RecurrentSpec> {
  /** The name of the cell in the spec. */
  readonly cell: string;
  /** The name that a person reads: "LSTM". */
  readonly title: string;
  /** The word by which a notebook cell makes its spec: "tl.lstm". */
  readonly word: string;
  readonly schema: z.ZodType<Spec>;
  /** Blocks of H columns of the matrices, in order. */
  readonly gates: readonly Gate[];
  readonly matrices: readonly MatrixName[];
  readonly states: readonly StateName[];
  /** The vectors in the order in which kernels take them, after the matrices. */
  readonly vectors: readonly CellVector<Spec>[];
  /** Title and variant of a layer: "GRU, reset after". */
  inWords(spec: Spec): string;
}

export interface Gate {
  /** The letter of the gate in the equations: "f". */
  readonly letter: string;
  readonly name: string;
}

/** A matrix by what it multiplies: the input x, [I, G * H], or the hidden state h, [H, G * H]. */
export type MatrixName = "input" | "recurrent";

/** What is normalised: the products with the matrices, G * H columns, and an LSTM's cell state, H columns. */
export type NormalisedPart = MatrixName | "cell";

export type StateName = "hidden" | "cell";

/** One vector of a cell by its names, from training to the ROM image. */
export type CellVector<Spec> = {
  /** Among the trained arrays, in the kernel and in checkpoints: "gammaInput". */
  readonly trained: string;
  /** Its name in the model that ships: "gainInput". */
  readonly shipped: string;
  /** Among the ROM images: "gate_scale_input". */
  readonly rom: string;
  /** Whether training moves it, beside the rule of its role; default: always. */
  isTrained?(spec: Spec): boolean;
} & (Gain | Shift<Spec> | InitialState);

/** The gain of a normalised part, one number for each of its columns; it is trained under a normaliser. */
export interface Gain {
  readonly role: "gain";
  readonly of: NormalisedPart;
}

/** Added after normalised parts have their gains; one for each of their columns, or for those of one gate. */
export interface Shift<Spec> {
  readonly role: "shift";
  readonly of: readonly NormalisedPart[];
  /** Letter of the only gate that it is of. */
  readonly gate?: string;
  /** Letters of the gates that begin with a `forgetShift`, and that by default; all others are 0. */
  readonly initial?: { readonly forget: string; readonly input: string; readonly value: number };
  /** Whether it takes up the offset of a part's folded normaliser at a gate's columns; default: always. */
  takesOffset?(spec: Spec, part: NormalisedPart, gate: Gate): boolean;
}

/** [H], a state before the first timestep; trained where initial states are learned. */
export interface InitialState {
  readonly role: "initial state";
  readonly of: StateName;
}

/** What the spec of any layer has, and what some cells have beside it. */
export interface RecurrentSpec {
  readonly cell: string;
  readonly units: number;
  readonly quantiser: Readonly<Partial<Record<MatrixName, QuantiserSpec>>>;
  readonly normaliser: NormaliserSpec;
  readonly cellNormaliser?: CellNormaliserSpec;
  readonly initialState: "learned" | "zero" | "carried";
  readonly dropout: number;
  readonly recurrentDropout?: number;
  readonly initialNoise?: number | undefined;
  readonly initialGain?: number | undefined;
  readonly forgetShift?: ForgetShift | undefined;
  readonly bidirectional?: true | undefined;
  readonly zoneout: { readonly hidden: number; readonly cell?: number };
  readonly state?: Partial<FixedState> | undefined;
}
