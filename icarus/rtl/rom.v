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
    // Half of the smallest block RAM, iCE40's. What is smaller a tool may put into logic: devices have few block RAMs.
    localparam LEAST_BLOCK = 2048;
    // Yosys also elaborates the module by itself, without a file.
    generate
        if (WIDTH * DEPTH >= LEAST_BLOCK) begin : in_block_ram
            // As Yosys, Vivado, and Synplify with Gowin's and Lattice's tools spell it.
            (* ram_style = "block", rom_style = "block", syn_romstyle = "block_rom" *)
            reg [WIDTH-1:0] words [0:DEPTH-1];
            if (FILE != "") begin : content
                initial $readmemh(FILE, words);
            end
            always @(posedge clock) word <= words[address];
        end else begin : anywhere
            reg [WIDTH-1:0] words [0:DEPTH-1];
            if (FILE != "") begin : content
                initial $readmemh(FILE, words);
            end
            always @(posedge clock) word <= words[address];
        end
    endgenerate
endmodule
