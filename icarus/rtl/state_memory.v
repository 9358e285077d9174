// A state that each unit replaces by itself; while `initial_state` is set the trained initial state is read instead.
module state_memory #(
    parameter WIDTH = 16,
    parameter UNITS = 1,
    parameter LANES = 1,           // initial values in a word of the file, a power of two
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
    localparam UNIT_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam WORDS = (UNITS + LANES - 1) / LANES;
    localparam WORD_BITS = $clog2(WORDS > 1 ? WORDS : 2);
    localparam LANE_BITS = $clog2(LANES);

    wire [WIDTH-1:0] initial_word;
    wire [WIDTH-1:0] word;
    generate
        if (LANES == 1) begin : one_a_word
            rom #(.WIDTH(WIDTH), .DEPTH(UNITS), .FILE(INITIAL_FILE)) initial_rom (.clock(clock), .address(read_unit), .word(initial_word));
        end else begin : several_a_word
            /* verilator lint_off UNUSED */
            wire [UNIT_BITS+LANE_BITS:0] wide_unit = {{(LANE_BITS + 1){1'b0}}, read_unit};
            /* verilator lint_on UNUSED */
            wire [LANES*WIDTH-1:0] all_initial;
            reg [LANE_BITS-1:0] lane;
            rom #(.WIDTH(LANES * WIDTH), .DEPTH(WORDS), .FILE(INITIAL_FILE))
                initial_rom (.clock(clock), .address(wide_unit[LANE_BITS +: WORD_BITS]), .word(all_initial));
            always @(posedge clock) lane <= wide_unit[LANE_BITS-1:0];
            assign initial_word = all_initial[lane*WIDTH +: WIDTH];
        end
    endgenerate
    memory #(.WIDTH(WIDTH), .DEPTH(UNITS)) states (
        .clock(clock), .write(write), .write_address(write_unit), .write_word(write_word),
        .read_address(read_unit), .read_word(word)
    );
    assign read_word = initial_state ? initial_word : word;
endmodule
