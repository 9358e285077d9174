import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { mif } from "../../../src/romFormats/mif.js";
import { RomFindings } from "../../../src/romFormats/reading/findings.js";
import { romLimits } from "../../../src/romFormats/reading/limits.js";
import { lintRom, type LintedRom, type RomExpectation } from "../../../src/hardware/rom/lint.js";
import { PlacedWords } from "../../../src/romFormats/reading/placedWords.js";
import { temporaryFolder } from "../../temporaryFolder.js";
import { runToSuccess } from "../tools.js";

const root = temporaryFolder();

const read = (name: string, text: string | Uint8Array, options: RomExpectation = {}): LintedRom => lintRom(name, Buffer.from(text), options);
const wordsOf = ({ words }: LintedRom): string => words.map(({ address, value }) => `${address}:${value.toString(16).toUpperCase()}`).join(" ");
const rulesOf = ({ findings }: LintedRom): string[] => findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe("VHDL", () => {
  const slv = (range: string, bits: string, declaration: string): string =>
    `library ieee; use ieee.std_logic_1164.all; use ieee.numeric_std.all;\npackage p is\n  constant DEPTH : integer := 2 ** 3;\n  constant STEP : std_logic_vector(3 downto 0) := "1001";\n  type rom_t is array (${range}) of std_logic_vector(${bits});\n  ${declaration}\nend package;\n`;
  const cases: readonly (readonly [string, string])[] = [
    ["positions, nested others", slv("0 to 3", "7 downto 0", `constant c : rom_t := (x"12", x"34", others => (others => '0'));`)],
    ["alternatives and ranges", slv("0 to DEPTH - 1", "7 downto 0", `constant c : rom_t := (0 => x"12", 1 | 7 => "00110100", 2 to 3 => x"56", 5 downto 4 => (others => '1'), others => x"00");`)],
    ["bit strings of every base", slv("0 to 5", "11 downto 0", `constant c : rom_t := (12x"AF", B"0000_1111_0000", O"7777", 12D"100", 12SX"F", X"0_1f");`)],
    ["aggregates of bits by index", slv("0 to 2", "3 downto 0", `constant c : rom_t := ((3 => '1', others => '0'), ('1', '0', '1', '1'), (1 downto 0 => '1', 3 | 2 => '0'));`)],
    ["vectors that count upwards", slv("0 to 1", "0 to 3", `constant c : rom_t := ((0 => '1', others => '0'), "0010");`)],
    ["a memory that counts downwards", slv("3 downto 0", "7 downto 0", `constant c : rom_t := (x"0A", x"0B", x"0C", x"0D");`)],
    ["concatenations, conversions and names", slv("0 to 3", "7 downto 0", `constant c : rom_t := (0 => STEP & "0001", 1 => std_logic_vector(to_unsigned(200, 8)), 2 => std_logic_vector(to_signed(-3, 8)), 3 => x"1" & STEP);`)],
  ];

  test.each(cases)("%s are the words that GHDL has", async (_, source) => {
    const bench = `library ieee; use ieee.std_logic_1164.all; use std.textio.all; use work.p.all;\nentity bench is end;\narchitecture a of bench is begin process begin\n  for i in c'low to c'high loop write(output, to_string(c(i)) & LF); end loop; wait;\nend process; end;\n`;
    await writeFile(path.join(root.path, "p.vhd"), source);
    await writeFile(path.join(root.path, "bench.vhd"), bench);
    for (const args of [["-a", "--std=08", "p.vhd", "bench.vhd"], ["-e", "--std=08", "bench"]]) {
      runToSuccess("ghdl", args, { cwd: root.path });
    }
    const printed = runToSuccess("ghdl", ["-r", "--std=08", "bench"], { cwd: root.path }).stdout.trim().split("\n");
    const rom = read("p.vhd", source);
    expect(rom.words.toSorted((one, other) => one.address - other.address).map(({ value, bits }) => value.toString(2).padStart(bits, "0"))).toEqual(printed);
    expect(rom).toMatchObject({ width: printed[0]!.length, depth: printed.length, findings: [] });
  });

  test.each([
    ["a signal", "signal ram : ram_t"],
    ["a variable", "variable ram : ram_t"],
    ["a shared variable", "shared variable ram : ram_t"],
  ])("%s is read as a constant is, comments or not", (_, declaration) => {
    const source = `architecture rtl of rom is\ntype ram_t is array (0 to 3) of std_logic_vector(7 downto 0);\nsignal other : std_logic_vector(7 downto 0) := (others => '0');\n${declaration} := (\n  -- 0xe000\n  x"BA",x"8E",x"5A",x"CF");\nbegin\nend;\n`;
    const rom = read("signal.vhd", source);
    expect([wordsOf(rom), rom.width, rom.depth, rom.findings]).toEqual(["0:BA 1:8E 2:5A 3:CF", 8, 4, []]);
  });

  test("whole numbers have the bits of their range", () => {
    const rom = read("i.vhd", "package p is type t is array (natural range <>) of integer range -8 to 7; constant c : t := (1, -1, 7); end;\n");
    expect([wordsOf(rom), rom.width]).toEqual(["0:1 1:F 2:7", 4]);
  });
});

