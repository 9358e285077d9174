    reg [{{cellBits}}-1:0] expected_cell_{{index}} [0:TIMESTEPS*UNITS_{{index}}-1];
    integer cell_{{index}};
    initial $readmemh("{{vectors}}cell_{{index}}.mem", expected_cell_{{index}});
    always @(posedge clock) if (!reset && dut.layer_{{index}}.write) begin
        cell_{{index}} = timestep_{{index}}*UNITS_{{index}} + dut.layer_{{index}}.write_unit;
        if (dut.layer_{{index}}.write_cell !== expected_cell_{{index}}[cell_{{index}}]) begin
            difference({{index}}, timestep_{{index}}, dut.layer_{{index}}.write_unit, "c", $signed(expected_cell_{{index}}[cell_{{index}}]), dut.layer_{{index}}.write_cell);
        end
    end
