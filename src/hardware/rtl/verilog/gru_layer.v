// One GRU layer, time-multiplexed over MACS units; gate rows in blocks r, z, n of UNITS rows. Where the reset is before the
// product, the candidate's rows begin when the reset gates of all units are known.
module gru_layer #(
    parameter UNITS = 1,
    parameter INPUTS = 1,          // symbols or features
    parameter ONE_HOT = 1,
    parameter MACS = 1,
    parameter COLUMNS = 1,         // that each MAC unit takes in a cycle
    parameter DELTA = 0,           // read only the columns whose h changed by more than THRESHOLD
    parameter THRESHOLD = 0,
    parameter RESET_BEFORE = 0,    // the reset multiplies h before its product with the candidate's weights, else the product
    parameter ACTIVATION_BITS = 12,
    parameter CONSTANT_BITS = 16,
    parameter PRECISION = 2,
    parameter WEIGHT_BITS = 2,
    parameter INPUT_PRECISION = 2,
    parameter INPUT_WEIGHT_BITS = 2,
    parameter RECURRENT_BITS = 16,
    parameter INPUT_BITS = 2,
    parameter RECURRENT_SHIFT = 0,
    parameter INPUT_SHIFT = 0,
    parameter SHIFT_ALIGNMENT = 0,
    parameter RESET_SHIFT_ALIGNMENT = 0,
    parameter RECURRENT_TERM_BITS = 16,
    parameter INPUT_TERM_BITS = 16,
    parameter TOTAL_BITS = 16,
    parameter GUARD_BITS = 3,
    parameter PREACTIVATION_BITS = 15,
    parameter SEGMENT_BITS = 7,
    parameter SIGMOID_SLOPE_BITS = 1,
    parameter TANH_SLOPE_BITS = 1,
    parameter RECURRENT_WEIGHTS_FILE = "",
    parameter INPUT_WEIGHTS_FILE = "",
    parameter GATE_SCALE_RECURRENT_FILE = "",
    parameter GATE_SCALE_INPUT_FILE = "",
    parameter GATE_SHIFT_FILE = "",
    parameter RESET_SHIFT_FILE = "",
    parameter INITIAL_HIDDEN_FILE = "",
    parameter SIGMOID_FILE = "",
    parameter TANH_FILE = ""
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
    localparam ROWS = 3 * UNITS;
    localparam UNIT_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam ROW_BITS = $clog2(ROWS);
    localparam VALUE_BITS = ACTIVATION_BITS + 1;
    localparam [1:0] R = 2'd0, Z = 2'd1, N = 2'd2;
    localparam [ACTIVATION_BITS-1:0] ONE = {1'b1, {(ACTIVATION_BITS - 1){1'b0}}};
    // From the scaling of a row to its gate value.
    localparam GATE_DELAY = 6;
    // A reset that multiplies the product is that of the row 2 UNITS before, which is there in time but for the smallest layers.
    localparam WAITS = RESET_BEFORE != 0 || 2 * UNITS < GATE_DELAY;

    wire busy, scale;
    wire [1:0] scale_gate;
    wire [UNIT_BITS-1:0] scale_unit;
    wire [ROW_BITS-1:0] next_row;
    wire [UNIT_BITS-1:0] next_unit;
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
    wire write_reset;
    wire [UNIT_BITS-1:0] write_reset_unit;
    wire signed [ACTIVATION_BITS-1:0] write_reset_hidden;
    wire signed [RECURRENT_BITS-1:0] recurrent_sum;
    wire signed [INPUT_BITS-1:0] input_sum;
    wire signed [CONSTANT_BITS-1:0] recurrent_scale, input_scale, shift, candidate_shift;
    wire [ACTIVATION_BITS-1:0] reset_gate;
    wire signed [PREACTIVATION_BITS-1:0] preactivation;
    wire signed [VALUE_BITS-1:0] sigmoid_value, tanh_value;

    gate_sums #(
        .UNITS(UNITS), .INPUTS(INPUTS), .ONE_HOT(ONE_HOT), .MACS(MACS), .COLUMNS(COLUMNS),
        .FIRST_ROWS(WAITS ? 2 * UNITS : ROWS), .SECOND_ROWS(WAITS ? UNITS : 0), .RESET_BEFORE(RESET_BEFORE),
        .DELTA(DELTA), .THRESHOLD(THRESHOLD),
        .ACTIVATION_BITS(ACTIVATION_BITS), .PRECISION(PRECISION), .WEIGHT_BITS(WEIGHT_BITS),
        .INPUT_PRECISION(INPUT_PRECISION), .INPUT_WEIGHT_BITS(INPUT_WEIGHT_BITS),
        .RECURRENT_BITS(RECURRENT_BITS), .INPUT_BITS(INPUT_BITS),
        .RECURRENT_WEIGHTS_FILE(RECURRENT_WEIGHTS_FILE), .INPUT_WEIGHTS_FILE(INPUT_WEIGHTS_FILE),
        .INITIAL_HIDDEN_FILE(INITIAL_HIDDEN_FILE)
    ) sums (
        .clock(clock), .reset(reset), .start(take_frame), .initial_state(initial_state), .done(done), .busy(busy),
        .symbol(symbol), .feature_address(feature_address), .feature(feature),
        .write(write), .write_unit(write_unit), .write_hidden(write_hidden),
        .write_reset(write_reset), .write_reset_unit(write_reset_unit), .write_reset_hidden(write_reset_hidden),
        .scale(scale), .scale_gate(scale_gate), .scale_unit(scale_unit),
        .recurrent_sum(recurrent_sum), .input_sum(input_sum), .next_row(next_row), .next_unit(next_unit)
    );
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SCALE_RECURRENT_FILE))
        gate_scale_recurrent_rom (.clock(clock), .address(next_row), .word(recurrent_scale));
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SCALE_INPUT_FILE))
        gate_scale_input_rom (.clock(clock), .address(next_row), .word(input_scale));
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SHIFT_FILE))
        gate_shift_rom (.clock(clock), .address(next_row), .word(shift));
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(UNITS), .FILE(RESET_SHIFT_FILE))
        reset_shift_rom (.clock(clock), .address(next_unit), .word(candidate_shift));
    scale_shift_reset #(
        .RECURRENT_BITS(RECURRENT_BITS), .INPUT_BITS(INPUT_BITS), .CONSTANT_BITS(CONSTANT_BITS),
        .RECURRENT_SHIFT(RECURRENT_SHIFT), .INPUT_SHIFT(INPUT_SHIFT), .SHIFT_ALIGNMENT(SHIFT_ALIGNMENT),
        .RESET_SHIFT_ALIGNMENT(RESET_SHIFT_ALIGNMENT),
        .RECURRENT_TERM_BITS(RECURRENT_TERM_BITS), .INPUT_TERM_BITS(INPUT_TERM_BITS), .TOTAL_BITS(TOTAL_BITS),
        .GUARD_BITS(GUARD_BITS), .GATE_BITS(ACTIVATION_BITS), .OUT_BITS(PREACTIVATION_BITS)
    ) scaling (
        .clock(clock), .recurrent_sum(recurrent_sum), .input_sum(input_sum),
        .recurrent_scale(recurrent_scale), .input_scale(input_scale), .shift(shift),
        .reset_shift(scale_gate == N ? candidate_shift : {CONSTANT_BITS{1'b0}}), .reset_gate(reset_gate),
        .preactivation(preactivation)
    );
    look_up #(.IN_BITS(PREACTIVATION_BITS), .SEGMENT_BITS(SEGMENT_BITS), .VALUE_BITS(VALUE_BITS), .SLOPE_BITS(SIGMOID_SLOPE_BITS), .FILE(SIGMOID_FILE))
        sigmoid (.clock(clock), .preactivation(preactivation), .value(sigmoid_value));
    look_up #(.IN_BITS(PREACTIVATION_BITS), .SEGMENT_BITS(SEGMENT_BITS), .VALUE_BITS(VALUE_BITS), .SLOPE_BITS(TANH_SLOPE_BITS), .FILE(TANH_FILE))
        tanh (.clock(clock), .preactivation(preactivation), .value(tanh_value));

    // Which row's gate it is.
    reg [GATE_DELAY-1:0] gate_valids;
    reg [GATE_DELAY*2-1:0] gate_names;
    reg [GATE_DELAY*UNIT_BITS-1:0] gate_units;
    wire gate_valid = gate_valids[GATE_DELAY-1];
    wire [1:0] gate_name = gate_names[GATE_DELAY*2-1 -: 2];
    wire [UNIT_BITS-1:0] gate_unit = gate_units[GATE_DELAY*UNIT_BITS-1 -: UNIT_BITS];
    // Sigmoid and tanh both fit ACTIVATION_BITS, without and with a sign.
    /* verilator lint_off UNUSED */
    wire signed [VALUE_BITS-1:0] gate_value = gate_name == N ? tanh_value : sigmoid_value;
    /* verilator lint_on UNUSED */
    wire [ACTIVATION_BITS-1:0] gate = gate_value[ACTIVATION_BITS-1:0];
    always @(posedge clock) begin
        gate_valids <= reset ? {GATE_DELAY{1'b0}} : {gate_valids[GATE_DELAY-2:0], scale};
        gate_names <= {gate_names[(GATE_DELAY-1)*2-1:0], scale_gate};
        gate_units <= {gate_units[(GATE_DELAY-1)*UNIT_BITS-1:0], scale_unit};
    end

    // The unit of a candidate, or of a reset gate, has its other operands in the next cycle.
    wire [ACTIVATION_BITS-1:0] update_gate;
    wire signed [ACTIVATION_BITS-1:0] hidden_before;
    memory #(.WIDTH(ACTIVATION_BITS), .DEPTH(UNITS)) update_gates (
        .clock(clock), .write(gate_valid && gate_name == Z), .write_address(gate_unit), .write_word(gate),
        .read_address(gate_unit), .read_word(update_gate)
    );
    state_memory #(.WIDTH(ACTIVATION_BITS), .UNITS(UNITS), .LANES(COLUMNS), .INITIAL_FILE(INITIAL_HIDDEN_FILE)) states_before (
        .clock(clock), .initial_state(late_initial_state),
        .write(write), .write_unit(write_unit), .write_word(write_hidden), .read_unit(gate_unit), .read_word(hidden_before)
    );
    element_wise_gru #(.ACTIVATION_BITS(ACTIVATION_BITS), .UNIT_BITS(UNIT_BITS)) element_wise (
        .clock(clock), .reset(reset),
        .enter(gate_valid && gate_name == N), .enter_reset(gate_valid && gate_name == R && RESET_BEFORE != 0),
        .unit(gate_unit), .gate(gate), .update_gate(update_gate), .hidden_before(hidden_before),
        .write(write), .write_unit(write_unit), .write_hidden(write_hidden),
        .write_reset(write_reset), .write_reset_unit(write_reset_unit), .write_reset_hidden(write_reset_hidden)
    );

    generate
        if (RESET_BEFORE != 0) begin : before_product
            assign reset_gate = ONE;
        end else begin : after_product
            // Read two cycles after the row is scaled.
            reg [UNIT_BITS-1:0] unit_1;
            reg is_candidate_1, is_candidate_2;
            wire [ACTIVATION_BITS-1:0] kept_reset;
            memory #(.WIDTH(ACTIVATION_BITS), .DEPTH(UNITS)) reset_gates (
                .clock(clock), .write(gate_valid && gate_name == R), .write_address(gate_unit), .write_word(gate),
                .read_address(unit_1), .read_word(kept_reset)
            );
            always @(posedge clock) begin
                unit_1 <= scale_unit;
                is_candidate_1 <= scale_gate == N;
                is_candidate_2 <= is_candidate_1;
            end
            assign reset_gate = is_candidate_2 ? kept_reset : ONE;
        end
    endgenerate
endmodule
