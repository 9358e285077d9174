// The ends of paths at a memory, which is not made of standard cells. The timing analyser knows them as cells of a library of
// their own: a word is there so long after the clock's edge, and an address or a word to write so long before it.
(* blackbox, keep *) module memory_output (input wire clock, output wire q); endmodule
(* blackbox, keep *) module memory_input (input wire clock, input wire d); endmodule
