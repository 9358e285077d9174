import type { AnyNode, MetaProperty, Program, UnaryExpression, VariableDeclaration } from "acorn";
import { fullAncestor } from "acorn-walk";

/** Places that change how a name must be written, by offset. */
export interface Places {
  shorthand: Set<number>;
  called: Set<number>;
  typeofOperand: Set<number>;
  /** `var` belongs to the whole cell, however deep in its blocks. */
  vars: VariableDeclaration[];
  /** What only modules may say: `import.meta`, and `import(…)` that must start at the notebook. */
  keywords: { start: number; replaced: string; by: string }[];
  /** Variable declarations in the head of a for loop. */
  loopHeads: Set<VariableDeclaration>;
}

const ownVarScope = /^(Function|ArrowFunction|StaticBlock|PropertyDefinition)/;

/** Finds the places in a cell's program that its rewriting must treat otherwise than other names. */
export function findPlaces(program: Program): Places {
  const places: Places = {
    shorthand: new Set(),
    called: new Set(),
    typeofOperand: new Set(),
    vars: [],
    keywords: [],
    loopHeads: new Set(),
  };
  fullAncestor(program, (visited, _state, ancestors) => {
    notePlace(visited as AnyNode, ancestors as AnyNode[], places);
  });
  return places;
}

function notePlace(node: AnyNode, ancestors: AnyNode[], places: Places): void {
  switch (node.type) {
    case "Property":
      noteShorthand(node, places);
      break;
    // Patterns are visited as a whole, so their properties are looked at here.
    case "ObjectPattern":
      node.properties.forEach((property) => noteShorthand(property, places));
      break;
    case "CallExpression":
      noteIdentifier(node.callee, places.called);
      break;
    case "TaggedTemplateExpression":
      noteIdentifier(node.tag, places.called);
      break;
    case "UnaryExpression":
      noteTypeof(node, places);
      break;
    case "VariableDeclaration":
      noteVariables(node, ancestors, places);
      break;
    case "ImportExpression":
      places.keywords.push({ start: node.start, replaced: "import", by: "__import" });
      break;
    case "MetaProperty":
      noteMeta(node, places);
      break;
  }
}

function noteShorthand(node: AnyNode, places: Places): void {
  if (node.type === "Property" && node.shorthand) {
    places.shorthand.add(node.start);
  }
}

function noteTypeof(node: UnaryExpression, places: Places): void {
  if (node.operator === "typeof") {
    noteIdentifier(node.argument, places.typeofOperand);
  }
}

function noteMeta(node: MetaProperty, places: Places): void {
  if (node.meta.name === "import") {
    places.keywords.push({ start: node.start, replaced: "import.meta", by: "__meta" });
  }
}

function noteIdentifier(node: AnyNode, offsets: Set<number>): void {
  if (node.type === "Identifier") {
    offsets.add(node.start);
  }
}

function noteVariables(node: VariableDeclaration, ancestors: AnyNode[], places: Places): void {
  if (node.kind === "var" && !ancestors.some((one) => ownVarScope.test(one.type))) {
    places.vars.push(node);
  }
  const parent = ancestors.at(-2);
  if (parent?.type.startsWith("For")) {
    places.loopHeads.add(node);
  }
}
