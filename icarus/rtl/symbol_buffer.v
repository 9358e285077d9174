// The next one-hot input: one symbol waits while the layer works on the one before.
module symbol_buffer #(
    parameter WIDTH = 1
) (
    input wire clock,
    input wire reset,
    output wire ready,
    input wire write,
    input wire [WIDTH-1:0] write_word,
    input wire write_restart,
    output reg frame,
    output reg frame_restart,
    input wire take_frame,
    output reg [WIDTH-1:0] symbol  // of the timestep that was taken last
);
    reg [WIDTH-1:0] waiting;
    assign ready = !frame;
    always @(posedge clock) begin
        if (take_frame) begin
            symbol <= waiting;
            frame <= 1'b0;
        end
        if (write) begin
            waiting <= write_word;
            frame_restart <= write_restart;
            frame <= 1'b1;
        end
        if (reset) frame <= 1'b0;
    end
endmodule
