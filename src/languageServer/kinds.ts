import { CompletionItemKind, SymbolKind } from "vscode-languageserver";
import type { DeclarationKind } from "./cellNames.js";

/** TypeScript's words for kinds of names (`ts.ScriptElementKind`) in those of the protocol. */
const kinds = new Map<string, readonly [CompletionItemKind, SymbolKind]>([
  ["primitive type", [CompletionItemKind.Keyword, SymbolKind.Variable]],
  ["keyword", [CompletionItemKind.Keyword, SymbolKind.Variable]],
  ["const", [CompletionItemKind.Constant, SymbolKind.Constant]],
  ["using", [CompletionItemKind.Constant, SymbolKind.Constant]],
  ["await using", [CompletionItemKind.Constant, SymbolKind.Constant]],
  ["let", [CompletionItemKind.Variable, SymbolKind.Variable]],
  ["var", [CompletionItemKind.Variable, SymbolKind.Variable]],
  ["local var", [CompletionItemKind.Variable, SymbolKind.Variable]],
  ["parameter", [CompletionItemKind.Variable, SymbolKind.Variable]],
  ["alias", [CompletionItemKind.Reference, SymbolKind.Variable]],
  ["property", [CompletionItemKind.Field, SymbolKind.Property]],
  ["getter", [CompletionItemKind.Field, SymbolKind.Property]],
  ["setter", [CompletionItemKind.Field, SymbolKind.Property]],
  ["accessor", [CompletionItemKind.Field, SymbolKind.Property]],
  ["function", [CompletionItemKind.Function, SymbolKind.Function]],
  ["local function", [CompletionItemKind.Function, SymbolKind.Function]],
  ["method", [CompletionItemKind.Method, SymbolKind.Method]],
  ["construct", [CompletionItemKind.Constructor, SymbolKind.Constructor]],
  ["constructor", [CompletionItemKind.Constructor, SymbolKind.Constructor]],
  ["call", [CompletionItemKind.Method, SymbolKind.Method]],
  ["index", [CompletionItemKind.Field, SymbolKind.Property]],
  ["enum", [CompletionItemKind.Enum, SymbolKind.Enum]],
  ["enum member", [CompletionItemKind.EnumMember, SymbolKind.EnumMember]],
  ["module", [CompletionItemKind.Module, SymbolKind.Module]],
  ["external module name", [CompletionItemKind.Module, SymbolKind.Module]],
  ["class", [CompletionItemKind.Class, SymbolKind.Class]],
  ["local class", [CompletionItemKind.Class, SymbolKind.Class]],
  ["interface", [CompletionItemKind.Interface, SymbolKind.Interface]],
  ["type", [CompletionItemKind.Class, SymbolKind.Class]],
  ["type parameter", [CompletionItemKind.TypeParameter, SymbolKind.TypeParameter]],
  ["script", [CompletionItemKind.File, SymbolKind.File]],
  ["directory", [CompletionItemKind.Folder, SymbolKind.Package]],
  ["string", [CompletionItemKind.Constant, SymbolKind.String]],
]);

const declarationWords: Readonly<Record<DeclarationKind, string>> = {
  const: "const",
  let: "let",
  function: "function",
  class: "class",
  enum: "enum",
  interface: "interface",
  type: "type",
  namespace: "module",
  import: "alias",
};

export function completionKind(kind: string): CompletionItemKind {
  return kinds.get(kind)?.[0] ?? CompletionItemKind.Property;
}

export function symbolKind(kind: string): SymbolKind {
  return kinds.get(kind)?.[1] ?? SymbolKind.Variable;
}

/** The word for a name that another cell declares. */
export function declaredKind(kind: DeclarationKind): string {
  return declarationWords[kind];
}
