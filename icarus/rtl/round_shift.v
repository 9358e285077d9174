// in * 2^-SHIFT rounded to the nearest integer, ties upwards; a negative SHIFT multiplies.
// The caller's OUT_BITS hold every result that can occur.
module round_shift #(
    parameter IN_BITS = 2,
    parameter OUT_BITS = 2,
    parameter SHIFT = 0
) (
    input wire signed [IN_BITS-1:0] in,
    output wire signed [OUT_BITS-1:0] out
);
    localparam RIGHT = SHIFT > 0 ? SHIFT : 0;
    localparam LEFT = SHIFT < 0 ? -SHIFT : 0;
    localparam WIDE = (IN_BITS > OUT_BITS ? IN_BITS : OUT_BITS) + RIGHT + LEFT + 1;
    localparam signed [WIDE-1:0] HALF = {{(WIDE - 1){1'b0}}, 1'b1} << RIGHT >> 1;

    wire signed [WIDE-1:0] wide = {{(WIDE - IN_BITS){in[IN_BITS-1]}}, in};
    // Bits above OUT_BITS are copies of the sign.
    /* verilator lint_off UNUSED */
    wire signed [WIDE-1:0] shifted = ((wide <<< LEFT) + (RIGHT > 0 ? HALF : {WIDE{1'b0}})) >>> RIGHT;
    /* verilator lint_on UNUSED */
    assign out = shifted[OUT_BITS-1:0];
endmodule
