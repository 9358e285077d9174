/** What paths spend in memories, at the edges of the netlist of standard cells. */
export interface MemoryTiming {
  /** From the clock's edge to a stable word at a memory's output, in ns. */
  readonly accessNanoseconds: number;
  /** How long an address or a word must be stable at a memory's input before the clock's edge, in ns. */
  readonly setupNanoseconds: number;
}

/**
 * Assumed, not measured, for memories of 64 Kbit in 0.18 µm: 16 gate delays of 90 ps, and the setup time of a flip-flop. A
 * memory twice as large takes about one gate delay more (Amrutur and Horowitz, IEEE JSSC 35, 2000).
 */
export const assumedMemoryTiming: MemoryTiming = { accessNanoseconds: 1.5, setupNanoseconds: 0.2 };

/** "memories of 1.5 ns access and 0.2 ns setup, assumed" */
export function memoryTimingInWords(timing: MemoryTiming): string {
  const { accessNanoseconds, setupNanoseconds } = timing;
  const { accessNanoseconds: access, setupNanoseconds: setup } = assumedMemoryTiming;
  const origin = accessNanoseconds === access && setupNanoseconds === setup ? "assumed" : "as given";
  return `memories of ${accessNanoseconds} ns access and ${setupNanoseconds} ns setup, ${origin}`;
}

/** @throws RangeError for times that are no time */
export function checkMemoryTiming(timing: MemoryTiming): MemoryTiming {
  for (const [name, value] of Object.entries(timing) as [string, unknown][]) {
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
      throw new RangeError(`memory.${name} is ${String(value)}; give a time in ns from 0.`);
    }
  }
  return timing;
}

/**
 * A liberty library of the ends of paths at memories, `verilog/memory_ports.v`, for a timing analyser. A word's edge is as
 * steep as a tenth of the access takes.
 */
export function memoryCells({ accessNanoseconds, setupNanoseconds }: MemoryTiming): string {
  const scalar = (table: string, value: number): string => `${table} (scalar) { values ("${value}"); }`;
  const thresholds = ["input_threshold_pct", "output_threshold_pct", "slew_lower_threshold_pct", "slew_upper_threshold_pct"];
  const percent = [50, 50, 20, 80];
  return [
    "library (memories) {",
    '  delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1uA";',
    '  pulling_resistance_unit : "1kohm"; leakage_power_unit : "1nW"; capacitive_load_unit (1,pf);',
    ...["rise", "fall"].map((edge) => `  ${thresholds.map((name, index) => `${name}_${edge} : ${percent[index]};`).join(" ")}`),
    "  cell (memory_output) {",
    '    ff (IQ, IQN) { clocked_on : "clock"; next_state : "IQ"; }',
    "    pin (clock) { direction : input; clock : true; capacitance : 0; }",
    '    pin (q) { direction : output; function : "IQ"; timing () { related_pin : "clock"; timing_type : rising_edge;',
    `      ${scalar("cell_rise", accessNanoseconds)} ${scalar("cell_fall", accessNanoseconds)}`,
    `      ${scalar("rise_transition", accessNanoseconds / 10)} ${scalar("fall_transition", accessNanoseconds / 10)} } }`,
    "  }",
    "  cell (memory_input) {",
    "    pin (clock) { direction : input; clock : true; capacitance : 0; }",
    '    pin (d) { direction : input; capacitance : 0; timing () { related_pin : "clock"; timing_type : setup_rising;',
    `      ${scalar("rise_constraint", setupNanoseconds)} ${scalar("fall_constraint", setupNanoseconds)} } }`,
    "  }",
    "}",
    "",
  ].join("\n");
}
