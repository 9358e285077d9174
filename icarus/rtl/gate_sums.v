// The exact sums of every gate row of a timestep, a row a cycle: weights, hidden state, the MAC units and their controller.
// FIRST_ROWS gate rows come in a first phase; SECOND_ROWS (a candidate that waits) follow when the first phase's gates are known.
module gate_sums #(
    parameter UNITS = 1,
    parameter INPUTS = 1,          // symbols or features
    parameter ONE_HOT = 1,
    parameter MACS = 1,
    parameter COLUMNS = 1,         // that each MAC unit takes in a cycle, a power of two; more than one not with DELTA
    parameter FIRST_ROWS = 4,
    parameter SECOND_ROWS = 0,
    parameter RESET_BEFORE = 0,    // the second phase reads r h in place of h
    parameter DELTA = 0,           // read only the columns whose h changed; not with RESET_BEFORE
    parameter THRESHOLD = 0,       // what counts as no change then
    parameter ACTIVATION_BITS = 12,
    parameter PRECISION = 2,
    parameter WEIGHT_BITS = 2,
    parameter INPUT_PRECISION = 2,
    parameter INPUT_WEIGHT_BITS = 2,
    parameter RECURRENT_BITS = 16,
    parameter INPUT_BITS = 2,
    parameter RECURRENT_WEIGHTS_FILE = "",
    parameter INPUT_WEIGHTS_FILE = "",
    parameter INITIAL_HIDDEN_FILE = ""
) (
    input wire clock,
    input wire reset,
    input wire start,              // begins a timestep in this very cycle; only while not busy
    input wire initial_state,      // from the next cycle on: this timestep begins a sequence
    input wire done,               // the timestep's last write-back
    output wire busy,
    input wire [$clog2(INPUTS > 1 ? INPUTS : 2)-1:0] symbol,
    output wire [$clog2(INPUTS > 1 ? INPUTS : 2)-1:0] feature_address,
    input wire [COLUMNS*ACTIVATION_BITS-1:0] feature,
    // The new hidden state, and a GRU's r h.
    input wire write,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] write_unit,
    input wire signed [ACTIVATION_BITS-1:0] write_hidden,
    input wire write_reset,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] write_reset_unit,
    input wire signed [ACTIVATION_BITS-1:0] write_reset_hidden,
    // One gate row's sums, in the cycle in which its constants arrive.
    output wire scale,
    output wire [1:0] scale_gate,
    output wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] scale_unit,
    output wire signed [RECURRENT_BITS-1:0] recurrent_sum,
    output wire signed [INPUT_BITS-1:0] input_sum,
    // The row that is scaled next: addresses of its constants.
    output wire [$clog2(FIRST_ROWS+SECOND_ROWS)-1:0] next_row,
    output wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] next_unit
);
    localparam GROUPS = (FIRST_ROWS + MACS - 1) / MACS + (SECOND_ROWS + MACS - 1) / MACS;
    // Of a group; a symbol's word has one column.
    localparam RECURRENT_WORDS = (UNITS + COLUMNS - 1) / COLUMNS;
    localparam FEATURE_WORDS = (INPUTS + COLUMNS - 1) / COLUMNS;
    localparam INPUT_WORDS = ONE_HOT != 0 ? INPUTS : FEATURE_WORDS;
    localparam INPUT_READS = ONE_HOT != 0 ? 1 : FEATURE_WORDS;
    localparam INPUT_LANES = ONE_HOT != 0 ? 1 : COLUMNS;
    localparam RECURRENT_DEPTH = GROUPS * RECURRENT_WORDS;
    localparam INPUT_DEPTH = GROUPS * INPUT_WORDS;
    localparam UNIT_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam RECURRENT_ADDRESS_BITS = $clog2(RECURRENT_DEPTH > 1 ? RECURRENT_DEPTH : 2);
    localparam INPUT_ADDRESS_BITS = $clog2(INPUT_DEPTH > 1 ? INPUT_DEPTH : 2);
    localparam FEATURE_BITS = $clog2(INPUT_READS > 1 ? INPUT_READS : 2);
    localparam SYMBOL_BITS = $clog2(INPUTS > 1 ? INPUTS : 2);

    localparam LATENCY = DELTA != 0 || COLUMNS > 1 ? 2 : 1;
    localparam GROUP_BITS = $clog2(GROUPS > 1 ? GROUPS : 2);
    localparam COLUMNS_BITS = $clog2(UNITS + 1);
    localparam VALUE_BITS = DELTA != 0 ? ACTIVATION_BITS + 1 : ACTIVATION_BITS;

    wire accumulate, is_input, is_first, take, is_second_phase, timestep_done;
    wire accumulate_next, is_input_next, is_first_next;
    // Several values, and what to do with them, come a cycle before their weights.
    wire array_accumulate = COLUMNS > 1 ? accumulate_next : accumulate;
    wire array_is_input = COLUMNS > 1 ? is_input_next : is_input;
    wire array_is_first = COLUMNS > 1 ? is_first_next : is_first;
    wire [COLUMNS_BITS-1:0] recurrent_columns;
    wire [GROUP_BITS-1:0] group, arriving_group;
    reg [GROUP_BITS-1:0] taken_group;
    wire [UNIT_BITS-1:0] hidden_address;
    wire [FEATURE_BITS-1:0] column;
    wire [RECURRENT_ADDRESS_BITS-1:0] recurrent_word;
    wire [RECURRENT_ADDRESS_BITS-1:0] recurrent_address;
    wire [INPUT_ADDRESS_BITS-1:0] input_word;
    wire [INPUT_ADDRESS_BITS-1:0] input_address;
    wire [MACS*COLUMNS*WEIGHT_BITS-1:0] weights;
    wire [MACS*INPUT_LANES*INPUT_WEIGHT_BITS-1:0] input_weights;
    wire [COLUMNS*VALUE_BITS-1:0] recurrent_values, values;

    sequencer #(
        .MACS(MACS),
        .UNITS(UNITS),
        .LATENCY(LATENCY),
        .RECURRENT_STEP(DELTA != 0 ? 0 : 1),
        .GROUPS(GROUPS),
        .INPUT_COLUMNS(INPUT_READS),
        .INPUT_STEP(ONE_HOT != 0 ? INPUTS : 1),
        .FIRST_ROWS(FIRST_ROWS),
        .SECOND_ROWS(SECOND_ROWS),
        .RECURRENT_DEPTH(RECURRENT_DEPTH),
        .INPUT_DEPTH(INPUT_DEPTH)
    ) controller (
        .clock(clock), .reset(reset), .start(start), .done(timestep_done), .recurrent_columns(recurrent_columns), .busy(busy), .is_second_phase(is_second_phase),
        .accumulate_next(accumulate_next), .is_input_next(is_input_next), .is_first_next(is_first_next),
        .hidden_address(hidden_address), .feature_address(column),
        .recurrent_address(recurrent_word), .input_address(input_word), .group(group),
        .accumulate(accumulate), .is_input(is_input), .is_first(is_first),
        .take(take), .scale(scale), .scale_gate(scale_gate), .scale_unit(scale_unit), .next_row(next_row), .next_unit(next_unit)
    );

    // With a list of columns, its entry comes first and the words a cycle later; several values are added first.
    wire [INPUT_ADDRESS_BITS-1:0] late_input_word;
    wire [FEATURE_BITS-1:0] read_column;
    generate
        if (DELTA != 0) begin : listed
            reg [INPUT_ADDRESS_BITS-1:0] input_word_1;
            reg [FEATURE_BITS-1:0] column_1;
            reg [RECURRENT_ADDRESS_BITS-1:0] group_word_1;
            reg [GROUP_BITS-1:0] group_1;
            reg signed [VALUE_BITS-1:0] change_1;
            wire [UNIT_BITS-1:0] unit;
            wire signed [VALUE_BITS-1:0] change;
            wire [RECURRENT_ADDRESS_BITS-1:0] wide_unit;
            if (RECURRENT_ADDRESS_BITS > UNIT_BITS) begin : wide
                assign wide_unit = {{(RECURRENT_ADDRESS_BITS - UNIT_BITS){1'b0}}, unit};
            end else begin : narrow
                assign wide_unit = unit;
            end
            delta_memory #(.WIDTH(ACTIVATION_BITS), .UNITS(UNITS), .THRESHOLD(THRESHOLD), .INITIAL_FILE(INITIAL_HIDDEN_FILE)) change_list (
                .clock(clock), .reset(reset), .initial_state(initial_state),
                .write(write), .write_unit(write_unit), .write_word(write_hidden), .swapped(timestep_done),
                .changes(recurrent_columns), .read_index(hidden_address), .read_unit(unit), .read_change(change)
            );
            assign late_input_word = input_word_1;
            assign read_column = column_1;
            assign arriving_group = group_1;
            assign recurrent_address = group_word_1 + wide_unit;
            assign recurrent_values = change_1;
            always @(posedge clock) begin
                input_word_1 <= input_word;
                column_1 <= column;
                group_word_1 <= recurrent_word;
                group_1 <= group;
                change_1 <= change;
            end
            /* verilator lint_off UNUSED */
            wire unused = &{1'b0, done, is_second_phase, write_reset, write_reset_unit, write_reset_hidden};
            /* verilator lint_on UNUSED */
        end else begin : all_columns
            wire [COLUMNS*ACTIVATION_BITS-1:0] hidden;
            hidden_memory #(.WIDTH(ACTIVATION_BITS), .UNITS(UNITS), .LANES(COLUMNS), .INITIAL_FILE(INITIAL_HIDDEN_FILE)) hidden_states (
                .clock(clock), .reset(reset), .initial_state(initial_state), .swap(done),
                .write(write), .write_unit(write_unit), .write_word(write_hidden),
                .read_address(hidden_address), .read_word(hidden)
            );
            assign timestep_done = done;
            assign recurrent_columns = RECURRENT_WORDS[COLUMNS_BITS-1:0];
            assign read_column = column;
            assign arriving_group = group;
            if (COLUMNS > 1) begin : words_after_values
                reg [RECURRENT_ADDRESS_BITS-1:0] recurrent_word_1;
                reg [INPUT_ADDRESS_BITS-1:0] input_word_1;
                assign recurrent_address = recurrent_word_1;
                assign late_input_word = input_word_1;
                always @(posedge clock) begin
                    recurrent_word_1 <= recurrent_word;
                    input_word_1 <= input_word;
                end
            end else begin : words_with_values
                assign recurrent_address = recurrent_word;
                assign late_input_word = input_word;
            end
            if (RESET_BEFORE != 0) begin : reset_before
                wire [COLUMNS*ACTIVATION_BITS-1:0] reset_hidden;
                wide_memory #(.WIDTH(ACTIVATION_BITS), .LENGTH(UNITS), .LANES(COLUMNS)) reset_states (
                    .clock(clock), .write(write_reset), .write_address(write_reset_unit), .write_word(write_reset_hidden),
                    .read_address(hidden_address), .read_word(reset_hidden)
                );
                assign recurrent_values = is_second_phase ? reset_hidden : hidden;
            end else begin : hidden_only
                assign recurrent_values = hidden;
                /* verilator lint_off UNUSED */
                wire unused = &{1'b0, is_second_phase, write_reset, write_reset_unit, write_reset_hidden};
                /* verilator lint_on UNUSED */
            end
        end
        if (ONE_HOT != 0) begin : symbols
            wire [INPUT_ADDRESS_BITS-1:0] chosen;
            if (INPUT_ADDRESS_BITS > SYMBOL_BITS) begin : wide
                assign chosen = {{(INPUT_ADDRESS_BITS - SYMBOL_BITS){1'b0}}, symbol};
            end else begin : narrow
                assign chosen = symbol;
            end
            assign input_address = late_input_word + chosen;
            assign feature_address = {SYMBOL_BITS{1'b0}};
            assign values = recurrent_values;
            /* verilator lint_off UNUSED */
            wire unused = &{1'b0, read_column, feature};
            /* verilator lint_on UNUSED */
        end else begin : features
            wire [COLUMNS*VALUE_BITS-1:0] wide_feature;
            if (VALUE_BITS > ACTIVATION_BITS) begin : wide
                assign wide_feature = {feature[ACTIVATION_BITS-1], feature};
            end else begin : narrow
                assign wide_feature = feature;
            end
            assign input_address = late_input_word;
            if (SYMBOL_BITS > FEATURE_BITS) begin : fewer_words
                assign feature_address = {{(SYMBOL_BITS - FEATURE_BITS){1'b0}}, read_column};
            end else begin : as_many_words
                assign feature_address = read_column;
            end
            assign values = array_is_input ? wide_feature : recurrent_values;
            /* verilator lint_off UNUSED */
            wire unused = &{1'b0, symbol};
            /* verilator lint_on UNUSED */
        end
    endgenerate

    always @(posedge clock) begin
        if (reset || timestep_done) taken_group <= {GROUP_BITS{1'b0}};
        else if (take) taken_group <= taken_group + 1'b1;
    end

    rom #(.WIDTH(MACS * COLUMNS * WEIGHT_BITS), .DEPTH(RECURRENT_DEPTH), .FILE(RECURRENT_WEIGHTS_FILE))
        recurrent_weights_rom (.clock(clock), .address(recurrent_address), .word(weights));
    rom #(.WIDTH(MACS * INPUT_LANES * INPUT_WEIGHT_BITS), .DEPTH(INPUT_DEPTH), .FILE(INPUT_WEIGHTS_FILE))
        input_weights_rom (.clock(clock), .address(input_address), .word(input_weights));
    mac_array #(
        .MACS(MACS), .COLUMNS(COLUMNS), .PRECISION(PRECISION), .WEIGHT_BITS(WEIGHT_BITS),
        .INPUT_PRECISION(INPUT_PRECISION), .INPUT_WEIGHT_BITS(INPUT_WEIGHT_BITS),
        .VALUE_BITS(VALUE_BITS), .RECURRENT_BITS(RECURRENT_BITS), .INPUT_BITS(INPUT_BITS), .ONE_HOT(ONE_HOT),
        .GROUPS(GROUPS), .KEEPS_SUMS(DELTA)
    ) array (
        .clock(clock), .accumulate(array_accumulate), .is_input(array_is_input), .is_first(array_is_first),
        .weights(weights), .input_weights(input_weights), .values(values),
        .take(take), .forget_sums(initial_state), .arriving_group(arriving_group), .taken_group(taken_group),
        .recurrent_sum(recurrent_sum), .input_sum(input_sum)
    );
endmodule
