import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { lintRom } from "../../../src/hardware/rom/lint.js";
import { romFormats } from "../../../src/romFormats/romFormats.js";
import { temporaryFolder } from "../../temporaryFolder.js";
import { runToSuccess } from "../tools.js";
import { imageOf, type Words } from "./images.js";

const root = temporaryFolder();

const widths = [1, 3, 4, 8, 33, 64, 130];

function edgeWords(width: number): Words {
  const all = 2n ** BigInt(width) - 1n;
  const mixed = 0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0n & all;
  return { width, words: [0n, all, 1n & all, 2n ** BigInt(width - 1), mixed] };
}

/** Modules of every width, and one of a single word. */
const roms = [...widths.map((width) => ({ name: `w${width}`, ...edgeWords(width) })), { name: "single", width: 3, words: [5n] }];

/** Prints every word of each module in binary. */
const bench = `module bench;
  reg [2:0] address;
${roms.map(({ name, width, words }) => `  wire [${width - 1}:0] ${name};\n  ${name}_rom ${name}_rom (.address(address${words.length === 1 ? "[0:0]" : ""}), .word(${name}));`).join("\n")}
  initial begin
${roms.flatMap(({ name, words }) => words.map((_, address) => `    address = 7; #1 address = ${address}; #1 $display("%b", ${name});`)).join("\n")}
    $finish;
  end
endmodule
`;

async function writeModules(): Promise<string[]> {
  const files = roms.map((rom) => ({ file: path.join(root.path, `${rom.name}.v`), text: romFormats["verilog-case"].write(imageOf(rom, rom.name)) }));
  await Promise.all(files.map(({ file, text }) => writeFile(file, text)));
  await writeFile(path.join(root.path, "bench.v"), bench);
  return files.map(({ file }) => file);
}

const expected = roms.flatMap(({ width, words }) => words.map((word) => word.toString(2).padStart(width, "0")));

test("Icarus and Verilator read the words of every width from the modules, and so does Yosys", async () => {
  const files = await writeModules();
  runToSuccess("iverilog", ["-Wall", "-g2001", "-o", "icarus", ...files, "bench.v"], { cwd: root.path });
  expect(runToSuccess("vvp", ["icarus"], { cwd: root.path }).stdout.trimEnd().split("\n").filter((line) => /^[01]+$/.test(line))).toEqual(expected);
  runToSuccess("verilator", ["--binary", "-Wno-DECLFILENAME", "-Wno-STMTDLY", "-CFLAGS", "-O0", "--top-module", "bench", "-o", "verilated", ...files, "bench.v"], { cwd: root.path });
  expect(runToSuccess("obj_dir/verilated", [], { cwd: root.path }).stdout.split("\n").filter((line) => /^[01]+$/.test(line))).toEqual(expected);
  const last = edgeWords(33).words.at(-1)!.toString(2).padStart(33, "0");
  const { stdout } = runToSuccess("yosys", ["-p", "read_verilog w33.v; proc; eval -set address 4 -show word w33_rom"], { cwd: root.path });
  expect(stdout).toContain(`Eval result: \\word = 33'${last}.`);
}, 300_000);

const words = (name: string, text: string, options = {}): { words: string; width?: number; findings: string[] } => {
  const rom = lintRom(name, Buffer.from(text), options);
  return { words: rom.words.map(({ address, value }) => `${address}:${value.toString(16)}`).join(" "), ...(rom.width && { width: rom.width }), findings: rom.findings.map(({ line, rule }) => `${line} ${rule}`) };
};

test.each([
  ["a function, several labels, decimal and binary numbers, blocks", "function [7:0] f;\n input [2:0] a;\n case (a)\n 0, 3'd1: f = 8'b1010_0101;\n 'h2: begin f = 12; end\n endcase\nendfunction\n", "0:a5 1:a5 2:c", 8],
  ["a negative number as two's complement, non-blocking", "module m(input [1:0] a, output reg signed [3:0] q);\nalways @(posedge c) case (a)\n 0: q <= -4'sd3; 1: q <= -1;\nendcase\n", "0:d 1:f", 4],
  ["a width by the numbers, attributes and comments", "(* rom_style = \"block\" *) case /* 1: x = 2; */ (a[1:0])\n 2'b01: x = 5'o17; // y\n 2'b00: x = 5'h1_F;\nendcase", "1:f 0:1f", 5],
  ["a default that fills the gaps", "case (a) 3: q = 4'h3; 0: q = 4'h1; default: q = 4'hA; endcase", "0:1 1:a 2:a 3:3", 4],
])("%s", (_, text, listed, width) => {
  expect(words("a.v", text)).toEqual({ words: listed, width, findings: [] });
});

test("what is wrong is told with its line", () => {
  expect(words("a.v", "module m;\nendmodule\n").findings).toEqual(["1 missing-field"]);
  expect(words("a.v", "case (a)\n0: q = 4'hF;\n").findings).toEqual(["3 missing-end"]);
  expect(words("a.v", "case (a)\n0: q = 4'h1\n1: q = 4'h2;\nendcase").findings).toEqual(["2 missing-semicolon"]);
  expect(words("a.v", "case (a)\n0: q = 4'h1F;\n1: q = 4'bx;\n1: q = 4'h0;\nz: q = 4'h0;\n2: q = f(3);\nendcase").findings).toEqual([
    "2 word-too-wide", "3 unknown-digits", "4 address-overlap", "5 illegal-character", "6 illegal-character",
  ]);
  expect(words("a.v", "case (a)\n0: q = 4'h1;\nendcase", { depth: 2 }).findings).toEqual(["2 too-few-words"]);
});
