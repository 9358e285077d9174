import path from "node:path";
import ts from "typescript";

/**
 * Declarations of the API as a cell needs them. The compiler emits those of all modules that the API is made of, and their types
 * are inferred from schemas: a language server would read more of schemas, and of the library that they are written with, than of words.
 */

/** As strict as a cell's program may be: others would lose `undefined` and `null`. */
const settings = { noEmit: true, skipLibCheck: true, strict: true, exactOptionalPropertyTypes: true };
/** The library that schemas are written with; cells cannot import it. */
const schemas = "zod";
const printing = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.InTypeAlias | ts.NodeBuilderFlags.UseStructuralFallback;

/**
 * Declarations with the types that are inferred from schemas written out, where that can be done.
 * @param index the declarations' entry
 * @param options of the compiler
 * @returns the texts of the files that change, by their paths
 */
export function writeOutInferred(index, options) {
  const program = ts.createProgram([index], { ...options, ...settings });
  const writer = new InferredTypes(program.getTypeChecker());
  const texts = new Map();
  for (const file of ownFiles(program, index)) {
    const edits = file.statements.flatMap((statement) => {
      const text = writer.needsSchemas(statement) ? undefined : writer.written.get(statement);
      return text === undefined ? [] : [{ from: statement.type.getStart(file), to: statement.type.end, text }];
    });
    if (edits.length > 0) {
      texts.set(file.fileName, edited(file.text, edits));
    }
  }
  return texts;
}

class InferredTypes {
  /** The types that are written out, by the aliases that have them. */
  written = new Map();
  printer = ts.createPrinter({ removeComments: true });
  known = new Map();

  constructor(checker) {
    this.checker = checker;
  }

  /** Whether a statement leads to schemas, also with what is written out. */
  needsSchemas(statement) {
    if (!this.known.has(statement)) {
      // What leads to itself leads to schemas by another way or not at all.
      this.known.set(statement, false);
      this.known.set(statement, this.leadsToSchemas(statement) && !this.writeOut(statement));
    }
    return this.known.get(statement);
  }

  leadsToSchemas(node) {
    const declarations = ts.isIdentifier(node) ? (resolved(this.checker, this.checker.getSymbolAtLocation(node))?.declarations ?? []) : [];
    return declarations.some((declaration) => this.isOfSchemas(declaration)) || ts.forEachChild(node, (child) => this.leadsToSchemas(child)) === true;
  }

  isOfSchemas(declaration) {
    const statement = statementOf(declaration);
    return declaration.getSourceFile().fileName.includes(`/node_modules/${schemas}/`) || (statement !== undefined && this.needsSchemas(statement));
  }

  /** @returns whether it could be done */
  writeOut(statement) {
    if (!ts.isTypeAliasDeclaration(statement) || statement.typeParameters) {
      return false;
    }
    const node = this.checker.typeToTypeNode(this.checker.getTypeAtLocation(statement.name), statement, printing);
    const file = statement.getSourceFile();
    const print = (type) => this.printer.printNode(ts.EmitHint.Unspecified, type, file);
    const printed = print(withoutRepetition(node, print));
    const text = printed.replace(/\bimport\("([^"]+)"\)/g, (whole, module) => (module.includes("/src/") ? `import("${relativeModule(file, module)}")` : whole));
    const isPlain = !/import\("(?!\.)|\bz\.|\bany\b|\btypeof\b/.test(text);
    if (isPlain) {
      this.written.set(statement, text);
    }
    return isPlain;
  }
}

/** A type whose unions have each member once: to a compiler, two of equal fields are two. */
function withoutRepetition(node, print) {
  const visit = (part) => {
    const inner = ts.visitEachChild(part, visit, undefined);
    return ts.isUnionTypeNode(inner) ? ts.factory.createUnionTypeNode([...new Map(inner.types.map((type) => [print(type), type])).values()]) : inner;
  };
  return ts.visitNode(node, visit);
}

/** How a file imports a module that the compiler names by its path. */
function relativeModule(file, module) {
  const relative = path.relative(path.dirname(path.resolve(file.fileName)), path.resolve(module)).replaceAll("\\", "/");
  return `${relative.startsWith(".") ? "" : "./"}${relative}.js`;
}

/**
 * Declarations without what the entry's exports do not lead to.
 * @param index the declarations' entry
 * @param options of the compiler
 * @returns the texts of all files that are needed, by their paths
 * @throws Error when an export leads to what a cell cannot import
 */
export function reachedDeclarations(index, options) {
  const program = ts.createProgram([index], { ...options, ...settings });
  const checker = program.getTypeChecker();
  const own = new Set(ownFiles(program, index));
  const kept = reached(checker, own, program.getSourceFile(index));
  const texts = new Map();
  for (const file of own) {
    const parts = file.statements.flatMap((statement) => keptText(checker, file, statement, kept) ?? []);
    if (new RegExp(`(?:from |import\\()"${schemas}[/"]`).test(parts.join("\n"))) {
      throw new Error(`${file.fileName} has a type for cells that cannot be written without ${schemas}: give it a type of its own`);
    }
    if (parts.some((text) => text !== "export {  };")) {
      texts.set(file.fileName, `${parts.join("\n")}\n`);
    }
  }
  return texts;
}

function ownFiles(program, index) {
  const folder = `${path.resolve(index).split("/src/")[0]}/`;
  return program.getSourceFiles().filter(({ fileName }) => path.resolve(fileName).startsWith(folder));
}

/** The statements to which the exports of `index` lead, and the names by which these are imported. */
function reached(checker, own, index) {
  const kept = new Set();
  const waiting = [];
  const keep = (symbol) => {
    for (let name = symbol; name && name.flags & ts.SymbolFlags.Alias; name = checker.getImmediateAliasedSymbol(name)) {
      name.declarations.filter(isImported).forEach((imported) => kept.add(imported));
    }
    for (const declaration of resolved(checker, symbol)?.declarations ?? []) {
      const statement = statementOf(declaration);
      if (own.has(declaration.getSourceFile()) && statement && !kept.has(statement)) {
        kept.add(statement);
        waiting.push(statement);
      }
    }
  };
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      keep(checker.getSymbolAtLocation(node));
    }
    ts.forEachChild(node, visit);
  };
  checker.getExportsOfModule(checker.getSymbolAtLocation(index)).filter((symbol) => !isInternal(checker, symbol)).forEach(keep);
  while (waiting.length > 0) {
    visit(waiting.pop());
  }
  return kept;
}

