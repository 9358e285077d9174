// Synchronous ROM: the word of an address is there in the next cycle.
// The path is a parameter and $readmemh has no range: Yosys 0.23 keeps an earlier fill, others warn about a range.
module rom #(
    parameter WIDTH = 1,
    parameter DEPTH = 2,
    parameter FILE = ""
) (
    input wire clock,
    input wire [$clog2(DEPTH > 1 ? DEPTH : 2)-1:0] address,
    output reg [WIDTH-1:0] word
);
    reg [WIDTH-1:0] words [0:DEPTH-1];
    generate
        // Yosys also elaborates the module by itself, without a file.
        if (FILE != "") begin : content
            initial $readmemh(FILE, words);
        end
    endgenerate
    always @(posedge clock) word <= words[address];
endmodule
