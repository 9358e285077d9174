/** A stage of the element-wise unit, and what it computes in the panel's words. */
export interface ElementWiseStage {
  readonly stage: string;
  readonly work: string;
}

/** A vector of a layer: scales and shifts, and states before the first timestep. */
export interface CellVector {
  /** Its name in what ships, in the accelerator's model and in integers. */
  readonly key: string;
  /** Its name in ROM folders and Verilog. */
  readonly image: string;
  /** What it is for, in words. */
  readonly role: string;
  /** Whether it has a number for each gate row or for each hidden unit. */
  readonly of: "row" | "unit";
}

/** What the panel says that a block computes. */
export interface PanelEquations {
  /** Default: sums of weights times h and times the input. */
  readonly array?: string;
  readonly scale: string;
  readonly lookUp: string;
  readonly elementWise: string;
  readonly state: string;
}

/** Operands of the element-wise unit, which give the widths of its multipliers. */
export type Operand = "activation" | "cell" | "constant";

/**
 * What the schedule, the ROM images, the Verilog, the reports and the panel ask of a recurrent cell. The arithmetic itself is
 * written out for each cell in `fix/`, `integer/`, `rom/cells/`, `rtl/cells/` and the Verilog modules that are named here.
 */
export interface CellHardware {
  /** The name that a person reads: "LSTM". */
  readonly name: string;
  /** Blocks of H gate rows in the order of the weight rows; a row of the last one completes a hidden unit. */
  readonly gates: readonly string[];
  /** Whether the gate rows have sums of h too; else h enters by itself alone, and is no broadcast. */
  readonly hasRecurrentWeights: boolean;
  /** The gate that is no sigmoid, and what it is instead. */
  readonly candidate: { readonly gate: string; readonly curve: "tanh" | "linear" };
  /** What is written back, in words: "c and h". */
  readonly states: readonly ("c" | "h")[];
  /** One cycle each, from a gate row's products with the folded scales to its value. */
  readonly gateStages: readonly string[];
  /** One cycle each; a unit enters with its last gate and is then written back. */
  readonly elementWise: readonly ElementWiseStage[];
  /** Multipliers of the element-wise unit, by their operands. */
  readonly products: readonly (readonly [Operand, Operand])[];
  /** Look-ups of tanh for each hidden unit, the candidate's included. */
  readonly tanhLookUps: number;
  /** The vectors in the order of the equations. */
  readonly vectors: readonly CellVector[];
  /** Orders of the gate blocks in ROM images, by their letters: whose each is. The generated Verilog reads the first. */
  readonly gateOrders: Readonly<Record<string, string>>;
  /** The module of a layer, and those that only this cell needs. */
  readonly verilog: { readonly layer: string; readonly others: readonly string[] };
  readonly equations: (cell: { readonly reset?: "before" | "after" }) => PanelEquations;
}

/** Scales and shifts of the gate rows, which every cell with recurrent weights has. */
export const gateVectors = [
  { key: "gainRecurrent", image: "gate_scale_recurrent", role: "scale of the recurrent sum, for each gate row", of: "row" },
  { key: "gainInput", image: "gate_scale_input", role: "scale of the input sum, for each gate row", of: "row" },
  { key: "shift", image: "gate_shift", role: "added to both scaled sums, for each gate row", of: "row" },
] as const satisfies readonly CellVector[];

export const initialHidden = {
  key: "initialHidden",
  image: "initial_hidden",
  role: "hidden state before the first timestep, for each unit",
  of: "unit",
} as const satisfies CellVector;

/** The panel's equation of a gate row with recurrent weights. */
export const scaledSums = "p = scale_h · Σ(Q_h · h) + scale_x · Σ(Q_x · x) + shift: the folded normaliser of the row, one row a cycle.";
