// A state that each unit replaces by itself; while `initial_state` is set the trained initial state is read instead.
module state_memory #(
    parameter WIDTH = 16,
    parameter UNITS = 1,
    parameter INITIAL_FILE = ""
) (
    input wire clock,
    input wire initial_state,
    input wire write,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] write_unit,
    input wire [WIDTH-1:0] write_word,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] read_unit,
    output wire [WIDTH-1:0] read_word
);
    wire [WIDTH-1:0] initial_word;
    wire [WIDTH-1:0] word;
    rom #(.WIDTH(WIDTH), .DEPTH(UNITS), .FILE(INITIAL_FILE)) initial_rom (.clock(clock), .address(read_unit), .word(initial_word));
    memory #(.WIDTH(WIDTH), .DEPTH(UNITS)) states (
        .clock(clock), .write(write), .write_address(write_unit), .write_word(write_word),
        .read_address(read_unit), .read_word(word)
    );
    assign read_word = initial_state ? initial_word : word;
endmodule
