// One write port and one synchronous read port.
module memory #(
    parameter WIDTH = 1,
    parameter DEPTH = 2
) (
    input wire clock,
    input wire write,
    input wire [$clog2(DEPTH > 1 ? DEPTH : 2)-1:0] write_address,
    input wire [WIDTH-1:0] write_word,
    input wire [$clog2(DEPTH > 1 ? DEPTH : 2)-1:0] read_address,
    output reg [WIDTH-1:0] read_word
);
    reg [WIDTH-1:0] words [0:DEPTH-1];
    always @(posedge clock) begin
        if (write) words[write_address] <= write_word;
        read_word <= words[read_address];
    end
endmodule
