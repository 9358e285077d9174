// {{summary}}
// {{origin}}
// ROM files are read from paths relative to the folder in which the tool runs.
module {{module}} (
    input wire clock,
    input wire reset,
    // {{inputMeaning}}
    input wire in_valid,
    output wire in_ready,
    input wire [{{inputBits}}-1:0] in_data,
    input wire in_restart,         // with a timestep's first beat: it begins a new sequence, from the trained initial state
    // {{outputMeaning}}
    output wire out_valid,
    input wire out_ready,
    output wire [{{outputBits}}-1:0] out_data,
    output wire out_last           // with a timestep's last beat
);
{{input}}
{{layers}}
{{output}}
endmodule
