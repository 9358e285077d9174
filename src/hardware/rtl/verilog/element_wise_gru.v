// h' = n + z (h - n) of one unit a cycle, three cycles after the candidate; and r h, which the candidate's recurrent columns
// read when the reset comes before the product, two cycles after the reset gate.
module element_wise_gru #(
    parameter ACTIVATION_BITS = 12,
    parameter UNIT_BITS = 1
) (
    input wire clock,
    input wire reset,
    input wire enter,              // a candidate is there; its unit's other operands follow in the next cycle
    input wire enter_reset,        // likewise a reset gate
    input wire [UNIT_BITS-1:0] unit,
    input wire [ACTIVATION_BITS-1:0] gate,
    input wire [ACTIVATION_BITS-1:0] update_gate,
    input wire signed [ACTIVATION_BITS-1:0] hidden_before,
    output wire write,
    output wire [UNIT_BITS-1:0] write_unit,
    output reg signed [ACTIVATION_BITS-1:0] write_hidden,
    output wire write_reset,
    output wire [UNIT_BITS-1:0] write_reset_unit,
    output wire signed [ACTIVATION_BITS-1:0] write_reset_hidden
);
    localparam STAGES = 3;
    localparam PRODUCT_BITS = 2 * ACTIVATION_BITS + 2;
    localparam SUM_BITS = ACTIVATION_BITS + 2;

    reg [STAGES-1:0] valid;
    reg [1:0] valid_reset;
    reg [STAGES*UNIT_BITS-1:0] units;
    reg signed [ACTIVATION_BITS-1:0] gate_1;
    reg signed [ACTIVATION_BITS-1:0] candidate_2;
    reg signed [PRODUCT_BITS-1:0] product;

    wire signed [ACTIVATION_BITS:0] difference =
        {hidden_before[ACTIVATION_BITS-1], hidden_before} - {gate_1[ACTIVATION_BITS-1], gate_1};
    wire signed [ACTIVATION_BITS:0] wide_hidden = {hidden_before[ACTIVATION_BITS-1], hidden_before};
    wire signed [ACTIVATION_BITS:0] left = valid_reset[0] ? $signed({1'b0, gate_1}) : $signed({1'b0, update_gate});
    wire signed [ACTIVATION_BITS:0] right = valid_reset[0] ? wide_hidden : difference;
    wire signed [SUM_BITS-1:0] rounded;
    wire signed [SUM_BITS-1:0] sum = rounded + {{2{candidate_2[ACTIVATION_BITS-1]}}, candidate_2};
    wire signed [ACTIVATION_BITS-1:0] saturated;

    round_shift #(.IN_BITS(PRODUCT_BITS), .OUT_BITS(SUM_BITS), .SHIFT(ACTIVATION_BITS - 1)) round (.in(product), .out(rounded));
    saturate #(.IN_BITS(SUM_BITS), .OUT_BITS(ACTIVATION_BITS)) clip (.in(sum), .out(saturated));

    assign write = valid[STAGES-1];
    assign write_unit = units[STAGES*UNIT_BITS-1 -: UNIT_BITS];
    assign write_reset = valid_reset[1];
    assign write_reset_unit = units[2*UNIT_BITS-1 -: UNIT_BITS];
    assign write_reset_hidden = rounded[ACTIVATION_BITS-1:0];

    always @(posedge clock) begin
        valid <= reset ? {STAGES{1'b0}} : {valid[STAGES-2:0], enter};
        valid_reset <= reset ? 2'b00 : {valid_reset[0], enter_reset};
        units <= {units[(STAGES-1)*UNIT_BITS-1:0], unit};
        gate_1 <= gate;
        candidate_2 <= gate_1;
        product <= left * right;
        write_hidden <= saturated;
    end
endmodule
