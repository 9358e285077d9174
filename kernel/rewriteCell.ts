import type {
  AnyNode,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Expression,
  Identifier,
  ImportDeclaration,
  Pattern,
  Program,
  VariableDeclaration,
  VariableDeclarator,
} from "acorn";
import { analyze, type Reference, type Scope } from "eslint-scope";
import type MagicString from "magic-string";
import { findPlaces, type Places } from "./cellPlaces.js";
import { type DescribeSite, wrap } from "./instrument.js";
import type { NameKind } from "./scope.js";
import type { CellOutline } from "./transpile.js";

/** What the rewriting needs to know besides the cell's own text. */
export interface CellSurroundings {
  known: ReadonlyMap<string, NameKind>;
  outline: CellOutline;
  describeSite: DescribeSite;
}

/**
 * Turns declarations at the top level of a cell into writes to `__declare` and references into reads and writes of
 * `__scope`. One shared object, so closures of earlier cells see later assignments; what ran before an
 * error stays. Constants are written through `__constant`, which throws.
 * @returns statements to run before the cell's own
 */
export function rewriteCell(program: Program, text: MagicString, surroundings: CellSurroundings): string {
  const places = findPlaces(program);
  const rewriter = new CellRewriter(program, text, surroundings, places);
  return rewriter.rewrite();
}

class CellRewriter {
  private readonly moduleScope: Scope;
  private readonly globalScope: Scope;
  private readonly done = new Set<number>();
  private readonly removed: { start: number; end: number }[] = [];
  private readonly kinds: Map<string, NameKind>;

  constructor(
    private readonly program: Program,
    private readonly text: MagicString,
    private readonly surroundings: CellSurroundings,
    private readonly places: Places,
  ) {
    const scopes = analyze(program as never, { ecmaVersion: 2022, sourceType: "module" });
    this.globalScope = scopes.globalScope as Scope;
    this.moduleScope = this.globalScope.childScopes[0] as Scope;
    this.kinds = declaredKinds(this.moduleScope);
  }

  rewrite(): string {
    const last = this.program.body.at(this.program.body.at(-1)?.type === "ExportNamedDeclaration" ? -2 : -1);
    for (const statement of this.program.body) {
      this.rewriteStatement(statement, statement === last && this.surroundings.outline.endsWithExpression);
    }
    for (const declaration of this.places.vars) {
      this.rewriteVariables(declaration);
    }
    this.rewriteReferences();
    for (const { start, replaced, by } of this.places.keywords) {
      this.text.update(start, start + replaced.length, by);
    }
    const variables = this.moduleScope.variables.filter((one) => isVar(one.defs));
    const kinds = JSON.stringify(Object.fromEntries(this.kinds));
    return `__declare=__declare(${kinds});${variables.map((one) => `__declare.${one.name}=void 0;`).join("")}`;
  }

  private rewriteStatement(statement: Program["body"][number], isResult: boolean): void {
    switch (statement.type) {
      case "ImportDeclaration":
        return this.rewriteImport(statement);
      case "ExportNamedDeclaration":
        return this.rewriteExport(statement);
      case "ExportDefaultDeclaration":
        return this.rewriteDefaultExport(statement, isResult);
      case "ExportAllDeclaration":
        return this.replaceByImport(statement, String(statement.source.value), {});
      case "VariableDeclaration":
        return this.rewriteLexical(statement);
      case "FunctionDeclaration":
      case "ClassDeclaration":
        return this.rewriteNamed(statement, statement);
      case "ExpressionStatement":
        return isResult ? this.showResult(statement, statement.expression) : undefined;
    }
  }

  private showResult(statement: { start: number; end: number }, value: Expression): void {
    const semicolon = this.text.original[statement.end - 1] === ";" ? 1 : 0;
    const site = JSON.stringify(this.surroundings.describeSite(value));
    const whole = { start: statement.start, end: statement.end - semicolon };
    wrap(this.text, whole, "return await __await((", `),${site})`);
  }

  /** Function and class declarations; functions also move to the front, where their hoisting puts them. */
  private rewriteNamed(node: { type: string; id: Identifier | null }, whole: { start: number; end: number }): void {
    const declaration = node as unknown as { start: number; end: number };
    if (node.id === null) {
      wrap(this.text, declaration, "(", ");");
      return;
    }
    this.text.prependRight(declaration.start, `__declare.${node.id.name}=`);
    this.text.appendLeft(declaration.end, ";");
    if (node.type === "FunctionDeclaration") {
      this.text.move(whole.start, whole.end, 0);
    }
  }

  /** `const` and `let`; `var` is found wherever it stands. */
  private rewriteLexical(declaration: VariableDeclaration): void {
    if (declaration.kind !== "var") {
      this.rewriteVariables(declaration);
    }
  }

  private rewriteExport(statement: ExportNamedDeclaration): void {
    if (statement.source) {
      return this.replaceByImport(statement, String(statement.source.value), {});
    }
    const declaration = statement.declaration;
    if (!declaration) {
      this.remove(statement.start, statement.end);
      return;
    }
    this.text.remove(statement.start, declaration.start);
    if (declaration.type !== "VariableDeclaration") {
      this.rewriteNamed(declaration, statement);
    } else {
      this.rewriteLexical(declaration);
    }
  }

  private rewriteDefaultExport(statement: ExportDefaultDeclaration, isResult: boolean): void {
    const value = statement.declaration;
    this.text.remove(statement.start, value.start);
    if (value.type === "FunctionDeclaration" || value.type === "ClassDeclaration") {
      this.rewriteNamed(value, statement);
    } else if (isResult) {
      this.showResult({ start: value.start, end: statement.end }, value);
    }
  }

