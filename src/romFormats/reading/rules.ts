export interface RomRule {
  /** An error: some tool loads wrong words, or none. A warning: some tool may refuse the file. */
  readonly severity: "error" | "warning";
  /** What tools do with it, where the format has no words of its own for it. */
  readonly anyTool?: string;
  readonly remedy: string;
}

/** What `tritloom rom lint` looks for. What tools do with it is said by the formats. */
export const romRules = {
  "unreadable": { severity: "error", remedy: "Check the path and its permissions." },
  "huge-file": { severity: "error", remedy: "Lint a part of it, or a denser format." },
  "empty-file": { severity: "error", remedy: "Export it again." },
  "unknown-format": { severity: "error", remedy: "Name the format with --as." },
  "binary-content": { severity: "error", remedy: "Name the format with --as if it is npy or bin; otherwise export it again." },
  "byte-order-mark": { severity: "error", remedy: "Save it as UTF-8 without byte order mark, or as ASCII." },
  "crlf": { severity: "warning", anyTool: "Checksums differ.", remedy: "Save it with LF line ends." },
  "no-final-newline": { severity: "error", remedy: "End the last line with a newline." },
  "comment": { severity: "warning", remedy: "Remove it; the manifest is the place for notes." },
  "unterminated-comment": { severity: "error", remedy: "Close the comment." },
  "hash-comment": { severity: "error", remedy: "Remove it." },
  "underscore": { severity: "warning", remedy: "Remove the underscores." },
  "address-directive": { severity: "warning", remedy: "Write every word from address 0 on, without @." },
  "several-words-per-line": { severity: "warning", remedy: "Write one word a line." },
  "short-word": { severity: "warning", remedy: "Write all digits." },
  "excess-digits": { severity: "warning", remedy: "Drop the leading zeros." },
  "ragged-words": { severity: "warning", remedy: "Write all words with the same number of digits." },
  "unknown-digits": { severity: "error", remedy: "Write a number." },
  "radix-prefix": { severity: "error", remedy: "Drop the prefix." },
  "address-prefix": { severity: "error", remedy: "Drop the prefix." },
  "sign": { severity: "error", remedy: "Write the two's complement bits." },
  "illegal-character": { severity: "error", remedy: "Write digits of the format's radix only." },
  "address-space": { severity: "error", remedy: "Write the address directly after the @." },
  "address-out-of-range": { severity: "error", remedy: "Keep addresses below the depth." },
  "address-overlap": { severity: "error", remedy: "Give each address once." },
  "address-misaligned": { severity: "error", remedy: "Begin at a multiple of the word's bytes." },
  "missing-address": { severity: "error", remedy: "Begin with @0." },
  "too-few-words": { severity: "error", remedy: "Pad with words of 0 to the depth." },
  "too-many-words": { severity: "error", remedy: "Drop the words beyond the depth, or correct the depth." },
  "word-too-wide": { severity: "error", remedy: "Correct the word or the width." },
  "binary-digits": { severity: "warning", remedy: "If the words are binary, read them with --radix 2; if not, say the width with --width." },
  "filter-coefficients": { severity: "warning", remedy: "For a memory, write those two keywords." },
  "no-words": { severity: "error", remedy: "Export it again." },
  "missing-field": { severity: "error", remedy: "Add it." },
  "bad-field": { severity: "error", remedy: "Correct it." },
  "missing-semicolon": { severity: "error", remedy: "End it with a semicolon." },
  "missing-end": { severity: "error", remedy: "Export it again: the file may be cut off." },
  "data-after-end": { severity: "error", remedy: "Remove what follows." },
  "width-mismatch": { severity: "error", remedy: "Export it again, or correct the width." },
  "depth-mismatch": { severity: "error", remedy: "Export it again, or correct the depth." },
  "ragged-vector": { severity: "error", remedy: "Give each word all its bits." },
  "record-syntax": { severity: "error", remedy: "Export it again." },
  "record-length": { severity: "error", anyTool: "Programmers and srec_cat refuse the file.", remedy: "Export it again: the line may be cut off." },
  "record-type": { severity: "error", remedy: "Keep to the record types of the format." },
  "bad-checksum": { severity: "error", anyTool: "Programmers, Quartus and srec_cat refuse the file.", remedy: "Export it again: a byte was changed." },
  "count-mismatch": { severity: "error", remedy: "Export it again: something is missing." },
  "partial-word": { severity: "error", remedy: "Give the width with --width, or export it again." },
  "unsupported-type": { severity: "error", remedy: "Save unsigned integers, or rows of uint8." },
  "illegal-code": { severity: "error", anyTool: "The accelerator has no weight for it.", remedy: "Export it again, or name the encoding." },
  "sha256-mismatch": { severity: "error", remedy: "Export it again: the file is not the one that was exported." },
} as const satisfies Record<string, RomRule>;

export type RomRuleId = keyof typeof romRules;

/** What is particular about a format. */
export interface FormatRules {
  /** What the format's tools do with a file that breaks a rule. */
  readonly tools?: Readonly<Partial<Record<RomRuleId, string>>>;
  /** Errors of other formats that are only warnings here. */
  readonly onlyWarnings?: readonly RomRuleId[];
}
