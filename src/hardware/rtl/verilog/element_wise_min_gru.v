// h' = h + z (n - h) of one unit a cycle, three cycles after the candidate.
module element_wise_min_gru #(
    parameter ACTIVATION_BITS = 12,
    parameter UNIT_BITS = 1
) (
    input wire clock,
    input wire reset,
    input wire enter,              // a candidate is there; its unit's other operands follow in the next cycle
    input wire [UNIT_BITS-1:0] unit,
    input wire signed [ACTIVATION_BITS-1:0] candidate,
    input wire [ACTIVATION_BITS-1:0] update_gate,
    input wire signed [ACTIVATION_BITS-1:0] hidden_before,
    output wire write,
    output wire [UNIT_BITS-1:0] write_unit,
    output reg signed [ACTIVATION_BITS-1:0] write_hidden
);
    localparam STAGES = 3;
    localparam PRODUCT_BITS = 2 * ACTIVATION_BITS + 2;
    localparam SUM_BITS = ACTIVATION_BITS + 2;

    reg [STAGES-1:0] valid;
    reg [STAGES*UNIT_BITS-1:0] units;
    reg signed [ACTIVATION_BITS-1:0] candidate_1;
    reg signed [ACTIVATION_BITS-1:0] hidden_2;
    reg signed [PRODUCT_BITS-1:0] product;

    wire signed [ACTIVATION_BITS:0] difference =
        {candidate_1[ACTIVATION_BITS-1], candidate_1} - {hidden_before[ACTIVATION_BITS-1], hidden_before};
    wire signed [SUM_BITS-1:0] rounded;
    wire signed [SUM_BITS-1:0] sum = rounded + {{2{hidden_2[ACTIVATION_BITS-1]}}, hidden_2};
    wire signed [ACTIVATION_BITS-1:0] saturated;

    round_shift #(.IN_BITS(PRODUCT_BITS), .OUT_BITS(SUM_BITS), .SHIFT(ACTIVATION_BITS - 1)) round (.in(product), .out(rounded));
    saturate #(.IN_BITS(SUM_BITS), .OUT_BITS(ACTIVATION_BITS)) clip (.in(sum), .out(saturated));

    assign write = valid[STAGES-1];
    assign write_unit = units[STAGES*UNIT_BITS-1 -: UNIT_BITS];

    always @(posedge clock) begin
        valid <= reset ? {STAGES{1'b0}} : {valid[STAGES-2:0], enter};
        units <= {units[(STAGES-1)*UNIT_BITS-1:0], unit};
        candidate_1 <= candidate;
        hidden_2 <= hidden_before;
        product <= $signed({1'b0, update_gate}) * difference;
        write_hidden <= saturated;
    end
endmodule
