import fc from "fast-check";
import { expect, test } from "vitest";
import { checkSame, imageOfRom, writtenAs } from "../../../src/hardware/rom/convert.js";
import { romFormatNames, romFormats } from "../../../src/romFormats/romFormats.js";
import { lintRom, type RomExpectation } from "../../../src/hardware/rom/lint.js";
import { imageOf, wordLists } from "./images.js";

/** What a format cannot say of itself. */
const known = (width: number, depth: number): RomExpectation => ({ width, depth });

test("words are the same after any chain of two formats", () => {
  fc.assert(
    fc.property(wordLists, fc.constantFrom(...romFormatNames), fc.constantFrom(...romFormatNames), (list, first, second) => {
      const depth = list.words.length;
      const one = lintRom(`a.${romFormats[first].extension}`, Buffer.from(romFormats[first].write(imageOf(list))), known(list.width, depth));
      const image = imageOfRom(one, "A name, with marks");
      const other = lintRom(`b.${romFormats[second].extension}`, Buffer.from(writtenAs(image, second)), known(list.width, depth));
      expect(other.words.map(({ value }) => value)).toEqual(list.words);
      expect({ width: image.width, depth: image.depth }).toEqual({ width: list.width, depth });
      checkSame(image, other, second);
    }),
    { numRuns: 150 },
  );
});

test.each([
  ["a.mem", "00\n@3 01\n", "Address 1 has no word, and its content is not known. Give every address a word, or say a smaller --depth."],
  ["a.mem", "00\n0x\n", "line 2: 0x has digits that are x or z."],
  ["a.mem", "// nothing\n", "line 1: The file holds no word."],
  ["a.mem", "@FFFFFF 1\n", "16777216 words of 4 bits are too many: the highest address is 16777215, in line 1."],
])("%s of %j is refused, as words would be lost or invented", (name, text, message) => {
  expect(() => imageOfRom(lintRom(name, Buffer.from(text)), "a")).toThrow(message);
});

test("a format that cannot hold the words says so", () => {
  const image = imageOf({ width: 300, words: [1n] });
  expect(() => writtenAs(image, "lattice")).toThrow("Lattice's format holds 65536 words of 256 bits");
});

test("a difference between what was meant and what is read again is told with its word", () => {
  const image = imageOf({ width: 8, words: [1n, 2n] });
  expect(() => checkSame(image, lintRom("a.mem", Buffer.from("01\n03\n")), "mem")).toThrow("Word 1 is 2, but mem would say 3. Choose another format.");
});
