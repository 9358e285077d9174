// The exact input sums of every gate row of a timestep, a row a cycle, where h has no weights: input weights, the MAC units and
// their controller, which is told of no recurrent columns.
module input_sums #(
    parameter UNITS = 1,
    parameter INPUTS = 1,          // symbols or features
    parameter ONE_HOT = 1,
    parameter MACS = 1,
    parameter COLUMNS = 1,         // that each MAC unit takes in a cycle, a power of two
    parameter ROWS = 2,
    parameter ACTIVATION_BITS = 12,
    parameter PRECISION = 2,
    parameter WEIGHT_BITS = 2,
    parameter SUM_BITS = 16,
    parameter WEIGHTS_FILE = ""
) (
    input wire clock,
    input wire reset,
    input wire start,              // begins a timestep in this very cycle; only while not busy
    input wire done,               // the timestep's last write-back
    output wire busy,
    input wire [$clog2(INPUTS > 1 ? INPUTS : 2)-1:0] symbol,
    output wire [$clog2(INPUTS > 1 ? INPUTS : 2)-1:0] feature_address,
    input wire [COLUMNS*ACTIVATION_BITS-1:0] feature,
    // One gate row's sum, in the cycle in which its constants arrive.
    output wire scale,
    output wire [1:0] scale_gate,
    output wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] scale_unit,
    output wire signed [SUM_BITS-1:0] sum,
    // The row that is scaled next: address of its constants.
    output wire [$clog2(ROWS)-1:0] next_row
);
    localparam GROUPS = (ROWS + MACS - 1) / MACS;
    localparam FEATURE_WORDS = (INPUTS + COLUMNS - 1) / COLUMNS;
    localparam WORDS = ONE_HOT != 0 ? INPUTS : FEATURE_WORDS;
    localparam READS = ONE_HOT != 0 ? 1 : FEATURE_WORDS;
    localparam LANES = ONE_HOT != 0 ? 1 : COLUMNS;
    localparam DEPTH = GROUPS * WORDS;
    localparam UNIT_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam ROW_BITS = $clog2(ROWS);
    localparam ADDRESS_BITS = $clog2(DEPTH > 1 ? DEPTH : 2);
    localparam FEATURE_BITS = $clog2(READS > 1 ? READS : 2);
    localparam SYMBOL_BITS = $clog2(INPUTS > 1 ? INPUTS : 2);
    localparam GROUP_BITS = $clog2(GROUPS > 1 ? GROUPS : 2);
    localparam NO_SUM_BITS = 2;

    wire accumulate, is_first, take, row_scales;
    wire [1:0] row_gate;
    wire [UNIT_BITS-1:0] row_unit;
    wire [ROW_BITS-1:0] coming_row;
    wire [FEATURE_BITS-1:0] column;
    wire [ADDRESS_BITS-1:0] word;
    wire [ADDRESS_BITS-1:0] address;
    wire [MACS*LANES*WEIGHT_BITS-1:0] weights;
    wire [COLUMNS*ACTIVATION_BITS-1:0] values;
    /* verilator lint_off UNUSED */
    wire is_input, is_second_phase, accumulate_next, is_input_next, is_first_next;
    wire [UNIT_BITS-1:0] hidden_address, next_unit;
    wire [1:0] recurrent_address;
    wire [GROUP_BITS-1:0] group;
    wire signed [NO_SUM_BITS-1:0] no_sum;
    /* verilator lint_on UNUSED */

    sequencer #(
        .MACS(MACS), .UNITS(UNITS), .LATENCY(1), .GROUPS(GROUPS),
        .INPUT_COLUMNS(READS), .INPUT_STEP(ONE_HOT != 0 ? INPUTS : 1),
        .FIRST_ROWS(ROWS), .SECOND_ROWS(0), .INPUT_DEPTH(DEPTH)
    ) controller (
        .clock(clock), .reset(reset), .start(start), .done(done), .recurrent_columns({$clog2(UNITS + 1){1'b0}}),
        .busy(busy), .is_second_phase(is_second_phase),
        .hidden_address(hidden_address), .feature_address(column), .recurrent_address(recurrent_address), .input_address(word), .group(group),
        .accumulate(accumulate), .is_input(is_input), .is_first(is_first),
        .accumulate_next(accumulate_next), .is_input_next(is_input_next), .is_first_next(is_first_next),
        .take(take), .scale(row_scales), .scale_gate(row_gate), .scale_unit(row_unit), .next_row(coming_row), .next_unit(next_unit)
    );

    // Sums of several values are made a cycle before their weights come, and a symbol is there a cycle after the start: all that
    // follows is a cycle later then.
    wire array_take, array_accumulate, array_is_first;
    wire [ADDRESS_BITS-1:0] late_word;
    generate
        if (COLUMNS > 1 || ONE_HOT != 0) begin : words_later
            reg [ADDRESS_BITS-1:0] word_1;
            reg [ROW_BITS-1:0] row_1;
            reg take_1, scale_1, accumulate_1, is_first_1;
            reg [1:0] gate_1;
            reg [UNIT_BITS-1:0] unit_1;
            always @(posedge clock) begin
                word_1 <= word;
                row_1 <= coming_row;
                take_1 <= take && !reset;
                accumulate_1 <= accumulate;
                is_first_1 <= is_first;
                scale_1 <= row_scales && !reset;
                gate_1 <= row_gate;
                unit_1 <= row_unit;
            end
            assign late_word = word_1;
            assign array_take = take_1;
            // The array waits by itself for weights that come after several values.
            assign array_accumulate = COLUMNS > 1 ? accumulate : accumulate_1;
            assign array_is_first = COLUMNS > 1 ? is_first : is_first_1;
            assign next_row = row_1;
            assign scale = scale_1;
            assign scale_gate = gate_1;
            assign scale_unit = unit_1;
        end else begin : words_with_values
            assign late_word = word;
            assign array_take = take;
            assign array_accumulate = accumulate;
            assign array_is_first = is_first;
            assign next_row = coming_row;
            assign scale = row_scales;
            assign scale_gate = row_gate;
            assign scale_unit = row_unit;
        end
        if (ONE_HOT != 0) begin : symbols
            if (ADDRESS_BITS > SYMBOL_BITS) begin : wide
                assign address = late_word + {{(ADDRESS_BITS - SYMBOL_BITS){1'b0}}, symbol};
            end else begin : narrow
                assign address = late_word + symbol;
            end
            assign feature_address = {SYMBOL_BITS{1'b0}};
            assign values = {(COLUMNS * ACTIVATION_BITS){1'b0}};
            /* verilator lint_off UNUSED */
            wire unused = &{1'b0, column, feature};
            /* verilator lint_on UNUSED */
        end else begin : features
            assign address = late_word;
            if (SYMBOL_BITS > FEATURE_BITS) begin : fewer_words
                assign feature_address = {{(SYMBOL_BITS - FEATURE_BITS){1'b0}}, column};
            end else begin : as_many_words
                assign feature_address = column;
            end
            assign values = feature;
            /* verilator lint_off UNUSED */
            wire unused = &{1'b0, symbol};
            /* verilator lint_on UNUSED */
        end
    endgenerate

    rom #(.WIDTH(MACS * LANES * WEIGHT_BITS), .DEPTH(DEPTH), .FILE(WEIGHTS_FILE))
        input_weights_rom (.clock(clock), .address(address), .word(weights));
    mac_array #(
        .MACS(MACS), .COLUMNS(COLUMNS), .PRECISION(PRECISION), .WEIGHT_BITS(WEIGHT_BITS),
        .INPUT_PRECISION(PRECISION), .INPUT_WEIGHT_BITS(WEIGHT_BITS),
        .VALUE_BITS(ACTIVATION_BITS), .RECURRENT_BITS(NO_SUM_BITS), .INPUT_BITS(SUM_BITS), .ONE_HOT(ONE_HOT),
        .GROUPS(GROUPS), .KEEPS_SUMS(0)
    ) array (
        .clock(clock), .accumulate(array_accumulate), .is_input(1'b1), .is_first(array_is_first),
        .weights({(MACS * COLUMNS * WEIGHT_BITS){1'b0}}), .input_weights(weights), .values(values),
        .take(array_take), .forget_sums(1'b1), .arriving_group({GROUP_BITS{1'b0}}), .taken_group({GROUP_BITS{1'b0}}),
        .recurrent_sum(no_sum), .input_sum(sum)
    );
endmodule
