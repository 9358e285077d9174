import { identifierText } from "../../text/code.js";
import { cComment } from "../reading/comments.js";
import { hasLineLike, type RomFormatModule } from "../romFormat.js";
import { bytesPerWord, hexWord, type RomImage } from "../romImage.js";
import { readCHeader } from "./readCHeader.js";

export const c = {
  name: "c",
  extension: "h",
  otherExtensions: ["hpp", "hh", "hxx", "c", "cc", "cpp", "cxx", "ino"],
  title: "C header (firmware, high-level synthesis)",
  isText: true,
  comment: cComment,
  content: {
    rank: 31,
    isLike: hasLineLike(/^#\s{0,9}(include|ifndef|define|pragma)\b|\bu?int(8|16|32|64)_t\b|\b(char|short|int|long|unsigned|signed)\b[^;={[]{0,99}\[/),
  },
  write: writeCHeader,
  read: readCHeader,
  howToLoad: ({ name }, file) => `## C (.h)

    #include "${file}"
    /* tritloom_${name}[0 .. TRITLOOM_${name.toUpperCase()}_LENGTH - 1] */
`,
} as const satisfies RomFormatModule;

const machineWidths = [8, 16, 32, 64] as const;

/**
 * A header for firmware and high-level synthesis, valid C99 and C++11: one unsigned stdint word for each ROM word, or
 * for words above 64 bits a row of bytes, least significant first.
 */
function writeCHeader(image: RomImage): string {
  const symbol = `tritloom_${identifierText(image.name)}`;
  const macro = symbol.toUpperCase();
  const { declaration, initialisers, order } = arrayOf(image, symbol, macro);
  return [
    `#ifndef ${macro}_H`,
    `#define ${macro}_H`,
    "",
    "#include <stdint.h>",
    "",
    `/* ${image.depth} words of ${image.width} bits, word 0 first. ${order}`,
    `   Unused top bits are 0. Lanes and number format: see manifest.json. */`,
    `#define ${macro}_WIDTH ${image.width}`,
    `#define ${macro}_LENGTH ${image.depth}`,
    "",
    `static const ${declaration} = {`,
    ...initialisers.map((initialiser) => `    ${initialiser},`),
    "};",
    "",
    "#endif",
    "",
  ].join("\n");
}

function arrayOf(image: RomImage, symbol: string, macro: string): { declaration: string; initialisers: string[]; order: string } {
  const addresses = Array.from({ length: image.depth }, (_, address) => address);
  const machineWidth = machineWidths.find((width) => image.width <= width);
  if (machineWidth !== undefined) {
    const suffix = machineWidth === 64 ? "ULL" : "U";
    return {
      declaration: `uint${machineWidth}_t ${symbol}[${macro}_LENGTH]`,
      initialisers: addresses.map((address) => `0x${hexWord(image, address)}${suffix}`),
      order: "Bit 0 is the least significant.",
    };
  }
  const bytes = bytesPerWord(image.width);
  return {
    declaration: `uint8_t ${symbol}[${macro}_LENGTH][${bytes}]`,
    initialisers: addresses.map((address) => `{${byteLiterals(image.data.subarray(address * bytes, (address + 1) * bytes))}}`),
    order: `Each word is ${bytes} bytes, least significant first.`,
  };
}

function byteLiterals(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `0x${byte.toString(16).toUpperCase().padStart(2, "0")}U`).join(", ");
}
