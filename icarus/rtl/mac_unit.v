// One multiply-accumulate unit: adds weight times value, of one column or of several, to the recurrent or the input sum of one
// gate row. A bit or trit adds, subtracts or skips the value; only full precision has multipliers.
// Between sums it adds 0, which costs no multiplexer at each bit as holding would.
module mac_unit #(
    parameter COLUMNS = 1,         // 1: choices are the value; else what pair_sums makes of the values
    parameter PRECISION = 2,       // 1: a bit, 0 = -1 and 1 = +1; 2: a trit in two's complement; 3: two's complement
    parameter WEIGHT_BITS = 2,
    parameter VALUE_BITS = 12,
    parameter RECURRENT_BITS = 16,
    parameter INPUT_BITS = 16,
    parameter SHARED = 0,          // whether input columns come here too; else only recurrent ones do
    parameter KEEPS_SUMS = 0       // whether a recurrent sum begins with start_sum; else with 0, which takes fewer cells
) (
    input wire clock,
    input wire accumulate,
    input wire is_input,           // which sum, where both come here
    input wire is_first,           // begin a new sum; only while accumulate
    input wire signed [RECURRENT_BITS-1:0] start_sum,
    input wire [COLUMNS*WEIGHT_BITS-1:0] weights,
    /* verilator lint_off UNUSED */
    input wire [(COLUMNS == 1 ? VALUE_BITS : COLUMNS*2*(VALUE_BITS+1))-1:0] choices, // 0 unless accumulate
    /* verilator lint_on UNUSED */
    output reg signed [RECURRENT_BITS-1:0] recurrent_sum,
    output wire signed [INPUT_BITS-1:0] input_sum
);
    localparam SUM_BITS = SHARED != 0 && INPUT_BITS > RECURRENT_BITS ? INPUT_BITS : RECURRENT_BITS;

    wire signed [RECURRENT_BITS-1:0] start = KEEPS_SUMS != 0 ? start_sum : {RECURRENT_BITS{1'b0}};
    wire signed [SUM_BITS-1:0] sum_before;
    /* verilator lint_off UNUSED */
    wire signed [SUM_BITS-1:0] sum_after;
    /* verilator lint_on UNUSED */

    generate
        if (COLUMNS > 1) begin : several
            localparam ADDEND_BITS = VALUE_BITS + 1 + (PRECISION == 3 ? WEIGHT_BITS : 0);
            wire [COLUMNS/2*SUM_BITS-1:0] addends;
            wire [COLUMNS/2-1:0] carries;
            genvar pair;
            for (pair = 0; pair < COLUMNS / 2; pair = pair + 1) begin : pairs
                // Where the sum is narrower, its upper bits go unused.
                /* verilator lint_off UNUSED */
                wire signed [ADDEND_BITS-1:0] addend;
                /* verilator lint_on UNUSED */
                mac_pair #(.PRECISION(PRECISION), .WEIGHT_BITS(WEIGHT_BITS), .VALUE_BITS(VALUE_BITS)) choose (
                    .accumulate(accumulate),
                    .weights(weights[2*pair*WEIGHT_BITS +: 2*WEIGHT_BITS]),
                    .choices(choices[4*pair*(VALUE_BITS+1) +: 4*(VALUE_BITS+1)]),
                    .addend(addend),
                    .carry(carries[pair])
                );
                // Modulo 2^SUM_BITS: a sum that fits in the end may overflow on the way.
                /* verilator lint_off WIDTH */
                assign addends[pair*SUM_BITS +: SUM_BITS] = addend;
                /* verilator lint_on WIDTH */
            end
            // One expression, which synthesis makes a tree of carry-save adders.
            reg [SUM_BITS-1:0] total;
            integer index;
            always @* begin
                total = sum_before;
                for (index = 0; index < COLUMNS / 2; index = index + 1) begin
                    /* verilator lint_off WIDTH */
                    total = total + addends[index*SUM_BITS +: SUM_BITS] + carries[index];
                    /* verilator lint_on WIDTH */
                end
            end
            assign sum_after = total;
        end else if (PRECISION == 3) begin : multiply
            localparam PRODUCT_BITS = WEIGHT_BITS + VALUE_BITS;
            // In simulation the words between sums may be unknown, and so their product with 0.
            // A sum of small weights has fewer bits than a product.
            /* verilator lint_off UNUSED */
            wire signed [PRODUCT_BITS-1:0] product = $signed(weights & {WEIGHT_BITS{accumulate}}) * $signed(choices);
            /* verilator lint_on UNUSED */
            if (SUM_BITS >= PRODUCT_BITS) begin : wide
                assign sum_after = sum_before + {{(SUM_BITS - PRODUCT_BITS + 1){product[PRODUCT_BITS-1]}}, product[PRODUCT_BITS-2:0]};
            end else begin : narrow
                // The weights are so small that the upper bits of a product are copies of its sign.
                assign sum_after = sum_before + product[SUM_BITS-1:0];
            end
        end else begin : select
            wire subtract = accumulate && (PRECISION == 1 ? ~weights[0] : weights[WEIGHT_BITS-1]);
            wire present = PRECISION == 1 ? 1'b1 : weights[0];
            // Where no weight but 0 occurs a sum has fewer bits than a value.
            /* verilator lint_off UNUSED */
            wire [VALUE_BITS-1:0] chosen = (choices & {VALUE_BITS{present}}) ^ {VALUE_BITS{subtract}};
            /* verilator lint_on UNUSED */
            wire signed [SUM_BITS-1:0] addend;
            if (SUM_BITS > VALUE_BITS) begin : wide
                assign addend = {{(SUM_BITS - VALUE_BITS){chosen[VALUE_BITS-1]}}, chosen};
            end else begin : narrow
                assign addend = chosen[SUM_BITS-1:0];
            end
            // One adder: the inverted value and a carry into the bit below.
            /* verilator lint_off UNUSED */
            wire [SUM_BITS:0] both = {sum_before, subtract} + {addend, subtract};
            /* verilator lint_on UNUSED */
            assign sum_after = both[SUM_BITS:1];
        end
        if (SHARED != 0) begin : two_sums
            reg signed [INPUT_BITS-1:0] sum;
            assign input_sum = sum;
            wire signed [RECURRENT_BITS-1:0] recurrent_before = is_first ? start : recurrent_sum;
            wire signed [INPUT_BITS-1:0] input_before = is_first ? {INPUT_BITS{1'b0}} : sum;
            assign sum_before = is_input
                ? {{(SUM_BITS - INPUT_BITS + 1){input_before[INPUT_BITS-1]}}, input_before[INPUT_BITS-2:0]}
                : {{(SUM_BITS - RECURRENT_BITS + 1){recurrent_before[RECURRENT_BITS-1]}}, recurrent_before[RECURRENT_BITS-2:0]};
            always @(posedge clock) begin
                if (is_input) sum <= sum_after[INPUT_BITS-1:0];
                else recurrent_sum <= sum_after[RECURRENT_BITS-1:0];
            end
        end else begin : one_sum
            assign input_sum = {INPUT_BITS{1'b0}};
            assign sum_before = is_first ? start : recurrent_sum;
            always @(posedge clock) recurrent_sum <= sum_after[RECURRENT_BITS-1:0];
            /* verilator lint_off UNUSED */
            wire unused = is_input;
            /* verilator lint_on UNUSED */
        end
    endgenerate
endmodule
