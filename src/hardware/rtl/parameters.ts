/** What a layer's Verilog module is instantiated with. */
export type Parameters = Readonly<Record<string, string | number>>;
