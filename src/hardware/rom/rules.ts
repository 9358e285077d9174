/** Formats whose readers share their quirks. */
export type RomFamily = "readmem" | "coe" | "mif" | "hex" | "srec" | "lattice" | "gowin" | "updatemem" | "vhdl" | "c" | "npy" | "bin";

export interface RomRule {
  /** An error: some tool loads wrong words, or none. A warning: some tool may refuse the file. */
  readonly severity: "error" | "warning";
  /** What tools do with it, by family of formats; "any" where no family is listed. */
  readonly tools: Readonly<Partial<Record<RomFamily | "any", string>>>;
  readonly remedy: string;
  /** Families where an error is only a warning. */
  readonly onlyWarningFor?: readonly RomFamily[];
}

const vivadoSubset = "Icarus 11, Verilator 5.006 and Yosys 0.23 accept it; Vivado's synthesis reads words alone, one a line (UG901).";
const stopsHalfWay =
  "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads on without a word.";

/**
 * What `tritloom rom lint` looks for. What Icarus, Verilator and Yosys are said to do was seen in the versions named, and
 * is checked against those programs by the tests; what Vivado and Quartus are said to do is from their documentation.
 */
export const romRules = {
  "unreadable": { severity: "error", tools: {}, remedy: "Check the path and its permissions." },
  "huge-file": { severity: "error", tools: {}, remedy: "Lint a part of it, or a denser format." },
  "empty-file": {
    severity: "error",
    tools: { readmem: "Icarus 11 warns; Verilator 5.006 and Yosys 0.23 load nothing without a word." },
    remedy: "Export it again.",
  },
  "unknown-format": { severity: "error", tools: {}, remedy: "Name the format with --as." },
  "binary-content": {
    severity: "error",
    tools: { readmem: "Icarus 11 stops there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads it as 0." },
    remedy: "Name the format with --as if it is npy or bin; otherwise export it again.",
  },
  "byte-order-mark": {
    severity: "error",
    tools: { readmem: "Icarus 11 refuses the file but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads past it." },
    remedy: "Save it as UTF-8 without byte order mark, or as ASCII.",
  },
  "crlf": {
    severity: "warning",
    tools: { readmem: "Icarus 11, Verilator 5.006 and Yosys 0.23 read it alike, but checksums differ.", any: "Checksums differ." },
    remedy: "Save it with LF line ends.",
  },
  "no-final-newline": {
    severity: "error",
    tools: { readmem: "Verilator 5.006 loses the last word without a warning; Icarus 11 and Yosys 0.23 read it." },
    remedy: "End the last line with a newline.",
  },
  "comment": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Remove it; the manifest is the place for notes." },
  "unterminated-comment": {
    severity: "error",
    tools: { readmem: "Icarus 11 warns that words are missing; Verilator 5.006 and Yosys 0.23 lose them without a word." },
    remedy: "Close the comment.",
  },
  "hash-comment": {
    severity: "error",
    tools: {
      readmem:
        "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 takes it as a comment, Yosys 0.23 reads its letters as data.",
    },
    remedy: "Remove it.",
  },
  "underscore": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Remove the underscores." },
  "address-directive": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Write every word from address 0 on, without @." },
  "several-words-per-line": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Write one word a line." },
  "short-word": {
    severity: "warning",
    tools: { readmem: "Icarus 11, Verilator 5.006 and Yosys 0.23 fill the top with zeros; others need not." },
    remedy: "Write all digits.",
  },
  "excess-digits": {
    severity: "warning",
    tools: { readmem: "Icarus 11 warns of each; Verilator 5.006 and Yosys 0.23 read the same word." },
    remedy: "Drop the leading zeros.",
  },
  "ragged-words": { severity: "warning", tools: {}, remedy: "Write all words with the same number of digits." },
  "unknown-digits": {
    severity: "error",
    tools: { readmem: "Icarus 11 and Yosys 0.23 load unknown bits, Verilator 5.006 aborts." },
    remedy: "Write a number.",
  },
  "radix-prefix": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 and Yosys 0.23 read the x as unknown bits, Verilator 5.006 as 0.",
      updatemem: "UpdateMEM calls it a syntax error (UG1580).",
    },
    remedy: "Drop the prefix.",
  },
  "address-prefix": {
    severity: "error",
    tools: { readmem: "Icarus 11 takes the 0 as the address and the rest as a word, Verilator 5.006 aborts, Yosys 0.23 reads past the prefix." },
    remedy: "Drop the prefix.",
  },
  "sign": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 drops the sign without a word.",
      mif: "Quartus takes a sign with DATA_RADIX=DEC alone.",
    },
    remedy: "Write the two's complement bits.",
  },
  "illegal-character": { severity: "error", tools: { readmem: stopsHalfWay }, remedy: "Write digits of the format's radix only." },
  "address-space": {
    severity: "error",
    tools: { readmem: "Icarus 11 refuses it but ends with exit code 0, Verilator 5.006 reads the address as data, Yosys 0.23 stops." },
    remedy: "Write the address directly after the @.",
  },
  "address-out-of-range": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 stops reading but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 drops the words without a word.",
    },
    remedy: "Keep addresses below the depth.",
  },
  "address-overlap": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 and Verilator 5.006 keep the last word, Yosys 0.23 the first.",
      updatemem: "UpdateMEM refuses overlapping blocks (UG1580).",
    },
    remedy: "Give each address once.",
  },
  "address-misaligned": { severity: "error", tools: {}, remedy: "Begin at a multiple of the word's bytes." },
  "missing-address": { severity: "error", tools: { updatemem: "UpdateMEM wants @ and a byte address before the first word (UG1580)." }, remedy: "Begin with @0." },
  "too-few-words": {
    severity: "error",
    tools: {
      readmem:
        "Icarus 11 warns, Verilator 5.006 does not, and both leave the other words as they were; Yosys 0.23 leaves them x without a word; Vivado wants a line for each row.",
      lattice: "Lattice's Memory Generator fills with 0, and so they are read.",
      gowin: "Gowin's IP generator fills with 0, and so they are read.",
      mif: "Quartus warns and fills with 0, and so they are read.",
    },
    remedy: "Pad with words of 0 to the depth.",
    onlyWarningFor: ["lattice", "gowin", "mif"],
  },
  "too-many-words": {
    severity: "error",
    tools: { readmem: "Icarus 11 warns and drops the rest, Verilator 5.006 aborts, Yosys 0.23 drops the rest without a word." },
    remedy: "Drop the words beyond the depth, or correct the depth.",
  },
  "word-too-wide": {
    severity: "error",
    tools: { readmem: "Icarus 11 and Yosys 0.23 warn and cut the top bits, Verilator 5.006 cuts them without a word." },
    remedy: "Correct the word or the width.",
  },
  "binary-digits": {
    severity: "warning",
    tools: { readmem: "$readmemh reads each digit as four bits, $readmemb as one." },
    remedy: "If the words are binary, read them with --radix 2; if not, say the width with --width.",
  },
  "filter-coefficients": {
    severity: "warning",
    tools: { coe: "Vivado's FIR Compiler reads them; its memory generators want memory_initialization_radix and memory_initialization_vector (UG896)." },
    remedy: "For a memory, write those two keywords.",
  },
  "no-words": { severity: "error", tools: {}, remedy: "Export it again." },
  "missing-field": { severity: "error", tools: {}, remedy: "Add it." },
  "bad-field": { severity: "error", tools: {}, remedy: "Correct it." },
  "missing-semicolon": { severity: "error", tools: {}, remedy: "End it with a semicolon." },
  "missing-end": {
    severity: "error",
    tools: { srec: "srec_cat reads and writes such files." },
    remedy: "Export it again: the file may be cut off.",
    onlyWarningFor: ["srec"],
  },
  "data-after-end": {
    severity: "error",
    tools: { coe: "Vivado wants the vector last (UG896) and ignores what follows." },
    remedy: "Remove what follows.",
    onlyWarningFor: ["coe"],
  },
  "width-mismatch": { severity: "error", tools: {}, remedy: "Export it again, or correct the width." },
  "depth-mismatch": { severity: "error", tools: {}, remedy: "Export it again, or correct the depth." },
  "ragged-vector": { severity: "error", tools: { vhdl: "GHDL stops: the lengths do not match." }, remedy: "Give each word all its bits." },
  "record-syntax": { severity: "error", tools: {}, remedy: "Export it again." },
  "record-length": { severity: "error", tools: { any: "Programmers and srec_cat refuse the file." }, remedy: "Export it again: the line may be cut off." },
  "record-type": { severity: "error", tools: {}, remedy: "Keep to the record types of the format." },
  "bad-checksum": { severity: "error", tools: { any: "Programmers, Quartus and srec_cat refuse the file." }, remedy: "Export it again: a byte was changed." },
  "count-mismatch": { severity: "error", tools: { srec: "srec_cat refuses the file." }, remedy: "Export it again: something is missing." },
  "partial-word": { severity: "error", tools: {}, remedy: "Give the width with --width, or export it again." },
  "unsupported-type": { severity: "error", tools: {}, remedy: "Save unsigned integers, or rows of uint8." },
  "illegal-code": { severity: "error", tools: { any: "The accelerator has no weight for it." }, remedy: "Export it again, or name the encoding." },
  "sha256-mismatch": { severity: "error", tools: {}, remedy: "Export it again: the file is not the one that was exported." },
} as const satisfies Record<string, RomRule>;

export type RomRuleId = keyof typeof romRules;
