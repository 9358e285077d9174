// What MAC units choose from where several columns come at once: of each pair of values both, their sum and their difference,
// a cycle later. One adder for all units takes the place of one in each.
module pair_sums #(
    parameter COLUMNS = 2,         // even
    parameter VALUE_BITS = 12
) (
    input wire clock,
    input wire [COLUMNS*VALUE_BITS-1:0] values,
    output reg [COLUMNS*2*(VALUE_BITS+1)-1:0] choices // of each pair, from the lowest bits on: first, second, sum, difference
);
    localparam CHOICE_BITS = VALUE_BITS + 1;
    genvar pair;
    generate
        for (pair = 0; pair < COLUMNS / 2; pair = pair + 1) begin : pairs
            wire [VALUE_BITS-1:0] narrow_first = values[2*pair*VALUE_BITS +: VALUE_BITS];
            wire [VALUE_BITS-1:0] narrow_second = values[(2*pair+1)*VALUE_BITS +: VALUE_BITS];
            wire [CHOICE_BITS-1:0] first = {narrow_first[VALUE_BITS-1], narrow_first};
            wire [CHOICE_BITS-1:0] second = {narrow_second[VALUE_BITS-1], narrow_second};
            always @(posedge clock) choices[4*pair*CHOICE_BITS +: 4*CHOICE_BITS] <= {first - second, first + second, second, first};
        end
    endgenerate
endmodule
