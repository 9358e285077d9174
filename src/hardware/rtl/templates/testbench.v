`timescale 1ns / 1ps
// Feeds {{module}} the run's own inputs and compares every gate, c, h and output word with the integer model.
// Ends with a non-zero exit code at the first difference. "+stalls" lets both streams pause at random; the values stay.
module testbench;
    localparam TIMESTEPS = {{timesteps}};
    localparam BEATS = {{beats}};          // of a timestep's input
    localparam OUTPUTS = {{outputs}};      // words of a timestep's output
    localparam MOST_CYCLES = {{mostCycles}};
    localparam TOLD = TIMESTEPS / 100 + 1; // "+progress" tells every so many timesteps

    reg clock = 1'b0;
    reg reset = 1'b1;
    reg in_valid = 1'b0;
    wire in_ready;
    wire out_valid, out_last;
    reg out_ready = 1'b1;
    wire [{{outputBits}}-1:0] out_data;
    reg [{{inputBits}}-1:0] inputs [0:TIMESTEPS*BEATS-1];
    reg [0:0] restarts [0:TIMESTEPS-1];
    reg [{{outputBits}}-1:0] expected_outputs [0:TIMESTEPS*OUTPUTS-1];
    integer beat = 0;
    integer word = 0;
    integer cycle = 0;                     // from the cycle in which the first beat is taken
    integer idle_cycles = 0;
    reg counting = 1'b0;
    reg stalls = 1'b0;
    reg progress = 1'b0;
    wire [{{inputBits}}-1:0] in_data = inputs[beat < TIMESTEPS*BEATS ? beat : 0];
    wire in_restart = restarts[beat < TIMESTEPS*BEATS ? beat / BEATS : 0];

    {{module}} dut (
        .clock(clock), .reset(reset),
        .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data), .in_restart(in_restart),
        .out_valid(out_valid), .out_ready(out_ready), .out_data(out_data), .out_last(out_last)
    );

    always #5 clock = !clock;

    initial begin
        $readmemh("{{vectors}}inputs.mem", inputs);
        $readmemh("{{vectors}}restarts.mem", restarts);
        $readmemh("{{vectors}}outputs.mem", expected_outputs);
        stalls = $test$plusargs("stalls") != 0;
        progress = $test$plusargs("progress") != 0;
        if ($test$plusargs("vcd") != 0) begin
            $dumpfile("accelerator.vcd");
            $dumpvars(0, testbench);
        end
        // Only what the testbench compares, for long simulations.
        if ($test$plusargs("trace") != 0) begin
            $dumpfile("accelerator.vcd");
            $dumpvars(1, dut{{traced}});
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
                difference({{lastLayer}}, word / OUTPUTS, word % OUTPUTS, "output", $signed(expected_outputs[word]), $signed(out_data));
            end
            if (out_last !== (word % OUTPUTS == OUTPUTS - 1)) begin
                difference({{lastLayer}}, word / OUTPUTS, word % OUTPUTS, "out_last", (word % OUTPUTS == OUTPUTS - 1) ? 1 : 0, out_last ? 1 : 0);
            end
            word <= word + 1;
            if (progress && word % (TOLD*OUTPUTS) == TOLD*OUTPUTS - 1) begin
                $display("TIMESTEP %0d", word / OUTPUTS + 1);
                $fflush;
            end
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
    always @(posedge clock) if (!reset && dut.layer_{{lastLayer}}.done) cycles <= cycle + 1;
{{checks}}
endmodule
