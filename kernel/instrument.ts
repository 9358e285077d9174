import type {
  AnyNode,
  ArrowFunctionExpression,
  CatchClause,
  DoWhileStatement,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  FunctionDeclaration,
  FunctionExpression,
  Program,
  Statement,
  WhileStatement,
} from "acorn";
import { full } from "acorn-walk";
import type MagicString from "magic-string";

/**
 * Makes code stoppable while all state is kept. V8 can terminate any running code, but that leaves Node's bookkeeping
 * of asynchronous contexts corrupted (the process aborts soon after), so every loop and function of a cell
 * polls one shared integer, which another thread sets, and every `await` can be rejected from outside.
 */
export const stopPoll = "__stop[0]&&__check()";

/** Says where in the source a node stands, for stacks: `name|line|column`. */
export type DescribeSite = (node: AnyNode) => string;

/** Adds the polls and the guarded awaits to `text`, and words of the source to the errors that it catches; its syntax tree is `program`. */
export function instrument(program: Program, text: MagicString, describeSite: DescribeSite): void {
  full(program, (visited) => {
    const node = visited as AnyNode;
    if (isLoop(node)) {
      pollInLoop(node.body, text);
    } else if (isFunction(node)) {
      pollInFunction(node, text);
    } else if (node.type === "AwaitExpression") {
      wrap(text, node.argument, "__await((", `),${JSON.stringify(describeSite(node.argument))})`);
    } else if (node.type === "CatchClause") {
      tellCaught(node, text);
    }
    if (node.type === "ForOfStatement" && node.await) {
      wrap(text, node.right, "__iterate((", `),${JSON.stringify(describeSite(node.right))})`);
    }
  });
}

/** The engine's message of a caught error names what it did in the rewritten code: the person reads it in the words of the source. */
function tellCaught({ param, body }: CatchClause, text: MagicString): void {
  if (param?.type === "Identifier") {
    text.appendLeft(body.start + 1, `__caught(${param.name});`);
  }
}

type Loop = WhileStatement | DoWhileStatement | ForStatement | ForInStatement | ForOfStatement;

type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

function isLoop(node: AnyNode): node is Loop {
  return /^(While|DoWhile|For|ForIn|ForOf)Statement$/.test(node.type);
}

function isFunction(node: AnyNode): node is FunctionNode {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

function pollInLoop(body: Statement, text: MagicString): void {
  if (body.type === "BlockStatement") {
    text.appendLeft(body.start + 1, `${stopPoll};`);
  } else {
    wrap(text, body, `{${stopPoll};`, "}");
  }
}

function pollInFunction(node: FunctionNode, text: MagicString): void {
  if (node.body.type !== "BlockStatement") {
    wrap(text, node.body, `(${stopPoll},`, ")");
    return;
  }
  const directives = node.body.body.filter((one) => one.type === "ExpressionStatement" && one.directive !== undefined);
  text.appendLeft(directives.at(-1)?.end ?? node.body.start + 1, `${stopPoll};`);
}

/** Nodes are visited children first, so what is inserted later belongs outside of what is there. */
export function wrap(text: MagicString, node: { start: number; end: number }, before: string, after: string): void {
  text.prependRight(node.start, before);
  text.appendLeft(node.end, after);
}
