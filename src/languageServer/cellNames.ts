import ts from "typescript";

/** What a name of a cell's top level is; it decides how other cells get it, and its icon in completions. */
export type DeclarationKind = "const" | "let" | "function" | "class" | "enum" | "interface" | "type" | "namespace" | "import";

export interface Declaration {
  /** The kind of the declaration; of a name that is both a value and a type, that of the value. */
  readonly kind: DeclarationKind;
  readonly isValue: boolean;
  readonly isType: boolean;
  /** The offset at which the name stands in the text that was read. */
  readonly start: number;
  /** The parameters of a generic type: `<T extends object>`. */
  readonly typeParameters?: string;
  /** The statement that exports the same thing as an import from another module of the same folder. */
  readonly reexport?: string;
}

type MoreOfDeclaration = Pick<Declaration, "reexport" | "typeParameters">;

/** What an import stands for, nobody knows yet; a namespace has both. */
const valuesOnly: readonly DeclarationKind[] = ["const", "let", "function"];
const typesOnly: readonly DeclarationKind[] = ["interface", "type"];

/** The names of one cell, as far as other cells are concerned. */
export interface CellNames {
  readonly declared: ReadonlyMap<string, Declaration>;
  /** Names that the cell exports by itself. */
  readonly exported: ReadonlySet<string>;
  /** Names that the cell uses, declared by itself or not. */
  readonly mentioned: ReadonlySet<string>;
  /** Names to which the cell assigns. */
  readonly assigned: ReadonlySet<string>;
}

/** Reads the names of a cell; text with errors of syntax has those that the parser recovers. */
export function cellNames(file: ts.SourceFile): CellNames {
  const reader = new NameReader(file);
  file.statements.forEach((statement) => reader.statement(statement));
  reader.visit(file, true);
  return reader;
}

class NameReader implements CellNames {
  readonly declared = new Map<string, Declaration>();
  readonly exported = new Set<string>();
  readonly mentioned = new Set<string>();
  readonly assigned = new Set<string>();

  constructor(private readonly file: ts.SourceFile) {}

  statement(node: ts.Statement): void {
    if (ts.isImportDeclaration(node)) {
      this.importDeclaration(node);
    } else if (ts.isImportEqualsDeclaration(node)) {
      this.importEquals(node);
    } else if (ts.isExportDeclaration(node) && node.exportClause && ts.isNamedExports(node.exportClause)) {
      node.exportClause.elements.forEach(({ name }) => this.exported.add(name.text));
    } else if (ts.isVariableStatement(node)) {
      this.variables(node.declarationList, isExported(node));
    } else {
      this.named(node);
    }
  }

  /** @param isOwnScope whether a `var` here belongs to the cell */
  visit(node: ts.Node, isOwnScope: boolean): void {
    if (ts.isIdentifier(node) && isUse(node)) {
      this.mentioned.add(node.text);
    }
    if (isOwnScope && ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
      this.variables(node, false);
    }
    const target = assignmentTarget(node);
    if (target) {
      this.assign(target);
    }
    const isInside = isOwnScope && !ts.isFunctionLike(node) && !ts.isClassStaticBlockDeclaration(node) && !ts.isModuleBlock(node);
    ts.forEachChild(node, (child) => this.visit(child, isInside));
  }

  private declare(name: ts.Identifier | ts.StringLiteral, kind: DeclarationKind, more: MoreOfDeclaration = {}): void {
    if (name.text === "") {
      return;
    }
    const added = { kind, isValue: !typesOnly.includes(kind), isType: !valuesOnly.includes(kind), start: name.getStart(this.file), ...more };
    const known = this.declared.get(name.text);
    const isSecond = known !== undefined && ((added.isValue && !known.isValue) || (added.isType && !known.isType));
    if (isSecond) {
      this.declared.set(name.text, { ...(known.isValue ? known : added), isValue: true, isType: true });
    } else if (known === undefined) {
      this.declared.set(name.text, added);
    }
  }

  private named(node: ts.Statement): void {
    const kind = kindOf(node);
    const { name } = node as ts.DeclarationStatement;
    if (kind === undefined || name === undefined || !ts.isIdentifier(name) || isGlobalAugmentation(node)) {
      return;
    }
    const { typeParameters } = node as ts.InterfaceDeclaration;
    const text = typeParameters && typeParameters.map((parameter) => parameter.getText(this.file)).join(", ");
    this.declare(name, kind, text === undefined ? {} : { typeParameters: `<${text}>` });
    const isDefault = hasModifier(node, ts.SyntaxKind.DefaultKeyword);
    if (isExported(node) && !isDefault) {
      this.exported.add(name.text);
    }
  }

