import { describe, expect, test } from "vitest";
import { lintRom } from "../../../src/hardware/rom/lint.js";
import type { RomExpectation } from "../../../src/hardware/rom/lint.js";

/** What the formats' rules allow and our writers do not use. */
interface Foreign {
  readonly what: string;
  readonly name: string;
  readonly text: string;
  readonly options?: RomExpectation;
  readonly format: string;
  /** In the order of the file: address and word in hexadecimal, "2:AB". */
  readonly words: string;
  readonly rules?: readonly string[];
}

const vhdl = (types: string, values: string): string =>
  `package p is\n  type t is array (${types}) of std_logic_vector(7 downto 0);\n  constant c : t := (${values});\nend package;\n`;

const files: readonly Foreign[] = [
  { what: "a Verilog file for people", name: "a.mem", format: "mem-annotated", text: "/* rom */\n@2 0a_b // two\n\f\tFFF\n@0 1\n", words: "2:AB 3:FFF 0:1", rules: ["comment", "address-directive", "underscore", "comment", "address-directive"] },
  { what: "a Verilog file named .hex", name: "a.hex", format: "mem", text: "dead\nbeef\n", words: "0:DEAD 1:BEEF" },
  { what: "a binary Verilog file", name: "a.mem", format: "mem", options: { radix: 2 }, text: "0101\n1111\n", words: "0:5 1:F" },
  { what: "COE with comments, white space and keywords in capitals", name: "a.coe", format: "coe", text: "; a ROM\nMEMORY_INITIALIZATION_RADIX = 10 ; decimal\n\nMemory_Initialization_Vector = 1 2,\n 300;\n; the end\n", words: "0:1 1:2 2:12C" },
  { what: "COE on one line", name: "a.txt", format: "coe", text: "memory_initialization_radix=2;memory_initialization_vector=01,10;\n", words: "0:1 1:2" },
  { what: "MIF with ranges, repeats and comments", name: "a.mif", format: "mif", text: "-- a ROM\ndepth = 8; % words % width = 4;\naddress_radix = dec; data_radix = bin;\ncontent\nbegin\n[0..3] : 01 10;\n4 : 11 111 0;\n[7..7]:1;\nend;\n", words: "0:1 1:2 2:1 3:2 4:3 5:7 6:0 7:1" },
  { what: "MIF with negative decimal numbers", name: "a.mif", format: "mif", text: "WIDTH=4;\nDEPTH=3;\nADDRESS_RADIX=OCT;\nDATA_RADIX=DEC;\nCONTENT BEGIN\n0 : -1 -8 7;\nEND;\n", words: "0:F 1:8 2:7" },
  { what: "MIF without radices, which then are hexadecimal", name: "a.mif", format: "mif", text: "WIDTH=8;\nDEPTH=2;\nCONTENT BEGIN\n0 : 10;\n1 : FF;\nEND;\n", words: "0:10 1:FF" },
  { what: "Intel HEX of Quartus, told by its addresses", name: "a.hex", format: "hex-words", text: ":02000000ABCD86\n:020001001234B7\n:00000001FF\n", words: "0:ABCD 1:1234" },
  { what: "Intel HEX in small letters", name: "a.ihex", format: "hex", options: { width: 16 }, text: ":02000000abcd86\r\n:00000001ff\r\n", words: "0:CDAB", rules: ["crlf"] },
  { what: "S-records of four-byte addresses without count", name: "a.mot", format: "srec", text: "S307000100000102F4\nS70500000000FA\n", words: "65536:1 65537:2" },
  { what: "Lattice in binary with comments", name: "a.mem", format: "lattice", text: "#Format=Bin\n#Depth=2\n#Width=8\n#AddrRadix=3\n#DataRadix=0\n#Data\n# for a 2x8 memory\n11011 // zero\n11111010\n", words: "0:1B 1:FA" },
  { what: "Lattice with addresses", name: "a.mem", format: "lattice", text: "#Format=AddrHex\n#Depth=4\n#Width=8\n#AddrRadix=3\n#DataRadix=3\n#Data\n2: 3b fb\n0: 1 2\n", words: "2:3B 3:FB 0:1 1:2" },
  { what: "Gowin in binary", name: "a.mi", format: "gowin", text: "#File_format=Bin\n#Address_depth=2\n#Data_width=4\n0101\n1111\n", words: "0:5 1:F" },
  { what: "UpdateMEM with several blocks and odd digits", name: "a.updatemem.mem", format: "updatemem", text: "// patch\n@0 1234 567\n@8 /* far */ ABCD\n", words: "0:1234 1:567 4:ABCD" },
  { what: "VHDL by position, in bit strings of every base", name: "a.vhd", format: "vhdl", text: vhdl("0 to 3", 'x"AF", b"0000_0001", 8x"10", "11110000"'), words: "0:AF 1:1 2:10 3:F0" },
  { what: "VHDL by range and others", name: "a.vhdl", format: "vhdl", text: vhdl("0 to 3", '1 to 2 => x"0F", others => x"00"'), words: "1:F 2:F 0:0 3:0" },
  { what: "C in decimal, octal, hexadecimal and binary, with comments", name: "a.h", format: "c", text: "// rom\n#include <stdint.h>\nconst uint8_t rom[] = { 10, 010, 0x1f, /* five */ 0b101 };\n", words: "0:A 1:8 2:1F 3:5" },
  { what: "C for the flash of a microcontroller", name: "a.h", format: "c", text: "#include <avr/pgmspace.h>\nstatic const uint16_t rom[2] PROGMEM = {0x1234u, 0xFFFFUL};\n", words: "0:1234 1:FFFF" },
];

describe("the readers take", () => {
  test.each(files)("$what", ({ name, text, options, format, words, rules = [] }) => {
    const rom = lintRom(name, Buffer.from(text), options);
    expect(rom.format).toBe(format);
    expect(rom.words.map(({ address, value }) => `${address}:${value.toString(16).toUpperCase()}`).join(" ")).toBe(words);
    expect(rom.findings.map(({ rule }) => rule).filter((rule) => rule !== "ragged-words")).toEqual(rules);
  });

  test("NumPy arrays of big-endian numbers, and of versions 2 and 3", () => {
    for (const version of [2, 3]) {
      const header = "{'descr': '>u2', 'fortran_order': False, 'shape': (2,), }\n";
      const length = Buffer.alloc(4);
      length.writeUInt32LE(header.length);
      const file = Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.from([version, 0]), length, Buffer.from(header), Buffer.from([1, 2, 3, 4])]);
      const rom = lintRom("a.npy", file);
      expect(rom.words.map(({ value }) => Number(value))).toEqual([0x102, 0x304]);
      expect(rom.findings).toEqual([]);
    }
  });
});