describe("C", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["bytes", "unsigned char w[] = { 0x44, 0x20, 0x82, 0x3c };\nunsigned int w_len = 4;"],
    ["words in any order", "const static short unsigned int w[3] = { 1u, 0xFFFF, 017 };"],
    ["signed numbers", "static const int8_t w[] = { -1, 0, 1, -128, +5, ~0 };"],
    ["four bytes", "int const w[2] = { -2, 0x7fffffff };"],
    ["eight bytes", "long long w[2] = { -1LL, 0x123456789abcdefLL };"],
    ["a typedef, an attribute, macros and characters", "#define N 5\n#define ONE (1)\ntypedef unsigned short weight;\nstatic const weight w[N] __attribute__((aligned(4))) = { ONE, 'a', '\\n', (weight)0x10, [4] = 7 };"],
  ];
  test.each(cases)("%s have the type's width, and the values that a compiler gives them", async (_, source) => {
    const program = `#include <stdint.h>\n#include <stdio.h>\n${source}\nint main(void) { size_t b = sizeof w[0]; printf("%zu", 8 * b); for (size_t i = 0; i < sizeof w / b; i++) { unsigned long long v = (unsigned long long)w[i]; if (b < 8) v &= (1ULL << (8 * b)) - 1; printf(" %llx", v); } }\n`;
    await writeFile(path.join(root.path, "w.c"), program);
    runToSuccess("gcc", ["-w", "-o", "w", "w.c"], { cwd: root.path });
    const [width, ...values] = runToSuccess(path.join(root.path, "w"), [], { cwd: root.path }).stdout.trim().split(" ");
    const rom = read("w.h", `${source}\n`);
    const byAddress = new Map(rom.words.map(({ address, value }) => [address, value.toString(16)]));
    expect(rom.width).toBe(Number(width));
    expect(values.map((__, address) => byAddress.get(address) ?? "0")).toEqual(values);
    expect(rulesOf(rom).filter((rule) => rule !== "error too-few-words")).toEqual([]);
  });

  test("PROGMEM, and macros of something else than the array, change nothing", () => {
    const rom = read("logo.h", "#define SCREEN_WIDTH 128\n#define SCREEN_LENGTH 64\nconst PROGMEM uint8_t logo[] = { 1, 2 };\n");
    expect([wordsOf(rom), rom.width, rom.depth, rom.findings]).toEqual(["0:1 1:2", 8, undefined, []]);
  });
});

