// Sends the frames of a buffer as a valid/ready stream, a word every second cycle at most.
module frame_reader #(
    parameter WIDTH = 12,
    parameter LENGTH = 1
) (
    input wire clock,
    input wire reset,
    input wire frame,
    output wire release_frame,
    output wire [$clog2(LENGTH > 1 ? LENGTH : 2)-1:0] read_address,
    input wire [WIDTH-1:0] read_word,
    output reg out_valid,
    input wire out_ready,
    output wire [WIDTH-1:0] out_data,
    output wire out_last
);
    localparam INDEX_BITS = $clog2(LENGTH > 1 ? LENGTH : 2);
    reg [INDEX_BITS-1:0] index;
    wire sent = out_valid && out_ready;
    assign read_address = index;
    assign out_data = read_word;
    assign out_last = index == LENGTH[INDEX_BITS-1:0] - 1'b1;
    assign release_frame = sent && out_last;
    always @(posedge clock) begin
        out_valid <= frame && !sent;
        if (sent) index <= out_last ? {INDEX_BITS{1'b0}} : index + 1'b1;
        if (reset) begin
            out_valid <= 1'b0;
            index <= {INDEX_BITS{1'b0}};
        end
    end
endmodule
