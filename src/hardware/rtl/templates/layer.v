
    wire room_{{index}}, write_{{index}}, write_restart_{{index}};
    wire signed [{{activationBits}}-1:0] write_hidden_{{index}};
    /* verilator lint_off UNUSED */
    wire [{{unitBits}}-1:0] write_unit_{{index}};
    /* verilator lint_on UNUSED */
    {{module}} #(
{{parameters}}
    ) layer_{{index}} (
        .clock(clock), .reset(reset),
        .frame(frame_{{index}}), .frame_restart(frame_restart_{{index}}), .take_frame(take_frame_{{index}}), .done(done_{{index}}),
        .symbol(symbol_{{index}}), .feature_address(feature_address_{{index}}), .feature(feature_{{index}}),
        .room(room_{{index}}), .write(write_{{index}}), .write_unit(write_unit_{{index}}),
        .write_hidden(write_hidden_{{index}}), .write_restart(write_restart_{{index}})
    );