describe("vendors' files", () => {
  test("Vivado's .mif of binary lines is the same as its COE", () => {
    const mif = read("a.mif", "100010001000\n000000001111\n011101110111\n");
    const coe = read("a.coe", "memory_initialization_radix=16;\nmemory_initialization_vector=\n888,00F,777;\n");
    expect([wordsOf(mif), mif.width, mif.findings]).toEqual([wordsOf(coe), 12, []]);
  });

  test.each([
    ["a.mi", "#File_format=Hex\n#Address_depth=4\n#Data_width=16\nC008\n", "0:C008 1:0 2:0 3:0"],
    ["a.mi", "#File_format=AddrHex\n#Address_depth=4\n#Data_width=16\n3:00FF\n1:1234\n", "0:0 1:1234 2:0 3:FF"],
    ["a.mif", "WIDTH=8;\nDEPTH=4;\nADDRESS_RADIX=HEX;\nDATA_RADIX=HEX;\nCONTENT BEGIN\n1 : 11;\nEND;\n", "0:0 1:11 2:0 3:0"],
  ])("%s without all words is filled with 0, as its tool does, with a warning", (name, text, words) => {
    const rom = read(name, text);
    expect([wordsOf(rom), rulesOf(rom)]).toEqual([words, ["warning too-few-words"]]);
  });

  test("the coefficients of a filter are told and read in every radix", () => {
    const decimal = read("fir.coe", "Radix = 10;\nCoefficient_Width = 16;\nCoefData = -12, 5,\n 300;\n");
    expect([wordsOf(decimal), decimal.width, rulesOf(decimal)]).toEqual(["0:FFF4 1:5 2:12C", 16, ["warning filter-coefficients"]]);
    const unsaid = read("fir.coe", "radix=10; coefdata=-129,\n127;\n");
    expect([wordsOf(unsaid), unsaid.width]).toEqual(["0:17F 1:7F", 9]);
    expect(wordsOf(read("fir.coe", "radix=16;\ncoefdata=FFF4,0005;\n"))).toBe("0:FFF4 1:5");
  });

  test("what follows the vector is ignored with a warning, and its first semicolon ends it", () => {
    const rom = read("a.coe", ";note\nmemory_initialization_radix=16;\nmemory_initialization_vector=\n0a,0b, ; tail comment\n0c;\n");
    expect([wordsOf(rom), rulesOf(rom)]).toEqual(["0:A 1:B", ["warning data-after-end"]]);
  });

  test("a control byte in a comment is no finding about bytes, and one among words is", () => {
    expect(rulesOf(read("font.mem", Buffer.from("0a\n// \x7f\x1b\0\n10\n", "latin1")))).toEqual(["warning comment"]);
    expect(rulesOf(read("font.mem", Buffer.from("0a\n\x7f\n10\n", "latin1")))).toEqual(["error binary-content"]);
  });

  test("words of the digits 0 and 1 alone have a hint, unless the width or the radix says what they are", () => {
    const text = "11000100\n11111111\n";
    expect(read("a.hex", text).findings[0]!.message).toContain("--radix 2");
    expect(rulesOf(read("a.hex", text, { radix: 2 }))).toEqual([]);
    expect(rulesOf(read("a.hex", text, { width: 32 }))).toEqual([]);
    expect(rulesOf(read("a.hex", "0\n1\n"))).toEqual([]);
  });

  test("Lattice's header is read after a comment, and the one missing field is named", () => {
    const header = "#Format=AddrHex\n#Depth=2\n#Width=16\n#AddrRadix=3\n#DataRadix=3\n#Data\n0: 0002 000A\n";
    const commented = read("a.mem", `// made by a generator\n${header}`);
    expect([commented.format, wordsOf(commented), rulesOf(commented)]).toEqual(["lattice", "0:2 1:A", ["warning comment"]]);
    const without = read("a.mem", header.replace(/^.*\n/, ""));
    expect([without.format, wordsOf(without)]).toEqual(["lattice", "0:2 1:A"]);
    expect(without.findings.map(({ message }) => message)).toEqual(["The header has no #Format. Add it."]);
  });
});

describe("numbers that a file states", () => {
  const lies: readonly (readonly [string, string])[] = [
    ["a.mif", "WIDTH=8;\nDEPTH=4;\nCONTENT BEGIN\n[0..FFFFFFFFFFFF] : 0;\nEND;\n"],
    ["a.mif", "WIDTH=999999999;\nDEPTH=999999999;\nCONTENT BEGIN\n[0..FFFFFFF] : 0;\nEND;\n"],
    ["a.vhd", 'package p is type t is array (0 to 2000000000) of bit_vector(999999999 downto 0); constant c : t := (0 to 2000000000 => x"12", others => (others => \'0\')); end;\n'],
    ["a.mem", "@FFFFFFFFFFFFF 1\n"],
    ["a.hex", ":02000004FFFFFC\n:01FFFF0001FF\n:00000001FF\n"],
    ["a.h", "char a[2000000000] = { [0 ... 1999999999] = 1 };\n"],
    ["a.mi", "#File_format=Hex\n#Address_depth=999999999\n#Data_width=999999999\n1\n"],
  ];
  test.each(lies)("%s: %s is read without believing them", (name, text) => {
    const rom = read(name, text);
    expect(rom.words.length).toBeLessThan(10);
    expect(rom.findings.length).toBeGreaterThan(0);
  });

  test("a range of any length ends at the limit of words, which is told once", () => {
    const findings = new RomFindings(mif);
    const placed = new PlacedWords(findings);
    placed.fill(0, 2 ** 50, () => ({ value: 0n, bits: 1, line: 7 }));
    placed.add({ address: 0, value: 0n, bits: 1, line: 8 });
    placed.add({ address: 1, value: 0n, bits: 1, line: 9 });
    expect(placed.words.length).toBe(romLimits.words);
    expect(findings.all()).toMatchObject([{ rule: "huge-file", line: 8 }]);
  });
});
