export type TokenKind = "comment" | "string" | "number" | "regexp" | "keyword" | "name" | "sign" | "space";

/** A piece of TypeScript or JavaScript; all pieces together are the text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const keywords = new Set(
  ("abstract as asserts async await break case catch class const continue debugger declare default delete do else enum export extends false finally for from " +
    "function get if implements import in infer instanceof interface is keyof let namespace new null of private protected public readonly return satisfies set " +
    "static super switch this throw true try type typeof undefined unique using var void while with yield").split(" "),
);

/** After these words an expression begins, so that a slash begins a regular expression. */
const beforeExpression = new Set("await case delete do else in instanceof new of return throw typeof void yield".split(" "));

/** In the order in which they are tried, each at the place that is read; templates are read apart, since they nest. */
const patterns: readonly (readonly [kind: TokenKind, pattern: RegExp])[] = [
  ["space", /\s+/y],
  ["comment", /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y],
  ["string", /"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?/y],
  ["number", /(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?)n?/iy],
  ["name", /[#@]?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy],
];
const regexp = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

/**
 * The pieces of a cell, for colours and for the names that it declares. Text that is no program has pieces too. A slash is taken
 * for a division after a name, a number and a closing bracket, and else for the beginning of a regular expression.
 */
export function codeTokens(code: string): Token[] {
  const tokens: Token[] = [];
  let before: Token | undefined;
  for (let at = 0; at < code.length; ) {
    const token = tokenAt(code, at, before);
    tokens.push(token);
    before = token.kind === "space" || token.kind === "comment" ? before : token;
    at += token.text.length;
  }
  return tokens;
}

/** A token with its place, and whether a line begins between it and the one before. */
export interface PlacedToken extends Token {
  readonly start: number;
  readonly beginsLine: boolean;
}

/** The tokens of a cell without its blanks and comments. */
export function placedTokens(code: string): PlacedToken[] {
  const placed: PlacedToken[] = [];
  let [start, beginsLine] = [0, false];
  for (const token of codeTokens(code)) {
    if (token.kind === "space" || token.kind === "comment") {
      beginsLine ||= token.text.includes("\n");
    } else {
      placed.push({ ...token, start, beginsLine });
      beginsLine = false;
    }
    start += token.text.length;
  }
  return placed;
}

function tokenAt(code: string, at: number, before: Token | undefined): Token {
  for (const [kind, pattern] of patterns) {
    const text = matchAt(pattern, code, at);
    if (text !== undefined) {
      return { kind: kind === "name" && keywords.has(text) ? "keyword" : kind, text };
    }
  }
  if (code[at] === "`") {
    return { kind: "string", text: code.slice(at, endOfTemplate(code, at)) };
  }
  const literal = code[at] === "/" && mayBeginExpression(before) ? matchAt(regexp, code, at) : undefined;
  return literal === undefined ? { kind: "sign", text: String.fromCodePoint(code.codePointAt(at)!) } : { kind: "regexp", text: literal };
}

function matchAt(pattern: RegExp, code: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0];
}

function mayBeginExpression(before: Token | undefined): boolean {
  if (before === undefined) {
    return true;
  }
  return before.kind === "sign" ? !/[)\]}]/.test(before.text) : before.kind === "keyword" && beforeExpression.has(before.text);
}

/** A slash in the braces of a template divides. */
const anyName: Token = { kind: "name", text: "" };
const templatePiece = /\\[^]|\$\{|`|[^`\\$]+|[^]/y;

/** Past the template that begins here, with the code between its braces, which may hold templates too. */
function endOfTemplate(code: string, start: number): number {
  /** What is open: the texts of templates, and braces of code in them. */
  const open = ["`"];
  let at = start + 1;
  while (open.length > 0 && at < code.length) {
    const isText = open.at(-1) === "`";
    const piece = isText ? matchAt(templatePiece, code, at)! : code[at] === "`" ? "`" : tokenAt(code, at, anyName).text;
    const closes = isText ? piece === "`" : piece === "}";
    const opens = isText ? piece === "${" : piece === "`" || piece === "{";
    if (closes) {
      open.pop();
    } else if (opens) {
      open.push(piece.at(-1)!);
    }
    at += piece.length;
  }
  return at;
}
