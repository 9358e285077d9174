    wire frame_0, frame_restart_0, done_0;
    wire [{{addressBits}}-1:0] feature_address_0;
    wire [{{columns}}*{{activationBits}}-1:0] feature_0;
    frame_buffer #(.WIDTH({{activationBits}}), .LENGTH({{inputs}}), .LANES({{columns}})) buffer_0 (
        .clock(clock), .reset(reset), .ready(in_ready),
        .write(in_valid && in_ready), .write_word(in_data), .write_restart(in_restart),
        .frame(frame_0), .frame_restart(frame_restart_0), .release_frame(done_0),
        .read_address(feature_address_0), .read_word(feature_0)
    );
    wire [{{addressBits}}-1:0] symbol_0 = {{addressBits}}'d0;
    /* verilator lint_off UNUSED */
    wire take_frame_0;
    wire unused_0 = take_frame_0;
    /* verilator lint_on UNUSED */
