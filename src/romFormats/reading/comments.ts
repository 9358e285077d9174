/** A comment of Verilog, C and C++. */
export const cComment = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
export const hashComment = /(?:#|\/\/)[^\n]*/g;

/** The text with white space in the place of comments, so that every line and column stays what it was. */
export function withoutComments(text: string, comment: RegExp | undefined): string {
  return comment === undefined ? text : text.replace(comment, (found) => found.replace(/[^\n]/g, " "));
}
