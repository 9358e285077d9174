// MACS units work on a group of gate rows, unit k on row k. The sums of a finished group move to a chain of registers,
// from which one row leaves each cycle while the units work on the next group. The chain moves on when it is empty too:
// not to hold saves a multiplexer at each bit. Several columns at once come as pairs, whose sums all units share.
module mac_array #(
    parameter MACS = 1,
    parameter COLUMNS = 1,         // 1, or even
    parameter PRECISION = 2,
    parameter WEIGHT_BITS = 2,
    parameter INPUT_PRECISION = 2,
    parameter INPUT_WEIGHT_BITS = 2,
    parameter VALUE_BITS = 12,
    parameter RECURRENT_BITS = 16,
    parameter INPUT_BITS = 16,
    parameter ONE_HOT = 1,         // the input word is the input sum, without any adder
    parameter GROUPS = 1,
    parameter KEEPS_SUMS = 0       // recurrent sums go on from those of the timestep before
) (
    input wire clock,
    // With the weights; where there are several columns, they and the values come one cycle before.
    input wire accumulate,
    input wire is_input,
    input wire is_first,
    input wire [MACS*COLUMNS*WEIGHT_BITS-1:0] weights, // all of a unit side by side
    input wire [MACS*(ONE_HOT != 0 ? 1 : COLUMNS)*INPUT_WEIGHT_BITS-1:0] input_weights,
    input wire [COLUMNS*VALUE_BITS-1:0] values,
    input wire take,
    input wire forget_sums,        // while set, recurrent sums begin with 0
    input wire [$clog2(GROUPS > 1 ? GROUPS : 2)-1:0] arriving_group, // one cycle before its words
    input wire [$clog2(GROUPS > 1 ? GROUPS : 2)-1:0] taken_group,
    output wire signed [RECURRENT_BITS-1:0] recurrent_sum,
    output wire signed [INPUT_BITS-1:0] input_sum
);
    wire [MACS*RECURRENT_BITS-1:0] recurrent_sums;
    wire [MACS*INPUT_BITS-1:0] input_sums;
    reg [MACS*RECURRENT_BITS-1:0] recurrent_chain;
    reg [MACS*INPUT_BITS-1:0] input_chain;

    localparam UNIT_BITS = COLUMNS * WEIGHT_BITS;
    localparam CHOICES_BITS = COLUMNS == 1 ? VALUE_BITS : COLUMNS * 2 * (VALUE_BITS + 1);
    wire adds_values = accumulate && !(ONE_HOT != 0 && is_input);
    wire begins_sum = adds_values && is_first;
    wire [COLUMNS*VALUE_BITS-1:0] operands = values & {(COLUMNS * VALUE_BITS){adds_values}};
    wire adds, begins, takes_input, keeps_symbol;
    wire [CHOICES_BITS-1:0] choices;
    generate
        if (COLUMNS == 1) begin : one_column
            assign choices = operands;
            assign adds = adds_values;
            assign begins = begins_sum;
            assign takes_input = is_input;
            assign keeps_symbol = accumulate && is_input;
        end else begin : pairs_of_columns
            reg adds_1, begins_1, input_1, symbol_1;
            pair_sums #(.COLUMNS(COLUMNS), .VALUE_BITS(VALUE_BITS)) shared (.clock(clock), .values(operands), .choices(choices));
            assign adds = adds_1;
            assign begins = begins_1;
            assign takes_input = input_1;
            assign keeps_symbol = symbol_1;
            always @(posedge clock) begin
                adds_1 <= adds_values;
                begins_1 <= begins_sum;
                input_1 <= is_input;
                symbol_1 <= accumulate && is_input;
            end
        end
    endgenerate

    wire [MACS*RECURRENT_BITS-1:0] start_sums;
    generate
        if (KEEPS_SUMS != 0) begin : kept_over_time
            wire [MACS*RECURRENT_BITS-1:0] kept_sums;
            memory #(.WIDTH(MACS * RECURRENT_BITS), .DEPTH(GROUPS)) sums_before (
                .clock(clock), .write(take), .write_address(taken_group), .write_word(recurrent_sums),
                .read_address(arriving_group), .read_word(kept_sums)
            );
            assign start_sums = forget_sums ? {(MACS * RECURRENT_BITS){1'b0}} : kept_sums;
        end else begin : anew
            assign start_sums = {(MACS * RECURRENT_BITS){1'b0}};
            /* verilator lint_off UNUSED */
            wire unused = &{1'b0, forget_sums, arriving_group, taken_group};
            /* verilator lint_on UNUSED */
        end
    endgenerate

    genvar unit;
    generate
        for (unit = 0; unit < MACS; unit = unit + 1) begin : units
            wire [UNIT_BITS-1:0] own_weights;
            wire [INPUT_BITS-1:0] shared_sum;
            mac_unit #(
                .COLUMNS(COLUMNS),
                .PRECISION(PRECISION),
                .WEIGHT_BITS(WEIGHT_BITS),
                .VALUE_BITS(VALUE_BITS),
                .RECURRENT_BITS(RECURRENT_BITS),
                .INPUT_BITS(INPUT_BITS),
                .SHARED(ONE_HOT != 0 ? 0 : 1),
                .KEEPS_SUMS(KEEPS_SUMS)
            ) mac (
                .clock(clock),
                .accumulate(adds),
                .is_input(takes_input),
                .is_first(begins),
                .start_sum(start_sums[unit*RECURRENT_BITS +: RECURRENT_BITS]),
                .weights(own_weights),
                .choices(choices),
                .recurrent_sum(recurrent_sums[unit*RECURRENT_BITS +: RECURRENT_BITS]),
                .input_sum(shared_sum)
            );
            if (ONE_HOT != 0) begin : symbol
                wire [INPUT_WEIGHT_BITS-1:0] word = input_weights[unit*INPUT_WEIGHT_BITS +: INPUT_WEIGHT_BITS];
                reg [INPUT_WEIGHT_BITS-1:0] kept;
                always @(posedge clock) if (keeps_symbol) kept <= word;
                assign own_weights = weights[unit*UNIT_BITS +: UNIT_BITS];
                if (INPUT_PRECISION == 1) begin : one_bit
                    if (INPUT_BITS > 1) begin : wide
                        assign input_sums[unit*INPUT_BITS +: INPUT_BITS] = {{(INPUT_BITS - 1){~kept[0]}}, 1'b1};
                    end else begin : narrow
                        assign input_sums[unit*INPUT_BITS +: INPUT_BITS] = ~kept;
                    end
                end else if (INPUT_BITS > INPUT_WEIGHT_BITS) begin : wide
                    assign input_sums[unit*INPUT_BITS +: INPUT_BITS] =
                        {{(INPUT_BITS - INPUT_WEIGHT_BITS){kept[INPUT_WEIGHT_BITS-1]}}, kept};
                end else begin : narrow
                    assign input_sums[unit*INPUT_BITS +: INPUT_BITS] = kept[INPUT_BITS-1:0];
                end
                /* verilator lint_off UNUSED */
                wire unused = &{1'b0, shared_sum, kept};
                /* verilator lint_on UNUSED */
            end else begin : feature
                assign own_weights = takes_input
                    ? input_weights[unit*COLUMNS*INPUT_WEIGHT_BITS +: COLUMNS*INPUT_WEIGHT_BITS]
                    : weights[unit*UNIT_BITS +: UNIT_BITS];
                assign input_sums[unit*INPUT_BITS +: INPUT_BITS] = shared_sum;
                /* verilator lint_off UNUSED */
                wire unused = keeps_symbol;
                /* verilator lint_on UNUSED */
            end
        end
    endgenerate

    always @(posedge clock) begin
        if (take) begin
            recurrent_chain <= recurrent_sums;
            input_chain <= input_sums;
        end else begin
            recurrent_chain <= recurrent_chain >> RECURRENT_BITS;
            input_chain <= input_chain >> INPUT_BITS;
        end
    end
    assign recurrent_sum = recurrent_chain[RECURRENT_BITS-1:0];
    assign input_sum = input_chain[INPUT_BITS-1:0];
endmodule
