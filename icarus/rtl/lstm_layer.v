// One LSTM layer, time-multiplexed over MACS units; gate rows in blocks g, f, i, o of UNITS rows.
module lstm_layer #(
    parameter UNITS = 1,
    parameter INPUTS = 1,          // symbols or features
    parameter ONE_HOT = 1,
    parameter MACS = 1,
    parameter COLUMNS = 1,         // that each MAC unit takes in a cycle
    parameter DELTA = 0,           // read only the columns whose h changed by more than THRESHOLD
    parameter THRESHOLD = 0,
    parameter ACTIVATION_BITS = 12,
    parameter CELL_BITS = 16,
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
    parameter RECURRENT_TERM_BITS = 16,
    parameter INPUT_TERM_BITS = 16,
    parameter TOTAL_BITS = 16,
    parameter GUARD_BITS = 3,
    parameter PREACTIVATION_BITS = 15,
    parameter SEGMENT_BITS = 7,
    parameter SIGMOID_SLOPE_BITS = 1,
    parameter TANH_SLOPE_BITS = 1,
    parameter KEPT_SHIFT = 0,
    parameter ADDED_SHIFT = 0,
    parameter UPDATE_BITS = 32,
    parameter CELL_SCALE_SHIFT = 0,
    parameter CELL_SHIFT_ALIGNMENT = 0,
    parameter CELL_TOTAL_BITS = 20,
    parameter RECURRENT_WEIGHTS_FILE = "",
    parameter INPUT_WEIGHTS_FILE = "",
    parameter GATE_SCALE_RECURRENT_FILE = "",
    parameter GATE_SCALE_INPUT_FILE = "",
    parameter GATE_SHIFT_FILE = "",
    parameter CELL_SCALE_FILE = "",
    parameter CELL_SHIFT_FILE = "",
    parameter INITIAL_HIDDEN_FILE = "",
    parameter INITIAL_CELL_FILE = "",
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
    localparam ROWS = 4 * UNITS;
    localparam UNIT_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam ROW_BITS = $clog2(ROWS);
    localparam VALUE_BITS = ACTIVATION_BITS + 1;
    localparam [1:0] G = 2'd0, F = 2'd1, I = 2'd2, O = 2'd3;
    // From the scaling of a row to its gate value.
    localparam GATE_DELAY = 4;

    wire busy, scale;
    wire [1:0] scale_gate;
    wire [UNIT_BITS-1:0] scale_unit;
    wire [ROW_BITS-1:0] next_row;
    /* verilator lint_off UNUSED */
    wire [UNIT_BITS-1:0] next_unit;
    /* verilator lint_on UNUSED */
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
    wire signed [RECURRENT_BITS-1:0] recurrent_sum;
    wire signed [INPUT_BITS-1:0] input_sum;
    wire signed [CONSTANT_BITS-1:0] recurrent_scale, input_scale, shift;
    wire signed [PREACTIVATION_BITS-1:0] preactivation;
    wire signed [VALUE_BITS-1:0] sigmoid_value, tanh_value;

    gate_sums #(
        .UNITS(UNITS), .INPUTS(INPUTS), .ONE_HOT(ONE_HOT), .MACS(MACS), .COLUMNS(COLUMNS),
        .FIRST_ROWS(ROWS), .SECOND_ROWS(0), .RESET_BEFORE(0),
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
        .write_reset(1'b0), .write_reset_unit({UNIT_BITS{1'b0}}), .write_reset_hidden({ACTIVATION_BITS{1'b0}}),
        .scale(scale), .scale_gate(scale_gate), .scale_unit(scale_unit),
        .recurrent_sum(recurrent_sum), .input_sum(input_sum), .next_row(next_row), .next_unit(next_unit)
    );
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SCALE_RECURRENT_FILE))
        gate_scale_recurrent_rom (.clock(clock), .address(next_row), .word(recurrent_scale));
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SCALE_INPUT_FILE))
        gate_scale_input_rom (.clock(clock), .address(next_row), .word(input_scale));
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(ROWS), .FILE(GATE_SHIFT_FILE))
        gate_shift_rom (.clock(clock), .address(next_row), .word(shift));
    scale_shift #(
        .RECURRENT_BITS(RECURRENT_BITS), .INPUT_BITS(INPUT_BITS), .CONSTANT_BITS(CONSTANT_BITS),
        .RECURRENT_SHIFT(RECURRENT_SHIFT), .INPUT_SHIFT(INPUT_SHIFT), .SHIFT_ALIGNMENT(SHIFT_ALIGNMENT),
        .RECURRENT_TERM_BITS(RECURRENT_TERM_BITS), .INPUT_TERM_BITS(INPUT_TERM_BITS), .TOTAL_BITS(TOTAL_BITS),
        .GUARD_BITS(GUARD_BITS), .OUT_BITS(PREACTIVATION_BITS)
    ) scaling (
        .clock(clock), .recurrent_sum(recurrent_sum), .input_sum(input_sum),
        .recurrent_scale(recurrent_scale), .input_scale(input_scale), .shift(shift), .preactivation(preactivation)
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
    wire signed [VALUE_BITS-1:0] gate_value = gate_name == G ? tanh_value : sigmoid_value;
    /* verilator lint_on UNUSED */
    wire [ACTIVATION_BITS-1:0] gate = gate_value[ACTIVATION_BITS-1:0];
    always @(posedge clock) begin
        gate_valids <= reset ? {GATE_DELAY{1'b0}} : {gate_valids[GATE_DELAY-2:0], scale};
        gate_names <= {gate_names[(GATE_DELAY-1)*2-1:0], scale_gate};
        gate_units <= {gate_units[(GATE_DELAY-1)*UNIT_BITS-1:0], scale_unit};
    end

    // The unit of an output gate has all its operands in the next cycle.
    wire [ACTIVATION_BITS-1:0] candidate, forget_gate, input_gate;
    wire signed [CELL_BITS-1:0] cell_before, write_cell;
    wire signed [CONSTANT_BITS-1:0] cell_scale, cell_shift;
    memory #(.WIDTH(ACTIVATION_BITS), .DEPTH(UNITS)) candidates (
        .clock(clock), .write(gate_valid && gate_name == G), .write_address(gate_unit), .write_word(gate),
        .read_address(gate_unit), .read_word(candidate)
    );
    memory #(.WIDTH(ACTIVATION_BITS), .DEPTH(UNITS)) forget_gates (
        .clock(clock), .write(gate_valid && gate_name == F), .write_address(gate_unit), .write_word(gate),
        .read_address(gate_unit), .read_word(forget_gate)
    );
    memory #(.WIDTH(ACTIVATION_BITS), .DEPTH(UNITS)) input_gates (
        .clock(clock), .write(gate_valid && gate_name == I), .write_address(gate_unit), .write_word(gate),
        .read_address(gate_unit), .read_word(input_gate)
    );
    state_memory #(.WIDTH(CELL_BITS), .UNITS(UNITS), .INITIAL_FILE(INITIAL_CELL_FILE)) cell_states (
        .clock(clock), .initial_state(late_initial_state),
        .write(write), .write_unit(write_unit), .write_word(write_cell), .read_unit(gate_unit), .read_word(cell_before)
    );
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(UNITS), .FILE(CELL_SCALE_FILE))
        cell_scale_rom (.clock(clock), .address(gate_unit), .word(cell_scale));
    rom #(.WIDTH(CONSTANT_BITS), .DEPTH(UNITS), .FILE(CELL_SHIFT_FILE))
        cell_shift_rom (.clock(clock), .address(gate_unit), .word(cell_shift));
    element_wise_lstm #(
        .ACTIVATION_BITS(ACTIVATION_BITS), .CELL_BITS(CELL_BITS), .CONSTANT_BITS(CONSTANT_BITS), .UNIT_BITS(UNIT_BITS),
        .KEPT_SHIFT(KEPT_SHIFT), .ADDED_SHIFT(ADDED_SHIFT), .UPDATE_BITS(UPDATE_BITS),
        .SCALE_SHIFT(CELL_SCALE_SHIFT), .SHIFT_ALIGNMENT(CELL_SHIFT_ALIGNMENT), .TOTAL_BITS(CELL_TOTAL_BITS),
        .GUARD_BITS(GUARD_BITS), .PREACTIVATION_BITS(PREACTIVATION_BITS),
        .SEGMENT_BITS(SEGMENT_BITS), .SLOPE_BITS(TANH_SLOPE_BITS), .TANH_FILE(TANH_FILE)
    ) element_wise (
        .clock(clock), .reset(reset), .enter(gate_valid && gate_name == O), .unit(gate_unit), .output_gate(gate),
        .candidate(candidate), .forget_gate(forget_gate), .input_gate(input_gate), .cell_before(cell_before),
        .cell_scale(cell_scale), .cell_shift(cell_shift),
        .write(write), .write_unit(write_unit), .write_hidden(write_hidden), .write_cell(write_cell)
    );
endmodule
