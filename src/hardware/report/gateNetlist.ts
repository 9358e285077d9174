/** A flat netlist of standard cells whose nets are single bits, as `asicSynthesis.ts` has Yosys write it. */
export interface GateNetlist {
  /** Names of single bits: "take", "weights[3]". */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Every pin of every cell: that of its kind in the library, "NAND2X1/A", and its net. */
  readonly pins: readonly { readonly pin: string; readonly net: string }[];
}

export function parseGateNetlist(verilog: string): GateNetlist {
  const ports = (direction: string): string[] =>
    [...verilog.matchAll(new RegExp(`^ {2}${direction} (.*);$`, "gm"))].map(([, name]) => plainName(name!));
  const cells = [...verilog.matchAll(/^ {2}(\w+) \S+ \(\n([^;]*)\n {2}\);$/gm)];
  return {
    inputs: ports("input"),
    outputs: ports("output"),
    pins: cells.flatMap(([, kind, connections]) =>
      [...connections!.matchAll(/^ {4}\.(\w+)\((.*)\),?$/gm)].map(([, pin, net]) => ({ pin: `${kind}/${pin}`, net: plainName(net!) })),
    ),
  };
}

/** A name without the backslash and the space that escape it in Verilog. */
export function plainName(name: string): string {
  return name.trim().replace(/^\\/, "");
}
