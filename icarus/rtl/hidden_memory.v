// The hidden state in two banks: one is read while the other is written; `swap` makes the written one the one that is read.
// LANES units are read at a time.
// While `initial_state` is set the trained initial state is read instead.
module hidden_memory #(
    parameter WIDTH = 12,
    parameter UNITS = 1,
    parameter LANES = 1,
    parameter INITIAL_FILE = ""
) (
    input wire clock,
    input wire reset,
    input wire initial_state,
    input wire swap,
    input wire write,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] write_unit,
    input wire [WIDTH-1:0] write_word,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] read_address,
    output wire [LANES*WIDTH-1:0] read_word
);
    localparam WORDS = (UNITS + LANES - 1) / LANES;
    localparam WORD_BITS = $clog2(WORDS > 1 ? WORDS : 2);

    reg bank;
    wire [LANES*WIDTH-1:0] initial_word, word_0, word_1;

    rom #(.WIDTH(LANES * WIDTH), .DEPTH(WORDS), .FILE(INITIAL_FILE))
        initial_rom (.clock(clock), .address(read_address[WORD_BITS-1:0]), .word(initial_word));
    wide_memory #(.WIDTH(WIDTH), .LENGTH(UNITS), .LANES(LANES)) bank_0 (
        .clock(clock), .write(write && bank), .write_address(write_unit), .write_word(write_word),
        .read_address(read_address), .read_word(word_0)
    );
    wide_memory #(.WIDTH(WIDTH), .LENGTH(UNITS), .LANES(LANES)) bank_1 (
        .clock(clock), .write(write && !bank), .write_address(write_unit), .write_word(write_word),
        .read_address(read_address), .read_word(word_1)
    );
    assign read_word = initial_state ? initial_word : bank ? word_1 : word_0;

    always @(posedge clock) begin
        if (reset) bank <= 1'b0;
        else if (swap) bank <= !bank;
    end
endmodule
