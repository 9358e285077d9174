import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { createRun } from "../../src/runs/runWriter.js";
import { randomDeployedModel } from "../hardware/randomModel.js";
import { inlineText, smallResult, smallSpec, started } from "../runs/spec.js";
import { program } from "./program.js";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "cli-rom-"));
  await writeFile(path.join(home, "good.mem"), "01\n3F\n");
  await writeFile(path.join(home, "other.mem"), "01\n3D\n00\n");
  await writeFile(path.join(home, "same.coe"), "memory_initialization_radix=2;\nmemory_initialization_vector=000001,\n111111;\n");
  await writeFile(path.join(home, "cut.mem"), "01\n3F");
  await writeFile(path.join(home, "crlf.mem"), "01\r\n3F\r\n");
});
afterAll(() => rm(home, { recursive: true, force: true }));

function tritloom(...args: readonly string[]): { code: number | null; stdout: string; stderr: string; json: Record<string, unknown> } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: home, encoding: "utf8" });
  const last = stdout.trimEnd().split("\n").at(-1)!;
  return { code: status, stdout, stderr, json: args.includes("--json") ? (JSON.parse(last) as Record<string, unknown>) : {} };
}

describe("rom lint", () => {
  test("of files without an error says ok and ends with 0, warnings or not", () => {
    expect(tritloom("rom", "lint", "good.mem", "--json")).toMatchObject({ code: 0, json: { ok: true, findings: [] } });
    const { code, json } = tritloom("rom", "lint", "good.mem", "crlf.mem", "--json");
    expect([code, json.ok]).toEqual([0, true]);
    expect(json.findings).toMatchObject([{ file: "crlf.mem", line: 1, rule: "crlf", severity: "warning" }]);
  });

  test("of a file with an error says not ok and ends with 1", () => {
    const { code, json } = tritloom("rom", "lint", "good.mem", "cut.mem", "--json");
    expect([code, json.ok]).toEqual([1, false]);
    expect(json.findings).toMatchObject([{ file: "cut.mem", line: 2, rule: "no-final-newline", message: expect.stringContaining("Verilator 5.006 loses the last word") as string }]);
    const inWords = tritloom("rom", "lint", "cut.mem");
    expect(inWords.code).toBe(1);
    expect(inWords.stdout).toMatch(/^cut\.mem:2: error no-final-newline: .*\n1 file, 1 error, 0 warnings\n$/);
  });
});

describe("rom diff", () => {
  test("of the same words in two formats ends with 0", () => {
    expect(tritloom("rom", "diff", "good.mem", "same.coe", "--width", "6", "--json")).toMatchObject({
      code: 0,
      json: { ok: true, compared: 2, differences: [] },
    });
  });

  test("tells each word that differs, down to its lanes, and ends with 1", () => {
    const { code, json } = tritloom("rom", "diff", "good.mem", "other.mem", "--width", "6", "--encoding", "twos-complement", "--json");
    expect(code).toBe(1);
    expect(json).toEqual({
      ok: false,
      compared: 3,
      differences: [
        { address: 1, one: "3F", other: "3D", lanes: [{ lane: 0, one: -1, other: 1 }] },
        { address: 2, one: null, other: "00", lanes: [] },
      ],
    });
    const { stdout } = tritloom("rom", "diff", "good.mem", "other.mem", "--width", "6", "--encoding", "twos-complement");
    expect(stdout).toBe("word 1: 3F and 3D (lane 0: -1 and +1)\nword 2: none and 00\n2 of 3 words differ\n");
  });
});

describe("rom show", () => {
  test("says format, size, histogram and words", () => {
    const { code, stdout } = tritloom("rom", "show", "good.mem", "--width", "6", "--encoding", "twos-complement");
    expect(code).toBe(0);
    expect(stdout).toBe("good.mem: mem, 2 words of 6 bits\nintegers: -1 3 times, 0 2 times, +1 1 times\n  0  01  +1 0 0\n  1  3F  -1 -1 -1\n");
    const { json } = tritloom("rom", "show", "good.mem", "--json");
    expect(json).toMatchObject({ ok: true, format: "mem", depth: 2, words: [{ address: 0, word: "01" }, { address: 1, word: "3F" }] });
  });

  test("of a file that is none names the cause, with exit code 1", () => {
    const { code, stderr } = tritloom("rom", "show", "none.mem");
    expect([code, stderr]).toEqual([1, "tritloom rom: none.mem: The file cannot be read: it does not exist. Check the path and its permissions.\n"]);
  });
});

describe("rom convert", () => {
  test("writes the words in the format of the extension, or of --to, and says so", async () => {
    await writeFile(path.join(home, "signed.h"), "static const int8_t w[3] = { -1, 0, 1 };\n");
    const { code, json } = tritloom("rom", "convert", "signed.h", "out.mif", "--json");
    expect([code, json]).toEqual([0, { ok: true, file: "out.mif", format: "mif", width: 8, depth: 3, findings: [] }]);
    expect(await readFile(path.join(home, "out.mif"), "utf8")).toBe("WIDTH=8;\nDEPTH=3;\nADDRESS_RADIX=HEX;\nDATA_RADIX=HEX;\nCONTENT BEGIN\n0 : FF;\n1 : 00;\n2 : 01;\nEND;\n");
    expect(tritloom("rom", "convert", "out.mif", "out.dat", "--to", "coe").code).toBe(0);
    expect(tritloom("rom", "diff", "signed.h", "out.dat", "--json").json).toMatchObject({ ok: true, compared: 3, differences: [] });
  });

  test("writes nothing where words would be lost, and names the place", async () => {
    const { code, stderr } = tritloom("rom", "convert", "good.mem", "narrow.coe", "--width", "5");
    expect([code, stderr]).toEqual([1, "tritloom rom: good.mem: line 2: Word 1 is 3F in hexadecimal, which does not fit in 5 bits. Icarus 11 and Yosys 0.23 warn and cut the top bits, Verilator 5.006 cuts them without a word. Correct the word or the width.\n"]);
    await expect(readFile(path.join(home, "narrow.coe"))).rejects.toThrow("ENOENT");
    expect(tritloom("rom", "convert", "good.mem", "nowhere/a.coe").stderr).toBe("tritloom rom: Cannot write nowhere/a.coe: Its folder does not exist; make it, or choose another. (ENOENT)\n");
  });
});

