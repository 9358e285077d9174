// Written a value at a time, read LANES at a time: value v is lane v % LANES of word v / LANES. Lanes past the last value are 0.
module wide_memory #(
    parameter WIDTH = 1,
    parameter LENGTH = 2,          // values
    parameter LANES = 1            // a power of two
) (
    input wire clock,
    input wire write,
    input wire [$clog2(LENGTH > 1 ? LENGTH : 2)-1:0] write_address,
    input wire [WIDTH-1:0] write_word,
    /* verilator lint_off UNUSED */
    input wire [$clog2(LENGTH > 1 ? LENGTH : 2)-1:0] read_address, // of a word
    /* verilator lint_on UNUSED */
    output wire [LANES*WIDTH-1:0] read_word
);
    localparam ADDRESS_BITS = $clog2(LENGTH > 1 ? LENGTH : 2);
    localparam WORDS = (LENGTH + LANES - 1) / LANES;
    localparam WORD_BITS = $clog2(WORDS > 1 ? WORDS : 2);
    localparam LANE_BITS = $clog2(LANES);
    localparam LAST_LANES = LENGTH - (WORDS - 1) * LANES;
    localparam [WORD_BITS-1:0] LAST_WORD = WORDS[WORD_BITS-1:0] - 1'b1;

    genvar lane;
    generate
        if (LANES == 1) begin : one
            memory #(.WIDTH(WIDTH), .DEPTH(LENGTH)) values (
                .clock(clock), .write(write), .write_address(write_address), .write_word(write_word),
                .read_address(read_address), .read_word(read_word)
            );
        end else begin : several
            /* verilator lint_off UNUSED */
            wire [ADDRESS_BITS+LANE_BITS:0] wide_address = {{(LANE_BITS + 1){1'b0}}, write_address};
            /* verilator lint_on UNUSED */
            wire [LANE_BITS-1:0] write_lane = wide_address[LANE_BITS-1:0];
            wire [WORD_BITS-1:0] write_row = wide_address[LANE_BITS +: WORD_BITS];
            for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
                wire [WIDTH-1:0] value;
                memory #(.WIDTH(WIDTH), .DEPTH(WORDS)) values (
                    .clock(clock), .write(write && write_lane == lane), .write_address(write_row), .write_word(write_word),
                    .read_address(read_address[WORD_BITS-1:0]), .read_word(value)
                );
                if (lane < LAST_LANES) begin : always_there
                    assign read_word[lane*WIDTH +: WIDTH] = value;
                end else begin : not_in_last_word
                    reg at_last_word;
                    always @(posedge clock) at_last_word <= read_address[WORD_BITS-1:0] == LAST_WORD;
                    assign read_word[lane*WIDTH +: WIDTH] = at_last_word ? {WIDTH{1'b0}} : value;
                end
            end
        end
    endgenerate
endmodule
