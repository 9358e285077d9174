    wire frame_0, frame_restart_0, take_frame_0, done_0;
    wire [{{symbolBits}}-1:0] symbol_0;
    symbol_buffer #(.WIDTH({{symbolBits}})) buffer_0 (
        .clock(clock), .reset(reset), .ready(in_ready),
        .write(in_valid && in_ready), .write_word(in_data), .write_restart(in_restart),
        .frame(frame_0), .frame_restart(frame_restart_0), .take_frame(take_frame_0), .symbol(symbol_0)
    );
    /* verilator lint_off UNUSED */
    wire [{{symbolBits}}-1:0] feature_address_0;
    wire unused_0 = &{1'b0, feature_address_0, done_0};
    /* verilator lint_on UNUSED */
    wire [{{columns}}*{{activationBits}}-1:0] feature_0 = 0;
