
    // Layer {{index}}
    localparam UNITS_{{index}} = {{units}};
    localparam ROWS_{{index}} = {{rows}};
    reg [{{activationBits}}-1:0] expected_hidden_{{index}} [0:TIMESTEPS*UNITS_{{index}}-1];
    reg [{{activationBits}}-1:0] expected_gates_{{index}} [0:TIMESTEPS*ROWS_{{index}}-1];
    integer timestep_{{index}} = 0;
    integer row_{{index}};
    integer unit_{{index}};
    initial $readmemh("{{vectors}}hidden_{{index}}.mem", expected_hidden_{{index}});
    initial $readmemh("{{vectors}}gates_{{index}}.mem", expected_gates_{{index}});
    // The candidate has a sign, a gate's opening has none.
    function integer gate_number_{{index}}(input [{{activationBits}}-1:0] word);
        gate_number_{{index}} = dut.layer_{{index}}.gate_name == {{candidate}} ? $signed(word) : $signed({1'b0, word});
    endfunction
    always @(posedge clock) if (!reset) begin
        if (dut.layer_{{index}}.gate_valid) begin
            row_{{index}} = timestep_{{index}}*ROWS_{{index}} + dut.layer_{{index}}.gate_name*UNITS_{{index}} + dut.layer_{{index}}.gate_unit;
            if (dut.layer_{{index}}.gate !== expected_gates_{{index}}[row_{{index}}]) begin
                difference({{index}}, timestep_{{index}}, dut.layer_{{index}}.gate_unit, {{gateName}}, gate_number_{{index}}(expected_gates_{{index}}[row_{{index}}]), gate_number_{{index}}(dut.layer_{{index}}.gate));
            end
        end
        if (dut.layer_{{index}}.write) begin
            unit_{{index}} = timestep_{{index}}*UNITS_{{index}} + dut.layer_{{index}}.write_unit;
            if (dut.layer_{{index}}.write_hidden !== expected_hidden_{{index}}[unit_{{index}}]) begin
                difference({{index}}, timestep_{{index}}, dut.layer_{{index}}.write_unit, "h", $signed(expected_hidden_{{index}}[unit_{{index}}]), dut.layer_{{index}}.write_hidden);
            end
        end
        if (dut.layer_{{index}}.done) timestep_{{index}} <= timestep_{{index}} + 1;
    end
