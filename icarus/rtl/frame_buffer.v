// The values of a timestep, LENGTH words a frame, in two banks: one fills while the other is read, LANES words at a time.
module frame_buffer #(
    parameter WIDTH = 12,
    parameter LENGTH = 1,
    parameter LANES = 1
) (
    input wire clock,
    input wire reset,
    output wire ready,             // a bank is free: the whole next frame will be taken
    input wire write,              // one word, only while ready or within a frame that began while ready
    input wire [WIDTH-1:0] write_word,
    input wire write_restart,      // of a frame's first word: it begins a new sequence
    output wire frame,             // a whole frame is there
    output wire frame_restart,
    input wire release_frame,      // it has been read
    input wire [$clog2(LENGTH > 1 ? LENGTH : 2)-1:0] read_address,
    output wire [LANES*WIDTH-1:0] read_word
);
    localparam INDEX_BITS = $clog2(LENGTH > 1 ? LENGTH : 2);

    reg [1:0] full;                // frames that are there
    reg fill_bank;
    reg read_bank;
    reg [1:0] restarts;
    reg [INDEX_BITS-1:0] index;
    wire is_last = write && index == LENGTH[INDEX_BITS-1:0] - 1'b1;
    wire [LANES*WIDTH-1:0] word_0, word_1;

    wide_memory #(.WIDTH(WIDTH), .LENGTH(LENGTH), .LANES(LANES)) bank_0 (
        .clock(clock), .write(write && !fill_bank), .write_address(index), .write_word(write_word),
        .read_address(read_address), .read_word(word_0)
    );
    wide_memory #(.WIDTH(WIDTH), .LENGTH(LENGTH), .LANES(LANES)) bank_1 (
        .clock(clock), .write(write && fill_bank), .write_address(index), .write_word(write_word),
        .read_address(read_address), .read_word(word_1)
    );
    assign ready = full != 2'd2;
    assign frame = full != 2'd0;
    assign frame_restart = restarts[read_bank];
    assign read_word = read_bank ? word_1 : word_0;

    always @(posedge clock) begin
        if (write) begin
            index <= is_last ? {INDEX_BITS{1'b0}} : index + 1'b1;
            if (index == 0) restarts[fill_bank] <= write_restart;
        end
        if (is_last) fill_bank <= !fill_bank;
        if (release_frame) read_bank <= !read_bank;
        full <= full + {1'b0, is_last} - {1'b0, release_frame};
        if (reset) begin
            full <= 2'd0;
            fill_bank <= 1'b0;
            read_bank <= 1'b0;
            index <= {INDEX_BITS{1'b0}};
        end
    end
endmodule
