import { placedTokens, type Token } from "./codeTokens.js";
import { annotationEnd } from "./typeAnnotation.js";

/** `const` for what may not be assigned to. */
export type Declaration = "const" | "let";

/** A declared variable, with the text of its type where the code says it. */
export interface DeclaredVariable {
  readonly word: Declaration;
  readonly type?: string;
}

/**
 * The variables that a cell declares at its top level, in their order. The text is read without the compiler: among the names may
 * be one of a type that stands after a comma, as in `Map<string, number>`, but none that is declared is missing.
 */
export function declaredVariables(code: string): ReadonlyMap<string, DeclaredVariable> {
  const tokens = placedTokens(code);
  const reader = new DeclarationReader();
  for (let index = 0; index < tokens.length; index++) {
    const next = tokens[index + 1];
    const name = reader.read(tokens[index]!, next);
    if (name !== undefined && next?.text === ":") {
      const end = annotationEnd(tokens, index + 2);
      const last = tokens[end - 1]!;
      reader.annotate(name, code.slice(next.start + 1, last.start + last.text.length).trim());
      index = end - 1;
    }
  }
  return reader.names;
}

/** The same without their types. */
export function declaredNames(code: string): ReadonlyMap<string, Declaration> {
  return new Map([...declaredVariables(code)].map(([name, { word }]) => [name, word]));
}

const declares: Readonly<Record<string, Declaration>> = { const: "const", let: "let", var: "let" };
const beginsStatement = new Set([...Object.keys(declares), ..."import export if for while do try switch return throw interface enum".split(" ")]);
/** Words that only some places make keywords are names elsewhere. */
const softKeywords = new Set("abstract as async declare from get infer is namespace of readonly set type unique using".split(" "));

class DeclarationReader {
  readonly names = new Map<string, DeclaredVariable>();
  /** Of the statement that is read; undefined where it declares no variables. */
  private declaration: Declaration | undefined;
  /** A name or a pattern is what is declared. */
  private isTarget = false;
  private depth = 0;
  /** The depth around a pattern that is read, as `{ a, b }`, whose names are all declared. */
  private pattern: number | undefined;

  /** @returns the name, where the token is one that the cell declares by itself */
  read(token: Token, next: Token | undefined): string | undefined {
    const { kind, text } = token;
    if (kind === "sign" && /[([{]/.test(text)) {
      this.open();
    } else if (kind === "sign" && /[)\]}]/.test(text)) {
      this.close();
    } else if (this.depth === 0 && this.separates(token)) {
      this.isTarget = this.declaration !== undefined;
    } else if (isName(token)) {
      return this.name(text, next);
    }
    return undefined;
  }

  annotate(name: string, type: string): void {
    this.names.set(name, { ...this.names.get(name)!, type });
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
  private name(text: string, next: Token | undefined): string | undefined {
    const isAlone = this.isTarget && !closesType(next);
    const isDeclared = isAlone || (this.pattern !== undefined && next?.text !== ":");
    this.isTarget = false;
    if (!isDeclared || this.declaration === undefined) {
      return undefined;
    }
    this.names.set(text, { word: this.declaration });
    return isAlone ? text : undefined;
  }
}

/** What comes after a comma between angle brackets is a type. */
function closesType(next: Token | undefined): boolean {
  return next?.text === ">" || next?.text === ".";
}

function isName({ kind, text }: Token): boolean {
  return (kind === "name" && !/^[#@]/.test(text)) || (kind === "keyword" && softKeywords.has(text));
}
