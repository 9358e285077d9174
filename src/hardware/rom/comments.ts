import type { RomFamily } from "./rules.js";

const cComment = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
const hashComment = /(?:#|\/\/)[^\n]*/g;

/** What is a comment in a family; a comment that does not end goes to the end of the text. */
const patterns: Readonly<Partial<Record<RomFamily, RegExp>>> = {
  readmem: cComment,
  updatemem: cComment,
  c: cComment,
  coe: /;[^\n]*/g,
  mif: /--[^\n]*|%[^%]*(?:%|$)/g,
  vhdl: /--[^\n]*|\/\*[^]*?(?:\*\/|$)/g,
  lattice: hashComment,
  gowin: hashComment,
};

/** The text with white space in the place of comments, so that every line and column stays what it was. */
export function withoutComments(text: string, family: RomFamily): string {
  const pattern = patterns[family];
  return pattern === undefined ? text : text.replace(pattern, (comment) => comment.replace(/[^\n]/g, " "));
}
