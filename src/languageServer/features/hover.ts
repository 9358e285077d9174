import type { Hover, SignatureHelp } from "vscode-languageserver";
import { SignatureHelpTriggerKind, type SignatureHelpParams } from "vscode-languageserver";
import type ts from "typescript";
import { declarationText } from "../declarationText.js";
import { codeBlock, documentationOf, plainText } from "../markdown.js";
import { type CellPosition, rangeInCell } from "../places.js";

/** The type and the docstring of what stands at a position. */
export function hover(at: CellPosition): Hover | null {
  const { program, module, offset } = at;
  const info = program.service.getQuickInfoAtPosition(module.fileName, offset);
  const range = info && rangeInCell(at, info.textSpan);
  if (!info || !range) {
    return null;
  }
  const { start, length } = info.textSpan;
  const name = module.text.slice(start, start + length);
  const value = [codeBlock(declarationText(at, name, info.displayParts)), documentationOf(info)].filter((part) => part !== "").join("\n\n");
  return { contents: { kind: "markdown", value }, range };
}

/** The parameters of the call around a position. */
export function signatureHelp(at: CellPosition, context: SignatureHelpParams["context"]): SignatureHelp | null {
  const { program, module, offset } = at;
  const found = program.service.getSignatureHelpItems(module.fileName, offset, { triggerReason: triggerReason(context) });
  if (!found) {
    return null;
  }
  return {
    activeSignature: found.selectedItemIndex,
    activeParameter: found.argumentIndex,
    signatures: found.items.map((item) => {
      const parameters = item.parameters.map((parameter) => ({
        label: plainText(parameter.displayParts),
        documentation: { kind: "markdown" as const, value: plainText(parameter.documentation) },
      }));
      const inside = parameters.map(({ label }) => label).join(plainText(item.separatorDisplayParts));
      const value = documentationOf({ documentation: item.documentation, tags: item.tags.filter(({ name }) => name !== "param") });
      return {
        label: `${plainText(item.prefixDisplayParts)}${inside}${plainText(item.suffixDisplayParts)}`,
        documentation: { kind: "markdown", value },
        parameters,
      };
    }),
  };
}

function triggerReason(context: SignatureHelpParams["context"]): ts.SignatureHelpTriggerReason {
  const triggerCharacter = context?.triggerCharacter as ts.SignatureHelpTriggerCharacter | undefined;
  if (context?.isRetrigger) {
    return { kind: "retrigger", ...(triggerCharacter && { triggerCharacter }) };
  }
  return context?.triggerKind === SignatureHelpTriggerKind.TriggerCharacter && triggerCharacter
    ? { kind: "characterTyped", triggerCharacter }
    : { kind: "invoked" };
}
