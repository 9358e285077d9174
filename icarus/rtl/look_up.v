// An activation function as a table, in two cycles: the word of the pre-activation's upper bits, then linear interpolation
// towards the next word by its lower SEGMENT_BITS bits.
module look_up #(
    parameter IN_BITS = 15,
    parameter SEGMENT_BITS = 7,
    parameter VALUE_BITS = 13,
    parameter SLOPE_BITS = 1,      // unused without interpolation
    parameter FILE = ""
) (
    input wire clock,
    input wire signed [IN_BITS-1:0] preactivation,
    output reg signed [VALUE_BITS-1:0] value
);
    localparam INDEX_BITS = IN_BITS - SEGMENT_BITS;
    // Offset binary: word 0 belongs to the least pre-activation.
    wire [INDEX_BITS-1:0] index = {~preactivation[IN_BITS-1], preactivation[IN_BITS-2:SEGMENT_BITS]};

    generate
        if (SEGMENT_BITS == 0) begin : direct
            wire [VALUE_BITS-1:0] word;
            rom #(.WIDTH(VALUE_BITS), .DEPTH(1 << INDEX_BITS), .FILE(FILE)) table_rom (.clock(clock), .address(index), .word(word));
            always @(posedge clock) value <= word;
        end else begin : linear
            localparam WORD_BITS = VALUE_BITS + SLOPE_BITS;
            localparam PRODUCT_BITS = SLOPE_BITS + SEGMENT_BITS + 1;
            wire [WORD_BITS-1:0] word;
            reg [SEGMENT_BITS-1:0] segment;
            wire signed [SLOPE_BITS-1:0] slope = word[WORD_BITS-1:VALUE_BITS];
            wire signed [PRODUCT_BITS-1:0] product = slope * $signed({1'b0, segment});
            wire signed [VALUE_BITS-1:0] rise;
            rom #(.WIDTH(WORD_BITS), .DEPTH(1 << INDEX_BITS), .FILE(FILE)) table_rom (.clock(clock), .address(index), .word(word));
            round_shift #(.IN_BITS(PRODUCT_BITS), .OUT_BITS(VALUE_BITS), .SHIFT(SEGMENT_BITS)) round_rise (.in(product), .out(rise));
            always @(posedge clock) begin
                segment <= preactivation[SEGMENT_BITS-1:0];
                value <= word[VALUE_BITS-1:0] + rise;
            end
        end
    endgenerate
endmodule
