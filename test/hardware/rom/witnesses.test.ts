import fc from "fast-check";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { romFormats } from "../../../src/romFormats/romFormats.js";
import type { RomFormat } from "../../../src/romFormats/romFormats.js";
import { lintRom } from "../../../src/hardware/rom/lint.js";
import { runToSuccess } from "../tools.js";
import { bytesOf, imageOf } from "./images.js";
import type { Words } from "./images.js";

/** Programs of others read what the writers write, and the readers read what they write. */

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "rom-witnesses-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const widths = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 32, 33, 63, 64, 65, 130];

function edgeWords(width: number): Words {
  const all = 2n ** BigInt(width) - 1n;
  const mixed = 0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0n & all;
  return { width, words: [0n, all, 1n & all, 2n ** BigInt(width - 1), mixed, all ^ mixed, 0n] };
}

async function writeRom(format: RomFormat, words: Words, name = `w${words.width}`): Promise<string> {
  const { extension, write } = romFormats[format];
  const file = path.join(home, `${name}.${extension}`);
  await writeFile(file, write(imageOf(words, name)));
  return file;
}

/** The bytes of a file in a format of srecord. */
async function bytesBySrecord(file: string, ...format: string[]): Promise<number[]> {
  runToSuccess("srec_cat", [file, ...format, "-output", `${file}.out`, "-binary"], { cwd: home });
  return [...(await readFile(`${file}.out`))];
}

describe("srecord reads", () => {
  test.each(widths)("S-records of %i-bit words as their bytes, least significant first", async (width) => {
    const words = edgeWords(width);
    const file = await writeRom("srec", words);
    expect(await bytesBySrecord(file, "-motorola")).toEqual(words.words.flatMap((word) => bytesOf(word, Math.ceil(width / 8))));
  });

  test("S-records of every length of address", async () => {
    const words = Array.from({ length: 9000 }, (_, index) => (BigInt(index) * 0x9e37_79b9_7f4a_7c15n) & (2n ** 64n - 1n));
    const file = await writeRom("srec", { width: 64, words }, "long");
    expect(await readFile(file, "utf8")).toMatch(/^S0[^]*\nS2[^]*\nS5[^]*\nS8/);
    expect(Buffer.from(await bytesBySrecord(file, "-motorola"))).toEqual(Buffer.from(words.flatMap((word) => bytesOf(word, 8))));
  });

  // srecord takes words of 8, 16 and 32 bits in this format.
  test.each([8, 16, 32])("annotated .mem files of %i-bit words", async (width) => {
    const words = edgeWords(width);
    const file = await writeRom("mem-annotated", words);
    const mostSignificantFirst = words.words.flatMap((word) => bytesOf(word, width / 8).toReversed());
    expect(await bytesBySrecord(file, "-vmem")).toEqual(mostSignificantFirst);
  });
});

describe("the readers read what srecord writes of", () => {
  const formats = [
    { format: "coe", options: (bits: number) => ["-coe", String(bits)], isBigEndian: true },
    { format: "lattice", options: (bits: number) => ["-mem", String(bits)], isBigEndian: true },
    { format: "mif", options: (bits: number) => ["-mif", String(bits)], isBigEndian: true },
    { format: "hex", options: () => ["-intel"], isBigEndian: false },
    { format: "srec", options: () => ["-motorola"], isBigEndian: false },
    { format: "mem-annotated", options: (bits: number) => ["-vmem", String(bits)], isBigEndian: true },
  ] as const;

  test.each(formats)("$format", async ({ format, options, isBigEndian }) => {
    const words = { 16: edgeWords(16), 32: edgeWords(32) };
    for (const width of [16, 32] as const) {
      const bytes = words[width].words.flatMap((word) => (isBigEndian ? bytesOf(word, width / 8).toReversed() : bytesOf(word, width / 8)));
      const source = path.join(home, `source${width}.bin`);
      const target = path.join(home, `from-srecord-${width}.${format}`);
      await writeFile(source, Uint8Array.from(bytes));
      runToSuccess("srec_cat", [source, "-binary", "-output", target, ...options(width)], { cwd: home });
      const rom = lintRom(path.basename(target), await readFile(target), { format, width, depth: words[width].words.length });
      expect(rom.words.map(({ value }) => value)).toEqual(words[width].words);
      expect(rom.findings.filter(({ severity }) => severity === "error")).toEqual([]);
    }
  });
});

