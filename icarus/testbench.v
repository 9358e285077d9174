`timescale 1ns / 1ps
// Feeds accelerator the run's own inputs and compares every gate, c, h and output word with the integer model.
// Ends with a non-zero exit code at the first difference. "+stalls" lets both streams pause at random; the values stay.
module testbench;
    localparam TIMESTEPS = 3;
    localparam BEATS = 1;          // of a timestep's input
    localparam OUTPUTS = 5;      // words of a timestep's output
    localparam MOST_CYCLES = 1500;

    reg clock = 1'b0;
    reg reset = 1'b1;
    reg in_valid = 1'b0;
    wire in_ready;
    wire out_valid, out_last;
    reg out_ready = 1'b1;
    wire [12-1:0] out_data;
    reg [2-1:0] inputs [0:TIMESTEPS*BEATS-1];
    reg [0:0] restarts [0:TIMESTEPS-1];
    reg [12-1:0] expected_outputs [0:TIMESTEPS*OUTPUTS-1];
    integer beat = 0;
    integer word = 0;
    integer cycle = 0;                     // from the cycle in which the first beat is taken
    integer idle_cycles = 0;
    reg counting = 1'b0;
    reg stalls = 1'b0;
    wire [2-1:0] in_data = inputs[beat < TIMESTEPS*BEATS ? beat : 0];
    wire in_restart = restarts[beat < TIMESTEPS*BEATS ? beat / BEATS : 0];

    accelerator dut (
        .clock(clock), .reset(reset),
        .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data), .in_restart(in_restart),
        .out_valid(out_valid), .out_ready(out_ready), .out_data(out_data), .out_last(out_last)
    );

    always #5 clock = !clock;

    initial begin
        $readmemh("vectors/inputs.mem", inputs);
        $readmemh("vectors/restarts.mem", restarts);
        $readmemh("vectors/outputs.mem", expected_outputs);
        stalls = $test$plusargs("stalls") != 0;
        if ($test$plusargs("vcd") != 0) begin
            $dumpfile("accelerator.vcd");
            $dumpvars(0, testbench);
        end
        // Only what the testbench compares, for long simulations.
        if ($test$plusargs("trace") != 0) begin
            $dumpfile("accelerator.vcd");
            $dumpvars(1, dut, dut.layer_0);
        end
        repeat (3) @(posedge clock);
        reset <= 1'b0;
        in_valid <= 1'b1;
    end

    task difference(input integer layer, input integer timestep, input integer unit, input [8*12-1:0] signal, input integer expected, input integer got);
        begin
            $display("DIFFERENCE cycle=%0d layer=%0d timestep=%0d unit=%0d gate=%0s expected=%0d got=%0d", cycle + 1, layer, timestep, unit, signal, expected, got);
            $fatal(1, "the accelerator differs from the integer model");
        end
    endtask

    always @(posedge clock) if (!reset) begin
        if (in_valid && in_ready) beat <= beat + 1;
        in_valid <= (in_valid && in_ready ? beat + 1 : beat) < TIMESTEPS*BEATS && !(stalls && $random % 3 != 0);
        out_ready <= !(stalls && $random % 3 != 0);
        if (counting || (in_valid && in_ready)) begin
            counting <= 1'b1;
            cycle <= cycle + 1;
        end
        if (out_valid && out_ready) begin
            if (out_data !== expected_outputs[word]) begin
                difference(0, word / OUTPUTS, word % OUTPUTS, "output", $signed(expected_outputs[word]), $signed(out_data));
            end
            if (out_last !== (word % OUTPUTS == OUTPUTS - 1)) begin
                difference(0, word / OUTPUTS, word % OUTPUTS, "out_last", (word % OUTPUTS == OUTPUTS - 1) ? 1 : 0, out_last ? 1 : 0);
            end
            word <= word + 1;
            if (word == TIMESTEPS*OUTPUTS - 1) begin
                $display("PASS timesteps=%0d cycles=%0d", TIMESTEPS, cycles);
                $finish;
            end
        end
        idle_cycles <= in_valid && in_ready || out_valid && out_ready ? 0 : idle_cycles + 1;
        if (idle_cycles > MOST_CYCLES) begin
            $display("STUCK cycle=%0d beat=%0d word=%0d", cycle, beat, word);
            $fatal(1, "nothing was read or written for %0d cycles", MOST_CYCLES);
        end
    end

    // Up to the last write-back of the last timestep.
    integer cycles = 0;
    always @(posedge clock) if (!reset && dut.layer_0.done) cycles <= cycle + 1;

    // Layer 0
    localparam UNITS_0 = 5;
    localparam ROWS_0 = 20;
    reg [12-1:0] expected_hidden_0 [0:TIMESTEPS*UNITS_0-1];
    reg [12-1:0] expected_gates_0 [0:TIMESTEPS*ROWS_0-1];
    integer timestep_0 = 0;
    integer row_0;
    integer unit_0;
    initial $readmemh("vectors/hidden_0.mem", expected_hidden_0);
    initial $readmemh("vectors/gates_0.mem", expected_gates_0);
    // The candidate has a sign, a gate's opening has none.
    function integer gate_number_0(input [12-1:0] word);
        gate_number_0 = dut.layer_0.gate_name == 0 ? $signed(word) : $signed({1'b0, word});
    endfunction
    always @(posedge clock) if (!reset) begin
        if (dut.layer_0.gate_valid) begin
            row_0 = timestep_0*ROWS_0 + dut.layer_0.gate_name*UNITS_0 + dut.layer_0.gate_unit;
            if (dut.layer_0.gate !== expected_gates_0[row_0]) begin
                difference(0, timestep_0, dut.layer_0.gate_unit, dut.layer_0.gate_name == 0 ? "g" : dut.layer_0.gate_name == 1 ? "f" : dut.layer_0.gate_name == 2 ? "i" : "o", gate_number_0(expected_gates_0[row_0]), gate_number_0(dut.layer_0.gate));
            end
        end
        if (dut.layer_0.write) begin
            unit_0 = timestep_0*UNITS_0 + dut.layer_0.write_unit;
            if (dut.layer_0.write_hidden !== expected_hidden_0[unit_0]) begin
                difference(0, timestep_0, dut.layer_0.write_unit, "h", $signed(expected_hidden_0[unit_0]), dut.layer_0.write_hidden);
            end
        end
        if (dut.layer_0.done) timestep_0 <= timestep_0 + 1;
    end
    reg [16-1:0] expected_cell_0 [0:TIMESTEPS*UNITS_0-1];
    integer cell_0;
    initial $readmemh("vectors/cell_0.mem", expected_cell_0);
    always @(posedge clock) if (!reset && dut.layer_0.write) begin
        cell_0 = timestep_0*UNITS_0 + dut.layer_0.write_unit;
        if (dut.layer_0.write_cell !== expected_cell_0[cell_0]) begin
            difference(0, timestep_0, dut.layer_0.write_unit, "c", $signed(expected_cell_0[cell_0]), dut.layer_0.write_cell);
        end
    end

endmodule
