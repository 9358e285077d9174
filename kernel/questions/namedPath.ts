import type ts from "typescript";
import { typescript } from "../typescript.js";

/** A name, or a name and members of it, as code spells it: `tl.layers.lstm` is ["tl", "layers", "lstm"]. */
export interface NamedPath {
  /** What the last name is a member of; empty for a name by itself. */
  readonly owner: readonly string[];
  /** The last name, as far as it is written. */
  readonly name: string;
  /** Where the last name begins. */
  readonly start: number;
  readonly end: number;
}

/** The names of code around a cursor, read once for each question. */
export class CodeNames {
  private readonly compiler = typescript();

  constructor(
    private readonly code: string,
    private readonly cursor: number,
  ) {}

  /** What is written up to the cursor, to be gone on with; undefined in a string or comment, and after what is no name. */
  before(): NamedPath | undefined {
    // What follows the cursor would be read as a part of the name.
    const file = this.parse(this.code.slice(0, this.cursor));
    const node = this.identifierAt(file, this.cursor);
    return node && this.pathOf(node, file, file.text.length);
  }

  /** What the cursor stands on, else the function to whose call it belongs. */
  at(): NamedPath | undefined {
    const file = this.parse(this.code);
    const node = this.identifierAt(file, this.cursor);
    if (node !== undefined && node.text !== "") {
      return this.pathOf(node, file, node.end);
    }
    const before = this.parse(this.code.slice(0, this.cursor).trimEnd());
    const called = this.openCall(before);
    return called && this.pathOf(called, before, called.end);
  }

  /** Every name in the code but members, and the one that ends at the cursor. */
  others(): Set<string> {
    const found = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (this.compiler.isIdentifier(node) && node.text !== "" && node.end !== this.cursor && !this.isMember(node)) {
        found.add(node.text);
      }
      this.compiler.forEachChild(node, visit);
    };
    visit(this.parse(this.code));
    return found;
  }

  private parse(code: string): ts.SourceFile {
    return this.compiler.createSourceFile("question.ts", code, this.compiler.ScriptTarget.ES2022, true);
  }

  private isMember(node: ts.Identifier): boolean {
    return this.compiler.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  }

  private identifierAt(file: ts.SourceFile, place: number): ts.Identifier | undefined {
    const visit = (node: ts.Node): ts.Identifier | undefined => {
      if (node.pos > place || node.end < place) {
        return undefined;
      }
      const inner = this.compiler.forEachChild(node, visit);
      return inner ?? (this.compiler.isIdentifier(node) && node.getStart(file) <= place ? node : undefined);
    };
    return visit(file);
  }

  /** The name of the innermost function whose call lacks its closing parenthesis. */
  private openCall(file: ts.SourceFile): ts.Identifier | undefined {
    const { compiler } = this;
    let found: ts.Node | undefined;
    const visit = (node: ts.Node): void => {
      const isCall = compiler.isCallExpression(node) || compiler.isNewExpression(node);
      if (isCall && node.expression.end < file.text.length && node.getChildren(file).at(-1)?.kind !== compiler.SyntaxKind.CloseParenToken) {
        found = compiler.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      }
      compiler.forEachChild(node, visit);
    };
    visit(file);
    return found !== undefined && compiler.isIdentifier(found) ? found : undefined;
  }

  private pathOf(node: ts.Identifier, file: ts.SourceFile, end: number): NamedPath | undefined {
    const { parent } = node;
    const start = node.getStart(file);
    const isMember = this.compiler.isPropertyAccessExpression(parent) && parent.name === node;
    const isQualified = this.compiler.isQualifiedName(parent) && parent.right === node;
    const owner = isMember ? this.namesOf(parent.expression) : isQualified ? this.namesOf(parent.left) : [];
    return owner === undefined ? undefined : { owner, name: file.text.slice(start, end), start, end };
  }

  /** Undefined for expressions that would have to be evaluated. */
  private namesOf(node: ts.Node): string[] | undefined {
    const { compiler } = this;
    if (compiler.isIdentifier(node)) {
      return node.text === "" ? undefined : [node.text];
    }
    if (compiler.isNonNullExpression(node) || compiler.isParenthesizedExpression(node)) {
      return this.namesOf(node.expression);
    }
    if (compiler.isElementAccessExpression(node)) {
      return this.below(node.expression, this.literalOf(node.argumentExpression));
    }
    if (compiler.isPropertyAccessExpression(node)) {
      return this.below(node.expression, node.name.text);
    }
    return compiler.isQualifiedName(node) ? this.below(node.left, node.right.text) : undefined;
  }

  private below(owner: ts.Node, name: string | undefined): string[] | undefined {
    const names = this.namesOf(owner);
    return names === undefined || name === undefined || name === "" ? undefined : [...names, name];
  }

  private literalOf(node: ts.Expression): string | undefined {
    return this.compiler.isStringLiteralLike(node) || this.compiler.isNumericLiteral(node) ? node.text : undefined;
  }
}
