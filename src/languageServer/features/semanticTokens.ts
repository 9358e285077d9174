import ts from "typescript";
import { type Range, SemanticTokenModifiers as modifier, type SemanticTokens, SemanticTokensBuilder, type SemanticTokensLegend, SemanticTokenTypes as type } from "vscode-languageserver";
import { type OpenCell, rangeInCell, spanInModule } from "../places.js";

/** In the order in which TypeScript numbers them (`TokenType` and `TokenModifier` of its classifier2020.ts). */
export const semanticTokensLegend: SemanticTokensLegend = {
  tokenTypes: [
    type.class,
    type.enum,
    type.interface,
    type.namespace,
    type.typeParameter,
    type.type,
    type.parameter,
    type.variable,
    type.enumMember,
    type.property,
    type.function,
    type.method,
  ],
  tokenModifiers: [modifier.declaration, modifier.static, modifier.async, modifier.readonly, modifier.defaultLibrary, "local"],
};

/** A number of its encoding: the type, counted from 1, above eight bits of modifiers (`TokenEncodingConsts` there). */
const typeOffset = 8;
const modifierMask = 255;

/** What each name of a cell, or of a range of it, stands for, so that an editor can colour it. */
export function semanticTokens(cell: OpenCell, range?: Range): SemanticTokens {
  const { program, module } = cell;
  const wanted = range ? spanInModule(cell, range) : { start: module.shift, length: module.cellText.length };
  const { spans } = program.service.getEncodedSemanticClassifications(module.fileName, wanted, ts.SemanticClassificationFormat.TwentyTwenty);
  const builder = new SemanticTokensBuilder();
  for (let at = 0; at < spans.length; at += 3) {
    const [start, length, encoded] = spans.slice(at, at + 3) as [number, number, number];
    const place = rangeInCell(cell, { start, length });
    if (place) {
      builder.push(place.start.line, place.start.character, length, (encoded >> typeOffset) - 1, encoded & modifierMask);
    }
  }
  return builder.build();
}
