// c' = f c + i g and h' = o tanh(scale c' + shift) of one unit a cycle; results nine cycles after the output gate.
module element_wise_lstm #(
    parameter ACTIVATION_BITS = 12,
    parameter CELL_BITS = 16,
    parameter CONSTANT_BITS = 16,
    parameter UNIT_BITS = 1,
    parameter KEPT_SHIFT = 0,      // left shifts of f c and i g to their common binary point
    parameter ADDED_SHIFT = 0,
    parameter UPDATE_BITS = 32,
    parameter SCALE_SHIFT = 0,
    parameter SHIFT_ALIGNMENT = 0,
    parameter TOTAL_BITS = 20,
    parameter GUARD_BITS = 3,
    parameter PREACTIVATION_BITS = 15,
    parameter SEGMENT_BITS = 7,
    parameter SLOPE_BITS = 1,
    parameter TANH_FILE = ""
) (
    input wire clock,
    input wire reset,
    input wire enter,              // an output gate is there; its unit's other operands follow in the next cycle
    input wire [UNIT_BITS-1:0] unit,
    input wire [ACTIVATION_BITS-1:0] output_gate,
    input wire signed [ACTIVATION_BITS-1:0] candidate,
    input wire [ACTIVATION_BITS-1:0] forget_gate,
    input wire [ACTIVATION_BITS-1:0] input_gate,
    input wire signed [CELL_BITS-1:0] cell_before,
    input wire signed [CONSTANT_BITS-1:0] cell_scale,
    input wire signed [CONSTANT_BITS-1:0] cell_shift,
    output wire write,
    output wire [UNIT_BITS-1:0] write_unit,
    output reg signed [ACTIVATION_BITS-1:0] write_hidden,
    output wire signed [CELL_BITS-1:0] write_cell
);
    localparam STAGES = 9;
    localparam KEPT_BITS = ACTIVATION_BITS + 1 + CELL_BITS;
    localparam ADDED_BITS = 2 * ACTIVATION_BITS + 1;
    localparam ROUNDED_BITS = (UPDATE_BITS > CELL_BITS ? UPDATE_BITS : CELL_BITS) + 1;
    localparam SCALED_BITS = CELL_BITS + CONSTANT_BITS;
    localparam ARGUMENT_BITS = (TOTAL_BITS > PREACTIVATION_BITS ? TOTAL_BITS : PREACTIVATION_BITS) + 1;
    localparam SHOWN_BITS = 2 * ACTIVATION_BITS + 2;

    // What travels beside the data: who it is, the output gate until it multiplies, the cell state until it is written.
    reg [STAGES-1:0] valid;
    reg [STAGES*UNIT_BITS-1:0] units;
    reg [7*ACTIVATION_BITS-1:0] output_gates;
    reg [6*CELL_BITS-1:0] cells;

    reg signed [KEPT_BITS-1:0] kept;
    reg signed [ADDED_BITS-1:0] added;
    wire signed [UPDATE_BITS-1:0] wide_kept;
    wire signed [UPDATE_BITS-1:0] wide_added;
    wire signed [UPDATE_BITS-1:0] update = wide_kept + wide_added;
    wire signed [ROUNDED_BITS-1:0] rounded_update;
    wire signed [CELL_BITS-1:0] saturated_cell;
    reg signed [CELL_BITS-1:0] new_cell;
    // The constants wait for the new cell state.
    reg signed [CONSTANT_BITS-1:0] scale_1, scale_2, shift_1, shift_2, shift_3;
    reg signed [SCALED_BITS-1:0] scaled;
    wire signed [TOTAL_BITS-1:0] rounded_scaled;
    wire signed [TOTAL_BITS-1:0] aligned_shift;
    wire signed [TOTAL_BITS-1:0] total = rounded_scaled + aligned_shift;
    wire signed [ARGUMENT_BITS-1:0] rounded_total;
    wire signed [PREACTIVATION_BITS-1:0] saturated_total;
    reg signed [PREACTIVATION_BITS-1:0] argument;
    wire signed [ACTIVATION_BITS:0] shown;
    reg signed [SHOWN_BITS-1:0] product;
    wire signed [ACTIVATION_BITS:0] rounded_hidden;
    wire signed [ACTIVATION_BITS-1:0] saturated_hidden;

    round_shift #(.IN_BITS(KEPT_BITS), .OUT_BITS(UPDATE_BITS), .SHIFT(-KEPT_SHIFT)) align_kept (.in(kept), .out(wide_kept));
    round_shift #(.IN_BITS(ADDED_BITS), .OUT_BITS(UPDATE_BITS), .SHIFT(-ADDED_SHIFT)) align_added (.in(added), .out(wide_added));
    round_shift #(.IN_BITS(UPDATE_BITS), .OUT_BITS(ROUNDED_BITS), .SHIFT(ACTIVATION_BITS - 1 + KEPT_SHIFT))
        round_update (.in(update), .out(rounded_update));
    saturate #(.IN_BITS(ROUNDED_BITS), .OUT_BITS(CELL_BITS)) clip_cell (.in(rounded_update), .out(saturated_cell));
    round_shift #(.IN_BITS(SCALED_BITS), .OUT_BITS(TOTAL_BITS), .SHIFT(SCALE_SHIFT)) round_scaled (.in(scaled), .out(rounded_scaled));
    round_shift #(.IN_BITS(CONSTANT_BITS), .OUT_BITS(TOTAL_BITS), .SHIFT(-SHIFT_ALIGNMENT))
        align_shift (.in(shift_3), .out(aligned_shift));
    round_shift #(.IN_BITS(TOTAL_BITS), .OUT_BITS(ARGUMENT_BITS), .SHIFT(GUARD_BITS)) round_total (.in(total), .out(rounded_total));
    saturate #(.IN_BITS(ARGUMENT_BITS), .OUT_BITS(PREACTIVATION_BITS)) clip_total (.in(rounded_total), .out(saturated_total));
    look_up #(
        .IN_BITS(PREACTIVATION_BITS),
        .SEGMENT_BITS(SEGMENT_BITS),
        .VALUE_BITS(ACTIVATION_BITS + 1),
        .SLOPE_BITS(SLOPE_BITS),
        .FILE(TANH_FILE)
    ) tanh (.clock(clock), .preactivation(argument), .value(shown));
    round_shift #(.IN_BITS(SHOWN_BITS), .OUT_BITS(ACTIVATION_BITS + 1), .SHIFT(ACTIVATION_BITS - 1))
        round_hidden (.in(product), .out(rounded_hidden));
    saturate #(.IN_BITS(ACTIVATION_BITS + 1), .OUT_BITS(ACTIVATION_BITS)) clip_hidden (.in(rounded_hidden), .out(saturated_hidden));

    wire [ACTIVATION_BITS-1:0] late_output_gate = output_gates[7*ACTIVATION_BITS-1 -: ACTIVATION_BITS];

    assign write = valid[STAGES-1];
    assign write_unit = units[STAGES*UNIT_BITS-1 -: UNIT_BITS];
    assign write_cell = cells[6*CELL_BITS-1 -: CELL_BITS];

    always @(posedge clock) begin
        valid <= reset ? {STAGES{1'b0}} : {valid[STAGES-2:0], enter};
        units <= {units[(STAGES-1)*UNIT_BITS-1:0], unit};
        output_gates <= {output_gates[6*ACTIVATION_BITS-1:0], output_gate};
        cells <= {cells[5*CELL_BITS-1:0], new_cell};
        kept <= $signed({1'b0, forget_gate}) * cell_before;
        added <= $signed({1'b0, input_gate}) * candidate;
        scale_1 <= cell_scale;
        shift_1 <= cell_shift;
        new_cell <= saturated_cell;
        scale_2 <= scale_1;
        shift_2 <= shift_1;
        scaled <= new_cell * scale_2;
        shift_3 <= shift_2;
        argument <= saturated_total;
        product <= $signed({1'b0, late_output_gate}) * shown;
        write_hidden <= saturated_hidden;
    end
endmodule
