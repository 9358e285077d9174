import type { ClientCapabilities, Connection, Definition, DefinitionLink, LocationLink, WorkspaceEdit } from "vscode-languageserver";
import type { Answering } from "../answering.js";
import type { PlaceFinder } from "../places.js";
import { codeActions } from "./codeActions.js";
import { complete, resolveCompletion } from "./completion.js";
import { foldingRanges } from "./folding.js";
import { format } from "./formatting.js";
import { hover, signatureHelp } from "./hover.js";
import { definition, highlights, references, symbols, typeDefinition } from "./navigation.js";
import { prepareRename, rename } from "./rename.js";
import { semanticTokens } from "./semanticTokens.js";

/** Answers the protocol's requests about cells. Other documents are followed, and have answers from other servers. */
export function answerFeatures(connection: Connection, answering: Answering, finder: PlaceFinder, client: () => ClientCapabilities): void {
  connection.onCompletion(answering.atPosition(null, (at, { context }) => complete(at, context?.triggerCharacter)));
  connection.onCompletionResolve(answering.ofCompletion(resolveCompletion));
  connection.onHover(answering.atPosition(null, hover));
  connection.onSignatureHelp(answering.atPosition(null, (at, { context }) => signatureHelp(at, context)));
  connection.onDefinition(
    answering.atPosition<Parameters<Parameters<Connection["onDefinition"]>[0]>[0], Definition | DefinitionLink[]>([], (at) => {
      const links = definition(at, finder);
      return client().textDocument?.definition?.linkSupport === true ? links : links.map(asLocation);
    }),
  );
  connection.onTypeDefinition(answering.atPosition(null, (at) => typeDefinition(at, finder)));
  connection.onReferences(answering.atPosition(null, (at, { context }) => references(at, finder, context.includeDeclaration)));
  connection.onDocumentHighlight(answering.atPosition(null, (at) => highlights(at)));
  connection.onDocumentSymbol(answering.inCell(null, (cell) => symbols(cell)));
  connection.onFoldingRanges(answering.inCell(null, (cell) => foldingRanges(cell)));
  const { semanticTokens: tokens } = connection.languages;
  tokens.on(answering.inCell({ data: [] }, (cell) => semanticTokens(cell)));
  tokens.onRange(answering.inCell({ data: [] }, (cell, { range }) => semanticTokens(cell, range)));
  connection.onPrepareRename(answering.atPosition(null, (at) => prepareRename(at)));
  connection.onRenameRequest(answering.atPosition(null, (at, { newName }): WorkspaceEdit => rename(at, newName, finder)));
  connection.onCodeAction(answering.inCell(null, (cell, params) => codeActions(cell, params, finder)));
  connection.onDocumentFormatting(answering.inCell(null, (cell, { options }) => format(cell, options)));
  connection.onDocumentRangeFormatting(answering.inCell(null, (cell, { options, range }) => format(cell, options, range)));
}

function asLocation({ targetUri, targetSelectionRange }: LocationLink) {
  return { uri: targetUri, range: targetSelectionRange };
}
