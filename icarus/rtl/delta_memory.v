// The hidden state as a list of changes: the units whose h differs by more than THRESHOLD from the value that the kept sums
// hold for them, each with the difference. One list is read while the next is made. A sequence begins with all units.
module delta_memory #(
    parameter WIDTH = 12,
    parameter UNITS = 1,
    parameter THRESHOLD = 0,
    parameter INITIAL_FILE = ""
) (
    input wire clock,
    input wire reset,
    input wire initial_state,
    input wire write,
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] write_unit,
    input wire signed [WIDTH-1:0] write_word,
    output wire swapped,           // one cycle after the last unit's write: the new list is whole
    output wire [$clog2(UNITS+1)-1:0] changes,   // of the list that is read; at least 1
    input wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] read_index,
    output wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] read_unit,
    output wire signed [WIDTH:0] read_change
);
    localparam UNIT_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam COUNT_BITS = $clog2(UNITS + 1);
    localparam [WIDTH:0] LIMIT = THRESHOLD;

    reg bank;                      // that is read
    reg [COUNT_BITS-1:0] count, filling;
    reg write_1, last_1;
    reg [UNIT_BITS-1:0] unit_1, index_1;
    reg signed [WIDTH-1:0] word_1;

    // What the kept sums hold of the unit that was written in the cycle before.
    wire [WIDTH-1:0] initial_before, reference, initial_word;
    wire signed [WIDTH-1:0] before_1 = initial_state ? initial_before : reference;
    wire signed [WIDTH:0] change = {word_1[WIDTH-1], word_1} - {before_1[WIDTH-1], before_1};
    wire [WIDTH:0] magnitude = change[WIDTH] ? -change : change;
    wire is_change = write_1 && magnitude > LIMIT;
    wire [COUNT_BITS-1:0] filled = filling + {{(COUNT_BITS - 1){1'b0}}, is_change};
    wire [UNIT_BITS+WIDTH:0] entry_0, entry_1;
    wire [UNIT_BITS+WIDTH:0] entry = bank ? entry_1 : entry_0;

    rom #(.WIDTH(WIDTH), .DEPTH(UNITS), .FILE(INITIAL_FILE)) initial_rom (.clock(clock), .address(read_index), .word(initial_word));
    rom #(.WIDTH(WIDTH), .DEPTH(UNITS), .FILE(INITIAL_FILE)) initial_reference (.clock(clock), .address(write_unit), .word(initial_before));
    memory #(.WIDTH(WIDTH), .DEPTH(UNITS)) references (
        .clock(clock), .write(write_1), .write_address(unit_1), .write_word(is_change ? word_1 : before_1),
        .read_address(write_unit), .read_word(reference)
    );
    memory #(.WIDTH(UNIT_BITS + WIDTH + 1), .DEPTH(UNITS)) list_0 (
        .clock(clock), .write(is_change && bank), .write_address(filling[UNIT_BITS-1:0]), .write_word({unit_1, change}),
        .read_address(read_index), .read_word(entry_0)
    );
    memory #(.WIDTH(UNIT_BITS + WIDTH + 1), .DEPTH(UNITS)) list_1 (
        .clock(clock), .write(is_change && !bank), .write_address(filling[UNIT_BITS-1:0]), .write_word({unit_1, change}),
        .read_address(read_index), .read_word(entry_1)
    );

    // An empty list is read as one change of nothing.
    wire is_empty = !initial_state && count == 0;
    assign swapped = last_1;
    assign changes = initial_state ? UNITS[COUNT_BITS-1:0] : is_empty ? {{(COUNT_BITS - 1){1'b0}}, 1'b1} : count;
    assign read_unit = initial_state ? index_1 : is_empty ? {UNIT_BITS{1'b0}} : entry[UNIT_BITS+WIDTH:WIDTH+1];
    assign read_change = initial_state ? {initial_word[WIDTH-1], initial_word} : is_empty ? {(WIDTH + 1){1'b0}} : entry[WIDTH:0];

    always @(posedge clock) begin
        write_1 <= write && !reset;
        last_1 <= write && write_unit == UNITS[UNIT_BITS-1:0] - 1'b1 && !reset;
        unit_1 <= write_unit;
        word_1 <= write_word;
        index_1 <= read_index;
        if (last_1) begin
            bank <= !bank;
            count <= filled;
            filling <= {COUNT_BITS{1'b0}};
        end else begin
            filling <= filled;
        end
        if (reset) begin
            bank <= 1'b0;
            count <= {COUNT_BITS{1'b0}};
            filling <= {COUNT_BITS{1'b0}};
        end
    end
endmodule