test("rom show of 400,000 words shows them", async () => {
  await writeFile(path.join(home, "long.mem"), "0123\n".repeat(400_000));
  const { code, stdout } = tritloom("rom", "show", "long.mem");
  expect(code).toBe(0);
  expect(stdout).toContain("long.mem: mem, 400000 words of 16 bits\nwords: 0123 400000 times\n");
});

describe("export with a layout", () => {
  async function finishedRun(): Promise<string> {
    const writer = await createRun(path.join(home, "runs"), smallSpec(), { corpusText: inlineText });
    writer.append(started());
    await writer.model(deployedModelToTensors(randomDeployedModel({ units: 16, symbols: 8, precision: "ternary" })));
    await writer.finish({ ...smallResult, figures: { measure: "BPC", validation: 2.875, deployableTest: 2.625, authorStyleTest: 3 } });
    return writer.dir;
  }

  test("writes what its options say, and every file of it lints clean", async () => {
    const run = await finishedRun();
    const layout = ["--encoding", "base3", "--bit-order", "msb-first", "--gate-order", "iofc", "--max-width", "24"];
    const formats = "coe,mif,hex,c,hex-words,srec,lattice,gowin,updatemem,vhdl,npy,bin";
    const { code, json } = tritloom("export", run, "--format", formats, "--out", "roms", ...layout, "--json");
    expect(code).toBe(0);
    const files = json.files as string[];
    expect(files.filter((file) => file.endsWith("recurrent_weights_bank4.npy"))).toHaveLength(1);
    expect(tritloom("rom", "lint", ...files, "--json")).toMatchObject({ code: 0, json: { ok: true, findings: [] } });
    const everything = (await readdir(path.join(home, "roms"))).map((file) => `roms/${file}`);
    const all = tritloom("rom", "lint", ...everything, "--json");
    expect(all).toMatchObject({ code: 0, json: { ok: true, findings: [] } });
    expect((all.json.passedOver as string[]).toSorted()).toEqual(["roms/README.md", "roms/golden", "roms/host", "roms/manifest.json"].filter((file) => everything.includes(file)));
    const shown = tritloom("rom", "show", files.find((file) => file.endsWith("recurrent_weights_bank0.vhd"))!, "--json");
    expect(shown.json).toMatchObject({ format: "vhdl", width: 24, gates: [{ gate: "i" }, { gate: "o" }, { gate: "f" }, { gate: "c" }] });
  });

  test("refuses what the model has no use for, and unknown names", async () => {
    const run = await finishedRun();
    const wrong = tritloom("export", run, "--out", "wrong", "--encoding", "sign-bit-inverted");
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      "tritloom export: The layout names sign-bit-inverted, but the model has no binary weights: leave it out.\n",
    ]);
    expect(tritloom("export", run, "--gate-order", "fgio")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--gate-order fgio: choose from gfio, ifgo, ifco, iofc, rzn, zrh.") as string,
    });
  });
});

test.each([
  [["rom"], "rom needs lint|diff|show|convert: what to do."],
  [["rom", "mend", "good.mem"], 'rom does not know "mend"; it does lint, diff, show, convert.'],
  [["rom", "lint"], "rom needs FILE: ROM file; the manifest.json of an export beside it is used."],
  [["rom", "diff", "good.mem"], "rom diff takes two files; 1 given."],
  [["rom", "show", "good.mem", "other.mem"], "rom show takes one file; 2 given."],
  [["rom", "lint", "good.mem", "--as", "elf"], '--as elf: ROM format "elf" is not known; choose from mem, coe, '],
  [["rom", "convert", "good.mem"], "rom convert takes two files, from and to; 1 given."],
  [["rom", "convert", "good.mem", "good.xyz"], "The extension of good.xyz is that of no format: name the format with --to, one of mem, coe, "],
  [["rom", "convert", "good.mem", "a.b", "--to", "elf"], '--to elf: ROM format "elf" is not known; choose from mem, coe, '],
  [["rom", "lint", "good.mem", "--to", "coe"], "--to coe: only rom convert takes it; rom lint reads, and --as names the format to read."],
  [["rom", "lint", "good.mem", "--depth", "999999999"], "--depth 999999999: give at most 2097152."],
  [["rom", "lint", "good.mem", "--width", "0"], "--width 0: give a whole number above 0."],
  [["rom", "lint", "good.mem", "--radix", "10"], "--radix 10: choose from 2, 16."],
  [["rom", "lint", "good.mem", "--encoding", "bcd"], "--encoding bcd: choose from twos-complement, sign-nonzero, one-hot, base3, sign-bit, sign-bit-inverted."],
  [["rom", "lint", "good.mem", "--bit-order", "msb-first"], "--bit-order msb-first: name the encoding too, with --encoding."],
])("%j is wrong usage", (args, message) => {
  const { code, stderr } = tritloom(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
