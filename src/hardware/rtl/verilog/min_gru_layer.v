// One minGRU layer, time-multiplexed over MACS units; gate rows in blocks z, n of UNITS rows. No sum reads h.
module min_gru_layer #(
    parameter UNITS = 1,
    parameter INPUTS = 1,          // symbols or features
    parameter ONE_HOT = 1,
    parameter MACS = 1,
    parameter COLUMNS = 1,         // that each MAC unit takes in a cycle
    parameter ACTIVATION_BITS = 12,
    parameter CONSTANT_BITS = 16,
    parameter INPUT_PRECISION = 2,
    parameter INPUT_WEIGHT_BITS = 2,
    parameter INPUT_BITS = 2,
    parameter INPUT_SHIFT = 0,
    parameter SHIFT_ALIGNMENT = 0,
    parameter INPUT_TERM_BITS = 16,
    parameter TOTAL_BITS = 16,
    parameter GUARD_BITS = 3,
    parameter PREACTIVATION_BITS = 15,
    parameter SEGMENT_BITS = 7,
    parameter SIGMOID_SLOPE_BITS = 1,
    parameter CANDIDATE_SHIFT = 0, // right shift from a pre-activation to the format of h
    parameter INPUT_WEIGHTS_FILE = "",
    parameter GATE_SCALE_INPUT_FILE = "",
    parameter GATE_SHIFT_FILE = "",
    parameter INITIAL_HIDDEN_FILE = "",
    parameter SIGMOID_FILE = ""
) (
    input wire clock,
    input wire reset,
    // The next input frame: its symbol, or a memory of its features.
    input wire frame,
    input wire frame_restart,      // it begins a new sequence
    output wire take_frame,
    output wire done,              // the taken frame is no longer needed
    input wire [$clog2(INPUTS > 1 ? INPUTS : 2)-1:0] symbol,
    output wire [$clog2(INPUTS > 1 ? INPUTS : 2)-1:0] feature_address,
    input wire [COLUMNS*ACTIVATION_BITS-1:0] feature,
    // The hidden state, unit by unit; a timestep begins only when there is room for all of it.
    input wire room,
    output wire write,
    output wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] write_unit,
    output wire signed [ACTIVATION_BITS-1:0] write_hidden,
    output wire write_restart
);
    localparam ROWS = 2 * UNITS;
    localparam UNIT_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam ROW_BITS = $clog2(ROWS);
    localparam VALUE_BITS = ACTIVATION_BITS + 1;
    localparam NO_SUM_BITS = 2;
    localparam LEFT = CANDIDATE_SHIFT < 0 ? -CANDIDATE_SHIFT : 0;
    localparam CANDIDATE_BITS = (PREACTIVATION_BITS + LEFT > ACTIVATION_BITS ? PREACTIVATION_BITS + LEFT : ACTIVATION_BITS) + 1;
    localparam [1:0] Z = 2'd0, N = 2'd1;
    // From the scaling of a row to its gate value.
    localparam GATE_DELAY = 4;

    wire busy, scale;
    wire [1:0] scale_gate;
    wire [UNIT_BITS-1:0] scale_unit;
    wire [ROW_BITS-1:0] next_row;
    reg fresh;                     // nothing was read since the reset
    reg initial_state;
    reg late_initial_state;        // for what comes many cycles later, to share the load of so many bits

    assign take_frame = !busy && frame && room;
    assign done = write && write_unit == UNITS[UNIT_BITS-1:0] - 1'b1;
    assign write_restart = initial_state;

    always @(posedge clock) begin
        if (reset) fresh <= 1'b1;
        else if (take_frame) fresh <= 1'b0;
        if (reset) initial_state <= 1'b1;
        else if (take_frame) initial_state <= frame_restart || fresh;
        late_initial_state <= initial_state;
    end

    // Sums, pre-activations, gates.
    wire signed [INPUT_BITS-1:0] input_sum;
    wire signed [CONSTANT_BITS-1:0] input_scale, shift;
    wire signed [PREACTIVATION_BITS-1:0] preactivation;
    /* verilator lint_off UNUSED */
    wire signed [VALUE_BITS-1:0] sigmoid_value;
    /* verilator lint_on UNUSED */

    input_sums #(
        .UNITS(UNITS), .INPUTS(INPUTS), .ONE_HOT(ONE_HOT), .MACS(MACS), .COLUMNS(COLUMNS), .ROWS(ROWS),
        .ACTIVATION_BITS(ACTIVATION_BITS), .PRECISION(INPUT_PRECISION), .WEIGHT_BITS(INPUT_WEIGHT_BITS),
        .SUM_BITS(INPUT_BITS), .WEIGHTS_FILE(INPUT_WEIGHTS_FILE)
    ) sums (
        .clock(clock), .reset(reset), .start(take_frame), .done(done), .busy(busy),
        .symbol(symbol), .feature_address(feature_address), .feature(feature),
        .scale(scale), .scale_gate(scale_gate), .scale_unit(scale_unit), .sum(input_sum), .next_row(next_row)
    );
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SCALE_INPUT_FILE))
        gate_scale_input_rom (.clock(clock), .address(next_row), .word(input_scale));
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SHIFT_FILE))
        gate_shift_rom (.clock(clock), .address(next_row), .word(shift));
    scale_shift #(
        .RECURRENT_BITS(NO_SUM_BITS), .INPUT_BITS(INPUT_BITS), .CONSTANT_BITS(CONSTANT_BITS),
        .INPUT_SHIFT(INPUT_SHIFT), .SHIFT_ALIGNMENT(SHIFT_ALIGNMENT),
        .RECURRENT_TERM_BITS(NO_SUM_BITS), .INPUT_TERM_BITS(INPUT_TERM_BITS), .TOTAL_BITS(TOTAL_BITS),
        .GUARD_BITS(GUARD_BITS), .OUT_BITS(PREACTIVATION_BITS)
    ) scaling (
        .clock(clock), .recurrent_sum({NO_SUM_BITS{1'b0}}), .input_sum(input_sum),
        .recurrent_scale({CONSTANT_BITS{1'b0}}), .input_scale(input_scale), .shift(shift), .preactivation(preactivation)
    );
    look_up #(.IN_BITS(PREACTIVATION_BITS), .SEGMENT_BITS(SEGMENT_BITS), .VALUE_BITS(VALUE_BITS), .SLOPE_BITS(SIGMOID_SLOPE_BITS), .FILE(SIGMOID_FILE))
        sigmoid (.clock(clock), .preactivation(preactivation), .value(sigmoid_value));

    // The candidate is its pre-activation in the format of h, and takes as long as a look-up.
    wire signed [CANDIDATE_BITS-1:0] rounded_candidate;
    wire signed [ACTIVATION_BITS-1:0] saturated_candidate;
    reg signed [ACTIVATION_BITS-1:0] candidate_1, candidate;
    round_shift #(.IN_BITS(PREACTIVATION_BITS), .OUT_BITS(CANDIDATE_BITS), .SHIFT(CANDIDATE_SHIFT))
        round_candidate (.in(preactivation), .out(rounded_candidate));
    saturate #(.IN_BITS(CANDIDATE_BITS), .OUT_BITS(ACTIVATION_BITS)) clip_candidate (.in(rounded_candidate), .out(saturated_candidate));
    always @(posedge clock) begin
        candidate_1 <= saturated_candidate;
        candidate <= candidate_1;
    end

    // Which row's gate it is.
    reg [GATE_DELAY-1:0] gate_valids;
    reg [GATE_DELAY*2-1:0] gate_names;
    reg [GATE_DELAY*UNIT_BITS-1:0] gate_units;
    wire gate_valid = gate_valids[GATE_DELAY-1];
    wire [1:0] gate_name = gate_names[GATE_DELAY*2-1 -: 2];
    wire [UNIT_BITS-1:0] gate_unit = gate_units[GATE_DELAY*UNIT_BITS-1 -: UNIT_BITS];
    wire [ACTIVATION_BITS-1:0] gate = gate_name == N ? candidate : sigmoid_value[ACTIVATION_BITS-1:0];
    always @(posedge clock) begin
        gate_valids <= reset ? {GATE_DELAY{1'b0}} : {gate_valids[GATE_DELAY-2:0], scale};
        gate_names <= {gate_names[(GATE_DELAY-1)*2-1:0], scale_gate};
        gate_units <= {gate_units[(GATE_DELAY-1)*UNIT_BITS-1:0], scale_unit};
    end

    // The unit of a candidate has its other operands in the next cycle.
    wire [ACTIVATION_BITS-1:0] update_gate;
    wire signed [ACTIVATION_BITS-1:0] hidden_before;
    memory #(.WIDTH(ACTIVATION_BITS), .DEPTH(UNITS)) update_gates (
        .clock(clock), .write(gate_valid && gate_name == Z), .write_address(gate_unit), .write_word(gate),
        .read_address(gate_unit), .read_word(update_gate)
    );
    state_memory #(.WIDTH(ACTIVATION_BITS), .UNITS(UNITS), .INITIAL_FILE(INITIAL_HIDDEN_FILE)) states_before (
        .clock(clock), .initial_state(late_initial_state),
        .write(write), .write_unit(write_unit), .write_word(write_hidden), .read_unit(gate_unit), .read_word(hidden_before)
    );
    element_wise_min_gru #(.ACTIVATION_BITS(ACTIVATION_BITS), .UNIT_BITS(UNIT_BITS)) element_wise (
        .clock(clock), .reset(reset), .enter(gate_valid && gate_name == N), .unit(gate_unit), .candidate(gate),
        .update_gate(update_gate), .hidden_before(hidden_before),
        .write(write), .write_unit(write_unit), .write_hidden(write_hidden)
    );
endmodule
