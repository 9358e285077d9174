import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runToSuccess, runTool } from "../tools.js";

/**
 * What the linter says of Icarus 11, Verilator 5.006 and Yosys 0.23 is what they do: each reads the bad `.mem` files into
 * 8 words of 12 bits that are 555 before.
 */
const folder = path.join(import.meta.dirname, "../badRoms/mem");

/** "good" for the words 001 to 008; else the words, or the complaint. Icarus ends with exit code 0 each time. */
interface Claim {
  readonly icarus: string | RegExp;
  readonly verilator: string | RegExp;
  readonly yosys: string | RegExp;
}

const good = "001 002 003 004 005 006 007 008";
const unset = "xxx";

const claims: Readonly<Record<string, Claim>> = {
  "unknown-digits": { icarus: /001 00x 0z3 004/, verilator: /syntax error/, yosys: /^001 \?\?\? \?\?\? 004/ },
  "too-few-words": { icarus: /WARNING.*Not enough words[^]*001 002 555/, verilator: /^001 002 555 555/, yosys: `001 002 ${Array(6).fill(unset).join(" ")}` },
  "too-many-words": { icarus: new RegExp(`WARNING.*Too many words[^]*${good}`), verilator: /beyond bounds/, yosys: good },
  "word-too-wide": { icarus: /WARNING.*Excess hex digits[^]*001 fff 003/, verilator: /^001 fff 003/, yosys: /Warning: Literal has a width of 12 bit[^]*001 fff 003/ },
  "excess-digits": { icarus: new RegExp(`WARNING.*Excess hex digits[^]*${good}`), verilator: good, yosys: good },
  "short-word": { icarus: good, verilator: good, yosys: good },
  "hash-comment": { icarus: /ERROR.*Invalid input character: #[^]*555 555/, verilator: good, yosys: "000 00c 001 001 002 003 004 005" },
  "dash-comment": { icarus: /ERROR.*Invalid input character: -[^]*555 555/, verilator: /syntax error/, yosys: "000 00c 001 002 003 004 005 006" },
  "radix-prefix": { icarus: /001 x12 003/, verilator: /^001 012 003/, yosys: /^001 \?\?\? 003/ },
  "sign": { icarus: /ERROR.*Invalid input character: -[^]*001 555/, verilator: /syntax error/, yosys: /^001 001 003/ },
  "address-out-of-range": { icarus: /address \(0x9\) is out of range[^]*001 555/, verilator: /beyond bounds/, yosys: `001 ${Array(7).fill(unset).join(" ")}` },
  "address-prefix": { icarus: /^x02 003|^0x2 003/, verilator: /syntax error/, yosys: "xxx xxx 003 004 005 006 007 008" },
  "address-space": { icarus: /ERROR.*Invalid input character: @[^]*555 555/, verilator: /^002 001 555/, yosys: /ERROR: Can not parse address/ },
  "address-overlap": { icarus: /001 002 abc 004/, verilator: /^001 002 abc 004/, yosys: good },
  "crlf": { icarus: good, verilator: good, yosys: good },
  "carriage-return": { icarus: good, verilator: good, yosys: good },
  "byte-order-mark": { icarus: /ERROR.*Invalid input character[^]*555 555/, verilator: /syntax error/, yosys: good },
  "no-final-newline": { icarus: good, verilator: "001 002 003 004 005 006 007 555", yosys: good },
  "underscore": { icarus: good, verilator: good, yosys: good },
  "comment": { icarus: good, verilator: good, yosys: good },
  "several-words-per-line": { icarus: good, verilator: good, yosys: good },
  "unterminated-comment": { icarus: /WARNING.*Not enough words[^]*001 002 003 555/, verilator: /^001 002 003 555/, yosys: `001 002 003 ${Array(5).fill(unset).join(" ")}` },
  "illegal-digit": { icarus: /ERROR.*Invalid input character: g/, verilator: /syntax error/, yosys: /^001 000 003/ },
  "comma": { icarus: /ERROR.*Invalid input character: ,/, verilator: /syntax error/, yosys: good },
  "based-number": { icarus: /ERROR.*Invalid input character: '/, verilator: /syntax error/, yosys: new RegExp(good) },
  "latin-1": { icarus: /ERROR.*Invalid input character/, verilator: /syntax error/, yosys: /002 003 004/ },
  "empty": { icarus: /WARNING.*Not enough words[^]*555 555/, verilator: /^555 555/, yosys: Array(8).fill(unset).join(" ") },
  "binary-content": { icarus: /ERROR.*Invalid input character[^]*001 002 555/, verilator: /syntax error/, yosys: /^001 002 000 004/ },
};

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "rom-claims-"));
  await cp(folder, home, { recursive: true });
  await writeFile(path.join(home, "claims.v"), bench);
  runToSuccess("iverilog", ["-g2012", "-o", "claims.vvp", "claims.v"], { cwd: home });
  const quickCompile = ["-CFLAGS", "-O0", "-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"];
  runToSuccess("verilator", ["--binary", "--timescale", "1ns/1ns", "--top-module", "claims", "-Mdir", "verilated", ...quickCompile, "claims.v"], { cwd: home });
});
afterAll(() => rm(home, { recursive: true, force: true }));

