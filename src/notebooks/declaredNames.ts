import { codeTokens, type Token } from "./codeTokens.js";

/** `const` for what may not be assigned to. */
export type Declaration = "const" | "let";

/**
 * The variables that a cell declares at its top level, in their order. The text is read without the compiler: among the names may
 * be one of a type that stands after a comma, as in `Map<string, number>`, but none that is declared is missing.
 */
export function declaredNames(code: string): ReadonlyMap<string, Declaration> {
  const tokens = codeTokens(code).filter(({ kind }) => kind !== "space" && kind !== "comment");
  const reader = new DeclarationReader();
  tokens.forEach((token, index) => reader.read(token, tokens[index + 1]));
  return reader.names;
}

const declares: Readonly<Record<string, Declaration>> = { const: "const", let: "let", var: "let" };
const beginsStatement = new Set([...Object.keys(declares), ..."import export if for while do try switch return throw interface enum".split(" ")]);
/** Words that only some places make keywords are names elsewhere. */
const softKeywords = new Set("abstract as async declare from get infer is namespace of readonly set type unique using".split(" "));

class DeclarationReader {
  readonly names = new Map<string, Declaration>();
  /** Of the statement that is read; undefined where it declares no variables. */
  private declaration: Declaration | undefined;
  /** A name or a pattern is what is declared. */
  private isTarget = false;
  private depth = 0;
  /** The depth around a pattern that is read, as `{ a, b }`, whose names are all declared. */
  private pattern: number | undefined;

  read(token: Token, next: Token | undefined): void {
    const { kind, text } = token;
    if (kind === "sign" && /[([{]/.test(text)) {
      this.open();
    } else if (kind === "sign" && /[)\]}]/.test(text)) {
      this.close();
    } else if (this.depth === 0 && this.separates(token)) {
      this.isTarget = this.declaration !== undefined;
    } else if (isName(token)) {
      this.name(text, next);
    }
  }

  /** Whether what is declared next follows; a new statement says whether it declares. */
  private separates({ kind, text }: Token): boolean {
    const isStatement = text === ";" || (kind === "keyword" && beginsStatement.has(text));
    if (isStatement) {
      this.declaration = declares[text];
    }
    return isStatement || text === ",";
  }

  private open(): void {
    if (this.isTarget) {
      this.pattern = this.depth;
      this.isTarget = false;
    }
    this.depth += 1;
  }

  private close(): void {
    this.depth -= 1;
    if (this.depth === this.pattern) {
      this.pattern = undefined;
    }
  }

  /** In a pattern, the name of a member stands before a colon. */
  private name(text: string, next: Token | undefined): void {
    const isDeclared = this.isTarget || (this.pattern !== undefined && next?.text !== ":");
    if (isDeclared && this.declaration !== undefined) {
      this.names.set(text, this.declaration);
    }
    this.isTarget = false;
  }
}

function isName({ kind, text }: Token): boolean {
  return (kind === "name" && !/^[#@]/.test(text)) || (kind === "keyword" && softKeywords.has(text));
}
