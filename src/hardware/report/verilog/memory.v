// The interface of the accelerator's memory, cut: a path ends at its inputs, another begins at its outputs.
module memory #(
    parameter WIDTH = 1,
    parameter DEPTH = 2
) (
    input wire clock,
    input wire write,
    input wire [$clog2(DEPTH > 1 ? DEPTH : 2)-1:0] write_address,
    input wire [WIDTH-1:0] write_word,
    input wire [$clog2(DEPTH > 1 ? DEPTH : 2)-1:0] read_address,
    output wire [WIDTH-1:0] read_word
);
    localparam ADDRESS_BITS = $clog2(DEPTH > 1 ? DEPTH : 2);
    genvar index;
    generate
        for (index = 0; index < WIDTH; index = index + 1) begin : words
            memory_output read (.clock(clock), .q(read_word[index]));
            memory_input write (.clock(clock), .d(write_word[index]));
        end
        for (index = 0; index < ADDRESS_BITS; index = index + 1) begin : addresses
            memory_input read (.clock(clock), .d(read_address[index]));
            memory_input write (.clock(clock), .d(write_address[index]));
        end
    endgenerate
    memory_input enable (.clock(clock), .d(write));
endmodule
