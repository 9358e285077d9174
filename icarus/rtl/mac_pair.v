// What a pair of columns adds to a sum: weight times value of both, as addend plus carry. Bits and trits choose among what
// `pair_sums` made of the two values, and negate it by inverting all bits, with the carry.
module mac_pair #(
    parameter PRECISION = 2,       // as in mac_unit
    parameter WEIGHT_BITS = 2,
    parameter VALUE_BITS = 12
) (
    input wire accumulate,
    input wire [2*WEIGHT_BITS-1:0] weights,
    input wire [4*(VALUE_BITS+1)-1:0] choices, // first, second, sum, difference; 0 unless accumulate
    output wire signed [VALUE_BITS+(PRECISION == 3 ? WEIGHT_BITS : 0):0] addend,
    output wire carry
);
    localparam CHOICE_BITS = VALUE_BITS + 1;
    wire [WEIGHT_BITS-1:0] first_weight = weights[0 +: WEIGHT_BITS];
    wire [WEIGHT_BITS-1:0] second_weight = weights[WEIGHT_BITS +: WEIGHT_BITS];
    // Each precision has a use for some of them.
    /* verilator lint_off UNUSED */
    wire signed [CHOICE_BITS-1:0] first = choices[0 +: CHOICE_BITS];
    wire signed [CHOICE_BITS-1:0] second = choices[CHOICE_BITS +: CHOICE_BITS];
    wire signed [CHOICE_BITS-1:0] sum = choices[2*CHOICE_BITS +: CHOICE_BITS];
    wire signed [CHOICE_BITS-1:0] difference = choices[3*CHOICE_BITS +: CHOICE_BITS];
    /* verilator lint_on UNUSED */
    generate
        if (PRECISION == 3) begin : multiply
            // In simulation the words between sums may be unknown, and so their product with 0.
            wire signed [WEIGHT_BITS-1:0] known_first = first_weight & {WEIGHT_BITS{accumulate}};
            wire signed [WEIGHT_BITS-1:0] known_second = second_weight & {WEIGHT_BITS{accumulate}};
            assign addend = known_first * first + known_second * second;
            assign carry = 1'b0;
        end else if (PRECISION == 1) begin : add_or_subtract
            wire [CHOICE_BITS-1:0] chosen = first_weight[0] == second_weight[0] ? sum : difference;
            assign carry = accumulate && !first_weight[0];
            assign addend = chosen ^ {CHOICE_BITS{carry}};
        end else begin : add_subtract_or_skip
            wire has_first = first_weight[0];
            wire has_second = second_weight[0];
            wire has_both = has_first && has_second;
            wire alike = first_weight[1] == second_weight[1];
            wire [CHOICE_BITS-1:0] chosen =
                (first & {CHOICE_BITS{has_first && !has_second}}) | (second & {CHOICE_BITS{has_second && !has_first}}) |
                (sum & {CHOICE_BITS{has_both && alike}}) | (difference & {CHOICE_BITS{has_both && !alike}});
            assign carry = accumulate && (has_first ? first_weight[1] : second_weight[1]);
            assign addend = chosen ^ {CHOICE_BITS{carry}};
        end
    endgenerate
endmodule
