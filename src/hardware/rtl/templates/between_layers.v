
    wire frame_{{index}}, frame_restart_{{index}}, done_{{index}};
    wire [{{addressBits}}-1:0] feature_address_{{index}};
    wire [{{columns}}*{{activationBits}}-1:0] feature_{{index}};
    frame_buffer #(.WIDTH({{activationBits}}), .LENGTH({{inputs}}), .LANES({{columns}})) buffer_{{index}} (
        .clock(clock), .reset(reset), .ready(room_{{below}}),
        .write(write_{{below}}), .write_word(write_hidden_{{below}}), .write_restart(write_restart_{{below}}),
        .frame(frame_{{index}}), .frame_restart(frame_restart_{{index}}), .release_frame(done_{{index}}),
        .read_address(feature_address_{{index}}), .read_word(feature_{{index}})
    );
    wire [{{addressBits}}-1:0] symbol_{{index}} = {{addressBits}}'d0;
    /* verilator lint_off UNUSED */
    wire take_frame_{{index}};
    wire unused_{{index}} = take_frame_{{index}};
    /* verilator lint_on UNUSED */
