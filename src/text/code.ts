import { printableLine } from "./printable.js";

/** A text inside a comment of Verilog or C, of either kind: it stays on its line and ends no block comment. */
export function commentText(text: string): string {
  return printableLine(text).replaceAll("*/", "* /").replaceAll("/*", "/ *").replace(/[\\?/]+$/, (tail) => `${tail}.`);
}

/** A name as an identifier of Verilog, VHDL and C: letters, digits and single underscores between them, a letter first. */
export function identifierText(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return /^[A-Za-z]/.test(plain) ? plain : `rom_${plain}`.replace(/_$/, "");
}
