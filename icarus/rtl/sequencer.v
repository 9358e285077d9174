// The controller of one layer: which words are read, when sums are taken, which gate row is scaled.
// A timestep has one phase of gate rows or two (of a GRU: r and z, then n, which waits for r of all units).
// What is read arrives LATENCY cycles later: 2 where a list of columns is read first, or pairs of values are added first.
module sequencer #(
    parameter MACS = 1,
    parameter UNITS = 1,
    parameter LATENCY = 1,         // 1 or 2
    parameter INPUT_COLUMNS = 1,   // words of the input matrix that a group reads
    parameter INPUT_STEP = 1,      // from one of them to the next, or for one-hot input to the next group's
    parameter RECURRENT_STEP = 1,  // from one column's word to the next; 0 where each column has a number of its own
    parameter FIRST_ROWS = 4,
    parameter SECOND_ROWS = 0,
    parameter GROUPS = 4,
    parameter RECURRENT_DEPTH = 4,
    parameter INPUT_DEPTH = 4
) (
    input wire clock,
    input wire reset,
    input wire start,              // begins a timestep in this very cycle; only while not busy
    input wire done,               // the timestep is over
    input wire [$clog2(UNITS+1)-1:0] recurrent_columns, // or words of several; 1 to UNITS, constant within a timestep
    output reg busy,
    output reg is_second_phase,
    // This cycle's read.
    output wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] hidden_address,
    output wire [$clog2(INPUT_COLUMNS > 1 ? INPUT_COLUMNS : 2)-1:0] feature_address,
    output reg [$clog2(RECURRENT_DEPTH > 1 ? RECURRENT_DEPTH : 2)-1:0] recurrent_address,
    output reg [$clog2(INPUT_DEPTH > 1 ? INPUT_DEPTH : 2)-1:0] input_address,
    output reg [$clog2(GROUPS > 1 ? GROUPS : 2)-1:0] group,
    // What arrives in this cycle.
    output wire accumulate,
    output wire is_input,
    output wire is_first,
    // What arrives in the next one.
    output wire accumulate_next,
    output wire is_input_next,
    output wire is_first_next,
    // Sums to the chain, and out of it.
    output wire take,
    output wire scale,
    output reg [1:0] scale_gate,   // block of UNITS gate rows
    output reg [$clog2(UNITS > 1 ? UNITS : 2)-1:0] scale_unit,
    // The row that is scaled next: addresses of its constants.
    output wire [$clog2(FIRST_ROWS+SECOND_ROWS)-1:0] next_row,
    output wire [$clog2(UNITS > 1 ? UNITS : 2)-1:0] next_unit
);
    localparam ROWS = FIRST_ROWS + SECOND_ROWS;
    localparam COLUMNS = UNITS + INPUT_COLUMNS;
    localparam GROUP = MACS < ROWS ? MACS : ROWS;
    localparam COLUMN_BITS = $clog2(COLUMNS + 1);
    localparam COUNT_OF_COLUMNS_BITS = $clog2(UNITS + 1);
    localparam GROUP_BITS = $clog2(GROUPS > 1 ? GROUPS : 2);
    localparam ROW_BITS = $clog2(ROWS);
    localparam COUNT_BITS = $clog2(ROWS + 1);
    localparam [COLUMN_BITS-1:0] LAST_INPUT_COLUMN = INPUT_COLUMNS[COLUMN_BITS-1:0] - 1'b1;
    localparam HIDDEN_BITS = $clog2(UNITS > 1 ? UNITS : 2);
    localparam FEATURE_BITS = $clog2(INPUT_COLUMNS > 1 ? INPUT_COLUMNS : 2);
    localparam RECURRENT_ADDRESS_BITS = $clog2(RECURRENT_DEPTH > 1 ? RECURRENT_DEPTH : 2);
    localparam INPUT_ADDRESS_BITS = $clog2(INPUT_DEPTH > 1 ? INPUT_DEPTH : 2);
    // Cycles from the scaling of r's and z's last row until every r, and r times h, can be read.
    localparam [3:0] PHASE_GAP = 4'd8;

    reg [3:0] gap;
    reg [COUNT_BITS-1:0] rows_unread;      // gate rows of this phase whose words have not all been read
    reg [COLUMN_BITS-1:0] column;
    // Of the words that are under way, the oldest on top.
    reg [LATENCY-1:0] reads, inputs, firsts, lasts;
    reg [LATENCY*COUNT_BITS-1:0] rows_under_way;
    reg finished;                          // sums wait for the chain
    reg [COUNT_BITS-1:0] finished_rows;
    reg [COUNT_BITS-1:0] rows_in_chain;
    reg [ROW_BITS-1:0] scale_row;

    wire [COUNT_BITS-1:0] group_rows = rows_unread < GROUP[COUNT_BITS-1:0] ? rows_unread : GROUP[COUNT_BITS-1:0];
    wire [COLUMN_BITS-1:0] first_input_column = {{(COLUMN_BITS - COUNT_OF_COLUMNS_BITS){1'b0}}, recurrent_columns};
    wire at_input = column >= first_input_column;
    wire at_end = column == first_input_column + LAST_INPUT_COLUMN;
    // A new group's first product may come when the sums before it are taken, not sooner.
    wire last_under_way = |(reads & lasts);
    wire [COUNT_BITS:0] chain_wait = rows_in_chain == 0 ? 0 : {1'b0, rows_in_chain} - 1'b1;
    wire [COUNT_BITS:0] take_wait = chain_wait + (finished && last_under_way ? {1'b0, finished_rows} : 0);
    wire array_free = !(finished || last_under_way) || take_wait <= LATENCY;
    wire may_read = rows_unread != 0 && gap == 0 && (column != 0 || array_free);
    wire read = start || (busy && may_read);
    wire last_row_of_phase = rows_in_chain == 1 && !finished && reads == 0 && rows_unread == 0;

    /* verilator lint_off UNUSED */
    wire [LATENCY:0] next_reads = {reads, read};
    wire [LATENCY:0] next_inputs = {inputs, at_input};
    wire [LATENCY:0] next_firsts = {firsts, column == 0 || column == first_input_column};
    wire [LATENCY:0] next_lasts = {lasts, at_end};
    wire [(LATENCY+1)*COUNT_BITS-1:0] next_rows = {rows_under_way, group_rows};
    /* verilator lint_on UNUSED */

    assign accumulate = reads[LATENCY-1];
    assign is_input = inputs[LATENCY-1];
    assign is_first = firsts[LATENCY-1];
    assign take = finished && rows_in_chain <= 1;
    assign scale = rows_in_chain != 0;
    assign next_row = !scale ? scale_row : scale_row == ROWS[ROW_BITS-1:0] - 1'b1 ? {ROW_BITS{1'b0}} : scale_row + 1'b1;
    wire at_last_unit = scale_unit == UNITS[HIDDEN_BITS-1:0] - 1'b1;
    assign next_unit = !scale ? scale_unit : at_last_unit ? {HIDDEN_BITS{1'b0}} : scale_unit + 1'b1;
    assign accumulate_next = next_reads[LATENCY-1];
    assign is_input_next = next_inputs[LATENCY-1];
    assign is_first_next = next_firsts[LATENCY-1];
    assign hidden_address = column[HIDDEN_BITS-1:0];
    /* verilator lint_off UNUSED */
    wire [COLUMN_BITS-1:0] feature = column - first_input_column;
    /* verilator lint_on UNUSED */
    assign feature_address = feature[FEATURE_BITS-1:0];

    always @(posedge clock) begin
        reads <= next_reads[LATENCY-1:0];
        inputs <= next_inputs[LATENCY-1:0];
        firsts <= next_firsts[LATENCY-1:0];
        lasts <= next_lasts[LATENCY-1:0];
        rows_under_way <= next_rows[LATENCY*COUNT_BITS-1:0];
        scale_row <= next_row;
        scale_unit <= next_unit;
        if (scale && at_last_unit) scale_gate <= scale_gate + 1'b1;
        if (start) busy <= 1'b1;
        if (read) begin
            column <= at_end ? {COLUMN_BITS{1'b0}} : column + 1'b1;
            if (at_input) input_address <= input_address + INPUT_STEP[INPUT_ADDRESS_BITS-1:0];
            else recurrent_address <= recurrent_address + RECURRENT_STEP[RECURRENT_ADDRESS_BITS-1:0];
            if (at_end) begin
                rows_unread <= rows_unread - group_rows;
                group <= group + 1'b1;
                if (RECURRENT_STEP == 0) recurrent_address <= recurrent_address + UNITS[RECURRENT_ADDRESS_BITS-1:0];
            end
        end
        if (accumulate && lasts[LATENCY-1]) begin
            finished <= 1'b1;
            finished_rows <= rows_under_way[LATENCY*COUNT_BITS-1 -: COUNT_BITS];
        end else if (take) begin
            finished <= 1'b0;
        end
        if (take) rows_in_chain <= finished_rows;
        else if (scale) rows_in_chain <= rows_in_chain - 1'b1;
        if (gap != 0) gap <= gap - 1'b1;
        if (SECOND_ROWS != 0 && last_row_of_phase && !is_second_phase) begin
            is_second_phase <= 1'b1;
            rows_unread <= SECOND_ROWS[COUNT_BITS-1:0];
            gap <= PHASE_GAP;
        end
        if (reset || done) begin
            busy <= 1'b0;
            is_second_phase <= 1'b0;
            gap <= 4'd0;
            rows_unread <= FIRST_ROWS[COUNT_BITS-1:0];
            column <= {COLUMN_BITS{1'b0}};
            recurrent_address <= 0;
            input_address <= 0;
            group <= {GROUP_BITS{1'b0}};
            reads <= {LATENCY{1'b0}};
            finished <= 1'b0;
            rows_in_chain <= 0;
            scale_row <= {ROW_BITS{1'b0}};
            scale_unit <= {HIDDEN_BITS{1'b0}};
            scale_gate <= 2'd0;
        end
    end
endmodule
