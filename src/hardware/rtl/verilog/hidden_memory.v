// The hidden state in two banks: one is read while the other is written; `swap` makes the written one the one that is read.
// While `initial_state` is set the trained initial state is read instead.
module hidden_memory #(
    parameter WIDTH = 12,
    parameter UNITS = 1,
    parameter INITIAL_FILE = ""
) (
    input wire clock,
    input wire reset,
    input wire initial_state,
    input wire swap,
    input wire write,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] write_unit,
    input wire [WIDTH-1:0] write_word,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] read_unit,
    output wire [WIDTH-1:0] read_word
);
    reg bank;
    wire [WIDTH-1:0] initial_word;
    wire [WIDTH-1:0] word_0;
    wire [WIDTH-1:0] word_1;

    rom #(.WIDTH(WIDTH), .DEPTH(UNITS), .FILE(INITIAL_FILE)) initial_rom (.clock(clock), .address(read_unit), .word(initial_word));
    memory #(.WIDTH(WIDTH), .DEPTH(UNITS)) bank_0 (
        .clock(clock), .write(write && bank), .write_address(write_unit), .write_word(write_word),
        .read_address(read_unit), .read_word(word_0)
    );
    memory #(.WIDTH(WIDTH), .DEPTH(UNITS)) bank_1 (
        .clock(clock), .write(write && !bank), .write_address(write_unit), .write_word(write_word),
        .read_address(read_unit), .read_word(word_1)
    );
    assign read_word = initial_state ? initial_word : bank ? word_1 : word_0;

    always @(posedge clock) begin
        if (reset) bank <= 1'b0;
        else if (swap) bank <= !bank;
    end
endmodule
