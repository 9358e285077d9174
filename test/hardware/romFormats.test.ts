import fc from "fast-check";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RomImage } from "../../src/romFormats/romImage.js";
import { parseRomFormats, type RomFormat, romFormatNames, romFormats, UnknownRomFormatError } from "../../src/romFormats/romFormats.js";
import { bytesOf, imageOf, wordLists } from "./rom/images.js";
import type { Words } from "./rom/images.js";
import { readCoe } from "./coeReader.js";
import { readMif } from "./mifReader.js";
import { runToSuccess } from "./tools.js";

/** The file of an image in a text format. */
function textOf(format: RomFormat, image: RomImage): string {
  return romFormats[format].write(image) as string;
}

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "rom-formats-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Widths on both sides of every boundary of digits, bytes and machine words. */
const edgeWidths = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 32, 33, 63, 64, 65, 192];

function edgeWords(width: number): Words {
  const all = 2n ** BigInt(width) - 1n;
  const top = 2n ** BigInt(width - 1);
  const mixed = 0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0n & all;
  return { width, words: [0n, all, 1n & all, top, mixed, all ^ mixed, 0n] };
}

/** Converts with srecord and returns the bytes that it understood. */
async function bytesBySrecord(name: string, text: string, format: string): Promise<number[]> {
  const source = path.join(home, name);
  await writeFile(source, text);
  runToSuccess("srec_cat", [source, format, "-output", `${source}.bin`, "-binary"], { cwd: home });
  return [...(await readFile(`${source}.bin`))];
}

describe(".mem", () => {
  test("is the portable subset to the letter, and its digits are the words", () => {
    fc.assert(
      fc.property(wordLists, ({ width, words }) => {
        const text = textOf("mem", imageOf({ width, words }));
        const digits = Math.ceil(width / 4);
        expect(text).toMatch(new RegExp(`^([0-9A-F]{${digits}}\\n){${words.length}}$`));
        expect(text.trimEnd().split("\n").map((line) => BigInt(`0x${line}`))).toEqual(words);
      }),
    );
  });
});

describe("COE", () => {
  test("gives a reader written from the rules the same words", () => {
    fc.assert(
      fc.property(wordLists, ({ width, words }) => {
        expect(readCoe(textOf("coe", imageOf({ width, words })))).toEqual({ radix: 16, words });
      }),
    );
  });
});

