import type ts from "typescript";
import { syntaxErrors } from "./transpile.js";

/** What such a line is, after its text. */
export const foreignLineWords = "is a command of a shell or of another kernel; cells of this kernel are TypeScript: run commands in a terminal.";

/** A cell with lines that are for a shell or for another kernel. */
export interface ForeignLines {
  /** The cell's text with these lines as comments of equal length, so that all else keeps its place and its types. */
  readonly text: string;
  readonly spans: readonly ts.TextSpan[];
}

const shellWords =
  "apt|apt-get|bash|brew|bun|cargo|cat|cd|chmod|clear|conda|cp|curl|deno|df|docker|du|echo|env|export(?=[ \\t]+\\w+=)|find|free|git|grep|head|htop|kill|less|ls|make|mkdir|mv|node|npm|npx|nproc|nvidia-smi|pip|pip3|pnpm|ps|pwd|python|python3|rm|sh|source|sudo|tail|tar|touch|uname|unzip|wc|wget|which|whoami|yarn";
/** All lines after it are for another program. */
const cellMagic = /^\s*(?:%%[A-Za-z]|#!)/;
/** Words that stand before an operand, and those that stand between two. */
const unary = "async|await|class|delete|function|import|new|typeof|void|yield";
const binary = "as|in|instanceof|satisfies";
const beginnings = [
  "%{1,2}[A-Za-z]",
  `(?:!{1,2}|[$>])[ \\t]*(?:${shellWords})\\b`,
  `(?:${shellWords})[ \\t]+[\\w./@~-]`,
  // A word and another operand, which TypeScript would need an operator between: "!jupyter lab", "!tritloom 'my run'".
  `!{1,2}[ \\t]*(?!(?:${unary})\\b)[\\w./~-]+[ \\t]+(?!(?:${binary})\\b)[\\w"'\`$./~*@-]`,
  "!{1,2}[ \\t]*(?:\\.{1,2}|~)/",
  "!{1,2}[ \\t]*[A-Z_][A-Z0-9_]*=(?!=)",
];
const magic = new RegExp(`^[ \\t]*(?:${beginnings.join("|")})`);
/** Subtractions of negations are TypeScript, and nobody writes them. */
const certain = new RegExp(`^!{1,2}[ \\t]*(?:(?:${shellWords})[ \\t]+-|(?!(?:${unary})\\b)[\\w.-]+[ \\t]+--?[A-Za-z])`);

/** A line that begins as commands do counts as such if without it fewer errors of syntax are left. */
export function foreignLines(source: string): ForeignLines | undefined {
  if (cellMagic.test(source)) {
    const all = withComments(source, (line) => line.trim() !== "");
    return { ...all, spans: all.spans.slice(0, 1) };
  }
  let errors = syntaxErrors(source);
  let text = source;
  const spans: ts.TextSpan[] = [];
  for (const [index, line] of linesOf(source).entries()) {
    if ((errors > 0 ? magic : certain).test(line)) {
      const without = withComments(text, (_, other) => other === index);
      const left = syntaxErrors(without.text);
      if (left < errors || certain.test(line)) {
        ({ text } = without);
        errors = left;
        without.spans.forEach((span) => spans.push(span));
      }
    }
  }
  return spans.length > 0 ? { text, spans } : undefined;
}

function linesOf(source: string): string[] {
  return source.split(/(?<=\n)/);
}

function withComments(source: string, isForeign: (line: string, index: number) => boolean): ForeignLines {
  const spans: ts.TextSpan[] = [];
  let text = "";
  for (const [index, line] of linesOf(source).entries()) {
    const content = line.trim();
    if (isForeign(line, index)) {
      spans.push({ start: text.length + line.indexOf(content), length: content.length });
      // One letter alone becomes an empty statement.
      text += line.replace(/\S[^\r\n]?/, (letters) => (letters.length === 2 ? "//" : ";"));
    } else {
      text += line;
    }
  }
  return { text, spans };
}