test.each([
  ["segments, records 02", "3"],
  ["linear addresses, records 04", "4"],
])("Intel HEX beyond 64 KiB is read with %s", async (_, addressBytes) => {
  const [source, target] = [path.join(home, "high.bin"), path.join(home, `high${addressBytes}.hex`)];
  await writeFile(source, Uint8Array.of(1, 2, 3));
  const output = ["-output", target, "-intel", `-address-length=${addressBytes}`];
  runToSuccess("srec_cat", [source, "-binary", "-offset", "0x12345", ...output], { cwd: home });
  const text = await readFile(target);
  expect(text.toString()).toMatch(addressBytes === "3" ? /^:02000002/m : /^:02000004/m);
  const rom = lintRom("high.hex", text);
  expect(rom.words.map(({ address, value }) => [address, Number(value)])).toEqual([[0x12345, 1], [0x12346, 2], [0x12347, 3]]);
  expect(rom.findings).toEqual([]);
});

describe("GHDL", () => {
  /** Prints every word of each package as a string of bits. */
  function bench(names: readonly string[]): string {
    const prints = names.map(
      (name) => `
    for address in work.${name}_rom.words'range loop
      for bit in work.${name}_rom.word_t'range loop
        write(text_line, std_logic'image(work.${name}_rom.words(address)(bit))(2));
      end loop;
      writeline(output, text_line);
    end loop;`,
    );
    const head = "use std.textio.all;\nlibrary ieee;\nuse ieee.std_logic_1164.all;\nentity bench is\nend entity;\n";
    return `${head}architecture test of bench is\nbegin\n  process\n    variable text_line : line;\n  begin${prints.join("")}\n    wait;\n  end process;\nend architecture;\n`;
  }

  test.each(["93c", "08"])("reads packages of every width in VHDL-%s", async (standard) => {
    const files = await Promise.all(widths.map((width) => writeRom("vhdl", edgeWords(width))));
    const single = await writeRom("vhdl", { width: 3, words: [5n] }, "single");
    await writeFile(path.join(home, "bench.vhd"), bench([...widths.map((width) => `w${width}`), "single"]));
    const options = [`--std=${standard}`, `--workdir=${await mkdtemp(path.join(home, "work-"))}`];
    runToSuccess("ghdl", ["-a", ...options, ...files, single, "bench.vhd"], { cwd: home });
    const { stdout } = runToSuccess("ghdl", ["--elab-run", ...options, "bench"], { cwd: home });
    const expected = widths.flatMap((width) => edgeWords(width).words.map((word) => word.toString(2).padStart(width, "0")));
    expect(stdout.trimEnd().split("\n")).toEqual([...expected, "101"]);
  });

  test("and the reader refuse a package with a ragged word alike", async () => {
    const good = await readFile(await writeRom("vhdl", { width: 4, words: [1n, 2n] }, "ragged"), "utf8");
    const bad = good.replace('1 => "0010"', '1 => "010"');
    await writeFile(path.join(home, "ragged.vhd"), bad);
    const workdir = `--workdir=${await mkdtemp(path.join(home, "work-"))}`;
    expect(() => runToSuccess("ghdl", ["-a", workdir, "ragged.vhd"], { cwd: home })).toThrow(/length|bound/i);
    expect(lintRom("ragged.vhd", Buffer.from(bad)).findings).toMatchObject([{ rule: "ragged-vector", line: 10 }]);
  });
});

/** Reads the format by its definition with Python's own libraries: header by `ast`, numbers by `int.from_bytes`. */
const readNpy = `
import ast, sys
for name in sys.argv[1:]:
    data = open(name, "rb").read()
    assert data[:8] == b"\\x93NUMPY\\x01\\x00"
    end = 10 + int.from_bytes(data[8:10], "little")
    assert end % 64 == 0 and data[end - 1:end] == b"\\n"
    header = ast.literal_eval(data[10:end].decode("latin1"))
    assert sorted(header) == ["descr", "fortran_order", "shape"] and header["fortran_order"] is False
    order, kind, size = header["descr"][0], header["descr"][1], int(header["descr"][2:])
    assert kind == "u" and order == ("|" if size == 1 else "<")
    stride = size * (header["shape"][1] if len(header["shape"]) == 2 else 1)
    body = data[end:]
    assert len(body) == stride * header["shape"][0]
    print(*[int.from_bytes(body[at:at + stride], "little") for at in range(0, len(body), stride)])
`;

test("Python reads NumPy arrays of every width by the format's definition", async () => {
  const files = await Promise.all(widths.map((width) => writeRom("npy", edgeWords(width))));
  const { stdout } = runToSuccess("python3", ["-c", readNpy, ...files], { cwd: home });
  expect(stdout.trimEnd().split("\n")).toEqual(widths.map((width) => edgeWords(width).words.join(" ")));
});

test("raw bytes are the words' bytes, least significant first", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 12n - 1n }), { minLength: 1, maxLength: 9 }), (words) => {
      const bytes = romFormats.bin.write(imageOf({ width: 12, words }));
      expect([...bytes]).toEqual(words.flatMap((word) => bytesOf(word, 2)));
    }),
  );
});
