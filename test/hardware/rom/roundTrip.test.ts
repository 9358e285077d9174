import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { romFormatNames, romFormats } from "../../../src/romFormats/romFormats.js";
import type { RomFormat } from "../../../src/romFormats/romFormats.js";
import { lintRom } from "../../../src/hardware/rom/lint.js";
import type { LintedRom } from "../../../src/hardware/rom/lint.js";
import { imageOf, wordLists } from "./images.js";
import type { Words } from "./images.js";

function written(format: RomFormat, words: Words): { name: string; bytes: Uint8Array } {
  const { extension, write } = romFormats[format];
  return { name: `some_words.${extension}`, bytes: Buffer.from(write(imageOf(words))) };
}

function wordsOf({ words }: LintedRom): bigint[] {
  return words.map(({ value }) => value);
}

/** What a format says of itself and so needs no telling. */
const statesWidth: readonly RomFormat[] = ["mif", "lattice", "gowin", "vhdl", "c"];

/** Portability warnings that the writer earns on purpose. */
const ownWarnings: Partial<Record<RomFormat, readonly string[]>> = { "mem-annotated": ["comment", "address-directive"] };

describe.each(romFormatNames)("%s", (format) => {
  test("is read back word for word, by the reader that its content and name lead to, without a finding", () => {
    fc.assert(
      fc.property(wordLists, (words) => {
        const { name, bytes } = written(format, words);
        const known = { width: words.width, depth: words.words.length };
        const rom = lintRom(name, bytes, known);
        expect(rom.format).toBe(format);
        expect(rom.findings.filter(({ rule }) => !ownWarnings[format]?.includes(rule))).toEqual([]);
        expect(rom).toMatchObject(known);
        expect(wordsOf(rom)).toEqual(words.words);
        expect(rom.words.map(({ address }) => address)).toEqual(words.words.map((_, address) => address));
      }),
      { numRuns: 60 },
    );
  });

  test("states its own width and depth, or leaves them open", () => {
    fc.assert(
      fc.property(wordLists, (words) => {
        const { name, bytes } = written(format, words);
        const { width, depth } = lintRom(name, bytes, { format });
        if (statesWidth.includes(format)) {
          expect({ width, depth }).toEqual({ width: words.width, depth: words.words.length });
        } else if (format === "verilog-case") {
          expect({ width, depth }).toEqual({ width: words.width, depth: undefined });
        } else {
          expect([undefined, 8, ...["npy", "hex-words", "updatemem"].includes(format) ? [width] : []]).toContain(width);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("tells a word that was changed", () => {
    fc.assert(
      fc.property(wordLists, fc.nat(), fc.nat(), ({ width, words }, index, bit) => {
        const place = index % words.length;
        const changed = words.map((word, address) => (address === place ? word ^ (1n << BigInt(bit % width)) : word));
        const { name, bytes } = written(format, { width, words: changed });
        expect(wordsOf(lintRom(name, bytes, { width }))).not.toEqual(words);
      }),
      { numRuns: 20 },
    );
  });
});

test("an annotated file has warnings for whom takes it as plain, and none for whom asks for annotations", () => {
  const { name, bytes } = written("mem-annotated", { width: 4, words: [1n, 2n] });
  expect(lintRom(name, bytes).findings.map(({ rule }) => rule)).toEqual(["comment", "address-directive"]);
  expect(lintRom(name, bytes, { format: "mem-annotated" }).findings).toEqual([]);
});

test("a single word of one bit is written and read by every format", () => {
  for (const format of romFormatNames) {
    for (const word of [0n, 1n]) {
      const { name, bytes } = written(format, { width: 1, words: [word] });
      expect(wordsOf(lintRom(name, bytes, { width: 1, depth: 1, format })), format).toEqual([word]);
    }
  }
});
