// The nearest number that OUT_BITS bits hold; IN_BITS is larger than OUT_BITS.
module saturate #(
    parameter IN_BITS = 3,
    parameter OUT_BITS = 2
) (
    input wire signed [IN_BITS-1:0] in,
    output wire signed [OUT_BITS-1:0] out
);
    wire fits = in[IN_BITS-1:OUT_BITS-1] == {(IN_BITS - OUT_BITS + 1){in[IN_BITS-1]}};
    assign out = fits ? in[OUT_BITS-1:0] : {in[IN_BITS-1], {(OUT_BITS - 1){~in[IN_BITS-1]}}};
endmodule
