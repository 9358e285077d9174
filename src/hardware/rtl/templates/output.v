
    wire out_frame, release_out_frame;
    wire [{{addressBits}}-1:0] out_address;
    wire [{{activationBits}}-1:0] out_word;
    /* verilator lint_off UNUSED */
    wire out_frame_restart;
    /* verilator lint_on UNUSED */
    frame_buffer #(.WIDTH({{activationBits}}), .LENGTH({{units}})) out_buffer (
        .clock(clock), .reset(reset), .ready(room_{{last}}),
        .write(write_{{last}}), .write_word(write_hidden_{{last}}), .write_restart(write_restart_{{last}}),
        .frame(out_frame), .frame_restart(out_frame_restart), .release_frame(release_out_frame),
        .read_address(out_address), .read_word(out_word)
    );
    frame_reader #(.WIDTH({{activationBits}}), .LENGTH({{units}})) out_stream (
        .clock(clock), .reset(reset), .frame(out_frame), .release_frame(release_out_frame),
        .read_address(out_address), .read_word(out_word),
        .out_valid(out_valid), .out_ready(out_ready), .out_data(out_data), .out_last(out_last)
    );
