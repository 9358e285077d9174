// The interface of the accelerator's ROM, cut: a path ends at its address, another begins at its word.
module rom #(
    parameter WIDTH = 1,
    parameter DEPTH = 2,
    parameter FILE = ""
) (
    input wire clock,
    input wire [$clog2(DEPTH > 1 ? DEPTH : 2)-1:0] address,
    output wire [WIDTH-1:0] word
);
    localparam ADDRESS_BITS = $clog2(DEPTH > 1 ? DEPTH : 2);
    genvar index;
    generate
        for (index = 0; index < WIDTH; index = index + 1) begin : words
            memory_output read (.clock(clock), .q(word[index]));
        end
        for (index = 0; index < ADDRESS_BITS; index = index + 1) begin : addresses
            memory_input read (.clock(clock), .d(address[index]));
        end
    endgenerate
endmodule
