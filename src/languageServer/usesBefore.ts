import ts from "typescript";
import { isUse } from "./cellNames.js";

/**
 * Finds where a cell uses names of variables before it gives them their values. Until then the kernel has what an earlier cell
 * declared.
 * @returns for each name where it stands
 */
export function usesBefore(file: ts.SourceFile): ReadonlyMap<string, readonly number[]> {
  const ends = endsOfDeclarations(file);
  const uses = new Map<string, number[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.pos < (ends.get(node.text) ?? -1) && isEarlier(node)) {
      const places = uses.get(node.text) ?? [];
      places.push(node.getStart(file));
      uses.set(node.text, places);
    }
    if (!ts.isFunctionLike(node) || runsAtOnce(node)) {
      ts.forEachChild(node, visit);
    }
  };
  const last = [...ends.values()].reduce((latest, end) => Math.max(latest, end), 0);
  file.statements.filter(({ pos }) => pos < last).forEach(visit);
  return uses;
}

/** Finds for each variable of the top level the end of what gives it its value. */
function endsOfDeclarations(file: ts.SourceFile): Map<string, number> {
  const ends = new Map<string, number>();
  for (const { declarations } of file.statements.filter(ts.isVariableStatement).map(({ declarationList }) => declarationList)) {
    for (const declaration of declarations) {
      namesIn(declaration.name).forEach((name) => ends.set(name, ends.get(name) ?? declaration.end));
    }
  }
  return ends;
}

function namesIn(name: ts.BindingName): string[] {
  return ts.isIdentifier(name) ? [name.text] : name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
}

/** A short property is a name of its own, and what is assigned to is the new variable. */
function isEarlier(node: ts.Identifier): boolean {
  const { parent } = node;
  const isTarget = ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  const isDeclaration = ts.isVariableDeclaration(parent) && parent.name === node;
  return isUse(node) && !isDeclaration && !isTarget && !ts.isShorthandPropertyAssignment(parent) && !ts.isPartOfTypeNode(node) && !isShadowed(node);
}

/** Most functions that are passed to others are called by them then and there: `data.map(double)`. */
function runsAtOnce(node: ts.SignatureDeclaration): boolean {
  let call: ts.Node = node;
  while (ts.isParenthesizedExpression(call.parent)) {
    call = call.parent;
  }
  return ts.isCallOrNewExpression(call.parent);
}

function isShadowed(node: ts.Identifier): boolean {
  for (let scope: ts.Node = node.parent; !ts.isSourceFile(scope); scope = scope.parent) {
    if (declaredIn(scope).includes(node.text)) {
      return true;
    }
  }
  return false;
}

function declaredIn(scope: ts.Node): string[] {
  if (ts.isFunctionLike(scope)) {
    return scope.parameters.flatMap(({ name }) => namesIn(name));
  }
  if (ts.isBlock(scope)) {
    return scope.statements.flatMap(declaredBy);
  }
  if (ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope)) {
    return scope.initializer && ts.isVariableDeclarationList(scope.initializer) ? namesOf(scope.initializer) : [];
  }
  return ts.isCatchClause(scope) && scope.variableDeclaration ? namesIn(scope.variableDeclaration.name) : [];
}

function declaredBy(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return namesOf(statement.declarationList);
  }
  return (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name ? [statement.name.text] : [];
}

function namesOf({ declarations }: ts.VariableDeclarationList): string[] {
  return declarations.flatMap(({ name }) => namesIn(name));
}