const bench = `module claims;
    reg [11:0] words [0:7];
    reg [8*64-1:0] file;
    integer i;
    initial begin
        for (i = 0; i < 8; i = i + 1) words[i] = 12'h555;
        if (!$value$plusargs("file=%s", file)) $fatal(1, "no file");
        $readmemh(file, words);
        for (i = 0; i < 8; i = i + 1) $write("%h%s", words[i], i == 7 ? "\\n" : " ");
        $finish;
    end
endmodule
`;

function byIcarus(file: string): string {
  const { status, stdout, stderr } = runTool("vvp", ["-n", "claims.vvp", `+file=${file}`], { cwd: home });
  expect(status, "Icarus ends with exit code 0 whatever it read").toBe(0);
  return (stdout + stderr).trim();
}

function byVerilator(file: string): string {
  const { status, stdout, stderr } = runTool(path.join(home, "verilated", "Vclaims"), [`+file=${file}`], { cwd: home });
  const text = (stdout + stderr).trim();
  expect(status === 0, text).toBe(!/%Error/.test(text));
  return text.replace(/\n- .*\$finish$/m, "");
}

/** The initial words of the memory: as `unset` where nothing was loaded, ??? for words with some bits unknown. */
async function byYosys(file: string): Promise<string> {
  const source = `module y(input c, input [2:0] a, output reg [11:0] q); reg [11:0] m[0:7]; initial $readmemh("${file}", m); always @(posedge c) q <= m[a]; endmodule`;
  await writeFile(path.join(home, "y.v"), source);
  await rm(path.join(home, "y.json"), { force: true });
  const { status, stdout, stderr } = runTool("yosys", ["-p", "read_verilog y.v; proc; opt_clean; memory_collect; write_json y.json"], { cwd: home });
  if (status !== 0) {
    return stderr + stdout;
  }
  const warnings = (stdout + stderr).split("\n").filter((line) => line.startsWith("Warning:"));
  const design = JSON.parse(await readFile(path.join(home, "y.json"), "utf8")) as {
    modules: { y: { cells: Record<string, { type: string; parameters: { INIT: string } }> } };
  };
  const { INIT } = Object.values(design.modules.y.cells).find(({ type }) => type === "$mem_v2")!.parameters;
  const words = INIT.match(/.{12}/g)!.toReversed().map((bits) => {
    if (/^[01]+$/.test(bits)) {
      return Number.parseInt(bits, 2).toString(16).padStart(3, "0");
    }
    return /^x+$/.test(bits) ? unset : "???";
  });
  return [...warnings, words.join(" ")].join("\n");
}

describe.each(Object.entries(claims))("%s.mem", (name, { icarus, verilator, yosys }) => {
  const agrees = (text: string, claim: string | RegExp): void => {
    if (typeof claim === "string") {
      expect(text).toBe(claim);
    } else {
      expect(text).toMatch(claim);
    }
  };

  test("Icarus", () => agrees(byIcarus(`${name}.mem`), icarus));
  test("Verilator", () => agrees(byVerilator(`${name}.mem`), verilator));
  test("Yosys", async () => agrees(await byYosys(`${name}.mem`), yosys));
});

test.each(["//", "/*"])("a control byte in a %s comment changes nothing for any of the three programs", async (begin) => {
  const good = "001 002 003 004 005 006 007 008";
  for (const code of [0, 1, 0x1b, 0x7f, 0x80]) {
    const comment = Buffer.concat([Buffer.from(`${begin} `), Buffer.of(code), Buffer.from(begin === "//" ? "\n" : " */\n")]);
    const words = good.split(" ").map((word) => `${word}\n`);
    await writeFile(path.join(home, "control.mem"), Buffer.concat([Buffer.from(words.slice(0, 3).join("")), comment, Buffer.from(words.slice(3).join(""))]));
    expect([byIcarus("control.mem"), byVerilator("control.mem"), await byYosys("control.mem")], `byte ${code}`).toEqual([good, good, good]);
  }
});

test("every bad .mem file that needs no option of its own is put to the programs", async () => {
  const special = ["address-decimal", "address-word", "only-comments", "ragged-words", "binary-digits", "readmemb", "illegal-", "odd-fields"];
  const files = (await readdir(folder)).map((file) => path.basename(file, ".mem"));
  expect(files.filter((file) => !(file in claims) && !special.some((prefix) => file.startsWith(prefix)))).toEqual([]);
});