  private rewriteImport(statement: ImportDeclaration): void {
    const names: Record<string, string> = {};
    for (const specifier of statement.specifiers) {
      const local = specifier.local.name;
      if (this.surroundings.outline.typeOnlyImports.has(local)) {
        this.kinds.delete(local);
      } else if (specifier.type === "ImportSpecifier") {
        const imported = specifier.imported;
        names[local] = imported.type === "Literal" ? String(imported.value) : imported.name;
      } else {
        names[local] = specifier.type === "ImportDefaultSpecifier" ? "default" : "*";
      }
    }
    // Braces without names are what is left of `import { type A }`.
    const hasBinding = this.text.original.slice(statement.start, statement.source.start).includes("{");
    const typesOnly = (hasBinding || statement.specifiers.length > 0) && Object.keys(names).length === 0;
    if (typesOnly) {
      this.remove(statement.start, statement.end);
    } else {
      this.replaceByImport(statement, String(statement.source.value), names);
    }
  }

  private replaceByImport(statement: { start: number; end: number }, from: string, names: Record<string, string>): void {
    const call = `await __bind(${JSON.stringify(from)},${JSON.stringify(names)});`;
    this.removed.push(statement);
    this.text.update(statement.start, statement.end, call);
    this.text.move(statement.start, statement.end, 0);
  }

  private remove(start: number, end: number): void {
    this.removed.push({ start, end });
    this.text.remove(start, end);
  }

  private rewriteVariables(declaration: VariableDeclaration): void {
    const target = declaration.kind === "var" ? "__scope" : "__declare";
    const first = declaration.declarations[0] as VariableDeclarator;
    this.text.remove(declaration.start, first.start);
    for (const declarator of declaration.declarations) {
      for (const identifier of boundNames(declarator.id)) {
        this.done.add(identifier.start);
        this.write(identifier, `${target}.${identifier.name}`);
      }
      this.rewriteInitialiser(declarator, declaration);
    }
  }

  private rewriteInitialiser({ id, init, start, end }: VariableDeclarator, declaration: VariableDeclaration): void {
    if (!init) {
      const isUndefined = declaration.kind !== "var" && !this.places.loopHeads.has(declaration);
      this.text.appendLeft(end, isUndefined ? "=void 0" : "");
    } else if (id.type === "Identifier" && isAnonymousFunction(init)) {
      // A property gives a function its name, as a declaration would.
      wrap(this.text, init, `({${id.name}:`, `}).${id.name}`);
    } else if (id.type === "ObjectPattern") {
      wrap(this.text, { start, end }, "(", ")");
    }
  }

  private rewriteReferences(): void {
    for (const variable of this.moduleScope.variables) {
      for (const reference of variable.references) {
        this.rewriteReference(reference, this.kinds.get(variable.name) ?? "variable");
      }
    }
    for (const reference of this.globalScope.through) {
      const name = reference.identifier.name as string;
      const kind = this.surroundings.known.get(name);
      if (kind !== undefined) {
        this.rewriteReference(reference, kind);
      } else if (!(name in globalThis) && !name.startsWith("__") && name !== "arguments") {
        this.rewriteUnknown(reference);
      }
    }
  }

  /** A name that nothing declares yet: a later cell may. */
  private rewriteUnknown(reference: Reference): void {
    const identifier = reference.identifier as unknown as Identifier;
    if (this.places.typeofOperand.has(identifier.start)) {
      const key = JSON.stringify(identifier.name);
      this.text.update(identifier.start, identifier.end, `(${key} in __scope?__scope.${identifier.name}:void 0)`);
    } else {
      this.rewriteReference(reference, "variable");
    }
  }

  private rewriteReference(reference: Reference, kind: NameKind): void {
    const identifier = reference.identifier as unknown as Identifier;
    const isGone = this.removed.some((one) => identifier.start >= one.start && identifier.start < one.end);
    if (isGone || this.done.has(identifier.start)) {
      return;
    }
    this.done.add(identifier.start);
    const target = reference.isWrite() && kind === "constant" ? "__constant" : "__scope";
    this.write(identifier, `${target}.${identifier.name}`);
  }

  private write(identifier: Identifier, expression: string): void {
    const { start, end, name } = identifier;
    if (this.places.shorthand.has(start)) {
      this.text.update(start, end, `${name}:${expression}`);
    } else if (this.places.called.has(start)) {
      // As a value, so that the scope does not become its `this`. Of a comma, V8 would make two statements to stop at.
      this.text.update(start, end, `(${expression}??null)`);
    } else {
      this.text.update(start, end, expression);
    }
  }
}

function declaredKinds(scope: Scope): Map<string, NameKind> {
  return new Map(
    scope.variables.map(({ name, defs }) => {
      const definition = defs[0] as { type: string; parent?: { kind?: string } } | undefined;
      const constant = definition?.type === "ImportBinding" || definition?.parent?.kind === "const";
      return [name, constant ? "constant" : "variable"];
    }),
  );
}

function isVar(definitions: readonly unknown[]): boolean {
  return definitions.some((one) => (one as { parent?: { kind?: string } }).parent?.kind === "var");
}

function isAnonymousFunction(node: AnyNode): boolean {
  return (
    node.type === "ArrowFunctionExpression" ||
    ((node.type === "FunctionExpression" || node.type === "ClassExpression") && !node.id)
  );
}

function boundNames(pattern: Pattern): Identifier[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((one) => boundNames(one.type === "RestElement" ? one.argument : one.value));
    case "ArrayPattern":
      return pattern.elements.flatMap((one) => (one ? boundNames(one) : []));
    case "RestElement":
      return boundNames(pattern.argument);
    case "AssignmentPattern":
      return boundNames(pattern.left);
    default:
      return [];
  }
}