  private variables(list: ts.VariableDeclarationList, exported: boolean): void {
    const isConstant = (list.flags & ts.NodeFlags.Constant) !== 0;
    const bind = (name: ts.BindingName): void => {
      if (ts.isIdentifier(name)) {
        this.declare(name, isConstant ? "const" : "let");
        if (exported) {
          this.exported.add(name.text);
        }
        return;
      }
      name.elements.forEach((element) => ts.isBindingElement(element) && bind(element.name));
    };
    list.declarations.forEach(({ name }) => bind(name));
  }

  private importDeclaration({ importClause, moduleSpecifier, attributes }: ts.ImportDeclaration): void {
    if (!importClause) {
      return;
    }
    const from = `from ${moduleSpecifier.getText(this.file)}${attributes ? ` ${attributes.getText(this.file)}` : ""};`;
    const type = importClause.isTypeOnly ? "type " : "";
    const { name, namedBindings } = importClause;
    if (name) {
      this.declare(name, "import", { reexport: `export ${type}{ default as ${name.text} } ${from}` });
    }
    if (namedBindings && ts.isNamespaceImport(namedBindings)) {
      this.declare(namedBindings.name, "import", { reexport: `export ${type}* as ${namedBindings.name.text} ${from}` });
    } else {
      namedBindings?.elements.forEach((specifier) =>
        this.declare(specifier.name, "import", { reexport: `export ${type}{ ${specifier.getText(this.file)} } ${from}` }),
      );
    }
  }

  private importEquals(node: ts.ImportEqualsDeclaration): void {
    if (ts.isExternalModuleReference(node.moduleReference)) {
      this.declare(node.name, "import", { reexport: `${node.getText(this.file)}; export { ${node.name.text} };` });
    } else {
      this.declare(node.name, "namespace");
    }
  }

  private assign(target: ts.Node): void {
    if (ts.isIdentifier(target)) {
      this.assigned.add(target.text);
    } else if (ts.isBinaryExpression(target)) {
      this.assign(target.left);
    } else if (ts.isShorthandPropertyAssignment(target)) {
      this.assign(target.name);
    } else if (ts.isPropertyAssignment(target)) {
      this.assign(target.initializer);
    } else if (isPattern(target)) {
      ts.forEachChild(target, (child) => this.assign(child));
    }
  }
}

function isPattern(node: ts.Node): boolean {
  return (
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node)
  );
}

function assignmentTarget(node: ts.Node): ts.Node | undefined {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment ? node.left : undefined;
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    return node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken ? node.operand : undefined;
  }
  return ts.isForInStatement(node) || ts.isForOfStatement(node) ? node.initializer : undefined;
}

function kindOf(node: ts.Statement): DeclarationKind | undefined {
  switch (node.kind) {
    case ts.SyntaxKind.FunctionDeclaration:
      return "function";
    case ts.SyntaxKind.ClassDeclaration:
      return "class";
    case ts.SyntaxKind.EnumDeclaration:
      return "enum";
    case ts.SyntaxKind.InterfaceDeclaration:
      return "interface";
    case ts.SyntaxKind.TypeAliasDeclaration:
      return "type";
    case ts.SyntaxKind.ModuleDeclaration:
      return "namespace";
    default:
      return undefined;
  }
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true;
}

function isExported(node: ts.Statement): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function isGlobalAugmentation(node: ts.Node): boolean {
  return (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
}

/** Whether an identifier refers to something by its bare name; the names of properties and of imports do not. */
export function isUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.name !== node;
  }
  if (ts.isQualifiedName(parent)) {
    return parent.right !== node;
  }
  if (ts.isBindingElement(parent)) {
    return parent.propertyName !== node && parent.name !== node;
  }
  return !isImport(parent) && !(isProperty(parent) && parent.name === node);
}

function isImport(node: ts.Node): boolean {
  return ts.isImportSpecifier(node) || ts.isImportClause(node) || ts.isNamespaceImport(node);
}

function isProperty(node: ts.Node): node is ts.PropertyAssignment | ts.ClassElement | ts.TypeElement | ts.JsxAttribute {
  return ts.isPropertyAssignment(node) || ts.isClassElement(node) || ts.isTypeElement(node) || ts.isJsxAttribute(node);
}