function isInternal(checker, symbol) {
  return resolved(checker, symbol).getJsDocTags(checker).some(({ name }) => name === "internal");
}

function isImported(declaration) {
  return ts.isImportSpecifier(declaration) || ts.isNamespaceImport(declaration);
}

function resolved(checker, symbol) {
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function statementOf(declaration) {
  return ts.findAncestor(declaration, (node) => node.parent && ts.isSourceFile(node.parent));
}

/** What is kept of a statement; undefined where nothing is. */
function keptText(checker, file, statement, kept) {
  if (ts.isImportDeclaration(statement)) {
    return keptImport(file, statement, kept);
  }
  if (ts.isExportDeclaration(statement)) {
    return keptExport(checker, file, statement, kept);
  }
  return kept.has(statement) ? statement.getFullText(file).trimStart() : undefined;
}

/** The API's modules have no default exports. */
function keptImport(file, { importClause, moduleSpecifier }, kept) {
  const bindings = importClause?.namedBindings;
  const only = importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? "type " : "";
  const from = `from ${moduleSpecifier.getText(file)};`;
  if (bindings && ts.isNamespaceImport(bindings)) {
    return kept.has(bindings) ? `import ${only}${bindings.getText(file)} ${from}` : undefined;
  }
  const named = (bindings?.elements ?? []).filter((element) => kept.has(element)).map((element) => element.getText(file));
  return named.length > 0 ? `import ${only}{ ${named.join(", ")} } ${from}` : undefined;
}

function keptExport(checker, file, { exportClause, moduleSpecifier, isTypeOnly }, kept) {
  const isKept = (symbol) => resolved(checker, symbol)?.declarations?.some((declaration) => kept.has(statementOf(declaration)));
  const isHere = (element) => moduleSpecifier || checker.getExportSpecifierLocalTargetSymbol(element)?.declarations?.some((declaration) => !isImported(declaration) || kept.has(declaration));
  const from = moduleSpecifier ? ` from ${moduleSpecifier.getText(file)};` : ";";
  if (!exportClause) {
    return checker.getExportsOfModule(checker.getSymbolAtLocation(moduleSpecifier)).some(isKept) ? `export *${from}` : undefined;
  }
  const named = exportClause.elements.filter((element) => isHere(element) && isKept(checker.getSymbolAtLocation(element.name)));
  const isMark = exportClause.elements.length === 0;
  return isMark || named.length > 0 ? `export ${isTypeOnly ? "type " : ""}{ ${named.map((element) => element.getText(file)).join(", ")} }${from}` : undefined;
}

function edited(text, edits) {
  return edits.reduceRight((done, { from, to, text: written }) => done.slice(0, from) + written + done.slice(to), text);
}
