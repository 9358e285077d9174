// Pre-activation of an LSTM's gate row from its two exact sums, in two cycles:
// round(scale * recurrent sum) + round(scale * input sum) + shift, rounded and saturated.
module scale_shift #(
    parameter RECURRENT_BITS = 16,
    parameter INPUT_BITS = 16,
    parameter CONSTANT_BITS = 16,
    parameter RECURRENT_SHIFT = 0,
    parameter INPUT_SHIFT = 0,
    parameter SHIFT_ALIGNMENT = 0,
    parameter RECURRENT_TERM_BITS = 16,
    parameter INPUT_TERM_BITS = 16,
    parameter TOTAL_BITS = 16,
    parameter GUARD_BITS = 3,
    parameter OUT_BITS = 15
) (
    input wire clock,
    input wire signed [RECURRENT_BITS-1:0] recurrent_sum,
    input wire signed [INPUT_BITS-1:0] input_sum,
    input wire signed [CONSTANT_BITS-1:0] recurrent_scale,
    input wire signed [CONSTANT_BITS-1:0] input_scale,
    input wire signed [CONSTANT_BITS-1:0] shift,
    output reg signed [OUT_BITS-1:0] preactivation
);
    localparam RECURRENT_PRODUCT_BITS = RECURRENT_BITS + CONSTANT_BITS;
    localparam INPUT_PRODUCT_BITS = INPUT_BITS + CONSTANT_BITS;
    localparam ROUNDED_BITS = (TOTAL_BITS > OUT_BITS ? TOTAL_BITS : OUT_BITS) + 1;

    reg signed [RECURRENT_PRODUCT_BITS-1:0] recurrent_product;
    reg signed [INPUT_PRODUCT_BITS-1:0] input_product;
    reg signed [CONSTANT_BITS-1:0] kept_shift;

    wire signed [RECURRENT_TERM_BITS-1:0] recurrent_term;
    wire signed [INPUT_TERM_BITS-1:0] scaled_input;
    wire signed [INPUT_TERM_BITS-1:0] aligned_shift;
    wire signed [INPUT_TERM_BITS-1:0] input_term = scaled_input + aligned_shift;
    wire signed [TOTAL_BITS-1:0] wide_recurrent;
    wire signed [TOTAL_BITS-1:0] wide_input;
    wire signed [TOTAL_BITS-1:0] total = wide_recurrent + wide_input;
    wire signed [ROUNDED_BITS-1:0] rounded;
    wire signed [OUT_BITS-1:0] saturated;

    round_shift #(.IN_BITS(RECURRENT_PRODUCT_BITS), .OUT_BITS(RECURRENT_TERM_BITS), .SHIFT(RECURRENT_SHIFT))
        round_recurrent (.in(recurrent_product), .out(recurrent_term));
    round_shift #(.IN_BITS(INPUT_PRODUCT_BITS), .OUT_BITS(INPUT_TERM_BITS), .SHIFT(INPUT_SHIFT))
        round_input (.in(input_product), .out(scaled_input));
    round_shift #(.IN_BITS(CONSTANT_BITS), .OUT_BITS(INPUT_TERM_BITS), .SHIFT(-SHIFT_ALIGNMENT))
        align_shift (.in(kept_shift), .out(aligned_shift));
    round_shift #(.IN_BITS(RECURRENT_TERM_BITS), .OUT_BITS(TOTAL_BITS)) widen_recurrent (.in(recurrent_term), .out(wide_recurrent));
    round_shift #(.IN_BITS(INPUT_TERM_BITS), .OUT_BITS(TOTAL_BITS)) widen_input (.in(input_term), .out(wide_input));
    round_shift #(.IN_BITS(TOTAL_BITS), .OUT_BITS(ROUNDED_BITS), .SHIFT(GUARD_BITS)) round_total (.in(total), .out(rounded));
    saturate #(.IN_BITS(ROUNDED_BITS), .OUT_BITS(OUT_BITS)) clip (.in(rounded), .out(saturated));

    always @(posedge clock) begin
        recurrent_product <= recurrent_sum * recurrent_scale;
        input_product <= input_sum * input_scale;
        kept_shift <= shift;
        preactivation <= saturated;
    end
endmodule
