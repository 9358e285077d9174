import type ts from "typescript";
import type { ProjectOptions } from "./projectOptions.js";
import { typescript } from "./typescript.js";

/** 1-based line and column in the text the user wrote. */
export interface Position {
  line: number;
  column: number;
}

/** Text that is not a program; the kernel reports it without running anything. */
export class SourceSyntaxError extends SyntaxError {
  override name = "SyntaxError";
  constructor(
    message: string,
    readonly position: Position,
  ) {
    super(message);
  }
}

export interface Transpiled {
  code: string;
  /** Source map, version 3, as JSON text. */
  map: string;
  /** Options of the project that contradict one another; the code is made without heeding that. */
  problems: readonly string[];
}

/**
 * TypeScript to ES2022 modules, types erased without being checked.
 * @param fileName its extension says whether the text may hold JSX
 * @param keepUnusedImports a cell's import may first be used by a later cell; a file's may be elided as a type.
 * @throws SourceSyntaxError
 */
export function transpile(source: string, fileName: string, keepUnusedImports: boolean, project: ProjectOptions): Transpiled {
  const compiler = typescript();
  const { outputText, sourceMapText = "", diagnostics = [] } = compiler.transpileModule(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      ...project.emit,
      target: compiler.ScriptTarget.ES2022,
      module: compiler.ModuleKind.Preserve,
      moduleDetection: compiler.ModuleDetectionKind.Force,
      isolatedModules: true,
      verbatimModuleSyntax: keepUnusedImports,
      alwaysStrict: false,
      sourceMap: true,
      inlineSources: false,
    },
  });
  const textOf = ({ messageText }: ts.Diagnostic): string => compiler.flattenDiagnosticMessageText(messageText, "\n");
  const errors = diagnostics.filter(({ category }) => category === compiler.DiagnosticCategory.Error);
  const problem = errors.find(({ file }) => file !== undefined);
  if (problem?.file) {
    const at = problem.file.getLineAndCharacterOfPosition(problem.start ?? 0);
    throw new SourceSyntaxError(textOf(problem), { line: at.line + 1, column: at.character + 1 });
  }
  return {
    code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    map: sourceMapText,
    problems: errors.map((error) => `tsconfig.json: ${textOf(error)}`),
  };
}

/** Names a cell imports and uses as types only, and whether its last statement is an expression to show. */
export interface CellOutline {
  typeOnlyImports: ReadonlySet<string>;
  endsWithExpression: boolean;
  /** The text is an object literal in parentheses, with or without an assertion about its type. */
  isObject: boolean;
}

/** A cell that is an object literal alone, in the parentheses without which it is a block; undefined for other cells. */
export function asObjectExpression(source: string, fileName: string): string | undefined {
  const startsWithBrace = /^(?:\s|\/\/.*\n|\/\*[^]*?\*\/)*\{/.test(source);
  if (!startsWithBrace || /;\s*$/.test(source)) {
    return undefined;
  }
  const expression = `(${source}\n)`;
  return outlineCell(expression, fileName).isObject ? expression : undefined;
}

/** @param metadata types of decorated declarations are values too (`emitDecoratorMetadata`) */
export function outlineCell(source: string, fileName: string, metadata = false): CellOutline {
  const compiler = typescript();
  const file = readModule(compiler, source, fileName);
  const statements = file.statements.filter((one) => !compiler.isEmptyStatement(one));
  const last = statements.at(-1);
  return {
    typeOnlyImports: metadata ? new Set() : typeOnlyImports(compiler, file),
    endsWithExpression:
      last !== undefined &&
      (compiler.isExpressionStatement(last) || (compiler.isExportAssignment(last) && !last.isExportEquals)),
    isObject: statements.length === 1 && last !== undefined && isObject(compiler, last),
  };
}

/** How many errors of syntax a text has, read as TypeScript that may hold JSX. */
export function syntaxErrors(source: string): number {
  return (readModule(typescript(), source, "cell.tsx") as ts.SourceFile & { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length;
}

function readModule(compiler: typeof ts, source: string, fileName: string): ts.SourceFile {
  const asModule = {
    languageVersion: compiler.ScriptTarget.ES2022,
    // Without it `await {` at the top level is a name and a block.
    setExternalModuleIndicator: (parsed: ts.SourceFile) => Object.assign(parsed, { externalModuleIndicator: true }),
  };
  return compiler.createSourceFile(fileName, source, asModule, true);
}

function isObject(compiler: typeof ts, statement: ts.Statement): boolean {
  if (!compiler.isExpressionStatement(statement) || !compiler.isParenthesizedExpression(statement.expression)) {
    return false;
  }
  let { expression } = statement.expression;
  while (compiler.isAsExpression(expression) || compiler.isSatisfiesExpression(expression)) {
    expression = expression.expression;
  }
  return compiler.isObjectLiteralExpression(expression);
}

/** An import counts as a type when the cell uses it, and uses it nowhere but in types. */
function typeOnlyImports(compiler: typeof ts, file: ts.SourceFile): Set<string> {
  const asType = new Set<string>();
  const asValue = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (compiler.isImportDeclaration(node)) {
      return;
    }
    if (compiler.isIdentifier(node)) {
      (compiler.isPartOfTypeNode(node) || isTypeQualifier(compiler, node) ? asType : asValue).add(node.text);
    }
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return new Set([...asType].filter((name) => !asValue.has(name)));
}

/** `tl` in the type `tl.Run`. */
function isTypeQualifier(compiler: typeof ts, node: ts.Identifier): boolean {
  let outer: ts.Node = node;
  while (compiler.isQualifiedName(outer.parent)) {
    outer = outer.parent;
  }
  return outer !== node && compiler.isTypeReferenceNode(outer.parent);
}