describe("Intel HEX", () => {
  test.each(edgeWidths)("of %i-bit words is read by srecord as their bytes, least significant first", async (width) => {
    const { words } = edgeWords(width);
    const text = textOf("hex", imageOf({ width, words }));
    expect(text).toMatch(/^(:[0-9A-F]{10,}\n)+$/);
    expect(text.endsWith(":00000001FF\n")).toBe(true);
    const bytes = await bytesBySrecord(`w${width}.hex`, text, "-intel");
    expect(bytes).toEqual(words.flatMap((word) => bytesOf(word, Math.ceil(width / 8))));
  });

  test("beyond 64 KiB carries the upper address, record 04", async () => {
    const words = Array.from({ length: 70_000 }, (_, index) => BigInt((index * 40_503) & 0xffff));
    const text = textOf("hex", imageOf({ width: 16, words }));
    expect(text.match(/^:02000004/gm)).toHaveLength(2);
    const bytes = await bytesBySrecord("long.hex", text, "-intel");
    expect(Buffer.from(bytes).equals(Buffer.from(words.flatMap((word) => bytesOf(word, 2))))).toBe(true);
  });

  test("has record types 00, 01 and 04 only, each with a sum of zero", () => {
    const words = Array.from({ length: 5000 }, (_, index) => BigInt(index) * 0x1_0001_0001n);
    const records = textOf("hex", imageOf({ width: 120, words })).trimEnd().split("\n");
    for (const record of records) {
      const bytes = [...Buffer.from(record.slice(1), "hex")];
      expect(bytes.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
      expect(bytes.length).toBe(bytes[0]! + 5);
      expect([0, 1, 4]).toContain(bytes[3]);
    }
  });
});

describe("MIF", () => {
  // srecord keeps a word in a signed long, so wider ones are for the reader below only.
  test.each(edgeWidths.filter((width) => width < 64))("of %i-bit words is read by srecord as their bytes", async (width) => {
    const { words } = edgeWords(width);
    const bytes = await bytesBySrecord(`w${width}.mif`, textOf("mif", imageOf({ width, words })), "-mif");
    expect(bytes).toEqual(words.flatMap((word) => bytesOf(word, Math.ceil(width / 8))));
  });

  test("gives a reader written from the rules the same words", () => {
    fc.assert(
      fc.property(wordLists, ({ width, words }) => {
        expect(readMif(textOf("mif", imageOf({ width, words })))).toEqual({ width, words });
      }),
    );
  });

  test("states width and depth in decimal", () => {
    const text = textOf("mif", imageOf({ width: 12, words: Array.from({ length: 17 }, () => 0xabcn) }));
    expect(text).toMatch(/^WIDTH=12;\nDEPTH=17;\nADDRESS_RADIX=HEX;\nDATA_RADIX=HEX;\nCONTENT BEGIN\n00 : ABC;\n/);
    expect(text.endsWith("10 : ABC;\nEND;\n")).toBe(true);
  });
});

describe("C header", () => {
  const names = edgeWidths.map((width) => `words_of_${width}`);

  /** Prints every word as bytes, least significant first: from integers by shifts, from byte rows as they are. */
  function printer(width: number, name: string): string {
    const bytes = Math.ceil(width / 8);
    const byte = width > 64 ? `tritloom_${name}[w][b]` : `(unsigned)(((uint64_t)tritloom_${name}[w] >> (8 * b)) & 0xff)`;
    return `
    printf("%d", TRITLOOM_${name.toUpperCase()}_WIDTH);
    for (int w = 0; w < TRITLOOM_${name.toUpperCase()}_LENGTH; w++)
        for (int b = 0; b < ${bytes}; b++) printf(" %u", ${byte});
    printf("\\n");`;
  }

  test.each([
    ["gcc", ["-std=c99", "-x", "c"]],
    ["g++", ["-std=c++11", "-x", "c++"]],
  ])("compiles with %s without a warning and prints its words back", async (compiler, language) => {
    const lines = edgeWidths.map((width, index) => printer(width, names[index]!));
    await Promise.all(
      edgeWidths.map((width, index) =>
        writeFile(path.join(home, `${names[index]}.h`), textOf("c", imageOf(edgeWords(width), names[index]))),
      ),
    );
    const twice = [...names, ...names].map((name) => `#include "${name}.h"`);
    const program = `#include <stdio.h>\n${twice.join("\n")}\nint main(void) {${lines.join("")}\n    return 0;\n}\n`;
    const strict = ["-Wall", "-Wextra", "-pedantic", "-Werror"];
    runToSuccess(compiler, [...language, ...strict, "-I", home, "-o", path.join(home, "print"), "-"], { cwd: home, input: program });
    const { stdout } = runToSuccess(path.join(home, "print"), [], { cwd: home });
    const expected = edgeWidths.map((width) =>
      [width, ...edgeWords(width).words.flatMap((word) => bytesOf(word, Math.ceil(width / 8)))].join(" "),
    );
    expect(stdout.trimEnd().split("\n")).toEqual(expected);
  });
});

const known = "mem, coe, mif, hex, c, mem-annotated, hex-words, srec, lattice, gowin, updatemem, vhdl, npy, bin, verilog-case";

describe("a list of formats", () => {
  test("is read with blanks and repetitions", () => {
    expect(parseRomFormats(" mem, coe,mem ,")).toEqual(["mem", "coe"]);
    expect(parseRomFormats(romFormatNames.join(","))).toEqual(romFormatNames);
  });

  test.each([
    ["mem,verilog", `ROM format "verilog" is not known; choose from ${known}.`],
    ["MEM", `ROM format "MEM" is not known; choose from ${known}.`],
    ["toString", `ROM format "toString" is not known; choose from ${known}.`],
    ["", `No ROM format is named; choose from ${known}.`],
    [" , ", `No ROM format is named; choose from ${known}.`],
  ])("%j is refused", (list, message) => {
    expect(() => parseRomFormats(list)).toThrow(new UnknownRomFormatError(message));
  });
});
