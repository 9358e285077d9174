import { commentText } from "../text/code.js";
import { isMemoryFile, mem } from "./mem.js";
import type { RomFormatModule } from "./romFormat.js";
import { hexWords, type RomImage } from "./romImage.js";

/** The same language as `mem`, with what Vivado's subset leaves out. */
export const memAnnotated = {
  ...mem,
  name: "mem-annotated",
  extension: "annotated.mem",
  otherExtensions: [],
  title: "Verilog $readmemh with comments and addresses (people)",
  content: { rank: 50, isLike: (head) => isMemoryFile(head) && /@|\/\/|\/\*/.test(head.text) },
  write: writeMemAnnotated,
  onPurpose: ["comment", "address-directive"],
  howToLoad: (_, file) => `## Verilog with comments (.annotated.mem)

${file} holds the same words with a comment and an address before every 16 words, for people. Simulators and Yosys read it with
\`$readmemh\`; Vivado's synthesis does not.
`,
} as const satisfies RomFormatModule;

const wordsPerMark = 16;

/**
 * For Verilog's `$readmemh` with comments and an `@` address before every 16 words, to be read by people. Vivado's synthesis
 * refuses both: the plain `.mem` is for tools.
 */
function writeMemAnnotated(image: RomImage): string {
  const { name, width, depth } = image;
  const lines = hexWords(image).flatMap((word, address) =>
    address % wordsPerMark === 0 ? [`@${address.toString(16).toUpperCase()}`, word] : [word],
  );
  return `// ${commentText(name)}: ${depth} words of ${width} bits, word 0 first. Lanes and number format: see manifest.json.\n${lines.join("\n")}\n`;
}
